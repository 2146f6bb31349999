from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from territory.domain.plan import Plan
from territory.domain.scenario import Scenario
from territory.errors import PlanError, Reason
from territory.experiments.sweep import sweep_people, with_reps
from tests.simulation.plans import plan_of, simple_plan


def replanned(scenario: Scenario, **_: Any) -> Plan:
    return plan_of(scenario)


def cut_plan() -> Plan:
    staffing = {"cut_mode": "ranked", "keep": 2, "review_month": 2, "annual_attrition": 0.0, "ramp": ()}
    return simple_plan(24, 4, new_hires=True, staffing=staffing)


def test_more_people_kept_leave_more_and_cost_more() -> None:
    sweep = sweep_people(cut_plan(), keep=[1, 4], years=4, replan=replanned)
    assert [(point.reps, point.keep) for point in sweep.points] == [(4, 1), (4, 2), (4, 4)]
    assert sweep.base == 1
    assert [point.people_at_end for point in sweep.points] == [1, 2, 4]
    assert np.all(np.diff([point.spending_cents for point in sweep.points]) > 0)
    assert sweep.points[1].bookings_gain.mean == 0
    assert sweep.table()["as_is"].tolist() == [False, True, False]


def test_other_numbers_of_reps_get_plans_of_their_own() -> None:
    plan = simple_plan(24, 4)
    sweep = sweep_people(plan, reps=[3, 5], years=3, replan=replanned)
    assert [point.reps for point in sweep.points] == [3, 4, 5]
    assert {point.keep for point in sweep.points} == {None}


def test_the_task_stays_where_targets_are_set_by_rep() -> None:
    plan = simple_plan(24, 4)

    def by_rep(scenario: Scenario, **_: Any) -> Plan:
        made = plan_of(scenario)
        cents = made.targets.cents * len(scenario.reps) // 4
        return dataclasses.replace(made, targets=dataclasses.replace(made.targets, cents=cents))

    for reps in (2, 6):
        own, scaled = (sweep_people(plan, reps=[reps], years=3, replan=make) for make in (replanned, by_rep))
        assert scaled.table().equals(own.table())


def test_the_busiest_are_doubled_and_the_least_busy_go() -> None:
    plan = simple_plan(13, 4)
    assert with_reps(plan, 6).reps.rep_id.tolist() == ["R1", "R2", "R3", "R4", "R4+1", "R4+1+1"]
    fewer = with_reps(plan, 1)
    assert fewer.reps.rep_id.tolist() == ["R1"]
    assert set(fewer.customers.locked_rep.tolist()) == {-1}


def test_current_reps_keep_their_customers_when_others_go() -> None:
    plan = simple_plan(13, 4)
    scenario = plan.scenario
    owned = scenario.replace(customers=_owned(scenario, plan.territories.rep))
    fewer = with_reps(dataclasses.replace(plan, scenario=owned), 3)
    gone = ({"R1", "R2", "R3", "R4"} - set(fewer.reps.rep_id)).pop()
    before = scenario.reps.rep_id[plan.territories.rep]
    after = np.where(fewer.customers.current_rep < 0, gone, fewer.reps.rep_id[fewer.customers.current_rep])
    assert after.tolist() == before.tolist()


def _owned(scenario: Scenario, rep: np.ndarray) -> Any:
    return dataclasses.replace(scenario.customers, current_rep=rep)


def test_numbers_that_no_plan_satisfies_are_named() -> None:
    def refuse(scenario: Scenario, **_: Any) -> Plan:
        raise PlanError([Reason("assignment.locks")])

    sweep = sweep_people(simple_plan(8, 2), reps=[3], years=2, replan=refuse)
    assert sweep.refused == (3,)
    assert [point.reps for point in sweep.points] == [2]


def test_questions_without_sense_are_refused_with_every_reason() -> None:
    with pytest.raises(ValueError, match=r"no cut .*; two or more paired years are needed, not 1"):
        sweep_people(simple_plan(8, 2), keep=[1], years=1, replan=replanned)
    with pytest.raises(ValueError, match="numbers of reps or of people kept are needed"):
        sweep_people(simple_plan(8, 2), years=2, replan=replanned)
