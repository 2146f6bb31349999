"""Grades, profit after cost to serve and steering, on customers small enough to check by hand."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from territory.domain.customers import NONE
from territory.domain.plan import PARETO_GROUPS, STEERS
from territory.planning.segmentation import grade_customers, pareto_curve, profit_after_service
from tests.factories import START, small_scenario

A, B, C, D = range(4)


def scenario_with(sales, potential, tiers=None, **columns):
    """Return a scenario of customers with these yearly sales and potentials in yuan, who all buy since 2020."""
    scenario = small_scenario(len(sales), 2, tiers=tiers or {})
    return scenario.replace(
        customers=dataclasses.replace(
            scenario.customers,
            annual_sales_cents=np.array(sales) * 100,
            potential_cents=np.array(potential) * 100,
            **{name: np.array(values, dtype=np.int64) for name, values in columns.items()},
        )
    )


def test_the_matrix_reads_contribution_and_potential_against_fixed_cuts():
    cuts = {"contribution_cut": 100_000, "potential_cut": 500_000}
    segments = grade_customers(scenario_with([2000, 10, 2000, 10], [9000, 9000, 4000, 4000], cuts))
    assert segments.tier.tolist() == [A, B, C, D]
    assert (segments.contribution_cut_cents, segments.potential_cut_cents) == (100_000, 500_000)


def test_the_cut_at_quantile_seventy_leaves_three_of_ten_high():
    segments = grade_customers(scenario_with(list(range(1, 11)), list(range(1, 11))))
    assert segments.tier.tolist() == [D] * 7 + [A] * 3


def test_a_prospect_is_graded_from_potential_alone():
    scenario = scenario_with([0, 0, 500], [900, 1, 1], {"potential_cut": 50_000}, since=[NONE, NONE, 700_000])
    assert grade_customers(scenario).tier.tolist() == [B, D, C]


def test_nobody_is_high_where_there_is_nothing():
    segments = grade_customers(scenario_with([0, 0], [0, 0]))
    assert segments.tier.tolist() == [D, D]


def test_given_grades_win_and_the_matrix_fills_the_gaps():
    scenario = scenario_with([1, 1000], [1, 1000], {"method": "given"}, given_tier=[A, NONE])
    assert grade_customers(scenario).tier.tolist() == [A, A]


def test_prospects_are_graded_by_demand_and_time_to_close():
    soon, late = START.toordinal() + 15, START.toordinal() + 16
    scenario = scenario_with(
        [0] * 5,
        [0] * 5,
        {"method": "prospects"},
        since=[NONE] * 5,
        monthly_demand_cents=[5_000_000, 4_999_999, 5_000_000, 100, 5_000_000],
        decides_by=[soon, soon, late, late, NONE],
    )
    segments = grade_customers(scenario)
    assert segments.tier.tolist() == [A, B, C, D, C]
    assert segments.steer[D] == STEERS.index("shop_or_dealer")


def test_profit_is_gross_margin_less_an_hour_of_pay_for_every_hour_of_visits():
    scenario = scenario_with([100_000], [100_000], {"gross_margin": 0.3}, since=[date(2020, 1, 1).toordinal()])
    hours = 2 * 52 * 20 / 60
    expected = 100_000 * 0.3 - hours * 8_000 / 182
    assert profit_after_service(scenario, np.array([A]))[0] == pytest.approx(expected * 100, abs=1)


def test_the_best_fifth_is_protected_and_the_worst_fifth_handed_over():
    scenario = scenario_with([1000 * i for i in range(1, 11)], [1] * 10, {"method": "given"}, given_tier=[D] * 10)
    group = grade_customers(scenario).pareto_group
    names = [PARETO_GROUPS[g] for g in group]
    assert names == ["hand_over"] * 2 + ["keep"] * 6 + ["protect"] * 2


def test_prospects_are_neither_protected_nor_handed_over():
    scenario = scenario_with([0] * 5 + [1000] * 5, [1] * 10, since=[NONE] * 5 + [700_000] * 5)
    group = grade_customers(scenario).pareto_group
    assert {PARETO_GROUPS[g] for g in group[:5]} == {"keep"}
    assert (group[5:] == PARETO_GROUPS.index("protect")).sum() == 1


def test_the_pareto_curve_climbs_to_one_and_falls_by_what_losers_eat():
    segments = dataclasses.replace(
        grade_customers(scenario_with([1] * 4, [1] * 4)), profit_cents=np.array([8000, -3000, 2000, -1000])
    )
    curve = pareto_curve(segments)
    assert curve["profit_share"].tolist() == pytest.approx([0.8, 1.0, 0.9, 0.6])
    assert curve["customer"].tolist() == [0, 2, 3, 1]
    assert curve["customer_share"].iloc[-1] == 1.0


def test_customers_under_ten_thousand_a_month_are_steered_to_the_shop():
    steer = grade_customers(scenario_with([119_999, 120_000], [1, 1])).steer
    assert [STEERS[s] for s in steer] == ["shop_or_dealer", "direct"]
