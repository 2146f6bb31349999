"""The year of one rep: trips, cycle, calendar, then one route per day."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from territory.domain.customers import NONE, Ints
from territory.domain.plan import PLACES
from territory.planning.routes import Day, TimedRoute, best_route, time_route
from territory.planning.timing import NEVER, arrive, fit_start, leave_by
from territory.planning.visits.appointments import Bookings, VisitRow, at_customers, with_bookings
from territory.planning.visits.patterns import Pattern, allowed_patterns
from territory.planning.visits.problem import CAPACITY, CLOSED, UNREACHABLE, RepProblem, cause_of_day
from territory.planning.visits.search import CyclePlan, plan_cycle
from territory.planning.visits.trips import Occurrence, far_places, plan_trips, schedule_trips, typical_days
from territory.planning.visits.unroll import SERVED, YearSlots, missing_minutes, slots_of, unroll

BASE, LODGING = PLACES.index("base"), PLACES.index("lodging")

RouteRow = tuple[int, int, int, int, float, int, int, int]
"""day, depart, back, travel minutes, km, start place, end place, trip of the rep or `NONE`."""
UnservedRow = tuple[int, int, int, str]
"""place, planned day, cause, detail."""


@dataclass(frozen=True)
class Task:
    """What a worker needs for one rep; with a `cycle` given no other is sought."""

    problem: RepProblem
    seed: int
    iterations: int
    solutions: int
    cycle: CyclePlan | None = None


@dataclass(frozen=True)
class RepYear:
    """Visits, routes and unserved visits of one rep, in places."""

    visits: list[VisitRow]
    routes: list[RouteRow]
    unserved: list[UnservedRow]


def plan_rep(task: Task) -> RepYear:
    """Plan the whole year of one rep; the answer depends on the task alone."""
    problem, hopeless = without_hopeless(task.problem)
    local = np.array([p for p in range(1, problem.places) if p not in hopeless], dtype=np.int64)
    far = np.intersect1d(far_places(problem), local)
    trips, lost = plan_trips(problem, far, solutions=task.solutions)
    for place in lost:
        hopeless[place] = why_hopeless(problem, place)
    near = np.setdiff1d(local, far)
    occurrences = schedule_trips(problem, trips)
    nights = frozenset(start + k for trip in trips for start in trip.starts for k in range(len(trip.split)))
    cycle = task.cycle or plan_cycle(problem, near, nights, seed=task.seed, iterations=task.iterations)
    asked = np.setdiff1d(np.arange(1, problem.places), np.union1d(far_places(problem), _without_way(problem)))
    patterns = [_pattern(problem, cycle, place) for place in asked.tolist()]
    away = np.zeros(problem.days.count, dtype=np.bool_)
    for occurrence in occurrences:
        away[occurrence.first_day : occurrence.first_day + len(occurrence.split)] |= bool(occurrence.made)
    booked, bookings = with_bookings(problem, near, away)
    year = unroll(booked, cycle, asked, patterns, away, bookings, hurried=not task.solutions)
    visits, routes, dropped = _route_days(booked, year, task.solutions)
    visits = at_customers(visits, bookings)
    trip_visits, trip_routes = _route_trips(problem, occurrences)
    unserved = [*_local_unserved(booked, year, dropped, bookings, hopeless), *_trip_unserved(problem, occurrences)]
    unserved += _never_asked(problem, np.setdiff1d(sorted(hopeless), asked).astype(np.int64), hopeless)
    return RepYear(visits + trip_visits, routes + trip_routes, unserved)


def without_hopeless(problem: RepProblem) -> tuple[RepProblem, dict[int, int]]:
    """Keep the patterns whose days each suit the customer alone; name those without any, and why."""
    far, wayless = set(far_places(problem).tolist()), set(_without_way(problem).tolist())
    patterns: list[tuple[Pattern, ...]] = [()]
    hopeless: dict[int, int] = {}
    kept: dict[tuple[int, tuple[int, ...]], tuple[Pattern, ...]] = {}
    ordinary = sorted(set(problem.days.ordinary.tolist()))
    for place in range(1, problem.places):
        given = problem.patterns[place]
        if place in wayless:
            hopeless[place] = UNREACHABLE
        elif not (problem.starts[ordinary, place, :, 1] >= 0).any():
            hopeless[place] = why_hopeless(problem, place)
        elif place not in far:
            suits = tuple(w for w in range(7) if _suits(problem, place, int(problem.days.ordinary[w])))
            key = id(given), suits
            if key not in kept:
                kept[key] = _suited(problem, place, suits)
            given = kept[key]
            if not given:
                hopeless[place] = why_hopeless(problem, place)
        patterns.append(given or problem.patterns[place])
    return dataclasses.replace(problem, patterns=tuple(patterns)), hopeless


def _without_way(problem: RepProblem) -> Ints:
    """Return the customers to whom, or from whom, no way leads from or to the start place."""
    return np.flatnonzero((problem.travel[0] < 0) | (problem.travel[:, 0] < 0))


def why_hopeless(problem: RepProblem, place: int) -> int:
    """Return `CLOSED` for a customer who could be visited were the hours not what they are, else `UNREACHABLE`."""
    if not problem.own_hours[place]:
        return UNREACHABLE
    starts = problem.starts.copy()
    starts[:, place, :, 0], starts[:, place, :, 1] = NEVER, -1
    for w, windows in enumerate(problem.windows):
        pieces = [(begin, end - problem.service[place]) for begin, end in windows]
        pieces = [piece for piece in pieces if piece[0] <= piece[1]]
        starts[w, place, : len(pieces)] = np.array(pieces, dtype=np.int32).reshape(-1, 2)
    always = dataclasses.replace(problem, starts=starts)
    near = any(_suits(always, place, int(w)) for w in set(problem.days.ordinary.tolist()))
    return CLOSED if near or (place in far_places(problem) and typical_days(always, place)) else UNREACHABLE


def _suited(problem: RepProblem, place: int, weekdays: tuple[int, ...]) -> tuple[Pattern, ...]:
    """Return the patterns on the weekdays that suit a customer; where none has all its visits there, the fullest."""
    whole = tuple(p for p in problem.patterns[place] if all(day % 7 in weekdays for day in p.days))
    worked = tuple(weekday for weekday in weekdays if weekday in problem.days.weekdays)
    if whole or not worked:
        return whole
    visits, weeks = problem.frequency[place]
    return allowed_patterns(visits, weeks, problem.days.cycle_weeks, worked, problem.spacing_tolerance)


def _suits(problem: RepProblem, place: int, w: int) -> bool:
    """Return whether a day of a window class suffices to visit one customer and come back."""
    there, home = int(problem.travel[0, place]), int(problem.travel[place, 0])
    start = fit_start(problem.starts, w, place, arrive(problem.gaps, w, problem.depart, there))
    return bool(arrive(problem.gaps, w, start + int(problem.service[place]), home) <= problem.back + problem.overtime)


def _pattern(problem: RepProblem, cycle: CyclePlan, place: int) -> Pattern:
    """Return the chosen pattern, or for a customer without one in the cycle that on the emptiest days."""
    chosen, patterns = int(cycle.chosen[place]), problem.patterns[place]
    if chosen >= 0:
        return patterns[chosen]
    stops = dict(zip(cycle.offsets.tolist(), cycle.lengths.tolist(), strict=True))
    return min(patterns, key=lambda pattern: sum(stops.get(day, 0) for day in pattern.days))


def _route_days(
    problem: RepProblem, year: YearSlots, solutions: int
) -> tuple[list[VisitRow], list[RouteRow], set[int]]:
    """Route every day with visits; equal days once. Also return the slots that no route takes."""
    visits: list[VisitRow] = []
    routes: list[RouteRow] = []
    dropped: set[int] = set()
    known: dict[tuple[int, tuple[int, ...]], TimedRoute | None] = {}
    for day in np.flatnonzero(year.lengths).tolist():
        slot_of = {int(year.owner[slot]): int(slot) for slot in year.rows[day, : year.lengths[day]]}
        w = int(problem.days.of_day[day])
        key = w, tuple(sorted(slot_of))
        if key not in known:
            known[key] = best_route(_local_day(problem, w), list(slot_of), solutions=solutions)[0]
        route = known[key]
        served = set(route.places) if route else set()
        dropped |= {slot for place, slot in slot_of.items() if place not in served}
        if route:
            planned = {place: int(year.planned[slot]) for place, slot in slot_of.items()}
            visits += visit_rows(problem, day, route, 0, planned, NONE)
            routes.append(route_row(problem, day, route, 0, 0, NONE))
    return visits, routes, dropped


def _local_day(problem: RepProblem, w: int) -> Day:
    return dataclasses.replace(
        _day(problem, w, problem.back), overtime=problem.overtime, overtime_price=problem.overtime_price
    )


def _day(problem: RepProblem, w: int, back: int) -> Day:
    return Day(problem.travel, problem.service, problem.starts, problem.gaps, w, problem.depart, back)


def held_route(
    problem: RepProblem, day: int, places: tuple[int, ...], starts: tuple[int, ...], first: int, last: int
) -> TimedRoute:
    """Return the route of a day whose visits start at given times, leaving as late and coming back as early as can be.

    Parameters
    ----------
    problem : RepProblem
    day : int
    places, starts : tuple of int
        Visits in order.
    first, last : int
        Places where the day begins and ends; `last` -1 ends it with the last visit.
    """
    w, end = int(problem.days.of_day[day]), starts[-1] + int(problem.service[places[-1]])
    stops = [first, *places, *([last] if last >= 0 else [])]
    legs = tuple(int(problem.travel[a, b]) for a, b in pairwise(stops))
    depart = int(leave_by(problem.gaps, w, starts[0], legs[0]))
    if last < 0:
        return TimedRoute(places, starts, (*legs, 0), depart, end)
    return TimedRoute(places, starts, legs, depart, int(arrive(problem.gaps, w, end, legs[-1])))


def visit_rows(
    problem: RepProblem, day: int, route: TimedRoute, first: int, planned: dict[int, int], trip: int
) -> Iterator[VisitRow]:
    """Yield the visits of a routed day that begins at place `first`."""
    before = (first, *route.places[:-1])
    for place, start, leg, origin in zip(route.places, route.start, route.legs, before, strict=False):
        end = start + int(problem.service[place])
        yield day, place, start, end, leg, float(problem.km[origin, place]), planned[place], trip


def route_row(problem: RepProblem, day: int, route: TimedRoute, first: int, last: int, trip: int) -> RouteRow:
    """Return the row of a routed day from place `first` to `last`, -1 for a lodging at the last customer."""
    stops = [first, *route.places, *([last] if last >= 0 else [])]
    km = sum(float(problem.km[a, b]) for a, b in pairwise(stops))
    start_place, end_place = BASE if first == 0 else LODGING, BASE if last == 0 else LODGING
    return day, route.depart, route.back, sum(route.legs), km, start_place, end_place, trip


def _route_trips(problem: RepProblem, occurrences: list[Occurrence]) -> tuple[list[VisitRow], list[RouteRow]]:
    visits: list[VisitRow] = []
    routes: list[RouteRow] = []
    made = sorted((o for o in occurrences if o.made), key=lambda o: o.first_day)
    for trip, occurrence in enumerate(made):
        first = 0
        for k, places in enumerate(occurrence.split):
            day, last = occurrence.first_day + k, 0 if k + 1 == len(occurrence.split) else -1
            allowed = _day(problem, int(problem.days.of_day[day]), problem.trip_back)
            route = time_route(allowed, places, first=first, last=last)
            assert route is not None, "the trip was divided into days that suffice"
            visits += visit_rows(problem, day, route, first, occurrence.planned, trip)
            routes.append(route_row(problem, day, route, first, last, trip))
            first = places[-1]
    return visits, routes


def _local_unserved(
    problem: RepProblem, year: YearSlots, dropped: set[int], bookings: Bookings, hopeless: dict[int, int]
) -> list[UnservedRow]:
    customer = dict(zip(bookings.place.tolist(), bookings.owner.tolist(), strict=True))
    gone = np.zeros(len(year.owner), dtype=np.bool_)
    gone[sorted(dropped)] = True
    rows = []
    for slot in np.flatnonzero((year.cause != SERVED) | gone).tolist():
        place = int(year.owner[slot])
        cause, detail = int(year.cause[slot]), str(year.detail[slot])
        if gone[slot]:
            cause, detail = CAPACITY, str(missing_minutes(problem, year.owner[[slot]])[0])
        elif place in hopeless:
            cause, detail = _why_unmade(problem, place, int(year.planned[slot]), hopeless)
        elif cause == CAPACITY and cause_of_day(problem, place, int(year.planned[slot]))[0] == CLOSED:
            cause, detail = CLOSED, ""
        rows.append((customer.get(place, place), int(year.planned[slot]), cause, detail))
    return rows


def _trip_unserved(problem: RepProblem, occurrences: list[Occurrence]) -> list[UnservedRow]:
    rows = []
    for occurrence in occurrences:
        for place, day in occurrence.planned.items():
            if place in occurrence.made:
                continue
            cause, detail = cause_of_day(problem, place, day)
            if cause == CAPACITY and occurrence.cause == CAPACITY:
                detail = str(missing_minutes(problem, np.array([place]))[0])
            elif cause == CAPACITY:
                cause = occurrence.cause
            rows.append((place, day, cause, detail))
    return rows


def _never_asked(problem: RepProblem, places: Ints, hopeless: dict[int, int]) -> list[UnservedRow]:
    """Return the visits to customers without a way, and to far ones that no trip can reach."""
    owner, planned = slots_of(problem, places, [problem.patterns[place][0] for place in places.tolist()])
    slots = zip(owner.tolist(), planned.tolist(), strict=True)
    return [(place, day, *_why_unmade(problem, place, day, hopeless)) for place, day in slots]


def _why_unmade(problem: RepProblem, place: int, day: int, hopeless: dict[int, int]) -> tuple[int, str]:
    """Return cause and detail of a visit to a customer whom no ordinary day suits."""
    cause, detail = cause_of_day(problem, place, day)
    return (hopeless[place], "") if cause in (CAPACITY, CLOSED) else (cause, detail)
