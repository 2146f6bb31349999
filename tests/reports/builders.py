"""A small plan and its years, made by hand, so that the reports are tested without planner or simulation."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from territory.domain.budget_rules import BudgetRules, CostLine
from territory.domain.customers import NONE
from territory.domain.outcome import (
    BREACHES,
    MONTH_MEASURES,
    Ledger,
    Lever,
    Outcome,
    Probability,
    StaffEvent,
    Verdict,
    Year,
)
from territory.domain.plan import Headcount, Lot, Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import Scenario, call_plan
from territory.errors import Reason
from tests.factories import small_scenario, texts


def some_plan(customers: int = 24, reps: int = 3, *, names: dict[int, str] | None = None, **settings: Any) -> Plan:
    """Return a plan in which every customer is visited each second Tuesday."""
    settings.setdefault(
        "budget",
        BudgetRules(
            opening_cash=5_000_000,
            setup=(CostLine("desks", 240_000, "setup", "办公桌"),),
            monthly=(CostLine("running", 950_000, "vehicles", "车辆"), CostLine("course", 10_000, "training", "培训")),
        ),
    )
    scenario = small_scenario(customers, reps, **settings)
    if names:
        renamed = scenario.customers.name.copy()
        for i, name in names.items():
            renamed[i] = name
        scenario = dataclasses.replace(scenario, customers=dataclasses.replace(scenario.customers, name=renamed))
    hires = np.arange(reps) == reps - 1
    scenario = dataclasses.replace(scenario, reps=dataclasses.replace(scenario.reps, new_hire=hires))
    who = scenario.customers
    rep = np.arange(customers) % reps
    current = np.where(np.arange(customers) % 5 == 0, (rep + 1) % reps, rep)
    scenario = dataclasses.replace(scenario, customers=dataclasses.replace(who, current_rep=current))
    tier = np.arange(customers) % 4
    calls = call_plan(scenario, tier)
    visits, routes = some_visits(scenario, rep)
    load = np.bincount(rep, calls.visits_per_week * calls.minutes, reps)
    return Plan(
        scenario=scenario,
        seed=7,
        effort="quick",
        segments=Segments(tier, who.annual_sales_cents // 5, tier % 3, tier % 2, 10_000_000, 20_000_000),
        calls=calls,
        targets=some_targets(scenario),
        headcount=Headcount(
            float(calls.visits_per_week.sum()),
            float(load.sum()),
            300.0,
            1_800.0,
            2,
            3,
            float(reps),
            1,
            0.97,
            (Reason("headcount.workload", {"visits": 20.0}, "R-H1"),),
        ),
        territories=Territories(
            rep,
            load + 120.0,
            np.full(reps, 120.0),
            100.0,
            90.0,
            {"workload": 0.04},
            (Lot("north", ("R1", "R2"), "R2", 0.5),),
            (),
            (Reason("something.unheard_of", {"count": 3}),),
        ),
        visits=visits,
        routes=routes,
        unserved=Unserved(
            np.array([0, 1, 2]),
            rep[[0, 1, 2]],
            np.array([47, 48, 300]),
            np.array([0, 0, 1]),
            texts(["Spring Festival", "Spring Festival", "weekly review"]),
        ),
        notes=(),
    )


def some_visits(scenario: Scenario, rep: np.ndarray) -> tuple[Visits, Routes]:
    """Return a visit to every customer on each second working Tuesday, forty minutes apart."""
    calendar, rows, days = scenario.calendar, [], []
    for day in np.flatnonzero(calendar.working & (calendar.weekday == 1) & (calendar.week % 2 == 0)).tolist():
        for r in range(len(scenario.reps)):
            for k, i in enumerate(np.flatnonzero(rep == r).tolist()):
                rows.append((day, r, i, 570 + 40 * k, 590 + 40 * k, 15, 4.5, day - (k == 1), NONE))
            days.append((day, r, 570, 1_000, 150, 40.0, 0, 0, NONE))
    v, r = np.array(rows), np.array(days)
    whole, trip = v.astype(np.int64), r.astype(np.int64)
    return (
        Visits(*(whole[:, k] for k in range(6)), v[:, 6], whole[:, 7], whole[:, 8]),
        Routes(*(trip[:, k] for k in range(5)), r[:, 5], trip[:, 6], trip[:, 7], trip[:, 8]),
    )


def some_targets(scenario: Scenario) -> Targets:
    """Return the same cents for every customer and week."""
    calendar = scenario.calendar
    periods = sorted(set(zip(calendar.month.tolist(), calendar.week.tolist(), strict=True)))
    month, week = (np.array(column) for column in zip(*periods, strict=True))
    cents = np.full((len(scenario.customers), len(periods)), 1_000_003)
    return Targets(cents, month, week, int(cents.sum() * 1.15))


def some_outcome(plan: Plan, years: int = 20) -> Outcome:
    """Return years drawn around the target."""
    made = tuple(some_year(plan, k) for k in range(years))
    return Outcome(plan, 11, made, made[0])


def some_year(plan: Plan, replication: int) -> Year:
    """Return one year; its ledger is there, sorted by day."""
    rng = np.random.default_rng([5, replication])
    target = plan.targets.customer_month_cents.sum(axis=0)
    luck = rng.normal(1, 0.12)
    values = {name: rng.integers(3, 30, 12) for name in MONTH_MEASURES}
    values["bookings_cents"] = np.maximum(target * luck * rng.normal(1, 0.2, 12), 0).astype(np.int64)
    values["target_cents"] = target
    values["payments_cents"] = rng.integers(3_000_000, 4_500_000, 12)
    values["collections_cents"] = rng.integers(2_000_000, 6_000_000, 12)
    values["cash_cents"] = 5_000_000 + np.cumsum(values["collections_cents"] - values["payments_cents"])
    values["reps_active"] = np.full(12, len(plan.scenario.reps)) - (np.arange(12) > rng.integers(0, 12))
    values["visits_planned"] = np.full(12, 100)
    values["visits_done"] = rng.integers(90, 101, 12)
    ledger = Ledger(
        np.array([0, 3, 40, 41, 300]),
        texts(["setup", "vehicles", "vehicles", "pay", "collection"]),
        np.array([-1, -1, -1, 0, -1]),
        np.array([-240_000, -950_000, -2_950_000, -800_000, 5_000_000]),
        texts(["", "", "", "", ""]),
        texts(["desks", "", "", "", ""]),
    )
    return Year(
        replication,
        np.stack([values[name] for name in MONTH_MEASURES]),
        rng.integers(0, 6, len(BREACHES)),
        int(values["cash_cents"].min()),
        int(values["payments_cents"].sum()),
        rng.integers(0, 9_000_000, len(plan.scenario.reps)),
        (StaffEvent(0, 0, "start"), StaffEvent(80, 1, "resigned"), StaffEvent(125, len(plan.scenario.reps), "hired")),
        30,
        12,
        10,
        8,
        5_000_000,
        int(values["cash_cents"][-1]),
        ledger,
    )


def some_verdict(status: str = "at_risk") -> Verdict:
    """Return a verdict with two reasons and three levers."""
    share = {"target": 14, "stretch": 6, "budget": 17, "cash": 19, "visits": 18, "joint": 12}
    probabilities = {
        name: Probability(name, hits, 20, max(hits / 20 - 0.2, 0), min(hits / 20 + 0.15, 1))
        for name, hits in share.items()
    }
    reasons = (
        Reason("something.binds", {"missing_cents": 123_456_700}, "R-T7"),
        Reason("something.else", {"count": 2}),
    )
    levers = tuple(
        Lever(
            name,
            values,
            90_000_000 - k * 10_000_000,
            40_000_000,
            120_000_000,
            0.15 - 0.05 * k,
            0.02,
            0.3,
            0.2,
            0.1,
            0.3,
            20,
            True,
        )
        for k, (name, values) in enumerate(
            (("add_rep", {"reps": 1}), ("lower_target", {"share": 0.1}), ("faster_ramp", {}))
        )
    )
    return Verdict(status, probabilities, reasons, levers)
