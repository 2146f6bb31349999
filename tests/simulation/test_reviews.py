from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.review_rules import ReviewRules
from territory.simulation import policies, reviews
from territory.simulation.staffing import EXITS
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, open_world
from territory.simulation.year import run_world, run_year, simulate_year
from tests.factories import settings_with
from tests.simulation.plans import simple_plan


def test_appraisal_is_daily_work_and_attendance() -> None:
    rules = ReviewRules()
    assert reviews.appraise(rules, 100, 100, 25, 0) == 100
    assert reviews.appraise(rules, 100, 50, 25, 0) == pytest.approx(0.7 * 70 + 30)
    assert reviews.appraise(rules, 0, 0, 25, 5) == pytest.approx(0.7 * (60 + 40 * 0.8) + 0.3 * 80)
    assert reviews.appraise(rules, 0, 0, 25, 25) == pytest.approx(0.7 * 60)


def test_commit_accuracy_has_a_band() -> None:
    rules = ReviewRules()
    assert [reviews.commit_missed(rules, 100, actual) for actual in (94, 95, 110, 111)] == [True, False, False, True]
    assert not reviews.commit_missed(rules, 0, 0)
    assert reviews.commit_missed(rules, 0, 1)


def test_growth_and_coverage_compare_the_pipeline() -> None:
    rules = ReviewRules()
    assert reviews.growth_missed(rules, 100, 104)
    assert not reviews.growth_missed(rules, 100, 106)
    assert not reviews.growth_missed(rules, 0, 0)
    targets = make_tables(simple_plan(4, 1, targets={"annual": 4_800})).team_targets
    assert reviews.coverage(targets, 0, 1_800) == 1.5
    assert reviews.coverage(targets, 10, 1_800) == 1.5
    assert reviews.coverage(targets, 11, 1_800) == 1.5


def test_policies_act_only_where_the_scenario_lists_them() -> None:
    quiet, loud = settings_with(), settings_with(reviews={"policies": ("extend_probation", "drop_d_visits")})
    assert not policies.extend_probation(quiet, 0.1)
    assert policies.extend_probation(loud, 0.79)
    assert not policies.extend_probation(loud, 0.8)
    assert policies.drop_d_visits(quiet, 0.1) == 4
    assert policies.drop_d_visits(loud, 0.1) == 3
    assert policies.drop_d_visits(loud, 1.5) == 4


def test_dropped_d_visits_are_not_done_and_counted_as_missed() -> None:
    calm = {"staffing": {"annual_attrition": 0.0}, "workday": {"absence_share": 0.0}}
    plan = simple_plan(40, 2, reviews={"policies": ("drop_d_visits",), "coverage": 1e9}, **calm)
    year = simulate_year(plan, 0)
    share = year.month("visits_done") / year.month("visits_planned")
    assert share[0] == 1
    assert np.allclose(share[1:], 0.75, atol=0.03), "a quarter of the customers is D"


def test_short_attainment_extends_probation_and_dismisses() -> None:
    rules = {"annual_attrition": 0.0, "dismiss_attainment": 0.9, "probation_months": 2}
    plan = simple_plan(
        20, 3, new_hires=True, targets={"annual": 10**13}, staffing=rules, reviews={"policies": ("extend_probation",)}
    )
    events = [(event.kind, event.day) for event in simulate_year(plan, 0).staff_events if event.rep == 0]
    assert [kind for kind, _ in events] == ["start", "extended", "dismissed"]
    assert plan.scenario.calendar.month[events[1][1]] == 1
    assert plan.scenario.calendar.month[events[2][1]] == 2


def test_good_attainment_confirms() -> None:
    plan = simple_plan(20, 3, new_hires=True, targets={"annual": 0}, staffing={"annual_attrition": 0.0})
    kinds = [event.kind for event in simulate_year(plan, 0).staff_events]
    assert kinds == ["start"] * 3 + ["confirmed"] * 3


def test_the_share_who_resign_is_the_annual_attrition() -> None:
    """With targets of nothing and no contagion, and nobody replaced, a fifth goes."""
    rules = {"annual_attrition": 0.2, "peer_contagion": 0.0, "replace_leavers": False}
    plan = simple_plan(20, 20, targets={"annual": 0}, staffing=rules)
    tables = make_tables(plan)
    left = [run_year(tables, 3, r).month("left").sum() for r in range(15)]
    assert abs(np.mean(left) / 20 - 0.2) < 3 * np.sqrt(0.2 * 0.8 / 300)


def test_customers_always_have_an_owner_who_is_there() -> None:
    rules = {"annual_attrition": 0.8, "cut_mode": "ranked", "keep": 2, "hiring_lead_days": 20}
    for manager in (True, False):
        plan = simple_plan(40, 5, new_hires=True, manager=manager, staffing=rules)
        tables = make_tables(plan)
        for replication in range(5):
            world = open_world(tables, 1, replication, COMPILED)
            run_world(world)
            there = {person.slot for person in world.team.people if person.left_day < 0}
            assert set(world.team.customers["owner"].tolist()) <= (there or {-1})


def test_events_name_people_who_were_there() -> None:
    rules = {"annual_attrition": 0.9, "peer_contagion": 3.0}
    plan = simple_plan(20, 4, manager=True, staffing=rules)
    for replication in range(10):
        gone: set[int] = set()
        for event in simulate_year(plan, replication).staff_events:
            assert event.rep not in gone
            assert event.rep != 0 or event.kind == "start"
            if event.kind in EXITS:
                gone.add(event.rep)


def test_moving_customers_costs_sales() -> None:
    plan = simple_plan(40, 2)
    stay = dataclasses.replace(plan.scenario.customers, current_rep=plan.territories.rep)
    move = dataclasses.replace(plan.scenario.customers, current_rep=1 - plan.territories.rep)
    kept, moved = (
        np.mean(
            [
                simulate_year(dataclasses.replace(plan, scenario=plan.scenario.replace(customers=who)), r)
                .month("run_rate_cents")
                .sum()
                for r in range(4)
            ]
        )
        for who in (stay, move)
    )
    assert moved / kept == pytest.approx(0.85, abs=0.02)
