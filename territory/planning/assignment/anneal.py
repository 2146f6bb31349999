"""Moves and swaps of customers between territories, annealed under penalised balance, as one compiled kernel."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.assignment.problem import SLACK, Problem

CANDIDATES = 12
LAMBDA_START = 12.0
MEMBER_TABLE = 50_000_000
COLD, HOT = 0.005, 1.0


@dataclass(frozen=True)
class Answer:
    """A division and whether it keeps every limit."""

    owner: Ints
    cost: float
    holds: bool


def anneal(
    problem: Problem, cost: NDArray[np.float64], owner: Ints, *, steps: int, seed: int, hot: float = HOT
) -> Answer:
    """Improve a division; rules of placement are never broken, the other limits are aimed at.

    Parameters
    ----------
    problem : Problem
    cost : array of float, shape (units, reps)
        Km a week.
    owner : array of int, shape (units,)
        Where to start; units that may not stay are put where they cost least.
    steps : int
    seed : int
    hot : float
        First temperature over the typical price of a move.
    """
    units, reps = problem.allowed.shape
    keeps = problem.allowed[np.arange(units), owner]
    owner = np.where(keeps, owner, _cheapest(problem, cost)[:, 0]).astype(np.int64)
    limits = [(m.weight, m.lower, np.minimum(m.upper, 1e18)) for m in problem.measures]
    weight = np.array([w for w, _, _ in limits]).reshape(len(limits), units)
    lower = np.array([low for _, low, _ in limits]).reshape(len(limits), reps)
    upper = np.array([high for _, _, high in limits]).reshape(len(limits), reps)
    load = np.array([np.bincount(owner, w, reps) for w in weight], dtype=np.float64).reshape(len(limits), reps)
    start, other = _neighbours(problem.apart, units)
    members, size, place = _member_lists(owner, reps)
    rows = np.arange(units)
    clashes = int((owner[problem.apart[:, 0]] == owner[problem.apart[:, 1]]).sum())
    level = _typical_step(problem, cost)
    best = owner.copy()
    _search(
        np.ascontiguousarray(cost, dtype=np.float64),
        np.ascontiguousarray(problem.allowed),
        np.ascontiguousarray(_cheapest(problem, cost)),
        weight,
        lower,
        upper,
        load,
        np.ascontiguousarray(problem.moved),
        np.array([problem.moved_cap, int(problem.moved[rows, owner].sum()), clashes], dtype=np.int64),
        start,
        other,
        owner,
        best,
        members,
        size,
        place,
        np.array([hot * level, COLD / hot, LAMBDA_START * level * max(units / reps, 1.0), SLACK * reps * 0.5]),
        steps,
        np.array([seed | 1], dtype=np.uint64),
    )
    return Answer(best, float(cost[rows, best].sum()), problem.holds(best))


def _member_lists(owner: Ints, reps: int) -> tuple[NDArray[np.int32], Ints, Ints]:
    """Return the units of each rep in a table, how many, and the place of each unit; no table where it is too large."""
    size = np.bincount(owner, minlength=reps).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    place = np.empty(len(owner), dtype=np.int64)
    place[order] = np.arange(len(owner)) - (np.cumsum(size) - size)[owner[order]]
    if reps * len(owner) > MEMBER_TABLE:
        return np.zeros((1, 0), dtype=np.int32), size, place
    members = np.zeros((reps, len(owner)), dtype=np.int32)
    members[owner, place] = np.arange(len(owner))
    return members, size, place


def _typical_step(problem: Problem, cost: NDArray[np.float64]) -> float:
    """Return what a unit pays on average for its second-best rep instead of its best: the unit of temperature."""
    if cost.shape[1] == 1:
        return 1.0
    best = np.partition(np.where(problem.allowed, cost, np.inf), 1, axis=1)[:, :2]
    choice = np.isfinite(best[:, 1])
    step = float((best[choice, 1] - best[choice, 0]).mean()) if choice.any() else 0.0
    return step + 1e-6 * (1.0 + float(np.abs(cost[problem.allowed]).mean()))


def _cheapest(problem: Problem, cost: NDArray[np.float64]) -> Ints:
    """Return the cheapest allowed reps of each unit, the list filled up with its first."""
    width = min(CANDIDATES, cost.shape[1])
    masked = np.where(problem.allowed, cost, np.inf)
    order = np.argsort(masked, axis=1, kind="stable")[:, :width]
    usable = np.take_along_axis(problem.allowed, order, axis=1)
    return np.where(usable, order, order[:, :1]).astype(np.int64)


def _neighbours(pairs: Ints, units: int) -> tuple[Ints, Ints]:
    """Return pairs as adjacency lists: begin of each unit's list, and the lists."""
    both = np.vstack([pairs, pairs[:, ::-1]]) if len(pairs) else np.zeros((0, 2), dtype=np.int64)
    order = np.argsort(both[:, 0], kind="stable")
    start = np.searchsorted(both[order, 0], np.arange(units + 1)).astype(np.int64)
    return start, both[order, 1].astype(np.int64)


@njit(cache=True, error_model="numpy")
def _random(state: NDArray[np.uint64], below: int) -> int:
    """Return a number in 0..below-1 (xorshift)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(np.int64((x >> np.uint64(11)) % np.uint64(below)))


@njit(cache=True, error_model="numpy")
def _shift(load: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64], w: float) -> float:
    """Return by how much more a rep's limits are broken once `w` is added to the load (arrays of one number)."""
    before, after = load[0], load[0] + w
    change = 0.0
    if after > upper[0]:
        change += after - upper[0]
    elif after < lower[0]:
        change += lower[0] - after
    if before > upper[0]:
        change -= before - upper[0]
    elif before < lower[0]:
        change -= lower[0] - before
    return change


@njit(cache=True, error_model="numpy")
def _balance_change(
    weight: NDArray[np.float64],
    load: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    u: int,
    v: int,
    a: int,
    b: int,
) -> float:
    """Return the change of all broken limits when unit u goes from a to b, and v (unless negative) the other way."""
    change = 0.0
    for k in range(weight.shape[0]):
        w = weight[k, u]
        if v >= 0:
            w -= weight[k, v]
        change += _shift(load[k, a : a + 1], lower[k, a : a + 1], upper[k, a : a + 1], -w)
        change += _shift(load[k, b : b + 1], lower[k, b : b + 1], upper[k, b : b + 1], w)
    return float(change * load.shape[1])


@njit(cache=True, error_model="numpy")
def _clash_change(start: Ints, other: Ints, owner: Ints, u: int, v: int, a: int, b: int) -> int:
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
def _apply(
    weight: NDArray[np.float64],
    load: NDArray[np.float64],
    owner: Ints,
    members: NDArray[np.int32],
    size: Ints,
    place: Ints,
    u: int,
    v: int,
    b: int,
) -> None:
    """Move unit u to rep b and, unless negative, v to where u was."""
    a = owner[u]
    for k in range(weight.shape[0]):
        w = weight[k, u]
        if v >= 0:
            w -= weight[k, v]
        load[k, a] -= w
        load[k, b] += w
    owner[u] = b
    listed = members.shape[1] > 0
    if v >= 0:
        owner[v] = a
        spot = place[u]
        place[u] = place[v]
        place[v] = spot
        members[a, spot] = v
        members[b, place[u]] = u
        return
    size[a] -= 1
    if listed:
        last = members[a, size[a]]
        members[a, place[u]] = last
        place[last] = place[u]
        members[b, size[b]] = u
        place[u] = size[b]
    size[b] += 1


@njit(cache=True, error_model="numpy")
def _search(  # noqa: C901, PLR0912, PLR0915 - one loop whose state stays in registers
    cost: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    candidates: Ints,
    weight: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    load: NDArray[np.float64],
    moved: Ints,
    counts: Ints,
    start: Ints,
    other: Ints,
    owner: Ints,
    best: Ints,
    members: NDArray[np.int32],
    size: Ints,
    place: Ints,
    levels: NDArray[np.float64],
    steps: int,
    state: NDArray[np.uint64],
) -> None:
    """Leave in `best` the cheapest division met that keeps all limits, or the one that broke them least.

    `counts` holds the cap on moves, the moves and the clashes at the start; `levels` the first temperature, the last
    over the first, the first price of a broken limit, and what counts as nothing broken.
    """
    units, reps = cost.shape
    cap, changed, clashes = counts[0], counts[1], counts[2]
    temperature, lam, tiny = levels[0], levels[2], levels[3]
    cooling = math.exp(math.log(levels[1]) / max(steps, 1))
    total, broken = 0.0, 0.0
    for u in range(units):
        total += cost[u, owner[u]]
    for k in range(weight.shape[0]):
        for r in range(reps):
            broken += max(0.0, load[k, r] - upper[k, r], lower[k, r] - load[k, r]) * reps
    hard = clashes + max(0, changed - cap)
    best_broken, best_cost = broken + hard, total
    infeasible = 0
    for step in range(steps):
        temperature *= cooling
        if step % 1000 == 999:
            if infeasible > 700:
                lam = min(lam * 1.02, levels[2] * 1000)
            elif infeasible < 300:
                lam = max(lam / 1.01, levels[2] / 30)
            infeasible = 0
        if broken + hard > tiny:
            infeasible += 1
        u = _random(state, units)
        a = owner[u]
        b = _random(state, reps)
        if _random(state, 8):
            b = candidates[u, _random(state, candidates.shape[1])]
        if a == b or not allowed[u, b]:
            continue
        v = -1
        if members.shape[1] and size[b] and _random(state, 2):
            v = members[b, _random(state, size[b])]
            if not allowed[v, a]:
                v = -1
        delta = cost[u, b] - cost[u, a]
        new_changed = changed + moved[u, b] - moved[u, a]
        if v >= 0:
            delta += cost[v, a] - cost[v, b]
            new_changed += moved[v, a] - moved[v, b]
        new_clashes = clashes
        if start[units]:
            new_clashes += _clash_change(start, other, owner, u, v, a, b)
        difference = _balance_change(weight, load, lower, upper, u, v, a, b)
        new_hard = new_clashes + max(0, new_changed - cap)
        change = delta + lam * (difference + new_hard - hard)
        if change > 0 and (_random(state, 1 << 30) + 1) / (1 << 30) >= math.exp(-change / temperature):
            continue
        _apply(weight, load, owner, members, size, place, u, v, b)
        total += delta
        broken += difference
        hard, changed, clashes = new_hard, new_changed, new_clashes
        now = broken + hard
        if now <= tiny:
            now = 0.0
        if now < best_broken - 1e-12 or (now <= best_broken and total < best_cost - 1e-9):
            best_broken, best_cost = now, total
            for i in range(units):
                best[i] = owner[i]
