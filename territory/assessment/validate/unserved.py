"""Visits the plan does not make: whether the cause it names is true (R-V1, R-V2).

A cause is judged by what can be proved from the scenario and the tables:

- ``holiday``: the planned day is no working day and carries the named holiday.
- ``meeting``: the named meeting takes field time that day, and what is left does not hold the visit (of a part-time
  rep's day: need not).
- ``not_hired``: the rep starts later.
- ``absent``, ``left``: the rep is away that day, or gone.
- ``unreachable``: there is no way, or the way out and back leaves no room for the visit.
- ``closed``: the customer's opening hours leave no room for the visit in the field time of that day, less the way out
  and back; which part of it a part-time rep works is the plan's choice, so there limited opening hours are enough.
- ``unapproved``: trips cannot be approved yet by then, or a new rep is still in training.
- ``start_of_year``, ``end_of_year``: the day lies in a cycle that the year's first or last day cuts.
- ``capacity``: refused only where it cannot be: on a day without field time, before the rep is hired, or in a week
  in which the rep visits nobody although this visit alone would fit. A finer test would have to solve the week again.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.hours import DAY, clock_minute
from territory.assessment.validate.journeys import base_places, travel_legs
from territory.assessment.validate.trips import first_trips
from territory.assessment.validate.violation import Violation, listed
from territory.assessment.validate.visits import FULL_WEEK_HOURS
from territory.domain.customers import Ints
from territory.domain.plan import UNSERVED_CAUSES
from territory.domain.settings import WEEKDAYS, Workday

WHO = ["customer_id", "planned_date", "cause", "detail"]


def check_unserved_names(case: Case) -> list[Violation]:
    """Check that entries name known customers, their owner and tier, a day of the year and a known cause.

    What was not made before a change of the plan may name the owner of that time.
    """
    sheet, u = case.sheets["unserved"], case.unserved
    customer = u["customer"].to_numpy()
    owner, tier = case.owner[customer], case.tier[customer]
    other = (owner >= 0) & (u["rep"] != owner) & (u["day"].to_numpy() >= case.since)
    inside = sheet["planned_date_day"].between(0, case.days - 1)
    known = sheet["cause"].isin(UNSERVED_CAUSES)
    return [
        *listed("R-A5", "unserved", "customer.stranger", sheet, ["customer_id"], where=sheet["customer_id_index"] < 0),
        *listed("R-A5", "unserved", "unserved.wrong_rep", u, ["customer_id", "rep_id"], where=other),
        *listed("R-A5", "unserved", "rep.stranger", sheet, ["customer_id", "rep_id"], where=sheet["rep_id_index"] < 0),
        *listed(
            "R-S1",
            "unserved",
            "unserved.tier",
            u,
            ["customer_id", "tier"],
            where=(tier >= 0) & (u["tier_index"] != tier),
        ),
        *listed("R-V1", "unserved", "unserved.outside_year", sheet, WHO, where=~inside),
        *listed("R-V1", "unserved", "unserved.cause_unknown", sheet, WHO, where=~known),
    ]


def check_causes(case: Case) -> list[Violation]:
    """Check that every cause is true of its day."""
    u = case.held_unserved
    if u.empty:
        return []
    true = {
        "holiday": _holiday(case, u),
        "meeting": _meeting(case, u),
        "not_hired": _not_hired(case, u),
        "absent": _absent(case, u),
        "left": _left(case, u),
        "unreachable": _no_way(case, u) | (~_fits_alone(case, u, with_opening=False) & _works(case, u)),
        "closed": _closed(case, u),
        "start_of_year": _cut_cycle(case, u, at_start=True),
        "end_of_year": _cut_cycle(case, u, at_start=False),
        "capacity": _capacity(case, u),
        "unapproved": _too_early_for_a_trip(case, u),
    }
    found: list[Violation] = []
    for cause, holds in true.items():
        rows = u[(u["cause"] == cause).to_numpy() & ~holds]
        found += listed("R-V1", "unserved", f"cause.{cause}", rows, WHO)
    return found


def _works(case: Case, u: pd.DataFrame) -> np.ndarray:
    return np.asarray(case.hours.type_of[u["day"].to_numpy()] > 0)


def _holiday(case: Case, u: pd.DataFrame) -> np.ndarray:
    names = np.array(case.scenario.calendar.holiday, dtype=object)[u["day"].to_numpy()]
    return np.asarray(~_works(case, u) & (names != "") & (names == u["detail"].to_numpy()))


def _meeting(case: Case, u: pd.DataFrame) -> np.ndarray:
    kind = case.hours.type_of[u["day"].to_numpy()]
    detail, names = pd.factorize(u["detail"].to_numpy())
    takes_time = np.array([[name in meetings for name in names] for meetings in case.hours.meetings], dtype=bool)
    part_time = case.scenario.reps.hours_per_week[u["rep"].to_numpy()] < FULL_WEEK_HOURS
    return np.asarray(takes_time[kind, detail] & (part_time | (_opening_room(case, u) < _minutes(case, u))))


def _not_hired(case: Case, u: pd.DataFrame) -> np.ndarray:
    return np.asarray(u["day"].to_numpy() < case.scenario.reps.hired_day[u["rep"].to_numpy()])


def _absent(case: Case, u: pd.DataFrame) -> np.ndarray:
    reason = case.absent[u["rep"].to_numpy(), u["day"].to_numpy()]
    return np.asarray((reason != "") & (reason == u["detail"].to_numpy()))


def _left(case: Case, u: pd.DataFrame) -> np.ndarray:
    return np.asarray(u["day"].to_numpy() > case.scenario.reps.left_day[u["rep"].to_numpy()])


def _closed(case: Case, u: pd.DataFrame) -> np.ndarray:
    customer = u["customer"].to_numpy()
    weekdays = [WEEKDAYS.index(name) for name in case.scenario.settings.workday.weekdays]
    limited = (case.opening[customer][:, weekdays] != (0, DAY)).any(axis=(1, 2))
    part_time = case.scenario.reps.hours_per_week[u["rep"].to_numpy()] < FULL_WEEK_HOURS
    no_room = (_opening_room(case, u) < _minutes(case, u)) | ~_fits_alone(case, u, with_opening=True)
    return np.asarray(limited & _works(case, u) & (part_time | no_room))


def _cut_cycle(case: Case, u: pd.DataFrame, *, at_start: bool) -> np.ndarray:
    cycle = case.cycle_of_day[u["day"].to_numpy()]
    edge = 0 if at_start else case.cycle_of_day[-1]
    return np.asarray((cycle == edge) & ~case.complete_cycle[cycle])


def _too_early_for_a_trip(case: Case, u: pd.DataFrame) -> np.ndarray:
    """Return where a trip that reaches the customer on that day may have had to start before trips can."""
    trip = case.scenario.settings.visits.trip_max_days if case.scenario.settings.visits.trip_beyond_km > 0 else 0
    return np.asarray(u["day"] < first_trips(case)[u["rep"]] + trip - 1) & (trip > 0)


def _capacity(case: Case, u: pd.DataFrame) -> np.ndarray:
    field = case.hours.minutes()[u["day"].to_numpy()] > 0
    possible = _week_in_use(case, u) | ~_fits_alone(case, u, with_opening=True)
    return np.asarray(field & ~_not_hired(case, u) & possible)


def _week_in_use(case: Case, u: pd.DataFrame) -> np.ndarray:
    week = (np.arange(case.days) + case.scenario.calendar.start.weekday()) // 7
    used = np.zeros((len(case.scenario.reps), int(week[-1]) + 1), dtype=bool)
    used[case.visits["rep"].to_numpy(), week[case.visits["day"].to_numpy()]] = True
    return np.asarray(used[u["rep"].to_numpy(), week[u["day"].to_numpy()]])


def _minutes(case: Case, u: pd.DataFrame) -> Ints:
    return np.asarray(case.frequency[2][u["customer"].to_numpy()], dtype=np.int64)


def _opening(case: Case, u: pd.DataFrame) -> tuple[Ints, Ints]:
    weekday = (u["day"].to_numpy() + case.scenario.calendar.start.weekday()) % 7
    opens, closes = case.opening[u["customer"].to_numpy(), weekday].T
    return opens, closes


def _opening_room(case: Case, u: pd.DataFrame) -> Ints:
    return case.hours.longest(u["day"].to_numpy(), *_opening(case, u))


def _no_way(case: Case, u: pd.DataFrame) -> np.ndarray:
    """Whether the customer cannot be driven to, or not be left, on any day."""
    customer, base = u["customer"].to_numpy(), base_places(case.scenario, u["rep"].to_numpy())
    out, back = travel_legs(case.scenario, base, customer), travel_legs(case.scenario, customer, base)
    return np.asarray((out.most < 0) | (back.most < 0))


def _fits_alone(case: Case, u: pd.DataFrame, *, with_opening: bool) -> np.ndarray:
    """Whether the rep could make this one visit that day from base and back, on a trip if the customer is far."""
    scenario, workday = case.scenario, case.scenario.settings.workday
    customer, base = u["customer"].to_numpy(), base_places(case.scenario, u["rep"].to_numpy())
    out, back = travel_legs(scenario, base, customer), travel_legs(scenario, customer, base)
    beyond = scenario.settings.visits.trip_beyond_km
    far = (beyond > 0) & (out.km > beyond)
    latest = clock_minute(workday.latest_return) + workday.overtime_minutes
    limit = np.where(far, clock_minute(workday.trip_latest_return), latest)
    opens, closes = _opening(case, u) if with_opening else (np.zeros_like(customer), np.full_like(customer, DAY))
    leave, home = np.full_like(customer, clock_minute(workday.earliest_departure)), limit - back.most
    for begin, end in _breaks(workday):
        leave = np.where((leave < end) & (leave + out.most > begin), end, leave)
        home = np.where((home < end) & (home + back.most > begin), begin - back.most, home)
    low, high = np.maximum(opens, leave + out.most), np.minimum(closes, home)
    room = case.hours.longest(u["day"].to_numpy(), low, high)
    return np.asarray((out.most >= 0) & (back.most >= 0) & (room >= _minutes(case, u)))


def _breaks(workday: Workday) -> list[tuple[int, int]]:
    """Return begin and end of the breaks between the field windows in which no drive may lie."""
    windows = sorted((clock_minute(begin), clock_minute(end)) for begin, end in workday.windows)
    return [] if workday.drive_in_lunch else [(a[1], b[0]) for a, b in pairwise(windows) if a[1] < b[0]]
