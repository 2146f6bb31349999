"""Trips after the scenario changed: those that still can be made stay, broken ones move as a whole, new ones join."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from territory.domain.customers import Ints
from territory.domain.plan import UNSERVED_CAUSES
from territory.planning.routes import Day, TimedRoute, time_route
from territory.planning.visits.appointments import VisitRow
from territory.planning.visits.problem import CAPACITY, RepProblem, cause_of_day, works_on
from territory.planning.visits.rep_year import RouteRow, UnservedRow, held_route, route_row, visit_rows
from territory.planning.visits.trip_rounds import Split, split_days
from territory.planning.visits.trips import due_occurrences, free_run, plan_trips
from territory.planning.visits.unroll import missing_minutes

DISPLACED = 4
"""Days a trip may move rather than send one visit more away from its promised day."""


@dataclass
class Journey:
    """One trip of the year.

    Attributes
    ----------
    first_day : int
    split : Split
        Places by day; empty where the trip is not made.
    starts : tuple of tuple of int
        Promised start of each visit, as `split`.
    planned : dict of int to int
        Day the frequency asks for, by place.
    promised : dict of int to int
        Promised day, by place; empty for a new trip.
    past : bool
        It began before the day of the change, and is finished as it is.
    changed : bool
    """

    first_day: int
    split: Split
    starts: tuple[tuple[int, ...], ...]
    planned: dict[int, int]
    promised: dict[int, int]
    past: bool = False
    changed: bool = False

    @property
    def days(self) -> range:
        """Days of the trip."""
        return range(self.first_day, self.first_day + len(self.split))

    @property
    def order(self) -> list[int]:
        """Places in the order of the visits."""
        return [place for places in self.split for place in places]

    @property
    def made(self) -> dict[int, int]:
        """Day of each visit, by place."""
        return {place: day for day, places in zip(self.days, self.split, strict=True) for place in places}


@dataclass(frozen=True)
class MendedTrips:
    """The trips of one rep.

    Attributes
    ----------
    journeys : list of Journey
    touched : array of int
        Days on which a trip was changed, came or went.
    away : array of int
        Days on trips.
    lost : list of int
        New customers no trip can reach.
    reasons : mapping of (place, promised day) to str
    """

    journeys: list[Journey]
    touched: Ints
    away: Ints
    lost: list[int]
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)

    def rows(self, problem: RepProblem, first_number: int) -> tuple[list[VisitRow], list[RouteRow]]:
        """Return visits and days of the changed trips, numbered from `first_number` on."""
        visits: list[VisitRow] = []
        routes: list[RouteRow] = []
        for number, journey in enumerate(j for j in self.journeys if j.changed and j.split):
            for day, route, first, last in _routed(problem, journey):
                visits += visit_rows(problem, day, route, first, journey.planned, first_number + number)
                routes.append(route_row(problem, day, route, first, last, first_number + number))
        return visits, routes

    def unserved(self, problem: RepProblem) -> list[UnservedRow]:
        """Return the visits of the trips that are not made."""
        rows = []
        for journey in self.journeys:
            if not journey.split:
                for place, day in journey.planned.items():
                    cause, detail = cause_of_day(problem, place, day)
                    detail = str(missing_minutes(problem, np.array([place]))[0]) if cause == CAPACITY else detail
                    rows.append((place, day, cause, detail))
        return rows


def mend_trips(
    problem: RepProblem, since: int, journeys: Sequence[Journey], new: Ints, load: Ints, *, solutions: int
) -> MendedTrips:
    """Keep the trips that can still be made, find other days for the others and for new far customers.

    Parameters
    ----------
    problem : RepProblem
    since : int
        First day that may change.
    journeys : sequence of Journey
        As promised, without the customers the rep no longer visits; changed in place.
    new : array of int
        Far customers without a trip.
    load : array of int, shape (days,)
        Promised visits without a trip on each day.
    solutions : int
        OR-Tools solutions tried for the tour of a new trip.
    """
    touched: set[int] = {day for journey in journeys if journey.changed for day in journey.days}
    reasons: dict[tuple[int, int], str] = {}
    broken = [journey for journey in journeys if not journey.past and not _holds(problem, journey)]
    planned, lost = plan_trips(problem, new, solutions=solutions)
    added = [
        Journey(due.first_day, (tuple(due.planned),), (), dict(due.planned), {}, changed=True)
        for trip in planned
        for due in due_occurrences(problem, trip)
        if due.first_day >= since
    ]
    standing = [journey for journey in journeys if journey not in broken]
    every = [*journeys, *added]
    for journey in [*broken, *added]:
        touched |= set(journey.days) if journey.promised else set()
        reasons |= {(place, day): _reason(problem, place, day) for place, day in journey.promised.items()}
        _move(problem, since, journey, standing, load)
        touched |= set(journey.days)
        standing.append(journey)
    touched |= {day for journey in every if journey.changed for day in journey.days}
    away = {day for journey in every for day in journey.days}
    return MendedTrips(every, _sorted(touched), _sorted(away), lost, reasons)


def _sorted(days: set[int]) -> Ints:
    return np.array(sorted(days), dtype=np.int64)


def _reason(problem: RepProblem, place: int, day: int) -> str:
    cause, _ = cause_of_day(problem, place, day)
    return "trip_moves" if cause == CAPACITY else UNSERVED_CAUSES[cause]


def _holds(problem: RepProblem, journey: Journey) -> bool:
    """Return whether a trip can be made as promised; starts that have to change are changed."""
    if journey.changed or not all(works_on(problem, day) for day in journey.days):
        return False
    routes = list(_timed(problem, journey))
    if len(routes) < len(journey.split):
        return False
    starts = tuple(route.start for route in routes)
    journey.changed = starts != journey.starts
    journey.starts = starts
    return True


def _timed(problem: RepProblem, journey: Journey) -> Iterator[TimedRoute]:
    """Yield the earliest route of each day of a trip as long as they fit."""
    first = 0
    for day, places in zip(journey.days, journey.split, strict=True):
        last = 0 if day == journey.days[-1] else -1
        w = int(problem.days.of_day[day])
        allowed = Day(
            problem.travel, problem.service, problem.starts, problem.gaps, w, problem.depart, problem.trip_back
        )
        route = time_route(allowed, places, first=first, last=last)
        if route is None:
            return
        yield route
        first = places[-1]


def _routed(problem: RepProblem, journey: Journey) -> Iterator[tuple[int, TimedRoute, int, int]]:
    """Yield (day, route, first place, last place) of a trip at its starts."""
    first = 0
    for day, places, starts in zip(journey.days, journey.split, journey.starts, strict=True):
        last = 0 if day == journey.days[-1] else -1
        if places:
            yield day, held_route(problem, day, places, starts, first, last), first, last
            first = places[-1]


def _move(problem: RepProblem, since: int, journey: Journey, others: Sequence[Journey], load: Ints) -> None:
    """Put a trip on the days of its cycle that disturb least, or give it up."""
    days, target, order = problem.days, journey.first_day, journey.order
    journey.changed, journey.split, journey.starts = True, (), ()
    if not order:
        return
    busy = {day for other in others for day in other.days}
    cycle = (min(journey.planned.values()) + days.lead) // days.cycle_days
    low = cycle * days.cycle_days - days.lead
    best: tuple[int, int, int] | None = None
    found: tuple[int, Split] = target, ()
    for first in range(max(low, since), min(low + days.cycle_days, days.count)):
        run = free_run(problem, first, busy)
        split = split_days(problem, order, [int(days.of_day[day]) for day in run]) if run else None
        if split is None or run[len(split) - 1] >= low + days.cycle_days:
            continue
        made = {place: first + k for k, places in enumerate(split) for place in places}
        if not _spacing_holds(problem, made, others):
            continue
        displaced = int(load[first : first + len(split)].sum())
        cost = DISPLACED * displaced + abs(first - target), abs(first - target), first
        if best is None or cost < best:
            best, found = cost, (first, split)
    journey.first_day, journey.split = found
    journey.starts = tuple(route.start for route in _timed(problem, journey))


def _spacing_holds(problem: RepProblem, made: dict[int, int], others: Sequence[Journey]) -> bool:
    """Return whether visits are far enough from those of the other trips to the same customers."""
    return all(
        abs(day - other.made[place]) >= problem.least_gap[place]
        for other in others
        for place, day in made.items()
        if place in other.made
    )
