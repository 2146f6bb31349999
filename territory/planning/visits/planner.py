"""The visit calendar of the whole team: one independent task per rep, put together in the order of the calendar."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from territory.domain.customers import NONE, Ints
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Routes, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario, call_plan
from territory.parallel import map_tasks
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.visits.rep_year import RepYear, Task, plan_rep

A_FEW = 6

Calendar = tuple[Visits, Routes, Unserved]


class Planning:
    """The calendars of a team while they are planned: one task a rep, and the years that are there.

    Parameters
    ----------
    reps : sequence of int
        Those with visits to make.
    tasks : sequence of Task
        One for each of them.
    """

    def __init__(self, reps: Sequence[int], tasks: Sequence[Task]) -> None:
        self.reps, self.tasks = reps, tasks
        self.years: list[RepYear] = []

    def at_once(self) -> Calendar:
        """Return a whole calendar, in which reps who were not planned yet have a first one without a search."""
        years = list(self.years)
        hurried = (dataclasses.replace(task, iterations=0, solutions=0) for task in self.tasks[len(years) :])
        return self.whole([*years, *map(plan_rep, hurried)])

    def whole(self, years: Sequence[RepYear]) -> Calendar:
        """Return the calendar of the team from the year of each rep."""
        visits, routes, unserved = assembled(years, self.reps, [task.problem.customers for task in self.tasks])
        return (*numbered(visits, routes), unserved)


def plan_visits(
    scenario: Scenario,
    tier: Ints,
    calls: CallPlan,
    rep: Ints,
    *,
    seed: int,
    effort: Effort,
    workers: int = 1,
    progress: Callable[[str, int, int], None] | None = None,
    watch: Callable[[Planning], None] | None = None,
) -> Calendar:
    """Write the visit calendar of every rep for the year (R-V1..V4).

    Each customer gets a regular day pattern over the cycle, each day a route inside the field windows; the cycle is
    repeated over the real calendar, and visits on holidays and meetings move as far as `visits.shift_days` allows. What
    does not fit is left out, by tier and value, and listed with its cause.

    Parameters
    ----------
    scenario : Scenario
    tier : array of int, shape (customers,)
        0..3 for A..D; a higher tier is served first.
    calls : CallPlan
        Frequency and visit length of each customer.
    rep : array of int, shape (customers,)
        Owner of each customer.
    seed : int
    effort : Effort
    workers : int
        Processes; never changes the result.
    progress : callable, optional
        Called with ("visits", reps done, reps).
    watch : callable, optional
        Called once with the work as it begins; it can be completed at once from any thread.

    Returns
    -------
    (Visits, Routes, Unserved)
    """
    report = (lambda done, total: progress("visits", done, total)) if progress else None
    planning = begin_visits(scenario, tier, calls, rep, seed=seed, effort=effort)
    if watch:
        watch(planning)
    return planning.whole(map_tasks(plan_rep, planning.tasks, workers=workers, progress=report, into=planning.years))


def begin_visits(scenario: Scenario, tier: Ints, calls: CallPlan, rep: Ints, *, seed: int, effort: Effort) -> Planning:
    """Return the work of `plan_visits`, of which nothing is done yet."""
    year = year_windows(scenario.settings.workday, scenario.calendar)
    wanted = calls.visits_per_cycle > 0
    members = [np.flatnonzero((rep == r) & wanted) for r in range(len(scenario.reps))]
    busy = [r for r, customers in enumerate(members) if len(customers)]
    tasks = [
        Task(
            rep_problem(scenario, tier, calls, r, members[r], year),
            seed,
            effort.pattern_iterations,
            effort.route_solutions,
        )
        for r in busy
    ]
    return Planning(busy, tasks)


def plan_a_few(scenario: Scenario) -> None:
    """Plan the visits of one rep to a few customers, as little work as compiles the kernels."""
    tier = np.zeros(len(scenario.customers), dtype=np.int64)
    calls = call_plan(scenario, tier)
    few = np.flatnonzero(calls.visits_per_cycle > 0)[:A_FEW]
    rep = np.full(len(tier), NONE, dtype=np.int64)
    rep[few] = 0
    plan_visits(scenario, tier, calls, rep, seed=0, effort=EFFORTS["quick"])


def assembled(
    years: Sequence[RepYear], reps: Sequence[int], customers: Sequence[Ints]
) -> tuple[Visits, Routes, Unserved]:
    """Put the years of reps together in the order of the calendar; trips keep the numbers of their reps."""
    return _visits(years, reps, customers), _routes(years, reps), _unserved(years, reps, customers)


def _visits(years: Sequence[RepYear], reps: Sequence[int], customers: Sequence[Ints]) -> Visits:
    rows = [row for year in years for row in year.visits]
    count = [len(year.visits) for year in years]
    day, place, start, end, minutes, _, planned, trip = _columns(rows, 8)
    owner = np.repeat(np.array(reps, dtype=np.int64), count)
    customer = _global(place, count, customers)
    order = np.lexsort((start, owner, day))
    return Visits(
        day=day[order],
        rep=owner[order],
        customer=customer[order],
        start=start[order],
        end=end[order],
        travel_minutes=minutes[order],
        travel_km=np.array([row[5] for row in rows], dtype=np.float64)[order],
        planned_day=planned[order],
        trip=trip[order],
    )


def _routes(years: Sequence[RepYear], reps: Sequence[int]) -> Routes:
    rows = [row for year in years for row in year.routes]
    day, depart, back, minutes, _, start_place, end_place, trip = _columns(rows, 8)
    owner = np.repeat(np.array(reps, dtype=np.int64), [len(year.routes) for year in years])
    order = np.lexsort((owner, day))
    return Routes(
        day=day[order],
        rep=owner[order],
        depart=depart[order],
        back=back[order],
        travel_minutes=minutes[order],
        travel_km=np.array([row[4] for row in rows], dtype=np.float64)[order],
        start_place=start_place[order],
        end_place=end_place[order],
        trip=trip[order],
    )


def _unserved(years: Sequence[RepYear], reps: Sequence[int], customers: Sequence[Ints]) -> Unserved:
    rows = [row for year in years for row in year.unserved]
    count = [len(year.unserved) for year in years]
    place, planned, cause = _columns([row[:3] for row in rows], 3)
    owner = np.repeat(np.array(reps, dtype=np.int64), count)
    customer = _global(place, count, customers)
    order = np.lexsort((customer, owner, planned))
    return Unserved(
        customer=customer[order],
        rep=owner[order],
        planned_day=planned[order],
        cause=cause[order],
        detail=np.array([row[3] for row in rows], dtype=object)[order],
    )


def _columns(rows: Sequence[tuple[float | str, ...]], width: int) -> list[Ints]:
    return [np.array([row[k] for row in rows], dtype=np.int64) for k in range(width)]


def _global(place: Ints, count: Sequence[int], customers: Sequence[Ints]) -> Ints:
    parts = np.split(place, np.cumsum(count)[:-1]) if count else []
    found = [who[part - 1] for who, part in zip(customers, parts, strict=True)]
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, dtype=np.int64)


def numbered(visits: Visits, routes: Routes) -> tuple[Visits, Routes]:
    """Give the trips of the year their numbers 0, 1, ... in the order in which they start."""
    numbers: dict[tuple[int, int], int] = {}
    for rep, trip in zip(routes.rep.tolist(), routes.trip.tolist(), strict=True):
        if trip != NONE:
            numbers.setdefault((rep, trip), len(numbers))

    def renamed(reps: Ints, trips: Ints) -> Ints:
        found = [numbers.get(key, NONE) for key in zip(reps.tolist(), trips.tolist(), strict=True)]
        return np.array(found, dtype=np.int64)

    return (
        dataclasses.replace(visits, trip=renamed(visits.rep, visits.trip)),
        dataclasses.replace(routes, trip=renamed(routes.rep, routes.trip)),
    )
