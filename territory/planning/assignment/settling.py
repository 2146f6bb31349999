"""The last mile of a division: annealing over short lists until limits and connections hold to the last digit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.anneal import LAMBDA_GROWTH, LAMBDA_START, NO_LISTS
from territory.planning.assignment.candidates import Int32s, Lists
from territory.planning.assignment.connected import FIXED
from territory.planning.assignment.listing import list_neighbours
from territory.planning.assignment.points import Price, Task, loads
from territory.planning.assignment.prices import Reals
from territory.planning.assignment.problem import SLACK
from territory.planning.assignment.search import search
from territory.planning.solver import seed_of

SWEEPS = 30
HOT, COLD = 0.02, 0.0004
"""First and last temperature over what a unit pays on average."""
REACH = 2_000
"""Units visited at most to see that a territory still hangs together."""
TRIES = 12
INSIDE, INSIDE_MORE, FARTHEST_INSIDE = 0.01, 0.4, 0.8
"""Annealing aims this part of the tolerance inside the limits, so that loads added up anew keep them; where that fails,
it aims ever farther inside, so that the last territories find neighbours who can still give and take."""


@dataclass(frozen=True)
class Schedule:
    """How long and how hot to anneal.

    Attributes
    ----------
    sweeps : int
        Trials per unit.
    hot : float
        First temperature over what a unit pays on average.
    level : float, optional
        What a unit pays on average.
    firm : float
        First price of a broken limit.
    tries : int
    inside : float
        Part of the tolerance by which limits are kept at first.
    """

    sweeps: int = SWEEPS
    hot: float = HOT
    level: float | None = None
    firm: float = LAMBDA_START
    tries: int = TRIES
    inside: float = INSIDE


@dataclass(frozen=True)
class Bounds:
    """What else may not be done with units.

    Attributes
    ----------
    free : array of int32, optional
        Units that may move; all when absent.
    use, cap : array
        See `search`.
    apart : adjacency lists
        See `search`.
    """

    free: Int32s | None = None
    use: Reals = field(default_factory=lambda: np.zeros((0, 1, 1)))
    cap: Reals = field(default_factory=lambda: np.zeros(0))
    apart: tuple[Ints, Ints] = field(default_factory=lambda: (NO_LISTS, np.zeros(0, dtype=np.int64)))


def settle(
    task: Task,
    lists: Lists,
    owner: Int32s,
    *,
    seed: int,
    price: Price,
    schedule: Schedule | None = None,
    bounds: Bounds | None = None,
) -> Int32s:
    """Anneal over the lists until loads added up anew keep the limits and territories hang together, or tries run out.

    Parameters
    ----------
    task : Task
    lists : Lists
        Changed where tries fail.
    owner : array of int32, shape (units,)
        Where to start, each a candidate.
    seed : int
    price : callable
        What given units pay for given territories.
    schedule : Schedule, optional
    bounds : Bounds, optional
    """
    schedule, bounds = schedule or Schedule(), bounds or Bounds()
    units = np.arange(len(owner), dtype=np.int32)
    free = units if bounds.free is None else bounds.free
    fixed = np.setdiff1d(units, free, assume_unique=True)
    level = typical_cost(lists, owner) if schedule.level is None else schedule.level
    solved = False
    for number in range(schedule.tries if len(free) else 0):
        part = schedule.inside if solved else max(schedule.inside, min(INSIDE_MORE * number, FARTHEST_INSIDE))
        if number and not solved:
            list_neighbours(task, lists, owner, price)
        owner = _annealed(task, lists, owner, free, part, level, number, seed_of(seed, 21, number), schedule, bounds)
        if solved or (not number and task.keeps(owner, fixed)):
            break
        # Once more after aiming far inside: what the limits themselves leave room for.
        solved = task.keeps(owner, fixed)
    return owner


def _annealed(
    task: Task,
    lists: Lists,
    owner: Int32s,
    free: Int32s,
    part: float,
    level: float,
    number: int,
    seed: int,
    schedule: Schedule,
    bounds: Bounds,
) -> Int32s:
    """Return what one run of the kernel makes of a division; later tries are hotter and firmer."""
    units, count = len(owner), len(task.lower)
    flags = np.full(units, FIXED, dtype=np.uint8)
    flags[free] = 0
    begin, border = task.border if task.contiguous else (NO_LISTS, np.zeros(0, dtype=np.int32))
    firm = schedule.firm * 4.0**number * level * max(units / count, 1.0)
    best = owner.copy()
    search(
        lists.cost,
        lists.near,
        task.weight,
        *task.inside(part),
        loads(owner, task.weight, count),
        bounds.use,
        bounds.cap,
        *bounds.apart,
        begin,
        border,
        free,
        owner.copy(),
        best,
        flags,
        np.zeros((1, 0), dtype=np.int32),
        np.zeros(1, dtype=np.int64),
        np.zeros(1, dtype=np.int32),
        np.array([schedule.hot * (1 + number) * level, COLD / schedule.hot, firm, SLACK / 2, LAMBDA_GROWTH]),
        np.array(
            [schedule.sweeps * len(free), int(task.contiguous), 1, REACH, max(1000, len(free) // 4)], dtype=np.int64
        ),
        np.array([seed | 1], dtype=np.uint64),
    )
    return best


def paid(lists: Lists, owner: Int32s) -> Floats:
    """Return what each unit pays."""
    return np.asarray(
        lists.cost[np.arange(len(owner)), (lists.near == owner[:, None]).argmax(axis=1)], dtype=np.float64
    )


def typical_cost(lists: Lists, owner: Int32s) -> float:
    """Return what a unit pays on average."""
    return float(np.abs(paid(lists, owner)).mean()) + 1e-9
