"""The simulated year: identities, independence of draws, and the direction in which things move."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from territory.domain.outcome import Year, rep_slot_name
from territory.domain.pipeline_rules import Channel
from territory.domain.plan import Plan
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, PURE
from territory.simulation.year import run_year, simulate_year
from tests.factories import small_scenario
from tests.simulation.plans import plan_of, simple_plan, with_people
from tests.simulation.random_years import SCENARIOS, YEARS_EACH, any_plan, check_identities, live_random_years

COURSES = tuple(date(2026, month, 12) for month in (1, 3, 5, 6, 8, 10, 11))


def years_of(plan: Plan, count: int) -> list[Year]:
    tables = make_tables(plan)
    return [run_year(tables, 1, replication) for replication in range(count)]


def same(a: Year, b: Year) -> bool:
    """Whether two years are equal in everything but what the ledger brings."""
    for name in Year.__dataclass_fields__:
        left, right = getattr(a, name), getattr(b, name)
        if name not in ("ledger", "nights") and not np.array_equal(left, right):
            return False
    return True


def test_fifty_years_are_the_same_without_compiling() -> None:
    plan = simple_plan(6, 2, new_hires=True, staffing={"annual_attrition": 0.5, "hiring_lead_days": 20})
    tables = make_tables(plan)
    assert sum(run_year(tables, seed, 0).details.month("made_up").sum() for seed in range(50)) > 50
    for seed in range(50):
        assert same(run_year(tables, seed, 0), run_year(tables, seed, 0, kernels=PURE))


@pytest.mark.parametrize("cut_mode", ["none", "ranked", "drawn"])
def test_pure_python_and_compiled_kernels_live_the_same_years(cut_mode: str) -> None:
    plan = simple_plan(36, 4, new_hires=True, manager=True, staffing={"cut_mode": cut_mode, "keep": 2})
    tables = make_tables(plan)
    for replication in range(4):
        compiled = run_year(tables, 5, replication, ledger=True, kernels=COMPILED)
        pure = run_year(tables, 5, replication, ledger=True, kernels=PURE)
        assert same(compiled, pure)
        assert np.array_equal(compiled.ledger.cents, pure.ledger.cents)


def test_the_ledger_changes_nothing() -> None:
    plan = simple_plan(20, 2)
    assert same(simulate_year(plan, 3), simulate_year(plan, 3, ledger=True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCENARIOS)
def test_deals_cash_and_headcount_always_add_up(draw: dict[str, Any]) -> None:
    plan = any_plan(draw)
    check_identities(plan, simulate_year(plan, 0, seed=draw["seed"], ledger=True))


@pytest.mark.campaign
@pytest.mark.parametrize("first", [0, 1000, 2000, 3000])
def test_deals_cash_and_headcount_add_up_in_thousands_of_years(first: int) -> None:
    """Each part lives other years of other scenarios; `benchmarks/random_years.py` lives 10,000."""
    assert live_random_years(first, 90) == 90 * YEARS_EACH


def test_an_unrelated_rep_and_customer_change_nobody_elses_luck() -> None:
    few = with_people(small_scenario(30, 3), new_hires=False, manager=False)
    many = with_people(small_scenario(30, 3), new_hires=False, manager=False)
    from territory.experiments.levers import with_double

    calm = {"staffing": {"annual_attrition": 0.0}}
    plan = plan_of(few.replace(**calm))
    wider = with_double(many, 2).replace(**calm)
    # the same territories; the added rep has no customer
    same_split = dataclasses.replace(
        plan,
        scenario=wider,
        territories=dataclasses.replace(plan.territories, workload_minutes=np.zeros(4), travel_minutes=np.zeros(4)),
    )
    for replication in range(5):
        ours, theirs = simulate_year(plan, replication), simulate_year(same_split, replication)
        assert np.array_equal(ours.rep_bookings_cents, theirs.rep_bookings_cents[:3])
        assert (ours.won, ours.lost, ours.still_open) == (theirs.won, theirs.lost, theirs.still_open)


def test_eight_hired_and_four_kept_shows_in_the_headcount() -> None:
    staffing = {"cut_mode": "ranked", "keep": 4, "review_month": 3, "annual_attrition": 0.0}
    plan = simple_plan(80, 9, new_hires=True, manager=True, staffing=staffing)
    year = simulate_year(plan, 0)
    assert year.month("reps_active").tolist() == [9, 9] + [5] * 10
    assert year.month("left").tolist() == [0, 0, 4] + [0] * 9
    assert sum(event.kind == "cut" for event in year.staff_events) == 4
    assert all(event.rep != 0 for event in year.staff_events if event.kind == "cut"), "the manager is never cut"


def test_a_drawn_cut_keeps_half_on_average() -> None:
    staffing = {"cut_mode": "drawn", "keep": 4, "annual_attrition": 0.0}
    plan = simple_plan(16, 8, new_hires=True, staffing=staffing)
    kept = [year.month("reps_active")[3] for year in years_of(plan, 40)]
    assert min(kept) < 4 < max(kept)
    assert abs(np.mean(kept) - 4) < 3 * np.sqrt(8 / 4 / 40)


def test_leavers_are_replaced_after_the_lead_time_by_numbered_successors() -> None:
    plan = simple_plan(20, 4, manager=True, staffing={"annual_attrition": 0.9, "hiring_lead_days": 30})
    year = simulate_year(plan, 1)
    left = [event for event in year.staff_events if event.kind == "resigned"]
    hired = [event for event in year.staff_events if event.kind == "hired"]
    assert left
    assert hired
    assert hired[0].day - left[0].day >= 30
    assert rep_slot_name(["R1", "R2", "R3", "R4"], hired[0].rep) == "NEW1"


def mean_of(measure: str, **changes: object) -> float:
    plan = simple_plan(36, 4, manager=True, new_hires=True, **changes)
    return float(np.mean([year.month(measure).sum() for year in years_of(plan, 6)]))


@pytest.mark.parametrize(
    ("measure", "low", "high"),
    [
        ("reps_active", {"staffing": {"annual_attrition": 0.8}}, {"staffing": {"annual_attrition": 0.05}}),
        ("bookings_cents", {"staffing": {"annual_attrition": 0.8}}, {"staffing": {"annual_attrition": 0.05}}),
        ("bookings_cents", {"staffing": {"ramp": (0.1, 0.1)}}, {"staffing": {"ramp": (1.0,)}}),
        ("bookings_cents", {"pipeline": {"deal_value_share": 0.1}}, {"pipeline": {"deal_value_share": 0.3}}),
        ("opened", {"pipeline": {"leads_per_year": (1, 1, 1, 1)}}, {"pipeline": {"leads_per_year": (2, 2, 2, 2)}}),
        ("opened", {"workday": {"absence_share": 0.4}}, {"workday": {"absence_share": 0.0}}),
        ("visits_done", {"workday": {"absence_share": 0.2}}, {"workday": {"absence_share": 0.0}}),
        ("collections_cents", {"pipeline": {"bad_debt_share": 0.5}}, {"pipeline": {"bad_debt_share": 0.0}}),
        ("collections_cents", {"pipeline": {"payment_days": 120}}, {"pipeline": {"payment_days": 10}}),
        ("payments_cents", {"budget": {"km_cost": 10}}, {"budget": {"km_cost": 200}}),
        ("payments_cents", {"budget": {"travel_share_of_sales": 0.0}}, {"budget": {"travel_share_of_sales": 0.05}}),
        ("run_rate_cents", {"staffing": {"handover_loss": 0.4}}, {"staffing": {"handover_loss": 0.0}}),
        ("run_rate_cents", {"pipeline": {"missed_visit_erosion": 0.9}}, {"pipeline": {"missed_visit_erosion": 0.0}}),
        ("run_rate_cents", {"pipeline": {"churn": 0.3}}, {"pipeline": {"churn": 0.05}}),
        ("run_rate_cents", {}, {"pipeline": {"channels": (Channel("shop", "shop", 5_000_000),)}}),
        ("visits_done", {"visits": {"make_up": False}}, {"visits": {"make_up": True}}),
        (
            "visits_done",
            {"staffing": {"courses": COURSES}, "visits": {"make_up": False}},
            {"visits": {"make_up": False}},
        ),
        ("won", {"pipeline": {"quarter_pace": (0.5, 0.5, 0.5)}}, {"pipeline": {"quarter_pace": (1.0, 1.0, 2.0)}}),
        ("won", {"pipeline": {"preset": "foreign_trade"}}, {"pipeline": {"preset": "coarse"}}),
        ("opened", {}, {"reviews": {"policies": ("prospect_when_thin",), "coverage": 1e6}}),
        ("payments_cents", {}, {"budget": {"project_share": 0.02}}),
        ("payments_cents", {"staffing": {"report_missing": 0.9}}, {}),
    ],
)
def test_a_change_moves_the_year_in_the_expected_direction(measure: str, low: dict, high: dict) -> None:
    assert mean_of(measure, **low) < mean_of(measure, **high)
