"""The golden test R-H1: a hundred outlets in four tiers."""

import numpy as np
import pytest

from territory.assessment.validate import validate_tables
from territory.examples import scenario_path
from territory.inputs.load import load_scenario
from territory.planning.workflow import make_plan


@pytest.fixture(scope="module")
def plan():
    """Planned once with little effort."""
    return make_plan(load_scenario(scenario_path("outlets_100")), effort="quick")


def test_the_week_has_80_visits_and_1600_face_minutes(plan):
    assert plan.headcount.visits_per_week == pytest.approx(80)
    assert plan.headcount.face_minutes_per_week == pytest.approx(1600)


def test_the_number_of_reps_comes_with_a_bound_and_a_reason(plan):
    assert 1 <= plan.headcount.lower_bound <= plan.headcount.needed <= len(plan.scenario.reps)
    assert {"headcount.workload", "headcount.plan_serves"} <= {reason.code for reason in plan.headcount.reasons}


def test_every_cycle_without_holidays_has_every_visit(plan):
    calendar, calls = plan.scenario.calendar, plan.calls
    cycle = calendar.week // calls.cycle_weeks
    holidays = {int(cycle[d]) for d in range(calendar.days) if calendar.holiday[d]}
    whole = {c for c in set(cycle.tolist()) if (cycle == c).sum() == 7 * calls.cycle_weeks}
    quiet = sorted(whole - holidays)
    assert quiet
    for number in quiet:
        made = np.bincount(plan.visits.customer[cycle[plan.visits.day] == number], minlength=100)
        for tier, visits in enumerate((12, 6, 4, 3)):
            assert set(made[plan.segments.tier == tier].tolist()) == {visits}


def test_every_other_missing_visit_is_listed_with_the_holiday_that_took_it(plan):
    unserved = plan.tables()["unserved"]
    assert set(unserved["cause"]) == {"holiday"}
    assert all(unserved["detail"] != "")


def test_no_visit_is_outside_the_field_windows_or_on_a_holiday(plan):
    visits = plan.tables()["visits"]
    morning = (visits["start"] >= "09:30") & (visits["end"] <= "12:30")
    afternoon = (visits["start"] >= "14:00") & (visits["end"] <= "17:00")
    assert (morning | afternoon).all()
    assert (visits.loc[visits["weekday"] == "sat", "end"] <= "15:00").all()
    assert plan.scenario.calendar.working[plan.visits.day].all()


def test_the_independent_checker_finds_nothing(plan):
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_far_too_few_reps_still_give_a_plan_with_the_headcount_that_would_do():
    scenario = load_scenario(scenario_path("outlets_100"))
    crowded = scenario.replace(tiers={"a": scenario.settings.tiers.a.__class__(5, 1, 120)})
    plan = make_plan(crowded, effort="quick")
    assert plan.headcount.needed > len(crowded.reps)
    assert plan.headcount.carried_share < 1
    assert "capacity" in set(plan.tables()["unserved"]["cause"])
    assert validate_tables(crowded, plan.tables()) == []
