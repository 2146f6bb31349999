"""Reps who share one area: who serves whom, on which days and in which order, decided in one search.

The search knows vehicles, days and patterns, not people. A day of a member is a day of its own there, with one tour,
and every customer may be visited in each of its patterns on the days of each member who may own it: choosing a pattern
chooses the rep, and all visits of a customer are made by one. A further day of each member, a round through all its
customers, carries no visits but their workload; its capacity is what the member may carry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory.domain.customers import Floats, Ints
from territory.planning.routes import Day, time_route
from territory.planning.visits.problem import RepProblem
from territory.planning.visits.rep_year import without_hopeless
from territory.planning.visits.search import CyclePlan, is_compiled
from territory.planning.visits.shared_area import SharedArea, plan_shared_area
from territory.planning.visits.shared_area.local_search import educate

MOST_DAYS = 62
"""Days that the search can tell apart."""

FAR_APART = 1440.0
"""Minutes between places without a way; no day is that long."""

Tours = tuple[tuple[int, ...], ...]
"""Customers, as indices of the scenario, in order, by day of the cycle."""


@dataclass(frozen=True)
class Pool:
    """One shared area.

    Attributes
    ----------
    area : str
    members : array of int
        Reps, ascending.
    problem : RepProblem
        Of all customers of the pool who want visits, from the start place of the first member.
    allowed : array of bool, shape (customers of the problem, members)
        Who may own whom.
    load : array of float, shape (customers of the problem,)
        Minutes a week, travel included.
    room : array of float, shape (members,)
        Most minutes a week.
    present : array of int, shape (customers of the problem,)
        The rep whom the territories give each customer.
    seed, iterations, run : int
        Runs of one seed differ.
    """

    area: str
    members: Ints
    problem: RepProblem
    allowed: NDArray[np.bool_]
    load: Floats
    room: Floats
    present: Ints
    seed: int
    iterations: int
    run: int = 0

    @property
    def search_days(self) -> int:
        """Days the search has to tell apart."""
        return len(self.members) * (len(cycle_days(self.problem)) + 1)


@dataclass(frozen=True)
class JointPlan:
    """What the search decided.

    Attributes
    ----------
    customers, rep : array of int
        Those it decided about, and the rep of each.
    tours : tuple of Tours
        Of each member.
    """

    customers: Ints
    rep: Ints
    tours: tuple[Tours, ...]


def cycle_days(problem: RepProblem) -> list[int]:
    """Return the days of the cycle with field time, Monday of its first week 0."""
    return [7 * week + weekday for week in range(problem.days.cycle_weeks) for weekday in problem.days.weekdays]


def plan_together(pool: Pool) -> JointPlan | None:
    """Choose rep, pattern and order for all customers of a pool at once, at the least driving.

    Customers whom nobody can visit are left to whom they belong. Windows inside the day, wishes and exclusions are not
    looked at, see `cycle_of`.

    Returns
    -------
    JointPlan or None
        None where no plan was found that keeps everybody's days and workload.
    """
    problem, hopeless = without_hopeless(pool.problem)
    places = np.array([place for place in range(1, problem.places) if place not in hopeless], dtype=np.int64)
    days = cycle_days(problem)
    found = plan_shared_area(_search_area(pool, problem, places, days), seed=_seed(pool), iterations=pool.iterations)
    if found.excess > 0:
        return None
    position = np.zeros(len(places), dtype=np.int64)
    tours: list[Tours] = []
    customers = problem.customers[places - 1]
    for k in range(len(pool.members)):
        *mine, everybody = (tour for (tour,) in found.tours[k * (len(days) + 1) : (k + 1) * (len(days) + 1)])
        position[list(everybody)] = k
        tours.append(tuple(tuple(customers[list(tour)].tolist()) for tour in mine))
    member = _named(pool, position, pool.present[places - 1])
    ordered = sorted(range(len(member)), key=member.__getitem__)
    return JointPlan(customers, pool.members[member[position]], tuple(tours[k] for k in ordered))


def _named(pool: Pool, position: Ints, present: Ints) -> Ints:
    """Return the member for each division; where all members are alike, so that most customers keep theirs."""
    count = len(pool.members)
    if not pool.allowed.all() or np.ptp(pool.room) > 0:
        return np.arange(count)
    shared = np.zeros((count, count))
    np.add.at(shared, (position, np.searchsorted(pool.members, present)), 1.0)
    return np.asarray(linear_sum_assignment(-shared)[1], dtype=np.int64)


def cycle_of(problem: RepProblem, tours: Tours) -> CyclePlan | None:
    """Return the tours of one member as its cycle, or None where they do not suit.

    Parameters
    ----------
    problem : RepProblem
        Of the member, with its customers of the joint plan and those left to it.
    tours : Tours

    Notes
    -----
    They do not suit where a day does not fit into field windows and opening hours, where a customer prefers a weekday
    or must not share a day with another, and where the member has trips: the search knows nothing of these.
    """
    if problem.fee.any() or (problem.apart >= 0).any():
        return None
    usable, hopeless = without_hopeless(problem)
    place_of = {customer: place for place, customer in enumerate(problem.customers.tolist(), start=1)}
    rows = [tuple(place_of[customer] for customer in tour) for tour in tours]
    days = cycle_days(problem)
    visited: dict[int, list[int]] = {}
    for day, row in zip(days, rows, strict=True):
        if row and time_route(_ordinary_day(usable, day), row) is None:
            return None
        for place in row:
            visited.setdefault(place, []).append(day)
    if visited.keys() & hopeless.keys():
        return None
    chosen = np.full(problem.places, -1, dtype=np.int64)
    for place, on in visited.items():
        chosen[place] = [pattern.days for pattern in usable.patterns[place]].index(tuple(on))
    return CyclePlan(chosen, np.array(days, dtype=np.int64), *_padded(rows))


def _ordinary_day(problem: RepProblem, day: int) -> Day:
    tables = problem.travel, problem.service, problem.starts, problem.gaps
    return Day(*tables, int(problem.days.ordinary[day % 7]), problem.depart, problem.back, problem.overtime)


def _padded(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], Ints]:
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    table = np.zeros((len(rows), int(lengths.max(initial=0)) + 1), dtype=np.int32)
    for k, row in enumerate(rows):
        table[k, : len(row)] = row
    return table, lengths


def _search_area(pool: Pool, problem: RepProblem, places: Ints, days: Sequence[int]) -> SharedArea:
    members, count = len(pool.members), len(days) + 1
    row_of = {day: row for row, day in enumerate(days)}
    stops = np.concatenate([[0], places])
    between = problem.travel[np.ix_(stops, stops)].astype(np.float64)
    between[between < 0] = FAR_APART
    service = problem.service[places].astype(np.float64)
    distance = np.maximum(between, between.T)
    limit = np.maximum(_field_minutes(problem, days), float((2 * distance[0, 1:] + service).max(initial=0.0)))
    return SharedArea(
        distance=distance,
        service=service,
        demand=pool.load[places - 1],
        patterns=tuple(
            tuple(
                (*(member * count + row_of[day] for day in pattern.days), (member + 1) * count - 1)
                for member in np.flatnonzero(pool.allowed[place - 1]).tolist()
                for pattern in problem.patterns[place]
            )
            for place in places.tolist()
        ),
        vehicles=1,
        capacity=np.concatenate([np.append(np.full(len(days), np.inf), room) for room in pool.room]),
        max_duration=np.tile(np.append(limit, np.inf), members),
    )


def _field_minutes(problem: RepProblem, days: Sequence[int]) -> Floats:
    """Return the minutes of the field windows of each day of the cycle; tours no longer fit into nearly all of them."""
    span = problem.starts[..., 1] - problem.starts[..., 0] + problem.service[:, None]
    open_minutes = np.where(problem.starts[..., 1] >= 0, span, 0).sum(axis=2).max(axis=1)
    weekday = np.array(days, dtype=np.int64) % 7
    return np.asarray(open_minutes[problem.days.ordinary[weekday]], dtype=np.float64)


def _seed(pool: Pool) -> int:
    digest = hashlib.blake2b(f"{pool.seed}:{pool.area}:{pool.run}".encode(), digest_size=6).digest()
    return int.from_bytes(digest, "little")


def pool_kernels_are_compiled() -> bool:
    """Return whether the search for pools was compiled before on this machine."""
    return is_compiled(educate)
