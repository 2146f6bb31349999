"""What lies before the day of a change: kept to the letter, but for customers and reps the scenario no longer has."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Ints
from territory.domain.plan import PLACES, Plan
from territory.domain.scenario import Scenario
from territory.planning.travel import rep_travel

Columns = dict[str, NDArray[Any]]
BASE = PLACES.index("base")


def begun_trips(plan: Plan, since: int) -> NDArray[np.bool_]:
    """Return for every trip number whether it began before a day; a last entry, false, stands for `NONE`."""
    routes = plan.routes
    begun = np.zeros(int(routes.trip.max(initial=NONE)) + 2, dtype=np.bool_)
    begun[routes.trip[(routes.trip != NONE) & (routes.day < since)]] = True
    return begun


def past_of(plan: Plan, scenario: Scenario, customer: Ints, rep: Ints, since: int) -> tuple[Columns, Columns]:
    """Return visits and days before a day, trips under way included, in the numbers of another scenario.

    Parameters
    ----------
    plan : Plan
    scenario : Scenario
        The changed one.
    customer, rep : array of int
        Place of the plan's customers and reps in the changed scenario, `NONE` for those who are gone. A day with
        visits to such customers keeps the times of the others; its ways are measured anew.
    since : int
    """
    begun = begun_trips(plan, since)
    v, r = plan.visits, plan.routes
    told = np.flatnonzero(((v.day < since) | begun[v.trip]) & (rep[v.rep] != NONE))
    driven = np.flatnonzero(((r.day < since) | begun[r.trip]) & (rep[r.rep] != NONE))
    visits: Columns = {name: column[told] for name, column in vars(v).items()}
    routes: Columns = {name: column[driven] for name, column in vars(r).items()}
    lost = customer[visits["customer"]] == NONE
    visits["rep"], visits["customer"] = rep[visits["rep"]], customer[visits["customer"]]
    routes["rep"] = rep[routes["rep"]]
    days = scenario.calendar.days
    key, route_key = visits["rep"] * days + visits["day"], routes["rep"] * days + routes["day"]
    stays = np.isin(route_key, key[~lost])
    torn = np.unique(key[lost])
    visits = {name: column[~lost] for name, column in visits.items()}
    routes = {name: column[stays] for name, column in routes.items()}
    for one in torn[np.isin(torn, key[~lost])].tolist():
        _measure(scenario, visits, routes, np.flatnonzero(key[~lost] == one), int(np.argmax(route_key[stays] == one)))
    return visits, routes


def _measure(scenario: Scenario, visits: Columns, routes: Columns, rows: Ints, at: int) -> None:
    """Write the ways of one day anew; it begins and ends when it did. A day away begins at its first customer."""
    rep, who = int(routes["rep"][at]), visits["customer"][rows]
    travel = rep_travel(scenario, rep, who)
    base_first, base_last = routes["start_place"][at] == BASE, routes["end_place"][at] == BASE
    stops = [0 if base_first else 1, *range(1, len(who) + 1), 0 if base_last else len(who)]
    minutes = [int(travel.minutes[a, b]) for a, b in pairwise(stops)]
    km = [float(travel.km[a, b]) for a, b in pairwise(stops)]
    visits["travel_minutes"][rows], visits["travel_km"][rows] = minutes[:-1], km[:-1]
    routes["travel_minutes"][at], routes["travel_km"][at] = sum(minutes), sum(km)
    routes["depart"][at] = min(routes["depart"][at], visits["start"][rows[0]] - minutes[0])
    routes["back"][at] = max(routes["back"][at], visits["end"][rows[-1]] + minutes[-1])
