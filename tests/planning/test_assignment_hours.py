"""Hours of help that resolve a conflict: enough, no more than needed, and told with what to write into the scenario."""

import dataclasses
import re

import numpy as np
import pytest
from scipy.optimize import linprog

from territory.errors import PlanError
from territory.planning.assignment import assign_territories
from territory.planning.assignment.hours import LEAST_OWN, help_for
from territory.planning.assignment.problem import Measure, build_problem
from territory.planning.targets import customer_weights
from territory.planning.travel_estimate import estimate_travel, field_days_per_week
from tests.factories import small_scenario
from tests.planning.assignment_oracle import (
    QUICK,
    calls_of,
    divisions,
    locked,
    random_scenario,
    rule_holds,
)

OVERLOADED = (1, 24, 60, 113, 164)
MORE_OVERLOADED = (
    19,
    21,
    33,
    64,
    71,
    82,
    99,
    100,
    119,
    123,
    129,
    131,
    137,
    141,
    144,
    151,
    157,
    161,
    166,
    171,
    179,
    192,
    195,
)
"""Seeds whose scenario contradicts itself in a way that help resolves."""


def drawn(scenario):
    return assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK)


def hours_of(scenario):
    """Return the remedy in hours of a contradictory scenario, or None."""
    with pytest.raises(PlanError) as caught:
        drawn(scenario)
    found = [reason for reason in caught.value.remedies if reason.code.startswith("assignment.remedy.hours")]
    return found[0] if found else None


def with_told_shares(scenario, remedy):
    """Return the scenario with the column that the remedy tells."""
    told = dict(re.findall(r"(\w+) \+[\d.]+ \(share_workload = ([\d.]+)\)", remedy["reps"]))
    column = np.array([float(told.get(name, np.nan)) for name in scenario.reps.rep_id])
    return scenario.replace(reps=dataclasses.replace(scenario.reps, shares={"workload": column}))


def overloaded(seed):
    """Return a small random scenario in which locks and the balance of the workload often contradict each other."""
    return random_scenario(seed, tolerance=0.2).replace(territories={"balance": {"workload": 0.2}})


def least_help_by_linear_program(share, load, tolerance):
    """Return the largest part of the work that the team can do itself, or None."""
    count = len(share)
    rows = [[*np.where(np.arange(count) == r, -(1 + tolerance), 0.0), 0.0] for r in range(count)]
    rows += [[*np.where(np.arange(count) == r, 1 - tolerance, 0.0), 0.0] for r in range(count)]
    rows += [[*np.where(np.arange(count) == r, -1.0, 0.0), share[r]] for r in range(count)]
    most = [*-load, *load, *np.zeros(count)]
    bounds = [(0, 1)] * (count + 1)
    found = linprog([0.0] * count + [-1.0], rows, most, [[1.0] * count + [0.0]], [1.0], bounds)
    return found.x[-1] if found.success else None


@pytest.mark.parametrize("seed", range(40))
def test_the_least_help_for_given_loads_is_that_of_a_linear_program(seed):
    rng = np.random.default_rng([seed, 7])
    count, tolerance = int(rng.integers(2, 6)), float(rng.choice([0.05, 0.2, 0.6]))
    share, load = rng.dirichlet(np.ones(count) * 5), rng.dirichlet(np.ones(count))
    everybody = np.zeros(count, dtype=bool)
    found = help_for((Measure("workload", load, share, everybody, tolerance, load),), np.arange(count))
    expected = least_help_by_linear_program(share, load, tolerance)
    assert found is not None
    assert found.own == pytest.approx(expected, abs=1e-7)
    assert found.fair.sum() == pytest.approx(1)
    assert (load <= found.fair * (1 + tolerance) + 1e-9).all()
    assert (load >= found.fair * (1 - tolerance) - 1e-9).all()
    assert (found.fair >= share * found.own - 1e-9).all()


def test_a_rep_with_too_many_locked_customers_gets_hours_and_then_a_plan():
    scenario = locked(small_scenario(20, 2), dict.fromkeys(range(15), 0))
    remedy = hours_of(scenario)
    assert remedy.values["least"] <= remedy.values["hours"]
    assert remedy.values["reps"].startswith("R1 +")
    answer = drawn(with_told_shares(scenario, remedy.values))
    assert (answer.rep[:15] == 0).all()
    assert answer.tolerance["workload"] <= scenario.settings.territories.balance["workload"] + 1e-6


def test_two_reps_who_share_all_locked_customers_share_the_hours():
    locks = {**dict.fromkeys(range(25), 0), **dict.fromkeys(range(25, 50), 2)}
    scenario = locked(small_scenario(60, 5), locks)
    remedy = hours_of(scenario)
    assert re.findall(r"(\w+) \+", remedy.values["reps"]) == ["R1", "R3"]
    drawn(with_told_shares(scenario, remedy.values))


def test_hours_count_for_every_measure_where_locks_overload_a_rep_in_two():
    scenario = locked(small_scenario(20, 2), dict.fromkeys(range(15), 0))
    scenario = scenario.replace(territories={"balance": {"workload": 0.1, "customers": 0.1}})
    told = hours_of(scenario).values["reps"]
    (share,) = re.findall(r"R1 \+[\d.]+ \(share_workload, share_customers = ([\d.]+)\)$", told)
    column = np.array([float(share), np.nan])
    shares = {"workload": column, "customers": column}
    answer = drawn(scenario.replace(reps=dataclasses.replace(scenario.reps, shares=shares)))
    assert (answer.rep[:15] == 0).all()
    assert max(answer.tolerance.values()) <= 0.1 + 1e-6


def test_a_conflict_without_the_workload_is_not_resolved_by_hours():
    scenario = small_scenario(20, 2, territories={"together": (("C001", "C002"),)})
    assert hours_of(locked(scenario, {0: 0, 1: 1})) is None


def test_locks_too_many_to_try_one_by_one_get_hours_near_the_bound_and_then_a_plan():
    scenario = locked(small_scenario(3000, 8), dict.fromkeys(range(900), 0))
    remedy = hours_of(scenario)
    assert 0 < remedy.values["least"] <= remedy.values["hours"] <= 1.05 * remedy.values["least"]
    answer = drawn(with_told_shares(scenario, remedy.values))
    assert (answer.rep[:900] == 0).all()
    assert not [note for note in answer.notes if note.code == "assignment.tolerance_widened"]


def fewest_hours(scenario, tolerance):
    """Return the least hours of help a week over all divisions that keep the rules, infinite where none does."""
    calls = calls_of(scenario)
    team = len(scenario.reps) * field_days_per_week(scenario)
    travel = estimate_travel(scenario, calls).per_week(calls, team)
    minutes = float((calls.visits_per_week * calls.minutes + travel).sum())
    problem = build_problem(scenario, calls, customer_weights(scenario), travel)
    measure, held = problem.measures[0], {customer: rep for customer, _, rep in problem.oversized}
    by_customer = dataclasses.replace(measure, weight=measure.by_customer, tolerance=tolerance)
    least = np.inf
    for rep in divisions(scenario):
        if all(rep[c] == r for c, r in held.items()) and all(
            rule_holds(scenario, problem, rule.reason, rep) for rule in problem.rules
        ):
            found = help_for((by_customer,), rep)
            if found is not None and found.own >= LEAST_OWN:
                least = min(least, (1 - found.own) * float(measure.fair.sum()) * minutes / 60)
    return least


@pytest.mark.parametrize("seed", OVERLOADED)
def test_the_hours_told_are_the_least_of_all_divisions(seed):
    check_told_hours(seed)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", MORE_OVERLOADED)
def test_the_hours_told_are_the_least_of_all_divisions_of_many(seed):
    check_told_hours(seed)


def check_told_hours(seed):
    """Hold the told hours against all divisions, and make the plan that they promise."""
    scenario = overloaded(seed)
    with pytest.raises(PlanError) as caught:
        drawn(scenario)
    (tolerance,) = [reason.values["tolerance"] for reason in caught.value.conflict if "measure" in reason.values]
    (told,) = [reason.values for reason in caught.value.remedies if reason.code.startswith("assignment.remedy.hours")]
    fewest = fewest_hours(scenario, tolerance)
    assert told["least"] <= fewest + 1e-6
    assert told["hours"] == pytest.approx(fewest, rel=0.02, abs=0.1)
    drawn(with_told_shares(scenario.replace(territories={"balance": {"workload": tolerance}}), told))
