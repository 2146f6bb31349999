"""Choosing a pattern for every customer and an order for every day of the cycle: destroy and repair, annealed.

A large part of the customers (about thirty) is taken out, near each other or along a day's route, and put back one by
one, each with its cheapest pattern: the days are independent, so the sum of the cheapest insertions over a pattern's
days is exact. Travel minutes decide; a mild convex term levels the load, so that days keep room for moved visits.
Long runs begin with several short ones and go on from the best of their plans: which customers share a weekday is
settled early, differently each time, and hardly mended later.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.planning.timing import NEVER, Table
from territory.planning.visits.day_stops import COLUMNS, LAYERS, LENGTH, PLACE, row_width
from territory.planning.visits.destroy_repair import Annealing, Plan, Scratch, Task, improve
from territory.planning.visits.patterns import Pattern
from territory.planning.visits.problem import RepProblem

MOVED = 40.0
"""Minutes of travel a visit may cost rather than fall on a day the rep is away on a trip."""
FIRST_SIZE, LAST_SIZE = 75, 25
"""Most customers taken out at once, at the beginning and at the end; never more than three quarters of all."""
HOT, COOLING = 1.6, 25.0
"""First temperature in mean drives from the start place; factor down to the last one."""
STARTS, START_SHARE, WORTH_STARTS = 3, 0.15, 5_000
"""Short runs from nothing before the long one; share of the work of each; rounds in all from which they pay."""
CONTINUED = 0.5
"""Part of the annealing at which the best of the short runs is taken on."""

PatternTable = tuple[Ints, Ints, Ints]


@dataclass(frozen=True)
class CyclePlan:
    """Routes of one cycle.

    Attributes
    ----------
    chosen : array of int, shape (places,)
        Index of each customer's pattern in ``problem.patterns[place]``; -1 for place 0 and customers not planned here.
    offsets : array of int, shape (cycle days,)
        Day of the cycle (Monday of its first week 0) of each row of `rows`.
    rows : array of int32, shape (cycle days, stops)
        Places in order of the visits.
    lengths : array of int, shape (cycle days,)
    """

    chosen: Ints
    offsets: Ints
    rows: Table
    lengths: Ints


def plan_cycle(problem: RepProblem, places: Ints, away: frozenset[int], *, seed: int, iterations: int) -> CyclePlan:
    """Choose patterns and routes of one cycle.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        Customers to plan, as places; each can be visited alone on some day.
    away : frozenset of int
        Days of the cycle that belong to trips.
    seed : int
        Mixed with the rep's id, so that reps do not depend on each other.
    iterations : int
        Destroy-and-repair rounds.
    """
    days = problem.days
    offsets = np.array([7 * week + w for week in range(days.cycle_weeks) for w in days.weekdays], dtype=np.int64)
    row_of = {int(offset): k for k, offset in enumerate(offsets)}
    classes = np.array([days.ordinary[o % 7] for o in offsets], dtype=np.int64)
    blocked = np.array([int(o) in away for o in offsets], dtype=np.bool_)
    table = _pattern_table(problem, places, row_of)
    field = _field_minutes(problem)[classes]
    most = float(field[~blocked].max(initial=0)) // max(1, int(problem.service[places].min(initial=480)))
    stops = np.zeros((len(offsets), LAYERS, row_width(min(len(places), int(most) + 2))), dtype=np.int32)
    tally = np.zeros((len(offsets), COLUMNS), dtype=np.int64)
    plan = Plan(stops, tally, np.full(problem.places, -1, dtype=np.int64))
    price = neglect_price(problem, places, [most_visits(problem.patterns[place]) for place in places.tolist()])
    weight, fee = np.where(blocked, -1.0, 1.0 / field), _fees(problem, price, offsets, blocked)
    task = _task(problem, places, table, classes, weight, fee, price)
    if len(places):
        mean_drive = max(1.0, float(problem.travel[0, places].mean()))
        plan = _annealed(task, plan, iterations, HOT * mean_drive, _stable_seed(problem.rep_id, seed))
    chosen = np.where(plan.chosen >= 0, plan.chosen - table[0][:, 0], -1)
    return CyclePlan(chosen, offsets, plan.stops[:, PLACE, 1:], plan.tally[:, LENGTH])


def _task(
    problem: RepProblem, places: Ints, table: PatternTable, classes: Ints, weight: Floats, fee: Floats, price: Floats
) -> Task:
    travel = np.where(problem.travel < 0, NEVER, problem.travel).astype(np.int32)
    return Task(
        places=places[np.argsort(problem.rank[places])].astype(np.int32),
        travel=travel,
        into=np.ascontiguousarray(travel.T),
        service=problem.service,
        starts=problem.starts,
        gaps=problem.gaps,
        depart=problem.depart,
        back=problem.back,
        latest=problem.back + problem.overtime,
        classes=classes,
        weight=weight,
        fee=fee,
        apart=problem.apart,
        overtime=float(problem.overtime_price if problem.overtime else 0),
        level=problem.level_load,
        first=table[0],
        begin=table[1],
        flat=table[2],
        price=price,
        near=neighbours(problem.travel, places),
        order=fixed_orders(places, problem.rank, problem.travel[0], price),
    )


def _annealed(task: Task, empty: Plan, iterations: int, hot: float, state: NDArray[np.uint64]) -> Plan:
    """Anneal once, or several times shortly and then on from the best of these plans."""
    marks = np.zeros(len(task.service), dtype=np.int64)
    kept = np.full((len(task.service), len(task.classes), 3), -1, dtype=np.int64)
    scratch = Scratch(
        *(copied(empty), copied(empty), kept),
        *(marks, marks.copy(), np.zeros(1, dtype=np.int64)),
    )

    def run(plan: Plan, share: float, begin: float) -> tuple[float, Plan]:
        part = Annealing(int(share * iterations), begin, 1.0, hot, 1.0 / COOLING, FIRST_SIZE, LAST_SIZE)
        plan = copied(plan)
        return improve(task, part, state, plan, scratch), plan

    if iterations < WORTH_STARTS:
        return run(empty, 1.0, 0.0)[1]
    best = min((run(empty, START_SHARE, 0.0) for _ in range(STARTS)), key=lambda found: found[0])
    return run(best[1], 1.0 - STARTS * START_SHARE, CONTINUED)[1]


def copied(plan: Plan) -> Plan:
    """Return a plan of its own."""
    return Plan(plan.stops.copy(), plan.tally.copy(), plan.chosen.copy())


def _stable_seed(rep_id: str, seed: int) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(f"{seed}:{rep_id}".encode(), digest_size=8).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def _field_minutes(problem: RepProblem) -> Floats:
    """Return about the minutes of each window class in which some visit may start."""
    spans = np.maximum(problem.starts[..., 1] - problem.starts[..., 0], 0).sum(axis=2).max(axis=1)
    return np.asarray(np.maximum(spans, 1), dtype=np.float64)


def _pattern_table(problem: RepProblem, places: Ints, row_of: dict[int, int]) -> PatternTable:
    """Flatten the patterns: customer -> its patterns -> rows of the cycle; customers of one frequency share them."""
    first = np.zeros((problem.places, 2), dtype=np.int64)
    begin, flat = [0], []
    shared: dict[int, tuple[int, int]] = {}
    for place in places.tolist():
        patterns = problem.patterns[place]
        if id(patterns) not in shared:
            low = len(begin) - 1
            for pattern in patterns:
                flat += [row_of[day] for day in pattern.days]
                begin.append(len(flat))
            shared[id(patterns)] = low, len(begin) - 1
        first[place] = shared[id(patterns)]
    return first, np.array(begin, dtype=np.int64), np.array(flat, dtype=np.int64)


def most_visits(patterns: Sequence[Pattern]) -> int:
    """Return the visits of a customer in the fullest of its patterns, 0 without any."""
    return max((len(pattern.days) for pattern in patterns), default=0)


def neglect_price(problem: RepProblem, places: Ints, visits: Sequence[int]) -> Floats:
    """Price of leaving a customer out: a tier outweighs the next one fourfold, value decides inside a tier.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        Customers to plan; all other places cost nothing.
    visits : sequence of int
        Most visits of each of `places` in a cycle.
    """
    price = np.zeros(problem.places)
    mean_drive = max(1.0, float(problem.travel[0, places].mean())) if len(places) else 1.0
    for place, count in zip(places.tolist(), visits, strict=True):
        better = 1.0 - problem.rank[place] / problem.places
        price[place] = count * (60.0 + 4.0 * mean_drive) * 4.0 ** (3 - problem.tier[place]) * (1.0 + better)
    return price


def _fees(problem: RepProblem, price: Floats, offsets: Ints, blocked: NDArray[np.bool_]) -> Floats:
    """Return the fee of every customer on every day of the cycle, and in a last column whether it has any.

    A visit on a day away moves to a free day near by, the dearer the more days away share it; where there is none it
    will not be made, and costs that.
    """
    visits = np.array([most_visits(patterns) or 1 for patterns in problem.patterns])
    reach = (np.abs(offsets[:, None] - offsets) <= problem.shift_days).astype(np.int64)
    free, busy = reach @ ~blocked, reach @ blocked
    lost = price[:, None] / visits[:, None]
    away = np.where(free, MOVED * np.maximum(1.0, busy / np.maximum(free, 1)), np.maximum(MOVED, lost))
    fees = np.where(blocked, away, problem.fee[:, offsets % 7])
    return np.column_stack([fees, (fees != 0).any(axis=1)])


def fixed_orders(places: Ints, rank: Table, drive: Table, price: Floats) -> Table:
    """Return customers farthest first, nearest first, dearest first; ties by importance.

    Parameters
    ----------
    places : array of int
    rank : array of int32, shape (places,)
    drive : array of int32, shape (places,)
        Minutes from the start place.
    price : array of float, shape (places,)
        Price of leaving a customer out.
    """
    ranked = places[np.argsort(rank[places])]
    away = drive[ranked].astype(np.int64)
    keys = (-away, away, -price[ranked])
    return np.array([ranked[np.argsort(key, kind="stable")] for key in keys], dtype=np.int32)


def neighbours(travel: Table, places: Ints) -> Table:
    """Return places by nearness to each place, itself first; the same order for all tied distances.

    Parameters
    ----------
    travel : array of int, shape (all places, all places)
        Minutes; negative where there is no way.
    places : array of int
        Those to be listed, each in a row of its own number.
    """
    between = travel[np.ix_(places, places)].astype(np.int64)
    between[between < 0] = NEVER
    np.fill_diagonal(between, -1)
    near = np.zeros((len(travel), len(places)), dtype=np.int32)
    near[places] = places[np.argsort(between + between.T, axis=1, kind="stable")]
    return near


def kernels_are_compiled() -> bool:
    """Return whether the search was compiled before on this machine; the other kernels are compiled along with it."""
    return is_compiled(improve)


def is_compiled(kernel: Any) -> bool:
    """Return whether a kernel was compiled before on this machine."""
    pattern = f"{Path(kernel.py_func.__code__.co_filename).stem}.{kernel.py_func.__name__}-*.nbi"
    return any(Path(kernel.stats.cache_path).glob(pattern))
