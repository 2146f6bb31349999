"""Trips of several days: unbroken, not too long, every night continued the next morning (R-V3)."""

from __future__ import annotations

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.journeys import base_places, travel_legs
from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE

UNKNOWN = -2
"""Trip of a day that the days table does not list."""


def check_trips(case: Case) -> list[Violation]:
    """Check that a trip is a run of calendar days from base to base, not too long, named alike in both tables."""
    d = case.held_days.drop_duplicates(["rep", "day"])
    on = d[d["trip"] != NONE].sort_values(["rep", "trip", "day"])
    group = on.groupby(["rep", "trip"])["day"]
    begin, end = group.transform("min"), group.transform("max")
    rows = on.assign(days=end - begin + 1, listed=group.transform("size"))
    heads = rows[on["day"] == begin]
    broken = heads["days"] != heads["listed"]
    early = heads["day"] < first_trips(case)[heads["rep"]]
    too_long = heads["days"] > case.scenario.settings.visits.trip_max_days
    bad_start = (on["start_place"] == "base") != (on["day"] == begin)
    bad_end = (on["end_place"] == "base") != (on["day"] == end)
    away = (d["trip"] == NONE) & ((d["start_place"] != "base") | (d["end_place"] != "base"))
    v = case.held_visits
    trip_of_day = np.full((len(case.scenario.reps), case.days), UNKNOWN)
    trip_of_day[d["rep"], d["day"]] = d["trip"]
    stated = trip_of_day[v["rep"], v["day"]]
    differs = (stated != UNKNOWN) & (stated != v["trip"].to_numpy())
    who = ["date", "rep_id", "trip"]
    return [
        *listed("R-V3", "visits", "trip.differs", v, [*who, "customer_id"], where=differs),
        *listed("R-V3", "days", "trip.broken", heads, [*who, "days"], where=broken),
        *listed("R-V3", "days", "trip.too_long", heads, [*who, "days"], where=too_long),
        *listed("R-V3", "days", "trip.too_early", heads, who, where=early),
        *listed("R-V3", "days", "trip.start_place", on, [*who, "start_place"], where=bad_start),
        *listed("R-V3", "days", "trip.end_place", on, [*who, "end_place"], where=bad_end),
        *listed("R-V3", "days", "night.without_trip", d, who, where=away),
    ]


def first_trips(case: Case) -> np.ndarray:
    """Return the day from which each rep may travel: asked for on the first day, approved, and new reps trained."""
    settings, reps = case.scenario.settings, case.scenario.reps
    working = np.asarray(case.scenario.calendar.working)
    days = np.full(len(reps), case.days)
    for rep, (hired, new) in enumerate(zip(reps.hired_day, reps.new_hire, strict=True)):
        left = max(1, -(-settings.budget.approval_days // 1), settings.staffing.training_days if new else 0)
        for day in range(max(0, int(hired)), case.days):
            if left <= 0 and working[day]:
                days[rep] = day
                break
            left -= bool(working[day])
    return days


def check_far_customers(case: Case) -> list[Violation]:
    """Check that customers beyond the day-trip distance are visited on trips (R-V3)."""
    beyond = case.scenario.settings.visits.trip_beyond_km
    v = case.held_visits[case.held_visits["trip"] == NONE]
    if beyond <= 0 or v.empty:
        return []
    base = base_places(case.scenario, v["rep"].to_numpy())
    km = travel_legs(case.scenario, base, v["customer"].to_numpy()).km
    if case.scenario.travel is None:
        km = km / case.scenario.settings.travel.detour
    who = ["date", "rep_id", "customer_id"]
    return listed("R-V3", "visits", "trip.needed", v, who, where=km > beyond + 0.01, km=km)
