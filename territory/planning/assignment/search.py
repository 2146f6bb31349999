"""The annealing kernel: moves and swaps of units between territories at fixed prices, limits penalised (compiled).

One kernel for every size. Costs are a table over units and either all reps (column = rep) or a short list of
candidates for each unit.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.planning.assignment.connected import (
    FIXED,
    STRAY,
    Flags,
    Int32s,
    Int64s,
    absorb,
    cut_off,
    mark_strays,
    stays_whole,
    touches,
)

CURVE = 50.0

Reals = NDArray[np.float64]
Costs = NDArray[np.float32]


@njit(cache=True, error_model="numpy")
def draw(state: NDArray[np.uint64], below: int) -> int:
    """Return a number in 0..below-1 (xorshift; `below` under 2**31)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(np.int64(((x >> np.uint64(32)) * np.uint64(below)) >> np.uint64(32)))


@njit(cache=True, error_model="numpy")
def column_of(near: Int32s, dense: bool, u: int, r: int) -> int:
    """Return the column of a rep in a unit's row of costs, -1 if it is no candidate."""
    if dense:
        return r
    for c in range(near.shape[1]):
        if near[u, c] == r:
            return c
    return -1


@njit(cache=True, error_model="numpy")
def _over(load: float, low: float, high: float, reps: int) -> float:
    """Return by how many average territories a limit is broken, large breaks counted more.

    So a territory far out of its limits takes from a neighbour just inside, who takes from the next.
    """
    out = 0.0
    if load > high:
        out = (load - high) * reps
    elif load < low:
        out = (low - load) * reps
    return out + CURVE * out * out


@njit(cache=True, error_model="numpy")
def _balance_change(weight: Reals, load: Reals, lower: Reals, upper: Reals, u: int, v: int, a: int, b: int) -> float:
    """Return the change of all broken limits when unit u goes from a to b, and v (unless negative) the other way."""
    change, reps = 0.0, load.shape[0]
    for k in range(weight.shape[1]):
        w = weight[u, k]
        if v >= 0:
            w -= weight[v, k]
        x, low, high = load[a, k], lower[a, k], upper[a, k]
        change += _over(x - w, low, high, reps) - _over(x, low, high, reps)
        x, low, high = load[b, k], lower[b, k], upper[b, k]
        change += _over(x + w, low, high, reps) - _over(x, low, high, reps)
    return float(change)


@njit(cache=True, error_model="numpy")
def _clash_change(start: Int64s, other: Int64s, owner: Int32s, u: int, v: int, a: int, b: int) -> int:
    """Return the change in pairs wrongly together when unit u goes from a to b, and v the other way."""
    change = 0
    for k in range(start[u], start[u + 1]):
        if other[k] != v:
            change += int(owner[other[k]] == b) - int(owner[other[k]] == a)
    if v >= 0:
        for k in range(start[v], start[v + 1]):
            if other[k] != u:
                change += int(owner[other[k]] == a) - int(owner[other[k]] == b)
    return change


@njit(cache=True, error_model="numpy")
def _relist(members: Int32s, size: Int64s, place: Int32s, u: int, v: int, a: int, b: int) -> None:
    """Keep the lists of members when unit u goes from a to b, and v (unless negative) the other way."""
    if v >= 0:
        spot = place[u]
        place[u] = place[v]
        place[v] = spot
        members[a, spot] = v
        members[b, place[u]] = u
        return
    size[a] -= 1
    last = members[a, size[a]]
    members[a, place[u]] = last
    place[last] = place[u]
    members[b, size[b]] = u
    place[u] = size[b]
    size[b] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def search(  # noqa: C901, PLR0912, PLR0915 - one loop whose state stays in registers
    cost: Costs,
    near: Int32s,
    weight: Reals,
    lower: Reals,
    upper: Reals,
    load: Reals,
    use: Reals,
    cap: Reals,
    apart_begin: Int64s,
    apart: Int64s,
    begin: Int64s,
    border: Int32s,
    free: Int32s,
    owner: Int32s,
    best: Int32s,
    flags: Flags,
    members: Int32s,
    size: Int64s,
    place: Int32s,
    levels: Reals,
    options: Int64s,
    state: NDArray[np.uint64],
) -> None:
    """Leave in `best` the cheapest division met that keeps all limits, or the one that broke them least.

    Parameters
    ----------
    cost : array of float32, shape (units, columns)
        Infinite where forbidden. With as many columns as reps a column is a rep, else the candidate in `near`.
    near : array of int32, shape (units, width)
        Reps to propose; the candidates, where costs are given for candidates.
    weight : array, shape (units, measures)
    lower, upper, load : array, shape (reps, measures)
    use : array, shape (caps, units, columns)
        What each choice uses up of each cap.
    cap : array, shape (caps,)
    apart_begin, apart : array of int
        Units that must not share a rep, as adjacency lists (no lists: shape (1,)).
    begin, border : array of int
        Neighbours as adjacency lists (no lists: shape (1,)).
    free : array of int32
        Units that may move.
    owner, best : array of int32, shape (units,)
    flags : array of uint8, shape (units,)
        `FIXED` where a unit may not move.
    members, size, place : array of int
        Units of each rep, how many, and the place of each unit; an empty table where it would be too large.
    levels : array
        First temperature, last over the first, first price of a broken limit, what counts as nothing broken, growth
        of the price while limits are broken.
    options : array of int
        Steps, whether territories must hang together, whether units are taken in turn, most units of a search for
        connections, steps between two looks at the price.
    state : array of uint64, shape (1,)
    """
    units, reps = cost.shape[0], load.shape[0]
    steps, contiguous, in_turn, reach, period = options[0], options[1] > 0, options[2] > 0, options[3], options[4]
    dense = cost.shape[1] == reps
    listed, pairs, bordered = members.shape[1] > 0, len(apart_begin) > 1, len(begin) > 1
    temperature, lam, tiny = levels[0], levels[2], levels[3]
    cooling = math.exp(math.log(levels[1]) / max(steps, 1))
    mark, queue, stamp = np.zeros(units, np.int32), np.zeros(units, np.int32), np.zeros(1, np.int32)
    main = np.zeros(reps, np.int32)
    strays = 0
    if contiguous:
        strays = mark_strays(begin, border, owner, flags, main, mark, queue)
    journal, noted = np.empty(units, np.int32), 0
    total, broken, clashes = 0.0, 0.0, 0
    used = np.zeros(len(cap))
    for u in range(units):
        c = column_of(near, dense, u, int(np.int64(owner[u])))
        total += cost[u, c]
        for k in range(len(cap)):
            used[k] += use[k, u, c]
        if pairs:
            for k in range(apart_begin[u], apart_begin[u + 1]):
                clashes += int(owner[apart[k]] == owner[u] and apart[k] >= u)
    for r in range(reps):
        for k in range(weight.shape[1]):
            broken += _over(load[r, k], lower[r, k], upper[r, k], reps)
    hard = float(clashes + strays)
    for k in range(len(cap)):
        hard += max(0.0, used[k] - cap[k])
    best_broken, best_cost = broken + hard, total
    infeasible, cursor = 0, 0
    # One type for all numbers: every further one would compile every function that it reaches once more.
    two, eight, fine = int(np.int64(2)), int(np.int64(8)), int(np.int64(1 << 30))
    for step in range(steps):
        temperature *= cooling
        if step % period == period - 1:
            if 10 * infeasible > 7 * period:
                lam = min(lam * levels[4], levels[2] * 1000)
            elif 10 * infeasible < 3 * period:
                lam = max(lam / 1.01, levels[2] / 30)
            infeasible = 0
        if broken + hard > tiny:
            infeasible += 1
        if in_turn:
            u = int(np.int64(free[cursor]))
            cursor = cursor + 1 if cursor + 1 < len(free) else 0
        else:
            u = int(np.int64(free[draw(state, len(free))]))
        a, j = int(np.int64(owner[u])), -1
        if contiguous or (bordered and draw(state, two)):
            degree = begin[u + 1] - begin[u]
            if degree:
                j = int(np.int64(border[begin[u] + draw(state, degree)]))
                b = int(np.int64(owner[j]))
            if not degree or (contiguous and (a == b or flags[j] & STRAY)):
                if draw(state, eight):
                    continue
                # A territory without any unit can begin anywhere.
                j, b = -1, int(np.int64(near[u, draw(state, near.shape[1])]))
                if main[b]:
                    continue
        elif dense and not draw(state, eight):
            b = draw(state, reps)
        else:
            b = int(np.int64(near[u, draw(state, near.shape[1])]))
        if a == b:
            continue
        to = column_of(near, dense, u, b)
        if to < 0 or cost[u, to] == np.inf:
            continue
        at = column_of(near, dense, u, a)
        delta = float(cost[u, to]) - float(cost[u, at])
        v, v_at, v_to = -1, 0, 0
        if (j >= 0 or (listed and size[b])) and draw(state, two):
            if not contiguous and listed:
                v = int(np.int64(members[b, draw(state, size[b])]))
            else:
                v = j
                if draw(state, two):
                    k = int(np.int64(border[begin[j] + draw(state, begin[j + 1] - begin[j])]))
                    if owner[k] == b:
                        v = k
            if flags[v] & FIXED:
                v = -1
            else:
                v_to = column_of(near, dense, v, a)
                if v_to < 0 or cost[v, v_to] == np.inf:
                    v = -1
        if v >= 0:
            v_at = column_of(near, dense, v, b)
            delta += float(cost[v, v_to]) - float(cost[v, v_at])
        new_hard, new_clashes = hard, 0
        if pairs:
            new_clashes = _clash_change(apart_begin, apart, owner, u, v, a, b)
            new_hard += new_clashes
        for k in range(len(cap)):
            more = use[k, u, to] - use[k, u, at]
            if v >= 0:
                more += use[k, v, v_to] - use[k, v, v_at]
            new_hard += max(0.0, used[k] + more - cap[k]) - max(0.0, used[k] - cap[k])
        if contiguous:
            new_hard -= int(flags[u] & STRAY != 0) + int(v >= 0 and flags[v] & STRAY != 0)
        difference = _balance_change(weight, load, lower, upper, u, v, a, b)
        change = delta + lam * (difference + new_hard - hard)
        if change > 0 and (
            change > 30 * temperature or (draw(state, fine) + 1) / fine >= math.exp(-change / temperature)
        ):
            continue
        if contiguous:
            owner[u] = b
            u_main, v_main = int(flags[u] & STRAY == 0), 0
            if v >= 0:
                owner[v] = a
                v_main = int(flags[v] & STRAY == 0)
            fits = main[b] == v_main or touches(begin, border, owner, flags, u, b)
            if fits and v >= 0:
                fits = main[a] == u_main or touches(begin, border, owner, flags, v, a)
            if fits and u_main:
                fits = stays_whole(begin, border, owner, flags, mark, queue, stamp, u, a, reach)
            if fits and v >= 0 and v_main:
                fits = stays_whole(begin, border, owner, flags, mark, queue, stamp, v, b, reach)
            if not fits:
                owner[u] = a
                if v >= 0:
                    owner[v] = b
                continue
            main[a] -= u_main
            main[b] += 1 - v_main
            flags[u] = 0
            if v >= 0:
                main[a] += 1
                flags[v] = 0
            cut_off(begin, border, owner, flags, main, u, a)
            new_hard -= absorb(begin, border, owner, flags, main, queue, u, b)
            if v >= 0:
                cut_off(begin, border, owner, flags, main, v, b)
                new_hard -= absorb(begin, border, owner, flags, main, queue, v, a)
        else:
            owner[u] = b
            if v >= 0:
                owner[v] = a
        for k in range(weight.shape[1]):
            w = weight[u, k]
            if v >= 0:
                w -= weight[v, k]
            load[a, k] -= w
            load[b, k] += w
        for k in range(len(cap)):
            used[k] += use[k, u, to] - use[k, u, at]
            if v >= 0:
                used[k] += use[k, v, v_to] - use[k, v, v_at]
        if listed:
            _relist(members, size, place, u, v, a, b)
        total += delta
        broken += difference
        hard = new_hard
        if noted + 2 <= units:
            journal[noted] = u
            noted += 1
            if v >= 0:
                journal[noted] = v
                noted += 1
        else:
            noted = units + 1
        now = broken + hard
        if now <= tiny:
            now = 0.0
        if now < best_broken - 1e-12 or (now <= best_broken and total < best_cost - 1e-9):
            best_broken, best_cost = now, total
            if noted > units:
                for k in range(units):
                    best[k] = owner[k]
            else:
                for k in range(noted):
                    best[journal[k]] = owner[journal[k]]
            noted = 0
