"""Moves and swaps of customers between territories, annealed under penalised balance, as one compiled kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.assignment.problem import SLACK, Problem

CANDIDATES = 12
LAMBDA_START = 12.0
HARD_WEIGHT = 1.0
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
    owner = np.where(problem.allowed[np.arange(units), owner], owner, _cheapest(problem, cost)[:, 0])
    candidates = _cheapest(problem, cost)
    limits = [(m.weight, m.lower, np.minimum(m.upper, 1e18)) for m in problem.measures]
    weight = np.array([w for w, _, _ in limits]).reshape(len(limits), units)
    lower = np.array([low for _, low, _ in limits]).reshape(len(limits), reps)
    upper = np.array([high for _, _, high in limits]).reshape(len(limits), reps)
    start, other = _neighbours(problem.apart, units)
    level = _typical_step(problem, cost)
    best, holds = _search(
        np.ascontiguousarray(cost, dtype=np.float64),
        np.ascontiguousarray(problem.allowed),
        np.ascontiguousarray(candidates),
        weight,
        lower,
        upper,
        np.ascontiguousarray(problem.moved),
        problem.moved_cap,
        start,
        other,
        owner.astype(np.int64),
        steps,
        hot * level,
        COLD * level,
        LAMBDA_START * level * max(units / reps, 1.0),
        np.uint64(seed | 1),
    )
    return Answer(best, float(cost[np.arange(units), best].sum()), bool(holds) and problem.holds(best))


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


@njit(cache=True)
def _random(state: NDArray[np.uint64], below: int) -> int:
    """Return a number in 0..below-1 (xorshift)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(np.int64((x >> np.uint64(11)) % np.uint64(below)))


@njit(cache=True)
def _over(load: float, low: float, high: float) -> float:
    return max(0.0, load - high, low - load)


@njit(cache=True)
def _together_with(unit: int, rep: int, skip: int, start: Ints, other: Ints, owner: Ints) -> int:
    """Count units that must be apart from `unit` and are with `rep`."""
    count = 0
    for k in range(start[unit], start[unit + 1]):
        if other[k] != skip and owner[other[k]] == rep:
            count += 1
    return count


@njit(cache=True)
def _search(  # noqa: C901, PLR0912, PLR0915 - one loop whose state numba keeps in registers
    cost: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    candidates: Ints,
    weight: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    moved: Ints,
    moved_cap: int,
    start: Ints,
    other: Ints,
    owner: Ints,
    steps: int,
    hot: float,
    cold: float,
    first_lambda: float,
    seed: np.uint64,
) -> tuple[Ints, bool]:
    """Return the cheapest division met that keeps all limits, or the one that broke them least."""
    units, reps = cost.shape
    measures = weight.shape[0]
    state = np.array([seed], dtype=np.uint64)
    load = np.zeros((measures, reps))
    members = np.empty((reps, units), dtype=np.int32) if units * reps <= 50_000_000 else np.empty((1, 1), np.int32)
    listed = members.shape[0] == reps
    size = np.zeros(reps, dtype=np.int64)
    place = np.zeros(units, dtype=np.int64)
    total, changed, clashes = 0.0, 0, 0
    for u in range(units):
        r = owner[u]
        total += cost[u, r]
        changed += moved[u, r]
        clashes += _together_with(u, r, -1, start, other, owner)
        for k in range(measures):
            load[k, r] += weight[k, u]
        if listed:
            members[r, size[r]] = u
        place[u] = size[r]
        size[r] += 1
    clashes //= 2
    broken = 0.0
    for k in range(measures):
        for r in range(reps):
            broken += _over(load[k, r], lower[k, r], upper[k, r]) * reps
    hard = HARD_WEIGHT * (clashes + max(0, changed - moved_cap))
    lam = first_lambda
    best = owner.copy()
    best_broken, best_cost = broken + hard, total
    temperature = hot
    cooling = (cold / hot) ** (1.0 / max(steps, 1))
    infeasible = 0
    tiny = SLACK * reps * max(measures, 1) * 0.5
    for step in range(steps):
        temperature *= cooling
        if step % 1000 == 999:
            if infeasible > 700:
                lam = min(lam * 1.02, first_lambda * 1000)
            elif infeasible < 300:
                lam = max(lam / 1.01, first_lambda / 30)
            infeasible = 0
        u = _random(state, units)
        a = owner[u]
        b = candidates[u, _random(state, candidates.shape[1])] if _random(state, 8) else _random(state, reps)
        if a == b or not allowed[u, b]:
            if broken + hard > tiny:
                infeasible += 1
            continue
        v = -1
        if listed and size[b] and _random(state, 2):
            v = members[b, _random(state, size[b])]
            if not allowed[v, a]:
                v = -1
        delta = cost[u, b] - cost[u, a]
        new_changed = changed + moved[u, b] - moved[u, a]
        new_clashes = clashes
        if start[units]:
            new_clashes += _together_with(u, b, v, start, other, owner) - _together_with(u, a, v, start, other, owner)
        if v >= 0:
            delta += cost[v, a] - cost[v, b]
            new_changed += moved[v, a] - moved[v, b]
            if start[units]:
                new_clashes += _together_with(v, a, u, start, other, owner)
                new_clashes -= _together_with(v, b, u, start, other, owner)
        difference = 0.0
        for k in range(measures):
            w = weight[k, u] - (weight[k, v] if v >= 0 else 0.0)
            difference += _over(load[k, a] - w, lower[k, a], upper[k, a]) - _over(load[k, a], lower[k, a], upper[k, a])
            difference += _over(load[k, b] + w, lower[k, b], upper[k, b]) - _over(load[k, b], lower[k, b], upper[k, b])
        difference *= reps
        new_hard = HARD_WEIGHT * (new_clashes + max(0, new_changed - moved_cap))
        change = delta + lam * (difference + new_hard - hard)
        draw = (_random(state, 1 << 30) + 1) / (1 << 30)
        if change <= 0 or draw < np.exp(-change / temperature):
            for k in range(measures):
                w = weight[k, u] - (weight[k, v] if v >= 0 else 0.0)
                load[k, a] -= w
                load[k, b] += w
            total += delta
            broken += difference
            hard, changed, clashes = new_hard, new_changed, new_clashes
            owner[u] = b
            if v >= 0:
                owner[v] = a
                if listed:
                    members[a, place[u]], members[b, place[v]] = v, u
                place[u], place[v] = place[v], place[u]
            else:
                size[a] -= 1
                if listed:
                    last = members[a, size[a]]
                    members[a, place[u]] = last
                    place[last] = place[u]
                    members[b, size[b]] = u
                place[u] = size[b]
                size[b] += 1
            now = max(broken, 0.0) + hard
            if now <= tiny:
                now = 0.0
            if now < best_broken - 1e-12 or (now <= best_broken and total < best_cost - 1e-9):
                best_broken, best_cost = now, total
                best[:] = owner
        if broken + hard > tiny:
            infeasible += 1
    return best, best_broken <= tiny
