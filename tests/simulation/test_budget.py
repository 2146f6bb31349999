from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.budget_rules import Advertising, BudgetRules, CostLine
from territory.domain.outcome import Year
from territory.domain.plan import Plan
from territory.simulation import budget
from territory.simulation.staffing import Person
from territory.simulation.tables import make_tables
from territory.simulation.year import run_year, simulate_year
from tests.simulation.plans import simple_plan

MONTHLY = (CostLine("gifts", 500_000, "entertainment"), CostLine("office", 50_000, "office"))


def lines(year: Year, category: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Day, cents paid and approver of the lines of a category."""
    assert year.ledger is not None
    chosen = year.ledger.category == category
    return year.ledger.day[chosen], -year.ledger.cents[chosen], year.ledger.approved_by[chosen]


def by_month(plan: Plan, day: np.ndarray, cents: np.ndarray) -> np.ndarray:
    return np.bincount(plan.scenario.calendar.month[day], cents, 12)


def test_the_parts_of_pay_add_up_to_the_whole_at_one_hundred_percent() -> None:
    rules = BudgetRules()
    assert budget.monthly_pay(rules, 800_000, completion=1.0, appraisal=100, employed=1.0) == 800_000
    assert budget.monthly_pay(rules, 800_000, completion=2.0, appraisal=100, employed=1.0) == 800_000
    assert budget.monthly_pay(rules, 800_000, completion=0.0, appraisal=0, employed=1.0) == 400_000
    assert budget.monthly_pay(rules, 800_000, completion=0.5, appraisal=80, employed=0.5) == 318_000


def test_a_shortfall_is_made_good_before_the_bonus() -> None:
    person = Person(0, 0, 0, 0, False, False, 0, np.uint64(1))
    rules = BudgetRules(bonus_rate=0.1)
    assert budget.bonus(rules, person, 50, 100) == 0
    assert budget.bonus(rules, person, 130, 100) == 0
    assert budget.bonus(rules, person, 140, 100) == 2
    assert budget.bonus(rules, person, 110, 100) == 1


def test_entertainment_costs_exactly_its_budget_and_big_items_wait_for_approval() -> None:
    plan = simple_plan(8, 2, manager=True, budget={"monthly": MONTHLY, "entertainment_item": 40_000})
    year = simulate_year(plan, 0, ledger=True)
    day, cents, approver = lines(year, "entertainment")
    assert (by_month(plan, day, cents) == 500_000).all()
    assert ((cents > 50_000) == (approver == "R1")).all()
    assert (cents > 50_000).any()
    assert plan.scenario.calendar.working[day].all()


def test_refused_items_become_small_ones() -> None:
    plan = simple_plan(8, 2, budget={"monthly": MONTHLY, "entertainment_item": 80_000, "refusal_share": 1.0})
    day, cents, _ = lines(simulate_year(plan, 0, ledger=True), "entertainment")
    assert cents.max() <= 50_000
    assert (by_month(plan, day, cents) == 500_000).all()


def test_travel_is_refunded_up_to_the_cap_then_by_sales() -> None:
    rules = {"travel_cap": 1_000, "travel_share_of_sales": 0.0}
    plan = simple_plan(30, 3, staffing={"annual_attrition": 0.0}, budget=rules)
    year = simulate_year(plan, 0, ledger=True)
    _, cents, _ = lines(year, "travel")
    assert cents.sum() == 2 * 3 * 1_000
    assert len(lines(year, "phone")[0]) == 0
    free = simple_plan(30, 3, staffing={"annual_attrition": 0.0}, budget={"travel_share_of_sales": 1.0})
    year = simulate_year(free, 0, ledger=True)
    assert lines(year, "phone")[1].sum() == 11 * 3 * 10_000, "the claims of December fall after the year"
    calendar = plan.scenario.calendar
    first = min(lines(year, "travel")[0].tolist())
    assert calendar.month[first] == 1
    assert calendar.date_of(first).day >= 5


def test_the_kilometres_refunded_are_those_of_the_plan_when_nobody_is_absent() -> None:
    plan = simple_plan(
        30, 3, staffing={"annual_attrition": 0.0}, workday={"absence_share": 0.0}, budget={"travel_share_of_sales": 1.0}
    )
    _, cents, _ = lines(simulate_year(plan, 0, ledger=True), "travel")
    until_december = plan.scenario.calendar.month[plan.routes.day] < 11
    assert cents.sum() == pytest.approx(plan.routes.travel_km[until_december].sum() * 80, abs=33)


def test_advances_are_settled_with_the_first_claims() -> None:
    plan = simple_plan(30, 3, staffing={"annual_attrition": 0.0}, budget={"travel_advance": 300_000})
    trip = np.where(plan.routes.day >= 40, 0, -1)
    away = dataclasses.replace(plan, routes=dataclasses.replace(plan.routes, trip=trip, end_place=(trip + 1)))
    year = simulate_year(away, 0, ledger=True)
    _, cents, _ = lines(year, "advance")
    assert cents[cents > 0].sum() == 3 * 300_000
    assert cents.sum() == 0
    assert lines(year, "lodging")[1].sum() > 0


def test_advertising_lifts_its_region_in_the_month_after() -> None:
    campaign = Advertising(month=4, amount=1_000_000, region="north-east", lift=0.5)
    quiet, loud = simple_plan(40, 2), simple_plan(40, 2, budget={"advertising": (campaign,)})
    before, after = simulate_year(quiet, 0), simulate_year(loud, 0, ledger=True)
    more = after.month("run_rate_cents") - before.month("run_rate_cents")
    assert np.flatnonzero(more).tolist() == [4]
    assert lines(after, "advertising")[1].tolist() == [1_000_000]


def test_the_first_rep_to_reach_the_quota_gets_the_bonus_once() -> None:
    plan = simple_plan(40, 4, manager=True, targets={"annual": 10_000_000}, budget={"bonus_rate": 0.0})
    year = simulate_year(plan, 0, ledger=True)
    assert lines(year, "bonus")[1].tolist() == [100_000]


def test_hires_cost_recruiting_and_training() -> None:
    plan = simple_plan(20, 4, new_hires=True, staffing={"annual_attrition": 0.9})
    year = simulate_year(plan, 0, ledger=True)
    heads = 4 + year.month("hired").sum()
    assert lines(year, "recruiting")[1].sum() == heads * 300_000
    assert lines(year, "training")[1].sum() == heads * 100_000


def test_a_year_as_planned_overruns_nothing_and_a_costly_one_does() -> None:
    calm = {"staffing": {"annual_attrition": 0.0}, "workday": {"absence_share": 0.0}}
    rules = {"bonus_rate": 0.0, "first_quota_bonus": 0, "monthly": MONTHLY}
    plan = simple_plan(30, 3, budget=rules, **calm)
    assert simulate_year(plan, 0).breaches[4] == 0
    tables = make_tables(plan)
    stingy = dataclasses.replace(tables, planned_payments=tables.planned_payments * 0.5)
    assert run_year(stingy, 1, 0).breaches[4] == 12
