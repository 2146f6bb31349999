"""Nights of a year against the plan's: every one is accounted for, and so is its lodging."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from functools import cache

import numpy as np

from territory.domain.trip_book import trip_book
from territory.planning.workflow import make_plan
from territory.simulation.year import simulate_year
from tests.factories import small_scenario


@cache
def travelling():
    """Plan of three reps, one of them new, whose customers lie 150 km away."""
    scenario = small_scenario(24, 3, visits={"trip_beyond_km": 80.0}, targets={"annual": 2_000_000_000})
    who, reps = scenario.customers, scenario.reps
    who = dataclasses.replace(who, lon=who.lon - 1.7, visits=np.full(24, 1), per_weeks=np.full(24, 3))
    reps = dataclasses.replace(reps, new_hire=np.array([True, False, False]), hired_day=np.array([0, 0, 0]))
    return make_plan(scenario.replace(customers=who, reps=reps), effort="quick")


def year_of(replication=0, budget=None, staffing=None, absence=0.0):
    plan = travelling()
    scenario = plan.scenario.replace(budget=budget or {}, staffing=staffing or {}, workday={"absence_share": absence})
    plan = dataclasses.replace(plan, scenario=scenario)
    return plan, simulate_year(plan, replication, ledger=True)


def test_where_everybody_is_there_the_ledger_pays_every_planned_kilometre_and_night_to_the_cent():
    plan, year = year_of(
        budget={"travel_cap": 10**9, "travel_cap_months": 12, "travel_advance": 0, "lodging_night": 26_000},
        staffing={"annual_attrition": 0.0, "training_days": 0, "report_missing": 0.0, "cut_mode": "none"},
    )
    nights, calendar, routes = year.nights, plan.scenario.calendar, plan.routes
    assert nights.planned == nights.spent == trip_book(plan).nights.sum() > 20
    km, slept = defaultdict(float), defaultdict(int)
    for day, rep, way, end in zip(routes.day, routes.rep, routes.travel_km, routes.end_place, strict=True):
        km[int(rep), int(calendar.month[day])] += float(way)
        slept[int(rep), int(calendar.month[day])] += int(end)
    booked = defaultdict(int)
    for day, category, rep, cents in zip(
        year.ledger.day, year.ledger.category, year.ledger.rep, year.ledger.cents, strict=True
    ):
        booked[str(category), int(rep), int(calendar.month[day]) - 1] -= int(cents)
    for rep in range(3):
        for month in range(11):
            assert booked["lodging", rep, month] == 26_000 * slept[rep, month]
            assert abs(booked["travel", rep, month] - km[rep, month] * plan.scenario.settings.budget.km_cost) <= 1
    last = 26_000 * sum(slept[rep, 11] for rep in range(3))
    assert (nights.later_cents, nights.capped_cents, nights.unreported_cents) == (last, 0, 0)
    assert nights.paid_cents == nights.due_cents - last


def test_every_planned_night_is_spent_or_has_its_reason_and_every_fen_of_lodging_its_place():
    causes = defaultdict(int)
    for replication in range(30):
        plan, year = year_of(
            replication,
            budget={"travel_cap": 60_000, "lodging_night": 26_000},
            staffing={"annual_attrition": 0.6, "report_missing": 0.1},
            absence=0.03,
        )
        nights = year.nights
        assert nights.planned == trip_book(plan).nights.sum()
        assert nights.spent == year.details.month("nights").sum()
        reasons = {name: getattr(nights, name) for name in ("training", "absent", "vacant", "no_visit")}
        assert min(reasons.values()) >= 0
        assert nights.planned == nights.spent + sum(reasons.values())
        ledger = year.ledger
        assert nights.paid_cents == -ledger.cents[ledger.category == "lodging"].sum()
        unpaid = [nights.later_cents, nights.capped_cents, nights.unreported_cents]
        assert min(unpaid) >= 0
        assert nights.due_cents == 26_000 * nights.spent == nights.paid_cents + sum(unpaid)
        for name, count in reasons.items():
            causes[name] += count
    assert causes["absent"] > 0
    assert causes["vacant"] > 0
    assert causes["no_visit"] <= 0.02 * 30 * nights.planned
