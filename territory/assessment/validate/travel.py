"""The way of every rep and day: legs, departures, returns, totals (R-V2, R-V3)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.hours import clock_minute
from territory.assessment.validate.journeys import Legs, base_places, travel_legs
from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE, Ints

KM_SLACK = 0.006
"""Rounding of one leg to two decimals, single precision included."""


@dataclass(frozen=True)
class Way:
    """Visits of the rep-days that have both visits and one row in the days table, in driving order.

    Attributes
    ----------
    case : Case
    visits : DataFrame
        By rep, day and time, with ``route``, the position of their day in `days`.
    days : DataFrame
        By rep and day; ``first`` and ``last`` are positions in `visits`.
    """

    case: Case
    visits: pd.DataFrame
    days: pd.DataFrame

    @cached_property
    def origin(self) -> Ints:
        """Place where the leg to each visit begins; NONE where a night away has no evening before."""
        v, d = self.visits, self.days
        origin = np.roll(v["customer"].to_numpy(), 1)
        rep, day, first = d["rep"].to_numpy(), d["day"].to_numpy(), d["first"].to_numpy()
        evening = (first > 0) & (v["rep"].to_numpy()[first - 1] == rep) & (v["day"].to_numpy()[first - 1] == day - 1)
        lodging = np.where(evening, v["customer"].to_numpy()[first - 1], NONE)
        starts_away = d["start_place"].to_numpy() == "lodging"
        origin[first] = np.where(starts_away, lodging, base_places(self.case.scenario, rep))
        return origin

    @cached_property
    def legs(self) -> Legs:
        """Legs to the visits."""
        return travel_legs(self.case.scenario, np.maximum(self.origin, 0), self.visits["customer"].to_numpy())

    @cached_property
    def way_back(self) -> Legs:
        """Legs from the last visits to the end of the days; lodgings are at the last customer."""
        last = self.visits["customer"].to_numpy()[self.days["last"].to_numpy()]
        base = base_places(self.case.scenario, self.days["rep"].to_numpy())
        away = self.days["end_place"].to_numpy() == "lodging"
        return travel_legs(self.case.scenario, last, np.where(away, last, base))


def way_of(case: Case) -> Way:
    """Join visits and days."""
    days = case.held_days.drop_duplicates(["rep", "day"]).reset_index(drop=True)
    v, d = case.held_visits, days
    key = v["rep"].to_numpy() * case.days + v["day"].to_numpy()
    day_key = d["rep"].to_numpy() * case.days + d["day"].to_numpy()
    visits = v[np.isin(key, day_key)].reset_index(drop=True)
    days = d[np.isin(day_key, key)].reset_index(drop=True)
    key = visits["rep"].to_numpy() * case.days + visits["day"].to_numpy()
    day_key = days["rep"].to_numpy() * case.days + days["day"].to_numpy()
    first, past = np.searchsorted(key, day_key, side="left"), np.searchsorted(key, day_key, side="right")
    visits["route"] = np.searchsorted(day_key, key)
    return Way(case, visits, days.assign(first=first, last=past - 1))


def check_day_rows(case: Case) -> list[Violation]:
    """Check that the days table has one row for every rep and day with visits, and no other (R-V2)."""
    sheet, v, d = case.sheets["days"], case.visits, case.rep_days
    unknown = (sheet["rep_id_index"] < 0) | ~sheet["date_day"].between(0, case.days - 1)
    key = v["rep"].to_numpy() * case.days + v["day"].to_numpy()
    day_key = d["rep"].to_numpy() * case.days + d["day"].to_numpy()
    alone = v[~np.isin(key, day_key)].drop_duplicates(["rep", "day"])
    return [
        *listed("R-V2", "days", "day.stranger", sheet, ["date", "rep_id"], where=unknown),
        *listed("R-V2", "days", "day.twice", d, ["date", "rep_id"], where=d.duplicated(["rep", "day"])),
        *listed("R-V2", "visits", "day.missing", alone, ["date", "rep_id"]),
        *listed("R-V2", "days", "day.without_visits", d, ["date", "rep_id"], where=~np.isin(day_key, key)),
    ]


def check_calls(case: Case) -> list[Violation]:
    """Check that planned phone calls fit into what visits and driving leave of the field time (R-H3)."""
    d, v, rules = case.rep_days.drop_duplicates(["rep", "day"]), case.visits, case.scenario.settings.visits
    busy = np.zeros((len(case.scenario.reps), case.days), dtype=np.int64)
    np.add.at(busy, (v["rep"], v["day"]), (v["end_minute"] - v["start_minute"]).to_numpy())
    rep, day = d["rep"].to_numpy(), d["day"].to_numpy()
    left = np.maximum(case.hours.minutes()[day] - busy[rep, day] - d["travel_minutes"].to_numpy(), 0)
    most = np.minimum(left // rules.call_minutes, rules.calls_per_day)
    wrong, many = d["free_minutes"].to_numpy() != left, d["calls"].to_numpy() > most
    return [
        *listed(
            "R-H3", "days", "day.free_minutes", d, ["date", "rep_id", "free_minutes"], where=wrong, recomputed=left
        ),
        *listed("R-H3", "days", "day.calls", d, ["date", "rep_id", "calls"], where=many, most=most),
    ]


def check_ways(case: Case) -> list[Violation]:
    """Check the legs, limits, totals and lunch hours of every rep and day (R-V2, R-H2)."""
    way = way_of(case)
    return [*_legs(way), *_day_limits(way), *_day_totals(way), *_lunch_drives(way)]


def _legs(way: Way) -> list[Violation]:
    """Travel minutes and kilometres of every leg are right, and there is time for them (R-V2)."""
    v, d, legs = way.visits, way.days, way.legs
    known = way.origin != NONE
    minutes, km = v["travel_minutes"].to_numpy(), v["travel_km"].to_numpy()
    no_way = known & (legs.most < 0)
    wrong = known & ~no_way & ~legs.right(minutes)
    wrong_km = known & ~no_way & (np.abs(km - legs.km) > KM_SLACK + 1e-6 * legs.km)
    ready = np.roll(v["end_minute"].to_numpy(), 1)
    first = d["first"].to_numpy()
    ready[first] = d["depart_minute"]
    available = v["start_minute"].to_numpy() - ready
    late = known & ~no_way & (available < legs.least) & ((available >= 0) | np.isin(np.arange(len(v)), first))
    who = ["date", "rep_id", "customer_id", "start"]
    stated = [*who, "travel_minutes"]
    room = {"available": available, "recomputed": legs.most}
    return [
        *listed("R-V2", "visits", "leg.no_way", v, who, where=no_way),
        *listed("R-V2", "visits", "leg.minutes", v, stated, where=wrong, recomputed=legs.most),
        *listed("R-V2", "visits", "leg.km", v, [*who, "travel_km"], where=wrong_km, recomputed=legs.km),
        *listed("R-V2", "visits", "leg.too_short", v, who, where=late, **room),
    ]


def _day_limits(way: Way) -> list[Violation]:
    """Days begin and end in their limits (R-H2) and that the way back fits (R-V2)."""
    d, workday = way.days, way.case.scenario.settings.workday
    depart, back = d["depart_minute"].to_numpy(), d["back_minute"].to_numpy()
    last_end = way.visits["end_minute"].to_numpy()[d["last"].to_numpy()]
    on_trip = d["trip"].to_numpy() != NONE
    limit = np.where(
        on_trip,
        clock_minute(workday.trip_latest_return),
        clock_minute(workday.latest_return) + workday.overtime_minutes,
    )
    no_way = way.way_back.most < 0
    who = ["date", "rep_id"]
    early = depart < clock_minute(workday.earliest_departure)
    soon = ~no_way & (back < last_end + way.way_back.least)
    return [
        *listed("R-H2", "days", "day.departs_early", d, [*who, "depart"], where=early),
        *listed("R-H2", "days", "day.returns_late", d, [*who, "back"], where=back > limit),
        *listed(
            "R-V2", "days", "day.returns_too_soon", d, [*who, "back"], where=soon, travel_minutes=way.way_back.most
        ),
        *listed("R-V2", "days", "day.no_way_back", d, who, where=no_way),
    ]


def _day_totals(way: Way) -> list[Violation]:
    """Driving of the day is the sum of its legs, the way back included (R-V2)."""
    v, d = way.visits, way.days
    known = np.bincount(v["route"], way.origin == NONE, len(d)) == 0
    reachable = known & (way.way_back.most >= 0)
    route = v["route"].to_numpy()
    legs = np.bincount(route, v["travel_minutes"], len(d))
    stated = d["travel_minutes"].to_numpy()
    least, most = legs + way.way_back.least, legs + way.way_back.most
    km = np.bincount(route, way.legs.km, len(d)) + way.way_back.km
    slack = KM_SLACK * (np.bincount(route, minlength=len(d)) + 1) + 1e-6 * km
    off = reachable & ((stated < least) | (stated > most))
    off_km = reachable & (np.abs(d["travel_km"].to_numpy() - km) > slack)
    who = ["date", "rep_id"]
    return [
        *listed("R-V2", "days", "day.travel_minutes", d, [*who, "travel_minutes"], where=off, recomputed=most),
        *listed("R-V2", "days", "day.travel_km", d, [*who, "travel_km"], where=off_km, recomputed=km),
    ]


def _lunch_drives(way: Way) -> list[Violation]:
    """Legs fit beside the gaps between field windows where driving at lunch is not allowed (R-V2)."""
    workday = way.case.scenario.settings.workday
    if workday.drive_in_lunch:
        return []
    windows = sorted((clock_minute(begin), clock_minute(end)) for begin, end in workday.windows)
    gaps = [(before[1], after[0]) for before, after in pairwise(windows) if before[1] < after[0]]
    v, d = way.visits, way.days
    first, last = d["first"].to_numpy(), d["last"].to_numpy()
    begin, end = np.roll(v["end_minute"].to_numpy(), 1), v["start_minute"].to_numpy().copy()
    begin[first] = d["depart_minute"]
    end[first] = begin[first] + way.legs.least[first]
    squeezed = (way.origin != NONE) & (_room(begin, end, gaps) < way.legs.least) & (end - begin >= way.legs.least)
    back = d["back_minute"].to_numpy()
    left = np.maximum(v["end_minute"].to_numpy()[last], back - way.way_back.most)
    late = (_room(left, back, gaps) < way.way_back.least) & (back - left >= way.way_back.least)
    return [
        *listed("R-V2", "visits", "leg.in_lunch", v, ["date", "rep_id", "customer_id", "start"], where=squeezed),
        *listed("R-V2", "days", "day.returns_in_lunch", d, ["date", "rep_id", "back"], where=late),
    ]


def _room(begin: Ints, end: Ints, gaps: list[tuple[int, int]]) -> Ints:
    """Longest unbroken time in [begin, end] outside the gaps."""
    edges = [0, *(edge for gap in gaps for edge in gap), 24 * 60 * 2]
    pieces = [np.minimum(end, high) - np.maximum(begin, low) for low, high in zip(edges[::2], edges[1::2], strict=True)]
    return np.asarray(np.maximum.reduce(pieces), dtype=np.int64)
