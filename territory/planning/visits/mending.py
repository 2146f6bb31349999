"""One rep's calendar after the scenario changed: what still stands stays, the rest finds the least disturbing day."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints, Strings
from territory.domain.plan import UNSERVED_CAUSES
from territory.planning.visits.problem import (
    CAPACITY,
    CAUSES_OF_DAYS,
    CLOSED,
    UNREACHABLE,
    RepProblem,
    cause_of_day,
    works_on,
)
from territory.planning.visits.rep_year import (
    RepYear,
    RouteRow,
    UnservedRow,
    VisitRow,
    held_route,
    route_row,
    visit_rows,
    without_hopeless,
)
from territory.planning.visits.repair_kernels import Mask, day_prices, hold_days, settle_slots
from territory.planning.visits.trip_mending import Journey, mend_trips
from territory.planning.visits.trips import far_places
from territory.planning.visits.unroll import missing_minutes, slots_of

KEPT_DAY = -30.0
"""Minutes of travel that count for a promised day when a customer with another frequency gets a new pattern."""
NO_ROOM = 10_000.0
SPARE_STOPS = 12
"""Places left free in every day's row for visits that come from elsewhere."""


@dataclass(frozen=True)
class Promised:
    """What a rep has promised, in places of the changed problem; -1 for customers the rep no longer has.

    Attributes
    ----------
    place, planned, day, start, minutes, trip : array of int, shape (visits,)
        By day and start; `trip` is `NONE` for day visits.
    open_place, open_planned, open_cause : array of int, shape (unserved,)
    open_detail : array of str
        Visits the frequency asked for and the plan did not make.
    """

    place: Ints
    planned: Ints
    day: Ints
    start: Ints
    minutes: Ints
    trip: Ints
    open_place: Ints
    open_planned: Ints
    open_cause: Ints
    open_detail: Strings


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


@dataclass
class _Book:
    """The slots and days of a rep while they are mended; see `territory.planning.visits.repair_kernels`."""

    owner: Ints
    planned: Ints
    made: Ints
    listed: NDArray[np.bool_]
    rows: Ints
    lengths: Ints
    times: Ints
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)

    def add(self, owner: Ints, planned: Ints, made: Ints, *, listed: bool = True) -> None:
        """Append slots."""
        self.owner = np.concatenate([self.owner, owner])
        self.planned = np.concatenate([self.planned, planned])
        self.made = np.concatenate([self.made, made])
        self.listed = np.concatenate([self.listed, np.full(len(owner), listed)])

    def drop(self, gone: NDArray[np.bool_]) -> None:
        """Forget slots that lie on no day, and sort the others by place and planned day."""
        order = np.lexsort((self.made, self.planned, self.owner))
        order = order[~gone[order]]
        place = np.full(len(gone), -1, dtype=np.int64)
        place[order] = np.arange(len(order))
        self.owner, self.planned = self.owner[order], self.planned[order]
        self.made, self.listed = self.made[order], self.listed[order]
        for day in np.flatnonzero(self.lengths).tolist():
            row = self.rows[day, : self.lengths[day]]
            self.rows[day, : self.lengths[day]] = place[row]

    def lift(self, slots: Ints) -> None:
        """Take slots off their days."""
        for slot in slots.tolist():
            day = int(self.made[slot])
            stays = self.rows[day, : self.lengths[day]] != slot
            count = int(stays.sum())
            self.rows[day, :count] = self.rows[day, : self.lengths[day]][stays]
            self.times[day, :count] = self.times[day, : self.lengths[day]][stays]
            self.lengths[day] = count
            self.made[slot] = -1


def mend_rep(task: MendTask) -> MendedYear:
    """Mend the year of one rep; the answer depends on the task alone."""
    problem, hopeless = without_hopeless(task.problem)
    far = far_places(problem)
    on_trips = task.promised.place[(task.promised.trip != NONE) & (task.promised.day >= task.since)]
    near_now = np.setdiff1d(on_trips[on_trips >= 0], far)
    task = dataclasses.replace(task, problem=problem, fresh=np.union1d(task.fresh, near_now).astype(np.int64))
    local = task.promised.day[task.promised.trip == NONE]
    load = np.bincount(local, minlength=problem.days.count)
    journeys, new = _journeys(task, far), _new_far(task, far, hopeless)
    trips = mend_trips(problem, task.since, journeys, new, load, solutions=task.solutions)
    for place in trips.lost:
        hopeless[place] = CLOSED if problem.own_hours[place] else UNREACHABLE
    book = _book(task, far)
    before = _days_of(book)
    usable = _usable(problem, task.since, trips.away)
    _hold(task, book, usable, trips.away, hopeless)
    freed = _plan_fresh(task, book, usable, far, hopeless) or bool((task.promised.place < 0).any())
    _settle(task, book, usable, hopeless, freed=freed)
    touched = np.union1d(_touched(task, book, before), trips.touched).astype(np.int64)
    touched = touched[touched >= task.since]
    visits, routes = _rows(task, book, touched)
    first_number = int(task.promised.trip.max(initial=NONE)) + 1
    trip_visits, trip_routes = trips.rows(problem, first_number)
    unserved = [*_unserved(task, book, hopeless), *trips.unserved(problem), *_open_far(task, far, hopeless)]
    reasons = {**trips.reasons, **book.reasons}
    return MendedYear(visits + trip_visits, routes + trip_routes, unserved, touched, reasons)


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


def _book(task: MendTask, far: Ints) -> _Book:
    """Return the promised day visits and the open ones as slots."""
    promised, count = task.promised, task.problem.days.count
    near = (promised.trip == NONE) & (promised.place >= 0)
    near &= (promised.day < task.since) | ~np.isin(promised.place, far)
    mine = np.flatnonzero(near)
    day = promised.day[mine]
    lengths = np.bincount(day, minlength=count)
    rows = np.full((count, int(lengths.max(initial=0)) + SPARE_STOPS), -1, dtype=np.int64)
    times = np.zeros_like(rows)
    position = np.arange(len(mine)) - np.searchsorted(day, day)
    rows[day, position], times[day, position] = np.arange(len(mine)), promised.start[mine]
    book = _Book(
        owner=promised.place[mine],
        planned=_in_cycle(task.problem, promised.planned[mine], day),
        made=day.copy(),
        listed=np.ones(len(mine), dtype=np.bool_),
        rows=rows,
        lengths=lengths,
        times=times,
    )
    open_near = np.flatnonzero((promised.open_place >= 0) & ~np.isin(promised.open_place, far))
    for past in (True, False):
        some = open_near[(promised.open_planned[open_near] < task.since) == past]
        some = some if past else some[~np.isin(promised.open_place[some], task.fresh)]
        book.add(promised.open_place[some], promised.open_planned[some], np.full(len(some), -1), listed=not past)
    return book


def _in_cycle(problem: RepProblem, planned: Ints, day: Ints) -> Ints:
    """Return the planned days; the day of the visit itself where the cycles of the changed scenario part the two."""
    days = problem.days
    same = (planned + days.lead) // days.cycle_days == (day + days.lead) // days.cycle_days
    return np.where(same, planned, day)


def _usable(problem: RepProblem, since: int, away: Ints) -> Mask:
    usable = np.array([works_on(problem, day) for day in range(problem.days.count)], dtype=np.bool_)
    usable[:since] = False
    usable[away] = False
    return usable


def _hold(task: MendTask, book: _Book, usable: Mask, away: Ints, hopeless: dict[int, int]) -> None:
    """Take out of the days what they no longer allow, and say why."""
    problem, made = task.problem, book.made.copy()
    times = _times_of(book)
    book.lift(np.flatnonzero(np.isin(book.owner, list(hopeless)) & (made >= task.since)))
    days = np.flatnonzero(book.lengths)
    hold_days(
        days[days >= task.since], usable, book.rows, book.lengths, book.times, book.owner, book.made,
        problem.days.of_day, problem.travel, problem.service, problem.starts, problem.gaps, problem.depart,
        problem.back + problem.overtime, problem.apart, problem.rank, np.zeros(book.rows.shape[1], dtype=np.int64),
    )  # fmt: skip
    later = _times_of(book)
    for slot in np.flatnonzero((made >= 0) & ((book.made != made) | (times != later))).tolist():
        place, day = int(book.owner[slot]), int(made[slot])
        cause, _ = cause_of_day(problem, place, day)
        reason = UNSERVED_CAUSES[cause] if cause != CAPACITY else "day_shorter"
        if day in away:
            reason = "trip_moves"
        elif cause == CAPACITY and problem.starts[problem.days.of_day[day], place, 0, 1] < 0:
            reason = "closed"
        book.reasons[place, day] = reason


def _times_of(book: _Book) -> Ints:
    """Return the start of every slot, -1 for those without a day."""
    times = np.full(len(book.owner), -1, dtype=np.int64)
    used = np.arange(book.rows.shape[1])[None, :] < book.lengths[:, None]
    times[book.rows[used]] = book.times[used]
    return times


def _plan_fresh(task: MendTask, book: _Book, usable: Mask, far: Ints, hopeless: dict[int, int]) -> bool:
    """Give fresh customers the pattern that keeps most of their promised days; return whether promises were given up.

    A slot without a day stands between the last visit before the change and the first one after it, so that the
    longest gap does not bind across the change.
    """
    problem, since = task.problem, task.since
    kept = np.zeros((2, book.rows.shape[1]), dtype=np.int32)
    prices = np.zeros(problem.days.count)
    promised = np.isin(book.owner, task.fresh) & (book.made >= since)
    gone = np.zeros(len(book.owner), dtype=np.bool_)
    for place in sorted(set(task.fresh.tolist()) - set(far.tolist())):
        mine = np.flatnonzero(promised & (book.owner[: len(promised)] == place))
        planned = np.zeros(0, dtype=np.int64)
        if place not in hopeless:
            day_prices(
                place, usable, book.rows, book.lengths, book.times, book.owner, problem.days.of_day, problem.travel,
                problem.service, problem.starts, problem.gaps, problem.depart, problem.back, problem.apart, kept,
                prices,
            )  # fmt: skip
            prices[book.made[mine]] = KEPT_DAY
            past = book.made[(book.owner == place) & (book.made >= 0) & (book.made < since)]
            early = int(past.max(initial=-problem.least_gap[place])) + int(problem.least_gap[place])
            prices[:early] = NO_ROOM
            planned = _best_pattern(problem, place, since, prices)
            planned = planned[(planned >= early) | (planned >= _next_cycle(problem, since))]
            planned_early = mine[book.made[mine] < early]
            book.reasons |= {(place, int(day)): "frequency" for day in book.made[planned_early].tolist()}
            book.lift(planned_early)
            book.add(np.array([place]), np.array([since - 1]), np.array([-1]), listed=False)
        else:
            planned = slots_of(problem, np.array([place]), [problem.patterns[place][0]])[1]
            planned = planned[planned >= since]
        unkept = mine[~np.isin(book.made[mine], planned)]
        book.reasons |= {(place, int(day)): "frequency" for day in book.made[unkept].tolist()}
        book.lift(unkept[book.made[unkept] >= 0])
        gone[unkept] = True
        held = mine[np.isin(book.made[mine], planned)]
        book.planned[held] = book.made[held]
        free = planned[~np.isin(planned, book.made[held])]
        book.add(np.full(len(free), place), free, np.full(len(free), -1))
    gone = np.concatenate([gone, np.zeros(len(book.owner) - len(gone), dtype=np.bool_)])
    # a promise of a fresh customer that the day no longer holds is planned anew with its pattern
    gone[: len(promised)] |= np.isin(book.owner[: len(promised)], task.fresh) & (book.made[: len(promised)] < 0)
    book.drop(gone)
    return bool(gone.any())


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


def _settle(task: MendTask, book: _Book, usable: Mask, hopeless: dict[int, int], *, freed: bool) -> None:
    """Find days for what broke, then for what is new, then, where visits were given up, for what had no room so far."""
    problem = task.problem
    order = np.lexsort((problem.rank[book.owner], book.planned, problem.tier[book.owner]))
    order = order[(book.made[order] < 0) & book.listed[order] & ~np.isin(book.owner[order], list(hopeless))]
    fresh = np.isin(book.owner[order], task.fresh)
    waiting = _open_causes(task, book)
    was_open = np.array([slot in waiting for slot in order.tolist()], dtype=np.bool_)
    possible = np.array([_may_be_made(problem, book, slot, waiting) for slot in order.tolist()], dtype=np.bool_)
    broken, new = order[~was_open & ~fresh], order[~was_open & fresh]
    again = order[was_open & possible]
    crowded = order[was_open & ~possible] if freed else order[:0]
    for todo, may_push in ((broken, 0), (new, 0), (again, 0), (broken, 1), (new, 1), (crowded, 0)):
        settle_slots(
            todo, may_push, problem.shift_days, problem.days.cycle_days, problem.days.lead, usable, book.rows,
            book.lengths, book.times, book.owner, book.planned, book.made, problem.least_gap, problem.most_gap,
            problem.days.of_day, problem.travel, problem.service, problem.starts, problem.gaps, problem.depart,
            problem.back, problem.apart, np.zeros((2, book.rows.shape[1]), dtype=np.int32),
        )  # fmt: skip


def _open_causes(task: MendTask, book: _Book) -> dict[int, tuple[int, str]]:
    """Return cause and detail of the slots that the promised plan did not make either."""
    promised = task.promised
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
    slots = np.flatnonzero((book.made < 0) & book.listed & ~np.isin(book.owner, task.fresh))
    keys = zip(slots.tolist(), book.owner[slots].tolist(), book.planned[slots].tolist(), strict=True)
    return {slot: known[place, planned] for slot, place, planned in keys if (place, planned) in known}


def _may_be_made(problem: RepProblem, book: _Book, slot: int, was_open: dict[int, tuple[int, str]]) -> bool:
    """Return whether what kept an open visit from being made is there no longer."""
    if slot not in was_open:
        return True
    old, _ = was_open[slot]
    now, _ = cause_of_day(problem, int(book.owner[slot]), int(book.planned[slot]))
    return old in (CLOSED, UNREACHABLE) or (old in CAUSES_OF_DAYS and now != old)


def _touched(task: MendTask, book: _Book, before: dict[int, list[tuple[int, int]]]) -> Ints:
    """Return the days whose visits or starts differ from those promised, and those of customers who are gone."""
    after = _days_of(book)
    promised = task.promised
    rewritten = (promised.place < 0) | (promised.minutes != task.problem.service[promised.place]) | task.other_legs
    differs = [day for day in range(task.problem.days.count) if before.get(day) != after.get(day)]
    return np.union1d(promised.day[rewritten & (promised.trip == NONE)], differs).astype(np.int64)


def _days_of(book: _Book) -> dict[int, list[tuple[int, int]]]:
    """Return (place, start) of the visits of each day that has any."""
    return {
        day: list(
            zip(
                book.owner[book.rows[day, : book.lengths[day]]].tolist(),
                book.times[day, : book.lengths[day]].tolist(),
                strict=True,
            )
        )
        for day in np.flatnonzero(book.lengths).tolist()
    }


def _rows(task: MendTask, book: _Book, days: Ints) -> tuple[list[VisitRow], list[RouteRow]]:
    visits: list[VisitRow] = []
    routes: list[RouteRow] = []
    for day in days[book.lengths[days] > 0].tolist():
        slots, starts = book.rows[day, : book.lengths[day]], book.times[day, : book.lengths[day]]
        places = tuple(book.owner[slots].tolist())
        route = held_route(task.problem, day, places, tuple(starts.tolist()), 0, 0)
        planned = dict(zip(places, book.planned[slots].tolist(), strict=True))
        visits += visit_rows(task.problem, day, route, 0, planned, NONE)
        routes.append(route_row(task.problem, day, route, 0, 0, NONE))
    return visits, routes


def _unserved(task: MendTask, book: _Book, hopeless: dict[int, int]) -> list[UnservedRow]:
    problem, was_open = task.problem, _open_causes(task, book)
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
