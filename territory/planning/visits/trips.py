"""Trips: customers too far for a day are visited on a few days in a row, with nights away (R-V3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from territory.domain.customers import Ints
from territory.planning.visits.problem import (
    CAPACITY,
    END_OF_YEAR,
    START_OF_YEAR,
    UNAPPROVED,
    RepProblem,
    works_on,
)
from territory.planning.visits.trip_rounds import Split, cheapest_rounds, split_days

MOVED_FOR_TURN = 1
"""Trips a year that may have to move rather than that the team is away in the same week."""


@dataclass(frozen=True)
class Trip:
    """A round of far customers, made again and again.

    Attributes
    ----------
    order : tuple of int
        Places in the order of the visits.
    split : Split
        The visits by day on ordinary days.
    starts : tuple of int
        Days of the cycle on which it starts.
    crowded : tuple of int
        Start days the frequency asks for on which the rep has no free days in a row.
    """

    order: tuple[int, ...]
    split: Split
    starts: tuple[int, ...]
    crowded: tuple[int, ...]

    def day_of(self, place: int) -> int:
        """Return the day of the trip, from 0, on which a place is visited."""
        return next(day for day, places in enumerate(self.split) if place in places)


@dataclass
class Occurrence:
    """One time a trip is due: made on some days, or not, with the cause."""

    trip: Trip
    planned: dict[int, int]
    made: dict[int, int] = field(default_factory=dict)
    first_day: int = -1
    split: Split = ()
    cause: int = CAPACITY


def far_places(problem: RepProblem) -> Ints:
    """Return the customers beyond `trip_beyond_km`; none where that is 0."""
    if problem.trip_beyond_km <= 0:
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(problem.km[0] > problem.trip_beyond_km)


def plan_trips(problem: RepProblem, places: Ints, *, solutions: int) -> tuple[list[Trip], list[int]]:
    """Group far customers into trips and give each trip its start days in the cycle.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        The far customers.
    solutions : int
        OR-Tools solutions tried for the tour of a trip.

    Returns
    -------
    (list of Trip, list of int)
        The trips, and the customers no trip can reach.
    """
    typical = {place: typical_days(problem, place) for place in places.tolist()}
    lost = [place for place, days in typical.items() if not days]
    groups: dict[tuple[tuple[int, int], tuple[int, ...]], list[int]] = {}
    for place in sorted(set(typical) - set(lost)):
        groups.setdefault((problem.frequency[place], typical[place]), []).append(place)
    rounds = [
        (order, split)
        for (_, days), group in groups.items()
        for order, split in cheapest_rounds(problem, group, days, solutions=solutions)
    ]
    rounds.sort(key=lambda entry: min(int(problem.rank[place]) for place in entry[0]))
    busy: set[int] = set()
    trips = []
    for order, split in rounds:
        trip = _with_starts(problem, order, split, busy)
        busy |= {start + k for start in trip.starts for k in range(len(split))}
        trips.append(trip)
    return trips, lost


def typical_days(problem: RepProblem, place: int) -> tuple[int, ...]:
    """Return window classes of the days of a trip to one customer: the most frequent that suffices, or none."""
    classes = [int(problem.days.ordinary[w]) for w in problem.days.weekdays]
    for w in sorted(set(classes), key=lambda w: (-classes.count(w), w)):
        days = (w,) * problem.trip_max_days
        if split_days(problem, [place], days) is not None:
            return days
    return ()


def _with_starts(problem: RepProblem, order: tuple[int, ...], split: Split, busy: set[int]) -> Trip:
    """Choose the start days that collide least with other trips, share their weeks with the fewest, and suit best.

    Of the starts that suit about as well each rep takes those of another week, so that the team is not away all at
    once.
    """
    found: list[tuple[tuple[int, int], int, tuple[int, int], Trip]] = []
    weeks = problem.days.cycle_weeks
    for number, pattern in enumerate(problem.patterns[order[0]]):
        free = [start for start in pattern.days if _room(problem, start, order, split, busy)]
        starts, taken = [], set(busy)
        for start in free:
            days = {start + k for k in range(len(split))}
            if not days & taken:
                starts.append(start)
                taken |= days
        crowded = sorted({*pattern.days, *pattern.dropped} - set(starts))
        shared = sum(day // 7 == start // 7 for start in starts for day in busy)
        suits = sum(_suits(problem, start, len(split)) for start in starts)
        turn = min(((start // 7 - problem.rep) % weeks for start in starts), default=weeks)
        trip = Trip(order, split, tuple(starts), tuple(crowded))
        found.append(((len(crowded), shared), suits, (turn, number), trip))
    least = min(collisions for collisions, *_ in found)
    most = max(suits for collisions, suits, *_ in found if collisions == least)
    return min(
        (choice, trip)
        for collisions, suits, choice, trip in found
        if collisions == least and suits >= most - MOVED_FOR_TURN
    )[1]


def _suits(problem: RepProblem, start: int, length: int) -> int:
    """Return how well a day of the cycle suits a trip all over the year.

    Each time counts 2 where the trip can be made on its days, 1 where it has to move, and nothing where its week would
    be left without an ordinary day.
    """
    days = problem.days
    firsts = np.arange(start - days.lead, days.count, days.cycle_days)
    return sum(
        2 * _leaves_a_day(problem, first, length) if len(free_run(problem, first, set())) >= length else 1
        for first in firsts.tolist()
        if first >= problem.first_trip
    )


def _leaves_a_day(problem: RepProblem, first: int, length: int) -> bool:
    """Return whether the week of a trip keeps an ordinary day for the visits near home; no week is asked for more."""
    days = problem.days
    monday = first - int(days.weekday[first])
    others = [day for day in range(monday, min(monday + 7, days.count)) if not first <= day < first + length]
    return length >= len(days.weekdays) or any(
        day >= 0 and works_on(problem, day) and days.of_day[day] == days.ordinary[days.weekday[day]] for day in others
    )


def _room(problem: RepProblem, start: int, order: tuple[int, ...], split: Split, busy: set[int]) -> bool:
    run = range(start, start + len(split))
    if any(day in busy or day % 7 not in problem.days.weekdays or day // 7 != start // 7 for day in run):
        return False
    return split_days(problem, order, [int(problem.days.ordinary[day % 7]) for day in run]) is not None


def schedule_trips(problem: RepProblem, trips: Sequence[Trip]) -> list[Occurrence]:
    """Lay the trips into the year; a trip that meets a holiday moves inside its cycle while its spacing holds."""
    occurrences = [due_occurrences(problem, trip) for trip in trips]
    busy: set[int] = set()
    for moved in (False, True):
        for due in occurrences:
            for k, occurrence in enumerate(due):
                if not occurrence.made:
                    _make(problem, due, k, busy, moved=moved)
    flat = [occurrence for due in occurrences for occurrence in due]
    for occurrence in flat:
        if not occurrence.made:
            occurrence.cause = _cause(problem, occurrence)
    return flat


def due_occurrences(problem: RepProblem, trip: Trip) -> list[Occurrence]:
    """Return every time of the year a trip is due, in order."""
    days = problem.days
    due = []
    for cycle in range((days.count + days.lead) // days.cycle_days + 1):
        for start in sorted((*trip.starts, *trip.crowded)):
            first = cycle * days.cycle_days + start - days.lead
            planned = {place: first + trip.day_of(place) for place in trip.order}
            planned = {place: day for place, day in planned.items() if 0 <= day < days.count}
            if planned:
                due.append(Occurrence(trip, planned, first_day=first))
    return due


def _make(problem: RepProblem, due: list[Occurrence], k: int, busy: set[int], *, moved: bool) -> None:
    """Make one occurrence on its planned days, or else on the nearest possible days of its cycle."""
    occurrence, days = due[k], problem.days
    planned = occurrence.first_day
    order = [place for place in occurrence.trip.order if place in occurrence.planned]
    cycle_first = (planned + days.lead) // days.cycle_days * days.cycle_days - days.lead
    candidates = range(cycle_first, cycle_first + days.cycle_days) if moved else (max(planned, 0),)
    for first in sorted(candidates, key=lambda day: (abs(day - planned), day)):
        run = free_run(problem, first, busy)
        split = split_days(problem, order, [int(days.of_day[day]) for day in run]) if run else None
        if split is None:
            continue
        made = {place: first + day for day, places in enumerate(split) for place in places}
        if all(_spacing_holds(problem, due, k, place, day) for place, day in made.items()):
            occurrence.made, occurrence.first_day, occurrence.split = made, first, split
            busy |= set(run[: len(split)])
            return


def free_run(problem: RepProblem, first: int, busy: set[int]) -> list[int]:
    """Return working days in a row of one week that are not busy, at most as many as a trip may take."""
    days = problem.days
    run: list[int] = []
    for day in range(first, first + problem.trip_max_days):
        if not problem.first_trip <= day < days.count or day in busy or not works_on(problem, day):
            break
        if run and days.weekday[day] == 0:
            break
        run.append(day)
    return run


def _spacing_holds(problem: RepProblem, due: list[Occurrence], k: int, place: int, day: int) -> bool:
    for step in (-1, 1):
        other, adjacent = k + step, True
        while 0 <= other < len(due):
            stands = due[other].made.get(place, due[other].planned.get(place))
            if stands is None:
                break
            gap = (stands - day) * step
            if gap <= 0 or (due[other].made and gap < problem.least_gap[place]):
                return False
            if due[other].made:
                if adjacent and gap > problem.most_gap[place]:
                    return False
                break
            adjacent = False
            other += step
    return True


def _cause(problem: RepProblem, occurrence: Occurrence) -> int:
    """Return why a trip is not made, but for what rules out single days."""
    if occurrence.first_day < 0:
        return START_OF_YEAR
    if occurrence.first_day < problem.first_trip:
        return UNAPPROVED
    if occurrence.first_day + len(occurrence.trip.split) > problem.days.count:
        return END_OF_YEAR
    return CAPACITY
