"""The field work of a plan as its years read it: visits, days of the books, places and minutes."""

from __future__ import annotations

from typing import Any

import numpy as np

from territory.domain.calendar import field_windows
from territory.domain.customers import NONE, Floats, Ints
from territory.domain.plan import PLACES, Plan
from territory.domain.scenario import Scenario
from territory.domain.settings import TIERS
from territory.simulation.records import ROUTE, VISIT, Records

FULL_WEEK_HOURS = 42.0
"""Hours of the full week (R-H2)."""

KM_PER_DEGREE = 111.2


def field_tables(plan: Plan) -> dict[str, Any]:
    """Return visits and routes, and what each book takes."""
    scenario, book, books = plan.scenario, plan.territories.rep, len(plan.scenario.reps)
    visits, routes = _visits_and_routes(plan)
    leg_minutes, leg_km = _mean_legs(plan)
    x_km, y_km = _plane(scenario)
    count = np.bincount(book, minlength=books)
    members = np.maximum(count, 1)
    return {
        "visits": visits,
        "routes": routes,
        "leg_minutes": np.ceil(leg_minutes).astype(np.int64),
        "leg_km": leg_km,
        "visits_planned": np.bincount(scenario.calendar.month[plan.visits.day], minlength=12).astype(np.int64),
        "x_km": x_km,
        "y_km": y_km,
        "minutes": plan.calls.visits_per_week * (plan.calls.minutes + leg_minutes[book]),
        "room": routes["minutes"].reshape(-1, books).sum(axis=0).astype(np.float64),
        "by_book": np.argsort(book, kind="stable"),
        "book_start": np.append(0, np.cumsum(count)),
        "centre_x": np.bincount(book, x_km, books) / members,
        "centre_y": np.bincount(book, y_km, books) / members,
        "owed_start": _owed_starts(book, plan.segments.tier, books),
        "first_trip": _first_trips(plan),
    }


def _plane(scenario: Scenario) -> tuple[Floats, Floats]:
    """Return the customers' places in kilometres."""
    who = scenario.customers
    lon_scale = np.cos(np.radians(who.lat.mean())) if len(who) else 1.0
    return (who.lon - who.lon.min(initial=180.0)) * KM_PER_DEGREE * lon_scale, who.lat * KM_PER_DEGREE


def _visits_and_routes(plan: Plan) -> tuple[Records, Records]:
    scenario, visits = plan.scenario, plan.visits
    days, books = scenario.calendar.days, len(scenario.reps)
    place = visits.day * books + visits.rep
    order = np.lexsort((visits.start, place))
    rows = np.zeros(len(visits), dtype=VISIT)
    rows["customer"] = visits.customer[order]
    rows["minutes"] = (visits.end - visits.start + visits.travel_minutes)[order]
    rows["km"] = visits.travel_km[order]
    routes = np.zeros(days * books, dtype=ROUTE)
    edges = np.searchsorted(place[order], np.arange(days * books + 1))
    routes["first"], routes["last"] = edges[:-1], edges[1:]
    planned = np.bincount(place[order], rows["minutes"], days * books)
    routes["minutes"] = np.maximum(_field_minutes(scenario).ravel(), planned)
    at = plan.routes.day * books + plan.routes.rep
    legs_km = np.bincount(place[order], rows["km"], days * books)
    routes["back_km"][at] = np.maximum(plan.routes.travel_km - legs_km[at], 0.0)
    routes["nights"][at] = plan.routes.end_place == PLACES.index("lodging")
    routes["away"][at] = plan.routes.trip != NONE
    return rows, routes


def _field_minutes(scenario: Scenario) -> Ints:
    """Field minutes by day and rep; part-timers have their share of the 42 hours (R-H2)."""
    workday, calendar = scenario.settings.workday, scenario.calendar
    minutes = np.array(
        [sum(end - begin for begin, end in field_windows(workday, calendar, day)) for day in range(calendar.days)]
    )
    hours = scenario.reps.hours_per_week
    share = np.where(np.isnan(hours), 1.0, np.minimum(hours / FULL_WEEK_HOURS, 1.0))
    return np.asarray(np.rint(minutes[:, None] * share[None, :]).astype(np.int64))


def _mean_legs(plan: Plan) -> tuple[Floats, Floats]:
    books = len(plan.scenario.reps)
    count = np.maximum(np.bincount(plan.visits.rep, minlength=books), 1)
    minutes = np.bincount(plan.visits.rep, plan.visits.travel_minutes, books) / count
    return minutes, np.bincount(plan.visits.rep, plan.visits.travel_km, books) / count


def _owed_starts(book: Ints, tier: Ints, books: int) -> Ints:
    """Return where the list of each book and tier begins, with room for all its customers."""
    count = np.bincount(book * len(TIERS) + tier, minlength=books * len(TIERS))
    return np.asarray(np.cumsum(count) - count, dtype=np.int64)


def _first_trips(plan: Plan) -> Ints:
    first = np.full(len(plan.scenario.reps), -1, dtype=np.int64)
    away = np.flatnonzero(plan.routes.trip != NONE)[::-1]
    first[plan.routes.rep[away]] = plan.routes.day[away]
    return first
