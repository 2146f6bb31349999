from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from territory.domain.needs import Needs
from territory.domain.plan import Plan
from territory.experiments.needs import FACTOR_STEP, MOST_FACTOR, find_needs, more_leads
from territory.experiments.runner import run_years
from tests.simulation.plans import simple_plan

YEARS = 5


def a_plan(annual: int, **settings: Any) -> Plan:
    staffing = {"cut_mode": "ranked", "keep": 2, "annual_attrition": 0.4, "ramp": (0.2, 0.4)}
    plan = simple_plan(24, 4, new_hires=True, staffing=staffing, **settings)
    return dataclasses.replace(plan, targets=dataclasses.replace(plan.targets, cents=_shares(plan, annual)))


def _shares(plan: Plan, annual: int) -> np.ndarray:
    return np.full(plan.targets.cents.shape, annual // plan.targets.cents.size)


def median(plan: Plan) -> float:
    return float(np.median(run_years(plan, years=YEARS).measure("bookings_cents").sum(axis=1)))


def factor(needs: Needs, name: str) -> float:
    return next(item.factor for item in needs.items if item.name == name)


def test_the_least_factor_reaches_the_task_and_the_one_before_does_not() -> None:
    plan = a_plan(round(1.3 * median(a_plan(10**9))))
    needs = find_needs(plan, years=YEARS)
    least, task = factor(needs, "leads"), plan.targets.total_cents
    assert 1 < least < MOST_FACTOR
    assert median(more_leads(plan, least)) >= task > median(more_leads(plan, least - FACTOR_STEP))
    assert factor(needs, "people_and_leads") <= least


def test_relieved_people_book_more_and_together_the_most() -> None:
    needs = find_needs(a_plan(10**12), years=YEARS)
    booked = {item.name: item.bookings_cents for item in needs.items}
    assert booked["as_is"] < min(booked["keep_all"], booked["full_ramp"])
    assert booked["people"] > max(booked["keep_all"], booked["full_ramp"], booked["nobody_leaves"])
    assert not any(item.reached for item in needs.items)
    assert factor(needs, "leads") == MOST_FACTOR
    assert needs.table()["share_of_task"].max() < 1


def test_a_task_within_reach_needs_nothing() -> None:
    needs = find_needs(a_plan(12 * 24), years=YEARS)
    assert all(item.reached for item in needs.items)
    assert factor(needs, "leads") == factor(needs, "order_size") == 1


def test_the_yield_of_a_rep_year_counts_the_months_worked() -> None:
    plan = a_plan(10**9, reviews={})
    needs = find_needs(plan, years=YEARS)
    months = run_years(plan, years=YEARS).measure("reps_active").sum(axis=1)
    assert needs.rep_years == pytest.approx(np.median(months) / 12)
    assert needs.cents_per_rep_year == pytest.approx(needs.items[0].bookings_cents / needs.rep_years, abs=1)
    assert needs.task_rep_years == pytest.approx(plan.targets.total_cents / needs.cents_per_rep_year)
