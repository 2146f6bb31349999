"""A division improved by annealed moves and swaps at fixed prices, for problems with a table of all reps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.assignment.connected import FIXED
from territory.planning.assignment.problem import SLACK, Problem
from territory.planning.assignment.search import search

CANDIDATES = 12
LAMBDA_START = 12.0
LAMBDA_GROWTH = 1.02
MEMBER_TABLE = 50_000_000
COLD, HOT = 0.005, 1.0
PRICE_PERIOD = 1000
"""Steps between two looks at the price of broken limits."""
NO_LISTS = np.zeros(1, dtype=np.int64)


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

    Where territories must hang together, units outside the main body of their territory are brought back first, and
    none falls out again, but for units that nobody else may have.

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
    rows = np.arange(units)
    masked = np.where(problem.allowed, cost, np.inf)
    near = _cheapest(masked)
    start = np.where(problem.allowed[rows, owner], owner, near[:, 0]).astype(np.int32)
    best = start.copy()
    free = np.flatnonzero(problem.allowed.sum(axis=1) > 1).astype(np.int32)
    if len(free):
        weight, lower, upper = limits_of(problem)
        load = np.zeros(lower.shape)
        np.add.at(load, start, weight)
        use, cap = _caps(problem)
        members, size, place = _member_lists(start, reps, wanted=not problem.contiguous)
        level = _typical_step(masked)
        levels = [hot * level, COLD / hot, LAMBDA_START * level * max(units / reps, 1.0), SLACK * reps * 0.5]
        search(
            (masked - masked.min(axis=1, keepdims=True)).astype(np.float32),
            near,
            weight,
            lower,
            upper,
            load,
            use,
            cap,
            *_neighbours(problem.apart, units),
            *_border(problem),
            free,
            start,
            best,
            np.where(problem.allowed.sum(axis=1) > 1, 0, FIXED).astype(np.uint8),
            members,
            size,
            place,
            np.array([*levels, LAMBDA_GROWTH]),
            np.array([steps, int(problem.contiguous), 0, units, PRICE_PERIOD], dtype=np.int64),
            np.array([seed | 1], dtype=np.uint64),
        )
    owner = best.astype(np.int64)
    return Answer(owner, float(cost[rows, owner].sum()), problem.holds(owner))


def limits_of(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return weights, shape (units, measures), and the least and largest loads, shape (reps, measures)."""
    count = len(problem.measures)
    weight = np.array([m.weight for m in problem.measures]).reshape(count, problem.units)
    lower = np.array([m.lower for m in problem.measures]).reshape(count, len(problem.reps))
    upper = np.array([np.minimum(m.upper, 1e18) for m in problem.measures]).reshape(count, len(problem.reps))
    return np.ascontiguousarray(weight.T), np.ascontiguousarray(lower.T), np.ascontiguousarray(upper.T)


def _caps(problem: Problem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what each choice uses up of the limits on changes of hands that could bind, and these limits."""
    tables = [np.zeros((0, *problem.allowed.shape))]
    caps: list[float] = []
    if problem.moved.max(axis=1, initial=0).sum() > problem.moved_cap:
        tables.append(problem.moved[None].astype(np.float64))
        caps.append(float(problem.moved_cap))
    if problem.moved_sales.max(axis=1, initial=0.0).sum() > problem.moved_sales_cap:
        # Counted in average units, as customers are.
        tables.append(problem.moved_sales[None] * problem.units)
        caps.append((problem.moved_sales_cap + SLACK / 2) * problem.units)
    return np.concatenate(tables), np.array(caps)


def _border(problem: Problem) -> tuple[Ints, NDArray[np.int32]]:
    begin, border = problem.border
    return (begin, border.astype(np.int32)) if len(border) else (NO_LISTS, np.zeros(0, dtype=np.int32))


def _member_lists(
    owner: NDArray[np.int32], reps: int, *, wanted: bool
) -> tuple[NDArray[np.int32], Ints, NDArray[np.int32]]:
    """Return the units of each rep in a table, how many, and the place of each unit; no table where it is too large."""
    size = np.bincount(owner, minlength=reps).astype(np.int64)
    order = np.argsort(owner, kind="stable")
    place = np.empty(len(owner), dtype=np.int32)
    place[order] = np.arange(len(owner)) - (np.cumsum(size) - size)[owner[order]]
    if not wanted or reps * len(owner) > MEMBER_TABLE:
        return np.zeros((1, 0), dtype=np.int32), size, place
    members = np.zeros((reps, len(owner)), dtype=np.int32)
    members[owner, place] = np.arange(len(owner))
    return members, size, place


def _typical_step(masked: NDArray[np.float64]) -> float:
    """Return what a unit pays on average for its second-best rep instead of its best: the unit of temperature.

    Costs hold the price of changing hands, and so does the step: else a dear change would freeze a bad start.
    """
    if masked.shape[1] == 1:
        return 1.0
    best = np.partition(masked, 1, axis=1)[:, :2]
    choice = np.isfinite(best[:, 1])
    step = float((best[choice, 1] - best[choice, 0]).mean()) if choice.any() else 0.0
    return step + 1e-6 * (1.0 + float(np.abs(masked[np.isfinite(masked)]).mean()))


def _cheapest(masked: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the cheapest allowed reps of each unit, the list filled up with its first."""
    width = min(CANDIDATES, masked.shape[1])
    order = np.argpartition(masked, width - 1, axis=1)[:, :width]
    order = np.sort(order, axis=1)
    order = np.take_along_axis(
        order, np.argsort(np.take_along_axis(masked, order, axis=1), axis=1, kind="stable"), axis=1
    )
    usable = np.isfinite(np.take_along_axis(masked, order, axis=1))
    return np.where(usable, order, order[:, :1]).astype(np.int32)


def _neighbours(pairs: Ints, units: int) -> tuple[Ints, Ints]:
    """Return pairs as adjacency lists: begin of each unit's list, and the lists."""
    if not len(pairs):
        return NO_LISTS, np.zeros(0, dtype=np.int64)
    both = np.vstack([pairs, pairs[:, ::-1]])
    order = np.argsort(both[:, 0], kind="stable")
    start = np.searchsorted(both[order, 0], np.arange(units + 1)).astype(np.int64)
    return start, np.ascontiguousarray(both[order, 1], dtype=np.int64)
