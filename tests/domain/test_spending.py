"""What a plan means to spend on travel: advances and refunds by month, also of those without a target (R-B3)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.spending import planned_spending
from territory.domain.trip_book import trip_book
from territory.planning.workflow import make_plan
from tests.factories import small_scenario

RULES = {"km_cost": 100, "lodging_night": 20_000, "phone_month": 0, "travel_cap_months": 12, "travel_cap": 10**9}


@pytest.fixture(scope="module")
def plan():
    scenario = small_scenario(12, 2, visits={"trip_beyond_km": 80.0})
    who = scenario.customers
    who = dataclasses.replace(who, lon=who.lon - 1.7, visits=np.full(12, 1), per_weeks=np.full(12, 6))
    return make_plan(scenario.replace(customers=who), effort="quick")


def travel(plan, **budget):
    scenario = plan.scenario.replace(budget=RULES | budget)
    return planned_spending(dataclasses.replace(plan, scenario=scenario))["travel"]


def test_an_advance_is_paid_in_the_month_of_the_first_trip_and_settled_with_the_refunds_after_it(plan):
    without, advanced = travel(plan, travel_advance=0), travel(plan, travel_advance=300_000)
    book, calendar = trip_book(plan), plan.scenario.calendar
    first = {rep: int(calendar.month[book.first_day[book.rep == rep].min()]) for rep in set(book.rep.tolist())}
    change = advanced - without
    assert change[min(first.values())] >= 300_000
    assert (change[max(first.values()) + 1 :] <= 0).all()
    assert change.sum() == pytest.approx(0, abs=1e-6)
    assert without[0] == 0


def test_travel_of_a_rep_without_target_is_planned_although_no_sales_carry_it(plan):
    nobody = dataclasses.replace(plan.targets, cents=np.zeros_like(plan.targets.cents))
    whole = travel(plan).sum()
    by_sales = {"travel_cap_months": 0, "travel_share_of_sales": 0.000001}
    assert travel(plan, **by_sales).sum() < 0.1 * whole
    assert travel(dataclasses.replace(plan, targets=nobody), **by_sales).sum() == pytest.approx(whole)
