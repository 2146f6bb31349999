"""Trips of several days: unbroken, not too long, every night continued the next morning (R-V3)."""

from __future__ import annotations

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.journeys import base_places, travel_legs
from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE


def check_trips(case: Case) -> list[Violation]:
    """Check that a trip is a run of calendar days from base to base, not too long, named alike in both tables."""
    d = case.rep_days.drop_duplicates(["rep", "day"])
    on = d[d["trip"] != NONE].sort_values(["rep", "trip", "day"])
    group = on.groupby(["rep", "trip"])["day"]
    span = (group.transform("max") - group.transform("min") + 1).to_numpy()
    rows = on.assign(days=span)
    heads = rows.drop_duplicates(["rep", "trip"])
    broken = (
        heads["days"].to_numpy() != group.size().reindex(list(zip(heads["rep"], heads["trip"], strict=True))).to_numpy()
    )
    too_long = heads["days"].to_numpy() > case.scenario.settings.visits.trip_max_days
    first, last = (on["day"] == group.transform(pick) for pick in ("min", "max"))
    bad_start = (on["start_place"] == "base") != first
    bad_end = (on["end_place"] == "base") != last
    away = (d["trip"] == NONE) & ((d["start_place"] != "base") | (d["end_place"] != "base"))
    keyed = d.set_index(["rep", "day"])["trip"]
    v = case.visits
    stated = keyed.reindex(list(zip(v["rep"], v["day"], strict=True))).to_numpy()
    differs = ~np.isnan(stated.astype(np.float64)) & (stated != v["trip"].to_numpy())
    who = ["date", "rep_id", "trip"]
    return [
        *listed("R-V3", "visits", "trip.differs", v[differs], [*who, "customer_id"]),
        *listed("R-V3", "days", "trip.broken", heads[broken], [*who, "days"]),
        *listed("R-V3", "days", "trip.too_long", heads[too_long], [*who, "days"]),
        *listed("R-V3", "days", "trip.start_place", on[bad_start], [*who, "start_place"]),
        *listed("R-V3", "days", "trip.end_place", on[bad_end], [*who, "end_place"]),
        *listed("R-V3", "days", "night.without_trip", d[away], who),
    ]


def check_far_customers(case: Case) -> list[Violation]:
    """Check that customers beyond the day-trip distance are visited on trips (R-V3)."""
    beyond = case.scenario.settings.visits.trip_beyond_km
    v = case.visits[case.visits["trip"] == NONE]
    if beyond <= 0 or v.empty:
        return []
    base = base_places(case.scenario, v["rep"].to_numpy())
    km = travel_legs(case.scenario, base, v["customer"].to_numpy()).km
    if case.scenario.travel is None:
        km = km / case.scenario.settings.travel.detour
    rows = v.assign(km=km)[km > beyond + 0.01]
    return listed("R-V3", "visits", "trip.needed", rows, ["date", "rep_id", "customer_id", "km"])
