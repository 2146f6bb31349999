"""Contradictions: the named rules cannot hold together, and any one less can."""

import dataclasses

import numpy as np
import pytest

from territory.errors import PlanError
from territory.planning.assignment import assign_territories
from territory.planning.targets import customer_weights
from tests.factories import small_scenario
from tests.planning.assignment_oracle import (
    QUICK,
    calls_of,
    locked,
    priced,
    random_scenario,
    satisfiable,
)


def conflict_of(scenario):
    with pytest.raises(PlanError) as caught:
        assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK)
    return caught.value


def named(error):
    return sorted((reason.code.rsplit(".", 1)[1], *reason.values.values()) for reason in error.conflict)


def test_two_locks_that_tear_a_group_apart_are_named_with_the_group():
    scenario = small_scenario(20, 2, territories={"together": (("C001", "C002"),)})
    error = conflict_of(locked(scenario, {0: 0, 1: 1, 9: 1}))
    assert named(error) == [("lock", "C001", "R1"), ("lock", "C002", "R2"), ("together", "C001;C002")]
    assert len(error.remedies) == 3


def test_a_lock_against_the_home_city_names_both():
    scenario = small_scenario(20, 2, territories={"home_city": "Xi'an"})
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, is_manager=np.array([True, False])))
    assert [name for name, *_ in named(conflict_of(locked(scenario, {3: 1})))] == ["home_city", "lock"]


def test_a_home_city_larger_than_the_managers_share_conflicts_with_balance():
    scenario = small_scenario(20, 2, territories={"home_city": "Xi'an"})
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, is_manager=np.array([True, False])))
    error = conflict_of(scenario)
    assert [name for name, *_ in named(error)] == ["balance", "home_city"]
    tolerances = [r.values["tolerance"] for r in error.remedies if r.code == "assignment.remedy.tolerance"]
    assert tolerances == [pytest.approx(1.0, abs=0.002)]


def test_a_triangle_of_apart_pairs_needs_three_reps():
    pairs = (("C001", "C002"), ("C002", "C003"), ("C001", "C003"))
    error = conflict_of(small_scenario(20, 2, territories={"apart": pairs}))
    assert {reason.code for reason in error.conflict} == {"assignment.rule.apart"}
    assert len(error.conflict) == 3


def test_a_line_nobody_sells_is_a_conflict_of_its_own():
    scenario = small_scenario(10, 2)
    only_paint = (frozenset({"paint"}),) * 2
    error = conflict_of(scenario.replace(reps=dataclasses.replace(scenario.reps, product_lines=only_paint)))
    assert [reason.values["line"] for reason in error.conflict] == ["adhesive"]


def test_a_lock_to_somebody_who_comes_too_late_names_the_date():
    scenario = small_scenario(10, 2)
    scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, hired_day=np.array([0, 400])))
    assert [name for name, *_ in named(conflict_of(locked(scenario, {2: 1})))] == ["lock", "not_hired"]


def test_locks_that_overload_a_rep_come_with_the_tolerance_that_would_do():
    scenario = locked(small_scenario(20, 2), dict.fromkeys(range(15), 0))
    error = conflict_of(scenario)
    assert {reason.code for reason in error.conflict} == {"assignment.rule.lock", "assignment.rule.balance"}
    (tolerance,) = [r.values["tolerance"] for r in error.remedies if r.code == "assignment.remedy.tolerance"]
    wider = scenario.replace(territories={"balance": {"workload": tolerance}})
    assign_territories(wider, calls_of(wider), customer_weights(wider), seed=1, effort=QUICK)


def test_locks_against_two_measures_come_with_a_tolerance_for_both():
    scenario = locked(small_scenario(20, 2), dict.fromkeys(range(15), 0))
    scenario = scenario.replace(territories={"balance": {"workload": 0.1, "customers": 0.1}})
    error = conflict_of(scenario)
    (tolerance,) = [r.values["tolerance"] for r in error.remedies if r.code == "assignment.remedy.tolerance_all"]
    wider = scenario.replace(territories={"balance": dict.fromkeys(["workload", "customers"], tolerance)})
    divided = assign_territories(wider, calls_of(wider), customer_weights(wider), seed=1, effort=QUICK)
    assert max(divided.tolerance.values()) <= tolerance


def test_too_many_locks_to_name_are_joined_by_rep():
    scenario = locked(small_scenario(3000, 8), dict.fromkeys(range(900), 0))
    error = conflict_of(scenario)
    assert named(error)[1] == ("locks", "R1", 900)


@pytest.mark.parametrize("seed", range(60))
def test_the_named_rules_are_infeasible_and_any_one_less_is_not(seed):
    scenario = random_scenario(seed, tolerance=0.35)
    problem, _ = priced(scenario)
    try:
        answer = assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK)
    except PlanError as error:
        conflict = list(error.conflict)
        widened = {r.values["measure"]: r.values["tolerance"] for r in conflict if "measure" in r.values}
        problem = problem.with_tolerances(widened)
        assert not satisfiable(scenario, problem, conflict)
        for reason in conflict:
            assert satisfiable(scenario, problem, [other for other in conflict if other is not reason]), reason
    else:
        business = [rule.reason for rule in problem.rules]
        assert satisfiable(scenario, problem, business)
        assert len(answer.rep) == len(scenario.customers)
