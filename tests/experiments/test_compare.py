from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np
import pytest

from territory.assessment.sequences import looks
from territory.domain.calendar import build_calendar
from territory.domain.plan import Plan
from territory.experiments.compare import Lived, beats, change_over, compare_plans, unbeaten
from tests.simulation.plans import simple_plan


def test_a_faster_ramp_is_better_and_the_pairs_show_it() -> None:
    slow = simple_plan(30, 3, new_hires=True, staffing={"ramp": (0.2,)})
    fast = simple_plan(30, 3, new_hires=True, staffing={"ramp": (0.9,)})
    comparison = compare_plans({"slow": slow, "fast": fast}, years=20)
    assert comparison.best == "fast"
    assert comparison.lead.low > 0
    assert comparison.years == 20
    assert 0 < comparison.years_needed <= 20
    table = comparison.table()
    assert table["plan"].tolist() == ["slow", "fast"]
    assert table["bookings_gain"].tolist()[0] == 0
    assert table["best"].tolist() == [False, True]
    assert table["best_chance"].tolist() == [0.0, 1.0]


def test_no_more_years_are_lived_than_a_clear_winner_takes() -> None:
    slow = simple_plan(30, 3, new_hires=True, staffing={"ramp": (0.2,)})
    fast = simple_plan(30, 3, new_hires=True, staffing={"ramp": (0.9,)})
    comparison = compare_plans({"slow": slow, "fast": fast}, years=120)
    assert comparison.clear
    assert (comparison.years, comparison.most_years) == (25, 120)


def test_without_a_difference_a_winner_is_rare() -> None:
    rng = np.random.default_rng(7)
    named = 0
    for _ in range(300):
        common = rng.normal(100, 25, 100)
        plans = {}
        for k in range(4):
            bookings = common + rng.normal(0, 5, 100)
            plans[k] = Lived(bookings, bookings > 90, bookings > 110)
        at = looks(25, 100)
        left = dict(plans)
        for years in at:
            seen = {k: Lived(*(column[:years] for column in plan)) for k, plan in left.items()}
            left = {k: plans[k] for k in unbeaten(seen, doubt=0.05 / (len(at) * 4))}
        named += len(left) == 1
    assert named / 300 <= 0.05


def test_the_better_of_two_near_plans_is_found() -> None:
    rng = np.random.default_rng(8)
    common = rng.normal(100, 25, 100)
    one = Lived(common, common > 90, common > 110)
    better = common + rng.normal(0.5, 1.2, 100)
    other = Lived(better, better > 90, better > 110)
    assert beats(other, one, 0.05 / 6)
    assert not beats(one, other, 0.05 / 6)


def test_the_change_over_between_two_plans_is_counted() -> None:
    plan = simple_plan(10, 2)
    swapped = dataclasses.replace(
        plan, territories=dataclasses.replace(plan.territories, rep=np.roll(plan.territories.rep, 1))
    )
    found = change_over("a", plan, "b", swapped)
    assert found.customers == 10
    assert found.sales_cents == plan.scenario.customers.annual_sales_cents.sum()
    assert found.loss_cents == pytest.approx(0.15 * found.sales_cents, abs=5)
    assert change_over("a", plan, "a", plan).customers == 0


def test_common_random_years_make_a_small_difference_visible() -> None:
    few = simple_plan(60, 3, staffing={"annual_attrition": 0.0})
    many = simple_plan(60, 3, staffing={"annual_attrition": 0.0}, pipeline={"leads_per_year": (4.12, 3.09, 2.06, 1.03)})
    comparison = compare_plans({"few": few, "many": many}, years=30)
    few_years, many_years = (o.measure("bookings_cents").sum(axis=1) for o in comparison.outcomes.values())
    paired = np.var(many_years - few_years)
    assert 2 * np.var(few_years) / paired > 20


def test_two_workers_compare_alike() -> None:
    plans = {"a": simple_plan(10, 2), "b": simple_plan(10, 2, pipeline={"lead_conversion": 0.3})}
    alone, together = (compare_plans(plans, years=26, workers=workers) for workers in (1, 2))
    assert alone.table().equals(together.table())
    assert not alone.clear, "without leads the plans are the same"


def test_customers_who_change_hands_are_counted() -> None:
    plan = simple_plan(10, 2)
    who = dataclasses.replace(plan.scenario.customers, current_rep=np.zeros(10, dtype=np.int64))
    moved = dataclasses.replace(plan, scenario=plan.scenario.replace(customers=who))
    standing = compare_plans({"new": plan, "moved": moved}, years=2).standings[1]
    assert standing.customers_moved == 5
    expected = 0.15 * who.annual_sales_cents[plan.territories.rep != 0].sum()
    assert standing.moved_loss_cents == pytest.approx(expected, abs=5)


def other_year(plan: Plan) -> Plan:
    calendar = build_calendar(date(2025, 1, 1), plan.scenario.settings.workday)
    return dataclasses.replace(plan, scenario=plan.scenario.replace(calendar=calendar))


def test_plans_that_cannot_meet_the_same_years_are_refused_with_every_reason() -> None:
    plan = simple_plan(4, 1)
    with pytest.raises(ValueError, match="two or more plans are needed, not 1; two or more paired years"):
        compare_plans({"a": plan}, years=1)
    with pytest.raises(ValueError, match="b covers 365 days from 2025-01-01, a covers 365 from 2026-01-01"):
        compare_plans({"a": plan, "b": other_year(plan)}, years=5)
    with pytest.raises(ValueError, match="two or more plans"):
        compare_plans({}, years=5)
