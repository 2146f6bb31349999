"""A small plan and its years that keep every rule, and meet every kind of rule at least once."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np

from territory.assessment.verdict import judge
from territory.domain.budget_rules import CostLine
from territory.domain.customers import Opportunities
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.domain.scenario import Scenario
from territory.domain.settings import Phase
from territory.experiments.runner import run_years
from territory.planning.workflow import make_plan
from tests.factories import small_scenario, texts

FAR = (2, 3, 6, 7)
"""Customers far away with long visits, which make trips of several days."""

BUDGET: dict[str, Any] = {
    "opening_cash": 300_000_000,
    "setup": (
        CostLine("rent, 3 months", 450_000, "rent"),
        CostLine("desks", 240_000, "setup"),
        CostLine("chairs", 180_000, "setup"),
    ),
    "monthly": (CostLine("office", 50_000, "office"), CostLine("gifts", 500_000, "entertainment")),
}


@cache
def good_scenario() -> Scenario:
    """Three reps, one of them the manager with the home city, one hired in February who sells paint alone."""
    plain = small_scenario(
        18,
        3,
        seed=5,
        tiers={"method": "given"},
        targets={"stretch": 1_200_000_000, "annual": 1_000_000_000},
        territories={
            "balance": {"customers": 1.5},
            "home_city": "Lintong",
            "together": (("C008", "C012"),),
            "apart": (("C009", "C013"),),
        },
        visits={"trip_beyond_km": 60.0},
        budget=BUDGET,
    )
    who, reps = plain.customers, plain.reps
    lat, lon = who.lat.copy(), who.lon.copy()
    lat[list(FAR)], lon[list(FAR)] = (35.80, 35.83, 35.78, 35.85), (108.95, 109.02, 109.00, 108.90)
    tier, minutes = who.given_tier.copy(), who.visit_minutes.copy()
    tier[list(FAR)], minutes[list(FAR)] = 3, 180
    city, product_line = who.city.copy(), who.product_line.copy()
    city[[4, 5]] = "Lintong"
    product_line[:] = "paint"
    product_line[list(FAR)] = "adhesive"
    locked, current = who.locked_rep.copy(), who.current_rep.copy()
    locked[[0, *FAR]], locked[10] = 1, 2
    current[[0, 1, 14, 15]], current[[4, 11]] = 1, 2
    opens, closes = who.window_open.copy(), who.window_close.copy()
    opens[13], closes[13] = 10 * 60, 12 * 60
    customers = dataclasses.replace(
        who,
        lat=lat,
        lon=lon,
        given_tier=tier,
        visit_minutes=minutes,
        city=city,
        product_line=product_line,
        locked_rep=locked,
        current_rep=current,
        window_open=opens,
        window_close=closes,
    )
    paint = frozenset({"paint"})
    team = dataclasses.replace(
        reps,
        is_manager=np.array([True, False, False]),
        hired_day=np.array([0, 0, 40]),
        new_hire=np.array([False, False, True]),
        product_lines=(frozenset(), frozenset(), paint),
    )
    deals = Opportunities(
        texts(["O1", "O2"]),
        np.array([0, 5]),
        np.array([50, 0]),
        np.array([3_000_000, 5_000_000]),
        np.array([-30, -5]),
    )
    return plain.replace(customers=customers, reps=team, opportunities=deals)


@cache
def good_plan() -> Plan:
    """The plan the planners make of it."""
    return make_plan(good_scenario(), effort="quick")


@cache
def good_outcome() -> Outcome:
    """Six years of it."""
    return run_years(good_plan(), years=6)


@cache
def good_tables() -> dict[str, Any]:
    """All tables of the result folder, with summary and verdict."""
    return tables_of(good_plan(), good_outcome())


def tables_of(plan: Plan, outcome: Outcome | None = None) -> dict[str, Any]:
    """Return the tables of a plan and of its years, with what the summary and the verdict say."""
    tables: dict[str, Any] = plan.tables()
    tables["summary"] = {"plan": {"tolerance": dict(plan.territories.tolerance)}}
    if outcome is not None:
        tables |= {"years": outcome.table(), "months": outcome.months_table(), "ledger": outcome.ledger_table()}
        verdict = judge(outcome)
        chances = {name: dataclasses.asdict(chance) for name, chance in verdict.probabilities.items()}
        tables["verdict"] = {"status": verdict.status, "probabilities": chances}
    return tables


def phased_scenario() -> Scenario:
    """Return a scenario whose target is given by rep and month; one rep works part time."""
    phases = (Phase("start", 1, 3, 10_000_000), Phase("grow", 4, 12, 37_500_000))
    plain = small_scenario(8, 2, seed=3, targets={"annual": None, "phases": phases})
    hours = np.array([21.0, np.nan])
    return plain.replace(reps=dataclasses.replace(plain.reps, hours_per_week=hours))
