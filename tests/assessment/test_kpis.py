"""Figures of a plan against sums made another way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.assessment import kpis
from territory.domain.spending import planned_budget_cents, planned_heads, planned_spending
from tests.assessment.good import good_outcome, good_plan, good_tables
from tests.assessment.lives import TASK, a_plan, a_year, lived


def test_the_planned_lines_hold_what_the_scenario_says() -> None:
    lines = planned_spending(good_plan())
    assert lines["rent"].sum() == 450_000
    assert lines["setup"].sum() == 420_000
    assert lines["office"].tolist() == [50_000] * 12
    assert lines["entertainment"].sum() == 12 * 500_000
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    third = np.array([0, (59 - 40) / 28, *[1] * 10])
    assert lines["pay"] == pytest.approx(800_000 * (2 + third))
    assert days.sum() == good_plan().scenario.calendar.days


def test_the_budget_is_the_planned_lines_with_their_reserve_unless_given() -> None:
    plan = good_plan()
    lines = sum(float(months.sum()) for months in planned_spending(plan).values())
    assert planned_budget_cents(plan) == round(1.05 * lines)


def test_after_the_cut_the_kept_share_of_the_cohort_is_paid() -> None:
    plan = good_plan()
    scenario = plan.scenario.replace(staffing={"cut_mode": "ranked", "keep": 0, "review_month": 6})
    heads = planned_heads(dataclasses.replace(plan, scenario=scenario))
    assert heads[2, 6:].sum() == 0
    assert heads[:2].min() == 1.0


def test_the_cost_of_goods_is_nobodys_spending() -> None:
    plan = a_plan()
    scenario = plan.scenario.replace(budget={"sales_cost_share": 0.5})
    year = a_year(spent=1_000)
    year.months[2] = 100
    assert kpis.spending_cents(dataclasses.replace(plan, scenario=scenario), [year]).tolist() == [400]


def test_utilisation_is_work_over_field_time() -> None:
    plan, tables = good_plan(), good_tables()
    v, d = tables["visits"], tables["days"]
    length = (v["end"].str[:2].astype(int) - v["start"].str[:2].astype(int)) * 60
    length += v["end"].str[3:].astype(int) - v["start"].str[3:].astype(int)
    work = length[v["rep_id"] == "R1"].sum() + d["travel_minutes"][d["rep_id"] == "R1"].sum()
    field = plan.headcount.capacity_minutes_per_week / 0.97 * plan.scenario.calendar.days / 7
    assert kpis.utilisation(plan)[0] == pytest.approx(work / field)
    assert kpis.travel_share(plan) == pytest.approx(
        d["travel_minutes"].sum() / (d["travel_minutes"].sum() + length.sum())
    )


def test_the_price_of_the_change_over_is_that_of_the_moves_table() -> None:
    plan, moves = good_plan(), good_tables()["moves"]
    assert len(kpis.moved_customers(plan)) == len(moves)
    assert kpis.change_over_cents(plan) == sum(round(float(cell) * 100) for cell in moves["expected_loss"])


def test_nights_and_kilometres_are_those_of_the_days_table() -> None:
    plan, days = good_plan(), good_tables()["days"]
    assert kpis.nights_away(plan) == (days["end_place"] == "lodging").sum()
    assert kpis.km_per_visit(plan) * len(plan.visits) == pytest.approx(days["travel_km"].sum(), abs=1.0)


def test_shares_and_rates_of_the_years() -> None:
    outcome = lived([a_year(bookings=TASK // 2), a_year(1, bookings=2 * TASK)])
    assert kpis.attainment(outcome).tolist() == [0.5, 2.0]
    assert kpis.collection_rates(outcome).tolist() == [0.0, 0.0]
    assert (kpis.trip_efficiency(outcome) > 0).all()
    assert np.isnan(kpis.pipeline_coverage(outcome)[:, 11]).all()
    assert kpis.year_flags(outcome.plan, outcome.years)["target"].tolist() == [False, True]
    assert (kpis.served_shares(good_outcome().plan, good_outcome().years) <= 1).all()
