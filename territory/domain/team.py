"""The same scenario with another team: somebody leaves, somebody joins, owners become the owners of today."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.domain.customers import NONE, Ints
from territory.domain.reps import STAYS
from territory.domain.scenario import Scenario, TravelMatrix


def with_owners(scenario: Scenario, rep: Ints) -> Scenario:
    """Return the scenario with the given owners as those of today.

    Parameters
    ----------
    scenario : Scenario
    rep : array of int, shape (customers,)
        Index into the reps, `NONE` for nobody.
    """
    return dataclasses.replace(scenario, customers=dataclasses.replace(scenario.customers, current_rep=rep))


def without_rep(scenario: Scenario, rep: int) -> Scenario:
    """Return the scenario without one rep; the customers owned by or locked to the rep belong to nobody."""
    kept = np.flatnonzero(np.arange(len(scenario.reps)) != rep)
    place = np.full(len(scenario.reps) + 1, NONE, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    who = scenario.customers
    customers = dataclasses.replace(who, current_rep=place[who.current_rep], locked_rep=place[who.locked_rep])
    travel = scenario.travel
    if travel is not None:
        places = np.delete(np.arange(len(travel.minutes)), len(who) + rep)
        travel = TravelMatrix(travel.minutes[np.ix_(places, places)], travel.km[np.ix_(places, places)])
    return dataclasses.replace(scenario, customers=customers, reps=scenario.reps.take(kept), travel=travel)


def with_rep(scenario: Scenario, rep_id: str, lat: float, lon: float, *, share: float = 1.0) -> Scenario:
    """Return the scenario with one more rep, who sells every line and starts before the plan does.

    Parameters
    ----------
    scenario : Scenario
        Without a travel matrix, which could not name the new start place.
    rep_id : str
        Not in use yet.
    lat, lon : float
        Where the rep starts, WGS-84 degrees.
    share : float
        Of a full territory.
    """
    reps = scenario.reps.take(np.append(np.arange(len(scenario.reps)), 0))
    values = {
        "rep_id": rep_id,
        "name": rep_id,
        "home_lat": lat,
        "home_lon": lon,
        "is_manager": False,
        "share": share,
        "hours_per_week": np.nan,
        "hired_day": 0,
        "left_day": STAYS,
        "new_hire": False,
        "monthly_salary_cents": scenario.settings.budget.pay_month,
    }
    for name, value in values.items():
        getattr(reps, name)[-1] = value
    for column in reps.shares.values():
        column[-1] = np.nan
    nothing: frozenset[str] = frozenset()
    reps = dataclasses.replace(
        reps,
        product_lines=(*reps.product_lines[:-1], nothing),
        preferred_regions=(*reps.preferred_regions[:-1], nothing),
    )
    order = np.argsort(reps.rep_id, kind="stable")
    place = np.append(np.argsort(order, kind="stable"), NONE)
    who = scenario.customers
    customers = dataclasses.replace(who, current_rep=place[who.current_rep], locked_rep=place[who.locked_rep])
    return dataclasses.replace(scenario, customers=customers, reps=reps.take(order))
