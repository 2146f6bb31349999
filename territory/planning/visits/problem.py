"""One rep's visit problem as arrays: customers, travel, the days of the year and when visits may start on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.calendar import WorkingCalendar, field_windows, minute_of, windows_of
from territory.domain.customers import NONE, Customers, Ints, Strings
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.scenario import CallPlan, Scenario
from territory.domain.settings import WEEKDAYS, Meeting, Workday
from territory.planning.timing import NEVER, Table
from territory.planning.travel import rep_travel
from territory.planning.visits.patterns import Pattern, allowed_patterns, spacing_bounds

CLOSED, UNREACHABLE, NOT_HIRED, HOLIDAY, MEETING, CAPACITY, START_OF_YEAR, END_OF_YEAR, ABSENT, LEFT, UNAPPROVED = (
    UNSERVED_CAUSES.index(name)
    for name in (
        "closed",
        "unreachable",
        "not_hired",
        "holiday",
        "meeting",
        "capacity",
        "start_of_year",
        "end_of_year",
        "absent",
        "left",
        "unapproved",
    )
)
CAUSES_OF_DAYS = (HOLIDAY, MEETING, NOT_HIRED, ABSENT, LEFT)
"""Causes that lie in the day, not in the customer or the route."""

FULL_WEEK_HOURS = 42.0
"""Contract hours of a full rep (R-H2)."""

ALWAYS, CLOSED_ALL_DAY = (0, 24 * 60), (0, 0)
"""Opening hours of a day, minutes after midnight."""

Windows = tuple[tuple[int, int], ...]
WindowClass = tuple[Windows, int]
"""Field windows of a day, and its weekday or `NONE`."""


@dataclass(frozen=True)
class Days:
    """The days of the year of one rep.

    Attributes
    ----------
    ordinary : array of int, shape (7,)
        Window class of an ordinary day of each weekday.
    of_day : array of int, shape (days,)
        Window class of each day; class 0 is a day without any window.
    weekday : array of int, shape (days,)
    names : tuple of str
        What keeps the rep from an ordinary day: name of the holiday, absence or meeting, empty on other days.
    worked : array of bool, shape (days,)
        Days on which the rep works, unless not there yet or there no longer.
    off_cause : array of int, shape (days,)
        `HOLIDAY` or `ABSENT` on days off that have a name, else -1.
    hired_day, left_day : int
        First and last day of the rep.
    cycle_weeks : int
    weekdays : tuple of int
        Weekdays with regular field windows.
    """

    ordinary: Ints
    of_day: Ints
    weekday: Ints
    names: tuple[str, ...]
    worked: NDArray[np.bool_]
    off_cause: Ints
    hired_day: int
    left_day: int
    cycle_weeks: int
    weekdays: tuple[int, ...]

    @property
    def count(self) -> int:
        """Days of the year."""
        return len(self.of_day)

    @property
    def cycle_days(self) -> int:
        """Calendar days of one cycle."""
        return 7 * self.cycle_weeks

    @property
    def lead(self) -> int:
        """Days of the first week that lie before the year."""
        return int(self.weekday[0])


@dataclass(frozen=True)
class Booking:
    """A fixed appointment: place, day, and start and length in minutes."""

    place: int
    day: int
    start: int
    minutes: int


class TripPrice(NamedTuple):
    """Cents of a kilometre, a night away, and a rep's day away."""

    km: int
    night: int
    day: float


@dataclass(frozen=True)
class RepProblem:
    """Everything needed to plan the visits of one rep; customers are places 1, 2, ... and place 0 is the start place.

    Attributes
    ----------
    rep : int
    rep_id : str
    customers : array of int
        Customer index of place 1 + i.
    lat, lon : array of float
        Of all places.
    travel, km : array, shape (places, places)
    service : array of int32, shape (places,)
    windows : tuple of windows
        Field windows of each class of days.
    starts, gaps : arrays
        See `territory.planning.timing`.
    patterns : tuple of tuple of Pattern
        Allowed patterns of each place; none of place 0.
    least_gap, most_gap : array of int32, shape (places,)
    rank : array of int32, shape (places,)
        Order of importance, 0 first: by tier, then by value.
    tier : array of int32, shape (places,)
    own_hours : array of bool, shape (places,)
        Whether the customer has an opening time of its own.
    frequency : tuple of (int, int)
        Visits and weeks of each place.
    spacing_tolerance : float
        See `territory.planning.visits.patterns.spacing_bounds`.
    days : Days
    depart, back, trip_back : int
        Earliest departure, latest return on ordinary days and on trips, minutes after midnight.
    trip_beyond_km : float
    trip_max_days, shift_days : int
    first_trip : int
        First day on which a trip may start: its approval must be there by then, and a new rep trained (R-V3, R-N4).
    trip_price : TripPrice
    level_load : float
        Minutes of travel that one full day may cost to be levelled, per field minute.
    fee : array of float, shape (places, 7)
        Minutes of travel that a visit on a weekday counts as, on top: weekdays the customer does not prefer.
    apart : array of int32, shape (places, most)
        Places never visited on the same day, filled up with -1.
    overtime, overtime_price : int
        Minutes a rep may be back after `back`, and the travel minutes that each counts as.
    bookings : tuple of Booking
        Fixed appointments.
    slack : int
        Minutes a rep is there before an appointment.
    """

    rep: int
    rep_id: str
    customers: Ints
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    travel: Table
    km: NDArray[np.float32]
    service: Table
    windows: tuple[Windows, ...]
    starts: Table
    gaps: Table
    patterns: tuple[tuple[Pattern, ...], ...]
    least_gap: Table
    most_gap: Table
    rank: Table
    tier: Table
    own_hours: NDArray[np.bool_]
    frequency: tuple[tuple[int, int], ...]
    spacing_tolerance: float
    days: Days
    depart: int
    back: int
    trip_back: int
    trip_beyond_km: float
    trip_max_days: int
    shift_days: int
    first_trip: int
    trip_price: TripPrice
    level_load: float
    fee: NDArray[np.float64]
    apart: Table
    overtime: int
    overtime_price: int
    bookings: tuple[Booking, ...]
    slack: int

    @property
    def places(self) -> int:
        """Customers and the start place."""
        return len(self.service)


def rep_problem(
    scenario: Scenario, tier: Ints, calls: CallPlan, rep: int, customers: Ints, year: Mapping[int, Windows]
) -> RepProblem:
    """Collect the problem of one rep.

    Parameters
    ----------
    scenario, tier, calls
        As for `plan_visits`.
    rep : int
    customers : array of int
        Customers of the rep who want visits, ascending.
    year : mapping of int to windows
        Field windows of every day, see `year_windows`.
    """
    workday, rules = scenario.settings.workday, scenario.settings.visits
    travel = rep_travel(scenario, rep, customers)
    who = scenario.customers
    hours = opening_hours(who, customers)
    days, classes = _days(scenario, calls.cycle_weeks, rep, year, by_weekday=bool((hours != hours[:, :1]).any()))
    frequency = tuple(zip(calls.visits[customers].tolist(), calls.per_weeks[customers].tolist(), strict=True))
    tolerance = rules.spacing_tolerance
    bounds = [spacing_bounds(visits, weeks, tolerance) for visits, weeks in frequency]
    patterns = [allowed_patterns(v, w, calls.cycle_weeks, days.weekdays, tolerance) for v, w in frequency]
    service = np.concatenate([[0], calls.minutes[customers]]).astype(np.int32)
    return RepProblem(
        rep=rep,
        rep_id=str(scenario.reps.rep_id[rep]),
        customers=customers,
        lat=np.concatenate([[scenario.start_lat[rep]], who.lat[customers]]),
        lon=np.concatenate([[scenario.start_lon[rep]], who.lon[customers]]),
        travel=travel.minutes,
        km=travel.km,
        service=service,
        windows=tuple(windows for windows, _ in classes),
        starts=_starts(classes, service, hours),
        gaps=_gaps([windows for windows, _ in classes], workday.drive_in_lunch),
        patterns=((), *patterns),
        least_gap=np.array([0, *(least for least, _ in bounds)], dtype=np.int32),
        most_gap=np.array([0, *(most for _, most in bounds)], dtype=np.int32),
        rank=_rank(scenario, tier, customers),
        tier=np.concatenate([[0], tier[customers]]).astype(np.int32),
        own_hours=np.concatenate([[False], (hours != ALWAYS).any(axis=(1, 2))]),
        frequency=((0, 1), *frequency),
        spacing_tolerance=tolerance,
        days=days,
        depart=minute_of(workday.earliest_departure),
        back=minute_of(workday.latest_return),
        trip_back=minute_of(workday.trip_latest_return),
        trip_beyond_km=rules.trip_beyond_km,
        trip_max_days=rules.trip_max_days,
        shift_days=rules.shift_days,
        first_trip=_first_trip(scenario, rep),
        trip_price=_trip_price(scenario, rep),
        level_load=rules.level_load,
        fee=_fee(who.preferred_weekday[customers], rules.preferred_day_price),
        apart=_apart(who.customer_id[customers], rules.never_same_day),
        overtime=workday.overtime_minutes,
        overtime_price=workday.overtime_price,
        bookings=_bookings(scenario, customers, calls.minutes),
        slack=rules.appointment_slack,
    )


def _first_trip(scenario: Scenario, rep: int) -> int:
    """Return the working day by which a trip asked for on the rep's first day is approved, and a new rep trained."""
    reps, settings = scenario.reps, scenario.settings
    first = max(0, int(reps.hired_day[rep]))
    taught = settings.staffing.training_days if reps.new_hire[rep] else 0
    wait = max(1, ceil(settings.budget.approval_days), taught)
    days = first + np.flatnonzero(scenario.calendar.working[first:])
    return int(days[wait]) if wait < len(days) else scenario.calendar.days


def _trip_price(scenario: Scenario, rep: int) -> TripPrice:
    budget, own = scenario.settings.budget, int(scenario.reps.monthly_salary_cents[rep])
    days_a_month = 52 / 12 * len(scenario.settings.workday.weekdays)
    return TripPrice(budget.km_cost, budget.lodging_night, (budget.pay_month if own == NONE else own) / days_a_month)


def repeated(problem: RepProblem, of: Ints) -> RepProblem:
    """Return a problem in which place k is a copy of place ``of[k]``; patterns and days stay to be set.

    Copies of places that never share a day never share one either.
    """
    others = [np.flatnonzero(np.isin(of, problem.apart[place][problem.apart[place] >= 0])) for place in of]
    apart = np.full((len(of), max(len(found) for found in others)), -1, dtype=np.int32)
    for k, found in enumerate(others):
        apart[k, : len(found)] = found
    return dataclasses.replace(
        problem,
        customers=problem.customers[of[1:] - 1],
        lat=problem.lat[of],
        lon=problem.lon[of],
        travel=np.ascontiguousarray(problem.travel[np.ix_(of, of)]),
        km=problem.km[np.ix_(of, of)],
        service=problem.service[of],
        starts=np.ascontiguousarray(problem.starts[:, of]),
        patterns=tuple(problem.patterns[place] for place in of.tolist()),
        least_gap=problem.least_gap[of],
        most_gap=problem.most_gap[of],
        rank=np.argsort(np.argsort(problem.rank[of], kind="stable")).astype(np.int32),
        tier=problem.tier[of],
        own_hours=problem.own_hours[of],
        frequency=tuple(problem.frequency[place] for place in of.tolist()),
        fee=problem.fee[of],
        apart=apart,
    )


def _bookings(scenario: Scenario, customers: Ints, minutes: Ints) -> tuple[Booking, ...]:
    a = scenario.appointments
    place_of = {customer: place for place, customer in enumerate(customers.tolist(), start=1)}
    rows = zip(a.customer.tolist(), a.day.tolist(), a.start.tolist(), a.minutes.tolist(), strict=True)
    return tuple(
        Booking(place_of[customer], day, start, int(minutes[customer]) if length == NONE else length)
        for customer, day, start, length in rows
        if customer in place_of
    )


def year_windows(workday: Workday, calendar: WorkingCalendar) -> dict[int, Windows]:
    """Return the field windows of every day of the year."""
    return {day: tuple(field_windows(workday, calendar, day)) for day in range(calendar.days)}


def works_on(problem: RepProblem, day: int) -> bool:
    """Return whether the rep works in the field on a day of the year."""
    days = problem.days
    return bool(days.hired_day <= day <= days.left_day and days.of_day[day] > 0)


def cause_of_day(problem: RepProblem, place: int, day: int) -> tuple[int, str]:
    """Return what rules out a visit on a day, with its name; `CAPACITY` where only room could lack."""
    days = problem.days
    if day < days.hired_day:
        return NOT_HIRED, ""
    if day > days.left_day:
        return LEFT, ""
    if days.off_cause[day] >= 0:
        return int(days.off_cause[day]), days.names[day]
    if days.names[day] and problem.starts[days.of_day[day], place, 0, 1] < 0:
        return MEETING, days.names[day]
    if days.of_day[day] and problem.own_hours[place] and problem.starts[days.of_day[day], place, 0, 1] < 0:
        return CLOSED, ""
    return CAPACITY, ""


def _days(
    scenario: Scenario, cycle_weeks: int, rep: int, year: Mapping[int, Windows], *, by_weekday: bool
) -> tuple[Days, list[WindowClass]]:
    """Return the days and the window classes: windows, told apart by weekday where customers close on some."""
    workday, calendar, reps = scenario.settings.workday, scenario.calendar, scenario.reps
    hours = float(reps.hours_per_week[rep])
    share = 1.0 if np.isnan(hours) else min(1.0, hours / FULL_WEEK_HOURS)
    ordinary = [_shortened(tuple(windows_of(workday, weekday)), share) for weekday in range(7)]
    real = [_shortened(year[day], share) for day in range(calendar.days)]

    def kind(windows: Windows, weekday: int) -> WindowClass:
        return windows, weekday if by_weekday and windows else NONE

    kinds = [kind(windows, weekday) for weekday, windows in enumerate(ordinary)]
    all_days = [kind(windows, weekday) for windows, weekday in zip(real, calendar.weekday.tolist(), strict=True)]
    nothing: WindowClass = ((), NONE)
    classes = [nothing, *sorted({*kinds, *all_days} - {nothing})]
    number = {windows: w for w, windows in enumerate(classes)}
    regular = [w for w in range(7) if WEEKDAYS[w] in workday.weekdays]
    usable = tuple(w for w in regular if ordinary[w]) or tuple(regular)
    meeting = next((m.name for m in workday.meetings if m.when == "month_end" and _takes_field_time(m, workday)), "")
    absent = scenario.absences.of_rep(str(reps.rep_id[rep]), calendar.days)
    names = [
        calendar.holiday[day] or absent[day] or (meeting if calendar.month_end[day] and calendar.working[day] else "")
        for day in range(calendar.days)
    ]
    away = np.array([bool(reason) for reason in absent], dtype=np.bool_)
    off = np.where((np.array(calendar.holiday) != "") & ~calendar.working, HOLIDAY, -1)
    days = Days(
        ordinary=np.array([number[windows] for windows in kinds], dtype=np.int64),
        of_day=np.where(away, 0, [number[windows] for windows in all_days]).astype(np.int64),
        weekday=calendar.weekday,
        names=tuple(names),
        worked=calendar.working & ~away,
        off_cause=np.where((off < 0) & away, ABSENT, off).astype(np.int64),
        hired_day=max(0, int(reps.hired_day[rep])),
        left_day=int(reps.left_day[rep]),
        cycle_weeks=cycle_weeks,
        weekdays=usable,
    )
    return days, classes


def _takes_field_time(meeting: Meeting, workday: Workday) -> bool:
    return any(meeting.start < end and begin < meeting.end for begin, end in workday.windows)


def _shortened(windows: Windows, share: float) -> Windows:
    """Cut the end of the field time of a part-time rep, in proportion to the contract hours."""
    left = round(share * sum(end - begin for begin, end in windows))
    kept = []
    for begin, end in windows:
        if left > 0:
            kept.append((begin, min(end, begin + left)))
        left -= end - begin
    return tuple(kept)


def opening_hours(who: Customers, customers: Ints) -> Ints:
    """Return first and last minute of each weekday at some customers, shape (customers, 7, 2); (0, 0) if closed."""
    hours = np.empty((len(customers), 7, 2), dtype=np.int64)
    hours[:] = ALWAYS
    usual = np.stack([who.window_open[customers], who.window_close[customers]], axis=1)[:, None, :]
    for given in (usual, who.weekday_hours[customers]):
        hours = np.where(given == NONE, hours, given)
    closed = who.closed_weekday[customers]
    hours[(closed[:, None] == np.arange(7)) & (closed[:, None] != NONE)] = CLOSED_ALL_DAY
    return hours


def _starts(classes: list[WindowClass], service: Table, hours: Ints) -> Table:
    most = max(1, *(len(windows) for windows, _ in classes))
    starts = np.empty((len(classes), len(service), most, 2), dtype=np.int32)
    starts[..., 0], starts[..., 1] = NEVER, -1
    for w, (windows, weekday) in enumerate(classes):
        first, last = hours[:, max(weekday, 0)].T
        used = np.zeros(len(service), dtype=np.int64)
        for begin, end in windows:
            earliest = np.maximum(begin, first)
            latest = np.minimum(end, last) - service[1:]
            fits = 1 + np.flatnonzero(earliest <= latest)
            starts[w, fits, used[fits], 0] = earliest[fits - 1]
            starts[w, fits, used[fits], 1] = latest[fits - 1]
            used[fits] += 1
    return starts


def _gaps(classes: list[Windows], drive_in_lunch: bool) -> Table:
    most = 0 if drive_in_lunch else max(0, *(len(windows) - 1 for windows in classes))
    gaps = np.full((len(classes), most, 2), NEVER, dtype=np.int32)
    if most:
        for w, windows in enumerate(classes):
            for k, (before, after) in enumerate(pairwise(windows)):
                if before[1] < after[0]:
                    gaps[w, k] = before[1], after[0]
    return gaps


def _rank(scenario: Scenario, tier: Ints, customers: Ints) -> Table:
    """Order of importance by tier, then value; what does not fit is left out from the end (R-V1)."""
    value = scenario.customers.annual_sales_cents[customers] + scenario.customers.potential_cents[customers]
    order = np.lexsort((customers, -value, tier[customers]))
    rank = np.zeros(len(customers) + 1, dtype=np.int32)
    rank[1 + order] = np.arange(len(customers))
    return rank


def _fee(preferred: Ints, price: float) -> NDArray[np.float64]:
    fee = np.zeros((len(preferred) + 1, 7))
    fee[1:] = np.where((preferred[:, None] == NONE) | (preferred[:, None] == np.arange(7)), 0.0, price)
    return fee


def _apart(ids: Strings, pairs: Sequence[tuple[str, str]]) -> Table:
    place = {str(name): k for k, name in enumerate(ids.tolist(), start=1)}
    others: list[list[int]] = [[] for _ in range(len(ids) + 1)]
    for one, two in pairs:
        if one in place and two in place:
            others[place[one]].append(place[two])
            others[place[two]].append(place[one])
    apart = np.full((len(others), max(map(len, others))), -1, dtype=np.int32)
    for k, found in enumerate(others):
        apart[k, : len(found)] = found
    return apart
