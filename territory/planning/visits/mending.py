"""One rep's calendar after the scenario changed: what still stands stays, the rest finds the least disturbing day."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.plan import UNSERVED_CAUSES
from territory.planning.visits.appointments import Bookings, VisitRow, at_customers, with_bookings
from territory.planning.visits.problem import (
    CAPACITY,
    CAUSES_OF_DAYS,
    CLOSED,
    UNREACHABLE,
    RepProblem,
    cause_of_day,
    works_on,
)
from territory.planning.visits.promises import Book, Promised, book_of, within
from territory.planning.visits.rep_year import (
    RepYear,
    RouteRow,
    UnservedRow,
    held_route,
    route_row,
    visit_rows,
    why_hopeless,
    without_hopeless,
)
from territory.planning.visits.repair_kernels import Limits, day_prices, hold_days, settle_slots
from territory.planning.visits.trip_mending import Journey, mend_trips
from territory.planning.visits.trips import far_places
from territory.planning.visits.unroll import missing_minutes, slots_of

KEPT_DAY = -30.0
"""Minutes of travel that count for a promised day when a customer with another frequency gets a new pattern."""
NO_ROOM = 10_000.0
APPOINTMENT_LOAD = 5
"""Promised visits that an appointment counts as where a trip looks for days."""


@dataclass(frozen=True)
class MendTask:
    """What a worker needs for one rep.

    Attributes
    ----------
    problem : RepProblem
        Of the changed scenario.
    since : int
        First day that may change.
    promised : Promised
    fresh : array of int
        Places whose visits are planned anew: new customers, other frequencies.
    solutions : int
        OR-Tools solutions tried for the tour of a new trip.
    other_legs : bool
        Travel differs from that of the promises, so that every day is written anew.
    """

    problem: RepProblem
    since: int
    promised: Promised
    fresh: Ints
    solutions: int
    other_legs: bool = False


@dataclass(frozen=True)
class MendedYear(RepYear):
    """The days of one rep that changed, and every unserved visit from the day of the change on.

    Attributes
    ----------
    touched : array of int
        Days whose visits, starts or legs differ from those promised; `visits` and `routes` hold these alone.
    reasons : mapping of (place, promised day) to str
        Why a promise could not be kept.
    """

    touched: Ints
    reasons: dict[tuple[int, int], str]


@dataclass(frozen=True)
class _Mending:
    """What every step reads: the task with its appointments as places, and the book that the steps change."""

    task: MendTask
    bookings: Bookings
    far: Ints
    hopeless: dict[int, int]
    limits: Limits
    book: Book

    @property
    def problem(self) -> RepProblem:
        """The problem of the task."""
        return self.task.problem


def mend_rep(task: MendTask) -> MendedYear:
    """Mend the year of one rep; the answer depends on the task alone."""
    problem, hopeless = without_hopeless(task.problem)
    far = far_places(problem)
    on_trips = task.promised.place[(task.promised.trip != NONE) & (task.promised.day >= task.since)]
    near_now = np.setdiff1d(on_trips[on_trips >= 0], far)
    task = dataclasses.replace(task, problem=problem, fresh=np.union1d(task.fresh, near_now).astype(np.int64))
    journeys, new = _journeys(task, far), _new_far(task, far, hopeless)
    trips = mend_trips(problem, task.since, journeys, new, _load(task), solutions=task.solutions)
    for place in trips.lost:
        hopeless[place] = why_hopeless(problem, place)
    mending = _mending(task, far, hopeless, trips.away)
    book = mending.book
    before = book.days()
    _hold(mending, trips.away)
    freed = _plan_fresh(mending) or bool((task.promised.place < 0).any())
    _keep_appointments(mending)
    _settle(mending, freed=freed)
    touched = np.union1d(_touched(mending, before), trips.touched).astype(np.int64)
    touched = touched[touched >= task.since]
    visits, routes = _rows(mending, touched)
    first_number = int(task.promised.trip.max(initial=NONE)) + 1
    trip_visits, trip_routes = trips.rows(problem, first_number)
    unserved = [*_unserved(mending), *trips.unserved(problem), *_open_far(task, far, hopeless)]
    reasons = {**trips.reasons, **book.reasons}
    return MendedYear(visits + trip_visits, routes + trip_routes, unserved, touched, reasons)


def _load(task: MendTask) -> Ints:
    """Return what a trip would disturb on each day: promised visits, and appointments."""
    local, count = task.promised.day[task.promised.trip == NONE], task.problem.days.count
    booked = np.array([booking.day for booking in task.problem.bookings], dtype=np.int64)
    return np.bincount(local, minlength=count) + APPOINTMENT_LOAD * np.bincount(booked, minlength=count)


def _mending(task: MendTask, far: Ints, hopeless: dict[int, int], away: Ints) -> _Mending:
    """Open the book of a task, with a place for every appointment that may be kept from the day of the change on."""
    problem, since = task.problem, task.since
    near = np.setdiff1d(np.arange(1, problem.places), [*far.tolist(), *hopeless])
    closed = np.arange(problem.days.count) < since
    closed[away] = True
    booked, bookings = with_bookings(problem, near, closed)
    usable = np.array([works_on(problem, day) for day in range(problem.days.count)], dtype=np.bool_) & ~closed
    limits = Limits(
        usable=usable,
        classes=booked.days.of_day,
        travel=booked.travel,
        service=booked.service,
        starts=booked.starts,
        gaps=booked.gaps,
        depart=booked.depart,
        back=booked.back,
        apart=booked.apart,
        least=booked.least_gap,
        most=booked.most_gap,
        rank=np.where(np.arange(booked.places) < problem.places, booked.rank, -1).astype(np.int32),
        shift=booked.shift_days,
        cycle_days=booked.days.cycle_days,
        lead=booked.days.lead,
    )
    book = book_of(booked, task.promised, since, task.fresh, far, bookings)
    return _Mending(dataclasses.replace(task, problem=booked), bookings, far, hopeless, limits, book)


def _journeys(task: MendTask, far: Ints) -> list[Journey]:
    """Return the promised trips without the customers who are gone, planned anew, or near by now."""
    promised = task.promised
    stays = np.isin(promised.place, far) & ~np.isin(promised.place, task.fresh)
    journeys = []
    for trip in np.unique(promised.trip[promised.trip != NONE]).tolist():
        rows = np.flatnonzero(promised.trip == trip)
        days = range(int(promised.day[rows[0]]), int(promised.day[rows[-1]]) + 1)
        past = days[0] < task.since
        kept = rows[(promised.place[rows] >= 0) & (past | stays[rows])]
        by_day = [kept[promised.day[kept] == day] for day in days]
        places = promised.place[kept].tolist()
        journey = Journey(
            first_day=days[0],
            split=tuple(tuple(promised.place[mine].tolist()) for mine in by_day),
            starts=tuple(tuple(promised.start[mine].tolist()) for mine in by_day),
            planned=dict(zip(places, promised.planned[kept].tolist(), strict=True)),
            promised=dict(zip(places, promised.day[kept].tolist(), strict=True)),
            past=past,
            changed=not past and (len(kept) < len(rows) or task.other_legs),
        )
        journeys.append(journey)
    return journeys


def _new_far(task: MendTask, far: Ints, hopeless: dict[int, int]) -> Ints:
    local = task.promised.place[(task.promised.trip == NONE) & (task.promised.day >= task.since)]
    new = np.intersect1d(np.union1d(task.fresh, local), far)
    return new[[place not in hopeless for place in new.tolist()]].astype(np.int64)


def _hold(mending: _Mending, away: Ints) -> None:
    """Take out of the days what they no longer allow, and say why."""
    problem, book, since = mending.problem, mending.book, mending.task.since
    made, times = book.made.copy(), book.starts()
    days = np.flatnonzero(book.lengths)
    late = mending.limits._replace(back=problem.back + problem.overtime)
    hold_days(days[days >= since], late, book.calendar())
    for slot in np.flatnonzero((made >= 0) & ((book.made != made) | (times != book.starts()))).tolist():
        place, day = int(book.owner[slot]), int(made[slot])
        cause, _ = cause_of_day(problem, place, day)
        reason = UNSERVED_CAUSES[cause] if cause != CAPACITY else "day_shorter"
        book.reasons[place, day] = "trip_moves" if day in away else reason


def _plan_fresh(mending: _Mending) -> bool:
    """Give fresh customers the pattern that keeps most of their promised days; return whether promises were given up.

    A slot without a day stands between the last visit before the change and the first one after it, so that the
    longest gap does not bind across the change.
    """
    book, task, known = mending.book, mending.task, len(mending.book.owner)
    for place in sorted(set(task.fresh.tolist()) - (set(mending.far.tolist()) - set(mending.hopeless))):
        mine = np.flatnonzero((book.owner == place) & (book.made >= task.since))
        early = _earliest(mending, place)
        planned = _new_days(mending, place, early, book.made[mine])
        unkept = mine[~np.isin(book.made[mine], planned) | (book.made[mine] < early)]
        book.reasons |= {(place, int(day)): "frequency" for day in book.made[unkept].tolist()}
        book.lift(unkept)
        held = mine[book.made[mine] >= 0]
        book.planned[held] = book.made[held]
        book.add(np.array([place]), np.array([task.since - 1]), np.array([-1]), listed=False)
        free = planned[~np.isin(planned, book.made[held])]
        book.add(np.full(len(free), place), free, np.full(len(free), -1))
    # a promise of a fresh customer that the day no longer holds is planned anew with its pattern
    gone = np.isin(book.owner, task.fresh) & (book.made < 0)
    gone[known:] = False
    book.drop(gone)
    return bool(gone.any())


def _earliest(mending: _Mending, place: int) -> int:
    """Return the first day that keeps the spacing after the last visit before the change."""
    book, least = mending.book, int(mending.problem.least_gap[place])
    past = book.made[(book.owner == place) & (book.made >= 0) & (book.made < mending.task.since)]
    return int(past.max(initial=-least)) + least


def _new_days(mending: _Mending, place: int, early: int, promised: Ints) -> Ints:
    """Return the days that the new pattern of a fresh customer asks for from the day of the change on."""
    problem, since = mending.problem, mending.task.since
    if place in mending.hopeless:
        planned = slots_of(problem, np.array([place]), [problem.patterns[place][0]])[1]
        return planned[planned >= since]
    prices = np.zeros(problem.days.count)
    day_prices(place, mending.limits, mending.book.calendar(), prices)
    prices[promised] = KEPT_DAY
    prices[:early] = NO_ROOM
    planned = _best_pattern(problem, place, since, prices)
    return planned[(planned >= early) | (planned >= _next_cycle(problem, since))]


def _next_cycle(problem: RepProblem, since: int) -> int:
    """Return the first day of the first cycle that does not begin before a day."""
    days = problem.days
    return -(-(since + days.lead) // days.cycle_days) * days.cycle_days - days.lead


def _best_pattern(problem: RepProblem, place: int, since: int, prices: Floats) -> Ints:
    """Return the planned days of the pattern with the least price from the day of the change on."""
    best, chosen = np.inf, np.zeros(0, dtype=np.int64)
    for pattern in problem.patterns[place]:
        planned = slots_of(problem, np.array([place]), [pattern])[1]
        planned = planned[planned >= since]
        cost = float(np.minimum(prices[planned], NO_ROOM).sum())
        if cost < best:
            best, chosen = cost, planned
    return chosen


def _keep_appointments(mending: _Mending) -> None:
    """Give each appointment that no promise keeps the nearest visit of its customer and cycle that it can take."""
    book, days, bookings = mending.book, mending.problem.days, mending.bookings
    for k in np.argsort(bookings.day, kind="stable").tolist():
        place, owner, day = (int(column[k]) for column in (bookings.place, bookings.owner, bookings.day))
        if (book.place == place).any():
            continue
        at = np.where(book.made >= 0, book.made, book.planned)
        free = (book.owner == owner) & (book.place == owner) & book.listed & (at >= mending.task.since)
        free &= (book.planned + days.lead) // days.cycle_days == (day + days.lead) // days.cycle_days
        candidates = np.flatnonzero(free)
        for slot in candidates[np.argsort(np.abs(at[candidates] - day), kind="stable")].tolist():
            if _takes(mending, slot, place):
                break


def _takes(mending: _Mending, slot: int, place: int) -> bool:
    """Make a visit keep an appointment; return whether its day has room, else leave everything as it is."""
    book, day = mending.book, int(mending.book.made[slot])
    row, times, length = book.rows[day].copy(), book.times[day].copy(), int(book.lengths[day])
    if day >= 0:
        book.lift(np.array([slot]))
    book.place[slot] = place
    settle_slots(np.array([slot]), 1, mending.limits, book.calendar())
    if book.made[slot] >= 0:
        book.reasons |= {(int(book.owner[slot]), day): "appointment"} if day >= 0 else {}
        return True
    book.place[slot], book.made[slot] = book.owner[slot], day
    if day >= 0:
        book.rows[day], book.times[day], book.lengths[day] = row, times, length
    return False


def _settle(mending: _Mending, *, freed: bool) -> None:
    """Find days for what broke, then for what is new, then, where visits were given up, for what had no room so far."""
    problem, book = mending.problem, mending.book
    order = np.lexsort((problem.rank[book.owner], book.planned, problem.tier[book.owner]))
    order = order[(book.made[order] < 0) & book.listed[order] & ~np.isin(book.owner[order], list(mending.hopeless))]
    fresh = np.isin(book.owner[order], mending.task.fresh)
    waiting = _open_causes(mending)
    was_open = np.array([slot in waiting for slot in order.tolist()], dtype=np.bool_)
    possible = np.array([_may_be_made(problem, book, slot, waiting) for slot in order.tolist()], dtype=np.bool_)
    broken, new = order[~was_open & ~fresh], order[~was_open & fresh]
    again = order[was_open & possible]
    crowded = order[was_open & ~possible] if freed else order[:0]
    for todo, may_push in ((broken, 0), (new, 0), (again, 0), (broken, 1), (new, 1), (crowded, 0)):
        settle_slots(todo, may_push, mending.limits, book.calendar())


def _open_causes(mending: _Mending) -> dict[int, tuple[int, str]]:
    """Return cause and detail of the slots that the promised plan did not make either."""
    promised, book = mending.task.promised, mending.book
    known = {
        (place, planned): (cause, str(detail))
        for place, planned, cause, detail in zip(
            promised.open_place.tolist(),
            promised.open_planned.tolist(),
            promised.open_cause.tolist(),
            promised.open_detail.tolist(),
            strict=True,
        )
    }
    slots = np.flatnonzero((book.made < 0) & book.listed & ~np.isin(book.owner, mending.task.fresh))
    keys = zip(slots.tolist(), book.owner[slots].tolist(), book.planned[slots].tolist(), strict=True)
    return {slot: known[place, planned] for slot, place, planned in keys if (place, planned) in known}


def _may_be_made(problem: RepProblem, book: Book, slot: int, was_open: dict[int, tuple[int, str]]) -> bool:
    """Return whether what kept an open visit from being made is there no longer."""
    if slot not in was_open:
        return True
    old, _ = was_open[slot]
    now, _ = cause_of_day(problem, int(book.owner[slot]), int(book.planned[slot]))
    return old in (CLOSED, UNREACHABLE) or (old in CAUSES_OF_DAYS and now != old)


def _touched(mending: _Mending, before: dict[int, list[tuple[int, int]]]) -> Ints:
    """Return the days that differ from the promised ones, or whose visits are told in other words or to nobody."""
    after, promised, problem = mending.book.days(), mending.task.promised, mending.problem
    place = promised.appointments(mending.bookings)
    booked = place != promised.place
    rewritten = (promised.place < 0) | booked | (promised.minutes != problem.service[place]) | mending.task.other_legs
    rewritten |= within(problem, promised.planned, promised.day, appointment=booked) != promised.planned
    differs = [day for day in range(problem.days.count) if before.get(day) != after.get(day)]
    return np.union1d(promised.day[rewritten & (promised.trip == NONE)], differs).astype(np.int64)


def _rows(mending: _Mending, days: Ints) -> tuple[list[VisitRow], list[RouteRow]]:
    problem, book = mending.problem, mending.book
    visits: list[VisitRow] = []
    routes: list[RouteRow] = []
    for day in days[book.lengths[days] > 0].tolist():
        slots = book.rows[day, : book.lengths[day]]
        places, starts = (tuple(part.tolist()) for part in book.day(day))
        route = held_route(problem, day, places, starts, 0, 0)
        planned = dict(zip(places, book.planned[slots].tolist(), strict=True))
        visits += visit_rows(problem, day, route, 0, planned, NONE)
        routes.append(route_row(problem, day, route, 0, 0, NONE))
    return at_customers(visits, mending.bookings), routes


def _unserved(mending: _Mending) -> list[UnservedRow]:
    problem, book, hopeless, was_open = mending.problem, mending.book, mending.hopeless, _open_causes(mending)
    rows = []
    for slot in np.flatnonzero((book.made < 0) & book.listed).tolist():
        place, planned = int(book.owner[slot]), int(book.planned[slot])
        cause, detail = cause_of_day(problem, place, planned)
        if cause == CAPACITY:
            old = was_open.get(slot, (CAPACITY, ""))
            if place in hopeless:
                cause, detail = hopeless[place], ""
            elif old[0] not in CAUSES_OF_DAYS and old[1]:
                cause, detail = old
            else:
                detail = str(missing_minutes(problem, np.array([place]))[0])
        rows.append((place, planned, cause, detail))
    return rows


def _open_far(task: MendTask, far: Ints, hopeless: dict[int, int]) -> list[UnservedRow]:
    """Return the visits of trips that the promised plan did not make either, from the day of the change on."""
    promised, problem = task.promised, task.problem
    rows = []
    open_far = np.isin(promised.open_place, far) & ~np.isin(promised.open_place, task.fresh)
    for k in np.flatnonzero(open_far & (promised.open_planned >= task.since)).tolist():
        place, planned = int(promised.open_place[k]), int(promised.open_planned[k])
        cause, detail = int(promised.open_cause[k]), str(promised.open_detail[k])
        now, name = cause_of_day(problem, place, planned)
        if cause in CAUSES_OF_DAYS or now != CAPACITY:
            cause, detail = now, name
        if cause == CAPACITY:
            detail = str(missing_minutes(problem, np.array([place]))[0])
        rows.append((place, planned, hopeless.get(place, cause) if cause == CAPACITY else cause, detail))
    return rows
