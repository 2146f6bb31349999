"""Every visit for itself: who, when, how long, inside field time and opening hours (R-V2, R-H2)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE
from territory.domain.settings import WEEKDAYS

FULL_WEEK_HOURS = 42.0
DAILY_ROUNDING = 0.5
WHO = ["date", "rep_id", "customer_id", "start", "end"]


def check_visit_names(case: Case) -> list[Violation]:
    """Check that visits name known customers and reps, days of the year, the right weekday and tier."""
    sheet = case.sheets["visits"]
    inside = sheet["date_day"].between(0, case.days - 1)
    v = case.held_visits
    weekday = np.array(WEEKDAYS, dtype=object)[(v["day"].to_numpy() + case.scenario.calendar.start.weekday()) % 7]
    tier = case.tier[v["customer"].to_numpy()]
    return [
        *listed("R-A5", "visits", "customer.stranger", sheet, ["customer_id"], where=sheet["customer_id_index"] < 0),
        *listed("R-A5", "visits", "rep.stranger", sheet, ["rep_id"], where=sheet["rep_id_index"] < 0),
        *listed("R-V1", "visits", "visit.outside_year", sheet, WHO, where=~inside),
        *listed("R-V1", "visits", "visit.weekday", v, ["date", "weekday"], where=v["weekday"].to_numpy() != weekday),
        *listed("R-S1", "visits", "visit.tier", v, [*WHO, "tier"], where=(tier >= 0) & (v["tier_index"] != tier)),
    ]


def check_visit_owner(case: Case) -> list[Violation]:
    """Check that a visit is made by the customer's owner (R-A5) who works for the firm and is there that day (R-N4)."""
    v = case.held_visits
    owner, rep = case.owner[v["customer"].to_numpy()], v["rep"].to_numpy()
    wrong = (owner >= 0) & (owner != rep)
    early = v["day"].to_numpy() < case.scenario.reps.hired_day[rep]
    late = v["day"].to_numpy() > case.scenario.reps.left_day[rep]
    absent = case.absent[rep, v["day"].to_numpy()]
    return [
        *listed("R-A5", "visits", "visit.wrong_rep", v, WHO, where=wrong, owner=case.rep_ids(owner)),
        *listed("R-N4", "visits", "visit.before_hired", v, WHO, where=early),
        *listed("R-N4", "visits", "visit.after_left", v, WHO, where=late),
        *listed("R-H2", "visits", "visit.while_absent", v, WHO, where=absent != ""),
    ]


def check_visit_times(case: Case) -> list[Violation]:
    """Check that a visit takes its minutes and lies inside field time and opening hours.

    Holidays, days off and meetings are R-H2, the rest is R-V2.
    """
    v, hours = case.held_visits, case.hours
    day, customer = v["day"].to_numpy(), v["customer"].to_numpy()
    start, end = v["start_minute"].to_numpy(), v["end_minute"].to_numpy()
    booked, agreed = case.appointment_of(v), np.append(case.scenario.appointments.minutes, NONE)
    asked = np.where(agreed[booked] != NONE, agreed[booked], case.frequency[2][customer])
    off = hours.type_of[day] == 0
    meeting = ~off & hours.meets(day, start, end)
    outside = ~off & ~meeting & ~hours.inside(day, start, end)
    opens, closes = case.opening[customer, (day + case.scenario.calendar.start.weekday()) % 7].T
    closed = (start < opens) | (end > closes)
    holiday = np.array(case.scenario.calendar.holiday, dtype=object)[day]
    length = {"minutes": end - start, "asked": asked}
    named = off & (holiday != "")
    return [
        *listed("R-V2", "visits", "visit.length", v, WHO, where=end - start != asked, **length),
        *listed("R-H2", "visits", "visit.on_holiday", v, WHO, where=named, holiday=holiday),
        *listed("R-H2", "visits", "visit.on_day_off", v, WHO, where=off & ~named),
        *listed("R-H2", "visits", "visit.in_meeting", v, WHO, where=meeting),
        *listed("R-V2", "visits", "visit.outside_window", v, WHO, where=outside),
        *listed("R-V2", "visits", "visit.customer_closed", v, WHO, where=closed),
    ]


def check_moved(case: Case) -> list[Violation]:
    """Check that a visit moved from its regular day stays near it and inside its cycle (R-V2).

    Appointments, and visits of a trip, which moves as a whole, are only held to their cycle.
    """
    v = case.held_visits[case.held_visits["moved_from"] != ""]
    day, planned = v["day"].to_numpy(), v["moved_from_day"].to_numpy()
    inside = (planned >= 0) & (planned < case.days)
    same_cycle = case.cycle_of_day[day] == case.cycle_of_day[np.clip(planned, 0, case.days - 1)]
    far = (np.abs(day - planned) > case.scenario.settings.visits.shift_days) & (v["trip"] == NONE)
    far &= case.appointment_of(v) == NONE
    return listed("R-V2", "visits", "visit.moved_too_far", v, [*WHO, "moved_from"], where=~inside | ~same_cycle | far)


def check_two_places(case: Case) -> list[Violation]:
    """Check that no rep is with two customers at once (R-V2)."""
    v = case.held_visits
    same = _same_as_before(v, "rep", "day")
    overlap = same & (v["start_minute"].to_numpy() < np.roll(v["end_minute"].to_numpy(), 1))
    return listed("R-V2", "visits", "visit.overlap", v, WHO, where=overlap)


def check_never_same_day(case: Case) -> list[Violation]:
    """Check that no rep visits two customers on one day that exclude each other (R-V1)."""
    v, ids = case.held_visits, case.scenario.customers.customer_id
    index = {name: k for k, name in enumerate(ids.tolist())}
    keys = v["rep"].to_numpy() * case.days + v["day"].to_numpy()
    customer, found = v["customer"].to_numpy(), []
    for one, two in case.scenario.settings.visits.never_same_day:
        of_one, of_two = customer == index.get(one, NONE), customer == index.get(two, NONE)
        shared = of_one & np.isin(keys, keys[of_two])
        found += listed(
            "R-V1", "visits", "visit.same_day", v, WHO, where=shared, other=np.full(len(v), two, dtype=object)
        )
    return found


def check_hours_of_part_timers(case: Case) -> list[Violation]:
    """Check that the field time of a rep with contract hours is cut down in proportion to the full week (R-H2)."""
    share = np.minimum(np.nan_to_num(case.scenario.reps.hours_per_week / FULL_WEEK_HOURS, nan=1.0), 1.0)
    if (share >= 1).all():
        return []
    week_of = (np.arange(case.days) + case.scenario.calendar.start.weekday()) // 7
    field = np.bincount(week_of, case.hours.minutes())
    v = case.held_visits
    used = np.zeros((len(share), len(field)))
    np.add.at(used, (v["rep"], week_of[v["day"]]), (v["end_minute"] - v["start_minute"]).to_numpy())
    limit = share[:, None] * field[None, :] + DAILY_ROUNDING * 7
    rep, week = np.nonzero((used > limit) & (share < 1)[:, None])
    rows = pd.DataFrame({"row": 0, "rep_id": case.rep_ids(rep), "week_of": case.dates(np.searchsorted(week_of, week))})
    rows = rows.assign(minutes=used[rep, week], most=limit[rep, week])
    return listed("R-H2", "visits", "rep.over_hours", rows, ["rep_id", "week_of", "minutes", "most"])


def _same_as_before(rows: pd.DataFrame, *columns: str) -> np.ndarray:
    same = np.ones(len(rows), dtype=bool)
    for name in columns:
        values = rows[name].to_numpy()
        same &= values == np.roll(values, 1)
    same[:1] = False
    return same
