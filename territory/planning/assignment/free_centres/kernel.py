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
SKIPPED, TRIED, CHANGED = 2, 16, 30
"""Work of a step beside the distances it reads: of every one, of one between two territories, of a change of one."""
TINY = 1e-12
LOG_TABLE = -np.log((np.arange(LOGS) + 0.5) / LOGS)


@njit(cache=True)
def _draw(state: NDArray[np.uint64]) -> int:
    """Return 63 random bits (xorshift)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(np.int64(x >> np.uint64(1)))


@njit(cache=True)
def _below(state: NDArray[np.uint64], limit: int) -> int:
    """Return a random number in 0..limit-1."""
    return ((_draw(state) >> 32) * limit) >> 31


@njit(cache=True)
def _excess_after(
    load: Floats, weight: Floats, lower: Floats, upper: Floats, scale: Floats, came: int, left: int
) -> float:
    """Return by how much limits are broken, in mean loads, after `came` has joined and `left` has gone (-1: nobody)."""
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
def _keeps_together(  # noqa: C901 - one search
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
    territory: int,
    cost: Floats,
    above: Floats,
) -> int:
    """Return the best centre of a territory; write down its sum of distances and the load above its capacity."""
    best, spot = np.inf, 0
    for q in range(size):
        value = sums[q]
        if len(capacity):
            value += price * max(0.0, load - capacity[row[q]])
        if value < best:
            best, spot = value, q
    cost[territory] = sums[spot]
    above[territory] = max(0.0, load - capacity[row[spot]]) if len(capacity) else 0.0
    return int(row[spot])


@njit(cache=True)
def _exchange(
    distance: Singles, reverse: Singles, row: Shorts, size: int, sums: Floats, place: Ints, spot: int, came: int
) -> int:
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
        place[came] = spot
    elif spot >= 0:
        size -= 1
        row[spot] = row[size]
        sums[spot] = sums[size]
        place[row[spot]] = spot
    return size


@njit(cache=True, nogil=True)
def anneal(  # noqa: C901, PLR0912, PLR0915 - one loop whose state stays in registers
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
    members: Shorts,
    sums: Floats,
    place: Ints,
    size: Ints,
    load: Floats,
    levels: Floats,
    budget: int,
    seed: int,
) -> tuple[float, float]:
    """Anneal `owner`; leave in `best` the cheapest division met that keeps all limits, or else breaks them least.

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
    members, sums : array, shape (territories, units)
        Units of each territory, and their sums of distances from it, in the same order.
    place : array of int, shape (units,)
        Where each unit stands among those of its territory.
    size : array of int, shape (territories,)
    load : array of float, shape (territories, measures)
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
    cost, broken, above = np.zeros(territories), np.zeros(territories), np.zeros(territories)
    centre = np.zeros(territories, dtype=np.int64)
    broken_by = np.zeros(2)
    lam = levels[2]
    violated, total, excess = 0, 0.0, 0.0
    partner = -1
    for r in range(territories):
        centre[r] = _settle(members[r], size[r], sums[r], capacity, load[r, 0], lam * scale[0], r, cost, above)
        broken[r] = _excess_after(load[r], weight, lower[r], upper[r], scale, partner, partner)
        violated += int(broken[r] > 0 or above[r] > 0)
        total += cost[r]
        excess += broken[r] + above[r] * scale[0]
    stamp = np.zeros(units, dtype=np.int64)
    queue = np.empty(units, dtype=np.int32)
    best_cost, best_broken, pending = total, excess, False
    mark, work, infeasible, step = 0, 0, 0, BLOCK
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
        work += SKIPPED
        infeasible += int(violated > 0)
        bits = _draw(state)
        u = ((bits >> 32) * units) >> 31
        degree = start[u + 1] - start[u]
        if degree == 0:
            continue
        v = int(other[start[u] + (((bits & 0x7FFFFFFF) * degree) >> 31)])
        a, b = owner[u] + 0, owner[v] + 0
        if a == b:
            continue
        work += TRIED
        bits = _draw(state)
        partner = -1
        kind = bits & 1023
        if kind < 184:
            partner = v
        elif kind < 322:
            if size[b] <= SCANNED:
                partner = int(members[b, _below(state, size[b])])
        elif kind < 460:
            w = int(other[start[v] + _below(state, start[v + 1] - start[v])])
            if owner[w] == b:
                partner = w
        if partner < 0 and size[a] == 1:
            continue
        threshold = temperature * LOG_TABLE[(bits >> 20) & (LOGS - 1)]
        price = lam * scale[0]
        change = weight[u, 0]
        if partner >= 0:
            change -= weight[partner, 0]
        r, came, left = a, partner, u
        for side in range(2):
            broken_by[side] = _excess_after(load[r], weight, lower[r], upper[r], scale, came, left)
            threshold += lam * (broken[r] - broken_by[side]) + cost[r] + price * above[r]
            r, came, left = b, u, partner
        value = 0.0
        r, came, left = a, partner, u
        change = -change
        for _ in range(2):
            if size[r] <= SCANNED or centre[r] == left:
                value += _scan(
                    distance, reverse, members[r], size[r], sums[r], came, left, capacity, load[r, 0] + change, price
                )
                work += size[r]
            else:
                value += _present(distance, cost[r], centre[r], came, left, capacity, load[r, 0] + change, price)
            if value > threshold:
                break
            r, came, left = b, u, partner
            change = -change
        if value > threshold:
            continue
        if graph:
            fits = True
            r, came, left = a, partner, u
            for _ in range(2):
                work += 2 * size[r]
                mark += 2
                fits = _keeps_together(start, other, owner, stamp, queue, mark, r, left, came)
                if not fits or partner < 0:
                    break
                r, came, left = b, u, partner
            if not fits:
                continue
        if pending and (broken_by[0] + broken_by[1] > 0 or value > cost[a] + cost[b]):
            best[:] = owner
            pending = False
        r, came, left = a, partner, u
        spot = place[u]
        other_spot = place[partner] if partner >= 0 else -1
        for side in range(2):
            violated -= int(broken[r] > 0 or above[r] > 0)
            total -= cost[r]
            excess -= broken[r] + above[r] * scale[0]
            work += CHANGED + 2 * size[r]
            size[r] = _exchange(distance, reverse, members[r], size[r], sums[r], place, spot, came)
            for k in range(measures):
                if came >= 0:
                    load[r, k] += weight[came, k]
                if left >= 0:
                    load[r, k] -= weight[left, k]
            centre[r] = _settle(members[r], size[r], sums[r], capacity, load[r, 0], price, r, cost, above)
            broken[r] = broken_by[side]
            violated += int(broken[r] > 0 or above[r] > 0)
            total += cost[r]
            excess += broken[r] + above[r] * scale[0]
            spot, r, came, left = other_spot, b, u, partner
        owner[u] = b
        if partner >= 0:
            owner[partner] = a
        if violated == 0:
            if best_broken > 0 or total < best_cost - TINY * best_cost:
                best_broken, best_cost, pending = 0.0, total, True
        elif best_broken > 0 and excess < best_broken * (1 - TINY):
            best_broken, best_cost = excess, total
            best[:] = owner
    if pending:
        best[:] = owner
    return best_cost, best_broken
