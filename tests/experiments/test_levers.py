from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.plan import Plan
from territory.domain.scenario import Scenario, TravelMatrix
from territory.errors import PlanError, Reason
from territory.experiments.levers import candidate_changes, find_levers, with_double
from territory.experiments.runner import run_years
from tests.factories import small_scenario
from tests.simulation.plans import plan_of, simple_plan, with_people

EFFORT = dataclasses.replace(EFFORTS["quick"], lever_years=12)


def replanned(scenario: Scenario, **_: Any) -> Plan:
    return plan_of(scenario)


def test_every_lever_that_makes_sense_is_tried() -> None:
    plan = simple_plan(16, 4, new_hires=True, manager=True, staffing={"cut_mode": "ranked", "keep": 2})
    changes = {change.name: change for change in candidate_changes(plan, replanned)}
    assert list(changes) == [
        "add_rep",
        "fewer_d_visits",
        "faster_ramp",
        "lower_target",
        "more_budget",
        "keep_more",
        "lower_attrition",
    ]
    assert len(changes["add_rep"].plan.scenario.reps) == 5
    assert changes["fewer_d_visits"].plan.scenario.settings.tiers.d.per_weeks == 4
    assert changes["lower_target"].plan.targets.total_cents == pytest.approx(0.9 * plan.targets.total_cents, rel=1e-6)
    assert changes["keep_more"].plan.scenario.settings.staffing.keep == 3
    assert changes["lower_attrition"].plan.scenario.settings.staffing.annual_attrition == 0.1
    assert changes["faster_ramp"].plan.scenario.settings.staffing.ramp == (0.3, 0.5, 0.65, 0.7, 0.95, 1.0)


def test_a_change_that_no_plan_can_satisfy_is_left_out() -> None:
    def refuse(scenario: Scenario, **_: Any) -> Plan:
        raise PlanError([Reason("assignment.locks")])

    names = [change.name for change in candidate_changes(simple_plan(16, 4), refuse)]
    assert "add_rep" not in names
    assert "lower_target" in names


def test_the_lever_that_brings_the_task_into_reach_comes_first() -> None:
    plan = simple_plan(24, 3, budget={"opening_cash": 10**10, "annual": 10**10}, verdict={"served_share": 0.5})
    mean = run_years(plan, years=12).measure("bookings_cents").sum(axis=1).max()
    hard = simple_plan(
        24,
        3,
        targets={"annual": int(mean * 1.04)},
        budget={"opening_cash": 10**10, "annual": 10**10},
        verdict={"served_share": 0.5},
    )
    outcome = run_years(hard, years=12)
    steps: list[tuple[str, int, int]] = []
    levers = find_levers(outcome, effort=EFFORT, replan=replanned, progress=lambda *step: steps.append(step))
    assert [lever.chosen for lever in levers] == [True] * 3 + [False] * (len(levers) - 3)
    assert {lever.years for lever in levers[3:]} == {3}
    assert levers[0].name == "lower_target"
    assert levers[0].joint_effect > 0
    assert levers[0].years == 9, "the three years of the first look chose it and do not judge it"
    assert abs(levers[0].effect_cents) < 0.01 * mean, "a lower target brings hardly another order"
    assert [step[1:] for step in steps] == [(0, 2), (1, 2), (2, 2)]


def test_a_doubled_rep_sorts_last_and_keeps_the_travel_matrix() -> None:
    scenario = with_people(small_scenario(5, 3), new_hires=True, manager=True)
    minutes = np.arange(64, dtype=np.int32).reshape(8, 8)
    scenario = dataclasses.replace(scenario, travel=TravelMatrix(minutes, minutes.astype(np.float32)))
    doubled = with_double(scenario, 1)
    assert doubled.reps.rep_id.tolist() == ["R1", "R2", "R3", "R3+1"]
    assert doubled.reps.home_lat[3] == scenario.reps.home_lat[1]
    assert doubled.travel is not None
    assert np.array_equal(doubled.travel.minutes[8, :8], minutes[6])
    assert not with_double(scenario, 0).reps.is_manager[3]
