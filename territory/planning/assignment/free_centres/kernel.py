"""Moves and swaps between territories whose centres follow their units exactly, annealed, as compiled kernels.

Every territory keeps, for each of its units, the sum of the distances to it from all units of the territory: the
smallest is its cost. Balance is penalised at an adaptive price; connectivity is never broken.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints

Singles = NDArray[np.float32]
Shorts = NDArray[np.int32]

BLOCK = 1000
"""Steps at one temperature and one price of imbalance."""
SCANNED = 40
"""Territories up to this size are scored with their best centre, larger ones with their present one."""
LOGS = 4096
TINY = 1e-12
LOG_TABLE = -np.log((np.arange(LOGS) + 0.5) / LOGS)


@njit(cache=True, inline="always")
def _draw(state: NDArray[np.uint64]) -> np.uint64:
    """Return 64 random bits (xorshift)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@njit(cache=True, inline="always")
def _below(state: NDArray[np.uint64], limit: int) -> int:
    """Return a random number in 0..limit-1."""
    return np.int64(((_draw(state) >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))


@njit(cache=True)
def _excess(load: Floats, lower: Floats, upper: Floats, scale: Floats) -> float:
    """Return by how much the limits of one territory are broken, in mean loads (arrays over the measures)."""
    broken = 0.0
    for k in range(len(load)):
        if load[k] > upper[k]:
            broken += (load[k] - upper[k]) * scale[k]
        elif load[k] < lower[k]:
            broken += (lower[k] - load[k]) * scale[k]
    return broken


@njit(cache=True)
def _excess_after(
    load: Floats, weight: Floats, lower: Floats, upper: Floats, scale: Floats, came: int, left: int
) -> float:
    """Return the same after unit `came` has joined and `left` has gone (either may be -1)."""
    broken = 0.0
    for k in range(len(load)):
        now = load[k]
        if came >= 0:
            now += weight[came, k]
        if left >= 0:
            now -= weight[left, k]
        if now > upper[k]:
            broken += (now - upper[k]) * scale[k]
        elif now < lower[k]:
            broken += (lower[k] - now) * scale[k]
    return broken


@njit(cache=True)
def _scan(
    distance: Singles,
    reverse: Singles,
    row: Shorts,
    size: int,
    sums: Floats,
    came: int,
    left: int,
    capacity: Floats,
    load: float,
    price: float,
) -> float:
    """Return the cost of a territory with its best centre after unit `came` has joined and `left` has gone.

    `sums` are kept in the order of `row`; `load` is the new load of the first measure, `price` what a unit of it costs
    above a centre's capacity (no capacities: an empty array).
    """
    best = np.inf
    limited = len(capacity) > 0
    own = 0.0
    for q in range(size):
        m = row[q]
        if m == left:
            continue
        value = sums[q]
        if came >= 0:
            value += distance[came, m]
            own += reverse[came, m]
        if left >= 0:
            value -= distance[left, m]
        if limited and load > capacity[m]:
            value += price * (load - capacity[m])
        best = min(best, value)
    if came >= 0:
        if limited and load > capacity[came]:
            own += price * (load - capacity[came])
        best = min(best, own)
    return best


@njit(cache=True)
def _present(
    distance: Singles,
    cost: float,
    centre: int,
    came: int,
    left: int,
    capacity: Floats,
    load: float,
    price: float,
) -> float:
    """Return the same with the present centre, which must not be `left`."""
    value = cost
    if came >= 0:
        value += distance[came, centre]
    if left >= 0:
        value -= distance[left, centre]
    if len(capacity) and load > capacity[centre]:
        value += price * (load - capacity[centre])
    return value


@njit(cache=True)
def _keeps_together(
    start: Ints,
    other: Shorts,
    owner: Shorts,
    stamp: Ints,
    queue: Shorts,
    mark: int,
    a: int,
    left: int,
    came: int,
) -> bool:
    """Tell whether territory `a` stays connected when `left` goes and `came` (or nobody, -1) joins.

    A search from one unit that was beside `left`, ended as soon as all others beside it, and `came`, are met. Marks
    `mark` (wanted) and `mark + 1` (met) must be new.
    """
    wanted = 0
    first = -1
    for e in range(start[left], start[left + 1]):
        m = other[e]
        if m != came and owner[m] == a:
            stamp[m] = mark
            wanted += 1
            first = m
    if came >= 0:
        stamp[came] = mark
        wanted += 1
        if first < 0:
            first = came
    if wanted == 0:
        return False
    if wanted == 1 and came < 0:
        return True
    stamp[first] = mark + 1
    wanted -= 1
    queue[0] = first
    head, tail = 0, 1
    while head < tail and wanted > 0:
        u = queue[head]
        head += 1
        for e in range(start[u], start[u + 1]):
            m = other[e]
            if m == left or stamp[m] == mark + 1 or (owner[m] != a and m != came):
                continue
            if stamp[m] == mark:
                wanted -= 1
            stamp[m] = mark + 1
            queue[tail] = m
            tail += 1
    return wanted == 0


@njit(cache=True)
def _settle(
    row: Shorts,
    size: int,
    sums: Floats,
    capacity: Floats,
    load: float,
    price: float,
    out: Floats,
) -> int:
    """Return the best centre of a territory; leave its distance sum and its load above capacity in `out`."""
    best, value, centre = np.inf, 0.0, -1
    for q in range(size):
        value = sums[q]
        if len(capacity):
            value += price * max(0.0, load - capacity[row[q]])
        if value < best:
            best, centre = value, q
    out[0] = sums[centre]
    out[1] = max(0.0, load - capacity[row[centre]]) if len(capacity) else 0.0
    return int(row[centre])


@njit(cache=True)
def _exchange(distance: Singles, reverse: Singles, row: Shorts, size: int, sums: Floats, spot: int, came: int) -> int:
    """Take the unit at `spot` (-1: nobody) out of a territory, put `came` (-1: nobody) in; return the new size.

    The unit that came stands at `spot` or, without one, at the end; the last unit fills an empty spot.
    """
    left = row[spot] if spot >= 0 else -1
    own = 0.0
    for q in range(size):
        m = row[q]
        if left >= 0:
            sums[q] -= distance[left, m]
        if came >= 0 and m != left:
            sums[q] += distance[came, m]
            own += reverse[came, m]
    if came >= 0:
        if spot < 0:
            spot = size
            size += 1
        row[spot] = came
        sums[spot] = own
    elif spot >= 0:
        size -= 1
        row[spot] = row[size]
        sums[spot] = sums[size]
    return size


@njit(cache=True)
def anneal(  # noqa: C901, PLR0912, PLR0914, PLR0915 - one loop whose state stays in registers
    distance: Singles,
    reverse: Singles,
    weight: Floats,
    capacity: Floats,
    lower: Floats,
    upper: Floats,
    scale: Floats,
    start: Ints,
    other: Shorts,
    graph: bool,
    owner: Shorts,
    best: Shorts,
    levels: Floats,
    budget: int,
    seed: int,
) -> tuple[float, float]:
    """Anneal `owner`; leave in `best` the cheapest division met that keeps all limits, or the one that broke them least.

    Parameters
    ----------
    distance, reverse : array of float32, shape (units, units)
        And its transpose.
    weight : array of float, shape (units, measures)
    capacity : array of float, shape (units,) or (0,)
    lower, upper : array of float, shape (territories, measures)
    scale : array of float, shape (measures,)
        One over the mean load.
    start, other : array of int
        Neighbour lists.
    graph : bool
        Whether territories must stay connected by the neighbour lists.
    owner, best : array of int32, shape (units,)
    levels : array of float, shape (5,)
        First and last temperature, first, least and largest price of one mean load of imbalance.
    budget : int
        Work: about one unit for each distance read.
    seed : int

    Returns
    -------
    cost : float
    broken : float
        Limits broken by `best`, in mean loads.
    """
    units, measures = weight.shape
    territories = len(lower)
    state = np.array([np.uint64(seed) | np.uint64(1)], dtype=np.uint64)
    for _ in range(10):
        _draw(state)
    members = np.empty((territories, units), dtype=np.int32)
    sums = np.empty((territories, units))
    place = np.empty(units, dtype=np.int64)
    size = np.zeros(territories, dtype=np.int64)
    load = np.zeros((territories, measures))
    for u in range(units):
        a = owner[u]
        place[u] = size[a]
        members[a, size[a]] = u
        size[a] += 1
        for k in range(measures):
            load[a, k] += weight[u, k]
    cost, broken, above = np.zeros(territories), np.zeros(territories), np.zeros(territories)
    centre = np.zeros(territories, dtype=np.int64)
    out = np.zeros(2)
    lam = levels[2]
    for a in range(territories):
        for q in range(size[a]):
            total = 0.0
            for r in range(size[a]):
                total += reverse[members[a, q], members[a, r]]
            sums[a, q] = total
        centre[a] = _settle(members[a], size[a], sums[a], capacity, load[a, 0], lam * scale[0], out)
        cost[a], above[a] = out[0], out[1]
        broken[a] = _excess(load[a], lower[a], upper[a], scale)
    stamp = np.zeros(units, dtype=np.int64)
    queue = np.empty(units, dtype=np.int32)
    mark = 0
    best_cost, best_broken = cost.sum(), broken.sum() + above.sum() * scale[0]
    best[:] = owner
    pending = False
    work, infeasible, step = 0, 0, BLOCK
    violated = 0
    for a in range(territories):
        violated += int(broken[a] > 0 or above[a] > 0)
    total, excess = best_cost, best_broken
    temperature = levels[0]
    ratio = math.log(levels[1] / levels[0])
    while True:
        if step == BLOCK:
            if infeasible > 0.7 * BLOCK:
                lam = min(lam * 1.01, levels[4])
            elif work and infeasible < 0.3 * BLOCK:
                lam = max(lam / 1.01, levels[3])
            infeasible, step = 0, 0
            total = cost.sum()
            if work >= budget:
                break
            temperature = levels[0] * math.exp(ratio * work / budget)
        step += 1
        work += 4
        infeasible += int(violated > 0)
        bits = _draw(state)
        u = np.int64(((bits >> np.uint64(32)) * np.uint64(units)) >> np.uint64(32))
        degree = start[u + 1] - start[u]
        if degree == 0:
            continue
        v = other[start[u] + np.int64(((bits & np.uint64(0xFFFFFFFF)) * np.uint64(degree)) >> np.uint64(32))]
        a, b = owner[u], owner[v]
        if a == b:
            continue
        bits = _draw(state)
        partner = np.int64(-1)
        kind = np.int64(bits & np.uint64(1023))
        if kind < 184:
            partner = np.int64(v)
        elif kind < 322:
            if size[b] <= SCANNED:
                partner = np.int64(members[b, _below(state, size[b])])
        elif kind < 460:
            w = other[start[v] + _below(state, start[v + 1] - start[v])]
            if owner[w] == b:
                partner = np.int64(w)
        if partner < 0 and size[a] == 1:
            continue
        threshold = temperature * LOG_TABLE[np.int64((bits >> np.uint64(20)) & np.uint64(LOGS - 1))]
        new_a = _excess_after(load[a], weight, lower[a], upper[a], scale, partner, u)
        new_b = _excess_after(load[b], weight, lower[b], upper[b], scale, u, partner)
        threshold -= lam * (new_a + new_b - broken[a] - broken[b])
        price = lam * scale[0]
        threshold += cost[a] + cost[b] + price * (above[a] + above[b])
        change = weight[u, 0] - (weight[partner, 0] if partner >= 0 else 0.0)
        if size[a] <= SCANNED or centre[a] == u:
            value = _scan(
                distance, reverse, members[a], size[a], sums[a], partner, u, capacity, load[a, 0] - change, price
            )
            work += size[a]
        else:
            value = _present(distance, cost[a], centre[a], partner, u, capacity, load[a, 0] - change, price)
        if value > threshold:
            continue
        if size[b] <= SCANNED or centre[b] == partner:
            value += _scan(
                distance, reverse, members[b], size[b], sums[b], u, partner, capacity, load[b, 0] + change, price
            )
            work += size[b]
        else:
            value += _present(distance, cost[b], centre[b], u, partner, capacity, load[b, 0] + change, price)
        if value > threshold:
            continue
        if graph:
            work += size[a] * 2
            mark += 2
            if not _keeps_together(start, other, owner, stamp, queue, mark, a, u, partner):
                continue
            if partner >= 0:
                work += size[b] * 2
                mark += 2
                if not _keeps_together(start, other, owner, stamp, queue, mark, b, partner, u):
                    continue
        if pending and (new_a + new_b > 0 or value > cost[a] + cost[b]):
            best[:] = owner
            pending = False
        violated -= int(broken[a] > 0 or above[a] > 0) + int(broken[b] > 0 or above[b] > 0)
        total -= cost[a] + cost[b]
        excess -= broken[a] + broken[b] + (above[a] + above[b]) * scale[0]
        work += 2 * (size[a] + size[b])
        spot_u, spot_v = place[u], -1
        if partner >= 0:
            spot_v = place[partner]
        size[a] = _exchange(distance, reverse, members[a], size[a], sums[a], spot_u, partner)
        size[b] = _exchange(distance, reverse, members[b], size[b], sums[b], spot_v, u)
        owner[u] = b
        if partner >= 0:
            owner[partner] = a
            place[partner] = spot_u
            place[u] = spot_v
        else:
            if spot_u < size[a]:
                place[members[a, spot_u]] = spot_u
            place[u] = size[b] - 1
        for k in range(measures):
            w = weight[u, k] - (weight[partner, k] if partner >= 0 else 0.0)
            load[a, k] -= w
            load[b, k] += w
        for r in (a, b):
            centre[r] = _settle(members[r], size[r], sums[r], capacity, load[r, 0], price, out)
            cost[r], above[r] = out[0], out[1]
        broken[a], broken[b] = new_a, new_b
        violated += int(new_a > 0 or above[a] > 0) + int(new_b > 0 or above[b] > 0)
        total += cost[a] + cost[b]
        excess += new_a + new_b + (above[a] + above[b]) * scale[0]
        if violated == 0:
            if best_broken > 0 or total < best_cost - TINY * best_cost:
                best_broken, best_cost, pending = 0.0, total, True
        elif best_broken > 0 and excess < best_broken * (1 - TINY):
            best_broken, best_cost = excess, total
            best[:] = owner
    if pending:
        best[:] = owner
    return best_cost, best_broken
