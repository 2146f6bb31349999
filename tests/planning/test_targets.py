"""Targets add up to the cent at every level, whatever the weights."""

import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.domain.settings import Phase
from territory.planning.targets import customer_weights, month_weights, share_groups, share_rows, split_targets
from tests.factories import small_scenario

weights_lists = st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=40)


def owners(scenario):
    return np.arange(len(scenario.customers)) % len(scenario.reps)


def tiers(scenario):
    return np.zeros(len(scenario.customers), dtype=np.int64)


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=5), weights_lists)
def test_every_row_adds_up_and_no_part_is_a_cent_off(totals, weights):
    weights = np.array(weights)
    parts = share_rows(np.array(totals, dtype=np.int64), weights)
    assert parts.sum(axis=1).tolist() == totals
    shares = weights / weights.sum() if weights.sum() > 0 else np.full(len(weights), 1 / len(weights))
    exact = np.array(totals)[:, None] * shares
    assert (np.abs(parts - exact) < 1 + 1e-2).all()
    assert (parts[:, shares == 0] == 0).all()
    assert (parts >= 0).all()


@given(st.data(), weights_lists)
def test_every_group_adds_up_and_no_part_is_a_cent_off(data, weights):
    weights = np.array(weights)
    group = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(weights), max_size=len(weights))))
    totals = np.array(data.draw(st.lists(st.integers(0, 10**12), min_size=4, max_size=4)), dtype=np.int64)
    parts = share_groups(totals, weights, group)
    for number, total in enumerate(totals.tolist()):
        mine = group == number
        if mine.any():
            assert parts[mine].sum() == total
            own = weights[mine]
            exact = total * (own / own.sum() if own.sum() > 0 else np.full(len(own), 1 / len(own)))
            assert (np.abs(parts[mine] - exact) < 1 + 1e-2).all()


def test_ties_go_to_the_earlier_part():
    assert share_rows(np.array([5]), np.ones(3)).tolist() == [[2, 2, 1]]
    assert share_groups(np.array([5]), np.ones(3), np.zeros(3, dtype=int)).tolist() == [2, 2, 1]


@given(st.integers(0, 10**12), st.integers(1, 30), st.lists(st.floats(0, 5), min_size=12, max_size=12))
@settings(max_examples=40, deadline=None)
def test_year_months_weeks_reps_and_customers_add_up(annual, customers, season):
    scenario = small_scenario(customers, 3, targets={"annual": annual, "seasonality": tuple(season)})
    targets = split_targets(scenario, tiers(scenario), owners(scenario))
    assert targets.total_cents == annual
    assert targets.customer_month_cents.sum() == annual
    assert targets.rep_month_cents(owners(scenario), 3).sum() == annual
    assert (targets.cents >= 0).all()
    months = share_rows(np.array([annual]), month_weights(scenario.settings.targets, scenario.calendar))[0]
    assert targets.customer_month_cents.sum(axis=0).tolist() == months.tolist()


def test_months_follow_season_and_working_days():
    season = (1.0,) * 11 + (2.0,)
    scenario = small_scenario(4, 2, targets={"seasonality": season})
    calendar = scenario.calendar
    worked = np.bincount(calendar.month, calendar.working, 12)
    months = split_targets(scenario, tiers(scenario), owners(scenario)).customer_month_cents.sum(axis=0)
    assert months[11] / months[10] == pytest.approx(2 * worked[11] / worked[10], rel=1e-6)


def test_weeks_without_working_days_have_no_target():
    scenario = small_scenario(4, 2)
    targets = split_targets(scenario, tiers(scenario), owners(scenario))
    for part in range(targets.cents.shape[1]):
        inside = (scenario.calendar.month == targets.period_month[part]) & (
            scenario.calendar.week == targets.period_week[part]
        )
        assert inside.any()
        if not scenario.calendar.working[inside].any():
            assert targets.cents[:, part].sum() == 0


def test_customers_share_by_potential_and_last_years_sales():
    scenario = small_scenario(2, 1, targets={"potential_weight": 0.25})
    customers = dataclasses.replace(
        scenario.customers, potential_cents=np.array([100, 300]), annual_sales_cents=np.array([100, 0])
    )
    assert customer_weights(scenario.replace(customers=customers)).tolist() == pytest.approx(
        [0.25 * 0.25 + 0.75, 0.25 * 0.75]
    )


@pytest.mark.parametrize(
    ("potential", "sales", "expected"),
    [([1, 3], [0, 0], [0.25, 0.75]), ([0, 0], [3, 1], [0.75, 0.25]), ([0, 0], [0, 0], [0.5, 0.5])],
)
def test_missing_columns_leave_the_split_to_the_other(potential, sales, expected):
    scenario = small_scenario(2, 1)
    customers = dataclasses.replace(
        scenario.customers, potential_cents=np.array(potential), annual_sales_cents=np.array(sales)
    )
    assert customer_weights(scenario.replace(customers=customers)).tolist() == pytest.approx(expected)


def test_phases_give_every_rep_the_monthly_quota_exactly():
    phases = (Phase("early", 1, 6, 37_500_001), Phase("dealer", 5, 12, 10_000_003))
    scenario = small_scenario(17, 4, targets={"annual": None, "phases": phases})
    reps = dataclasses.replace(scenario.reps, is_manager=np.array([True, False, False, False]))
    scenario = scenario.replace(reps=reps)
    rep = np.array([0, 1, 2] * 6)[:17]
    monthly = split_targets(scenario, tiers(scenario), rep).rep_month_cents(rep, 4)
    quota = [37_500_001] * 4 + [47_500_004] * 2 + [10_000_003] * 6
    assert monthly[1].tolist() == quota
    assert monthly[2].tolist() == quota
    assert not monthly[0].any(), "the manager carries no quota"
    assert not monthly[3].any(), "a rep without customers has nobody to sell to"


def test_the_stretch_target_is_the_task_unless_given():
    scenario = small_scenario(3, 1, targets={"annual": 30_000_000})
    assert split_targets(scenario, tiers(scenario), owners(scenario)).stretch_cents == 30_000_000
    raised = scenario.replace(targets={"stretch": 35_000_000})
    assert split_targets(raised, tiers(raised), owners(raised)).stretch_cents == 35_000_000


def test_a_hundred_thousand_customers_are_split_in_seconds():
    scenario = small_scenario(100_000, 50)
    begin = time.process_time()
    targets = split_targets(scenario, tiers(scenario), owners(scenario))
    assert time.process_time() - begin < 5
    assert targets.total_cents == scenario.settings.targets.annual
