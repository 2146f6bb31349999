"""Small problems against every division there is."""

import numpy as np
import pytest

from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.conflict import balance_rules
from territory.planning.assignment.exact import solve_exact
from territory.planning.assignment.flow import flow_start
from territory.planning.assignment.prices import price_bound
from tests.factories import small_scenario
from tests.planning.assignment_oracle import best_cost, priced, random_scenario


def all_reasons(problem):
    return [rule.reason for rule in [*problem.rules, *balance_rules(problem)]]


def plain_problem(seed):
    """Return a random problem in which every customer has a place and none is larger than a territory."""
    while True:
        scenario = random_scenario(seed, tolerance=0.6)
        problem, cost = priced(scenario)
        if problem.allowed.any(axis=1).all() and not problem.oversized:
            return scenario, problem, cost
        seed += 1000


@pytest.mark.parametrize("seed", range(40))
def test_the_exact_answer_is_the_best_of_all_divisions(seed):
    scenario, problem, cost = plain_problem(seed)
    best = best_cost(scenario, problem, cost, all_reasons(problem))
    exact = solve_exact(problem, cost, None, seed=1, work=5.0)
    if best is None:
        assert exact.infeasible
        return
    assert exact.owner is not None
    assert problem.holds(exact.owner)
    assert cost[np.arange(problem.units), exact.owner].sum() == pytest.approx(best, abs=1e-5)
    assert exact.bound <= best + 1e-6
    bound, _ = price_bound(problem, cost)
    assert bound <= best + 1e-6


def test_the_search_finds_nearly_all_of_the_best_and_never_claims_more():
    reached = []
    for seed in range(100, 160):
        scenario = random_scenario(seed, tolerance=0.6)
        problem, cost = priced(scenario)
        if not problem.allowed.any(axis=1).all():
            continue
        exact = solve_exact(problem, cost, None, seed=1, work=5.0)
        found = anneal(problem, cost, np.zeros(problem.units, dtype=np.int64), steps=20_000, seed=seed)
        if exact.owner is None:
            assert not found.holds
            continue
        best = cost[np.arange(problem.units), exact.owner].sum()
        reached.append(found.holds and found.cost <= best + 1e-5)
        assert not found.holds or found.cost >= best - 1e-5
    assert len(reached) > 20
    assert np.mean(reached) >= 0.9


def test_bound_flow_and_search_agree_on_a_larger_map():
    scenario = small_scenario(600, 10, territories={"balance": {"workload": 0.05, "potential": 0.2}})
    problem, cost = priced(scenario)
    bound, prices = price_bound(problem, cost)
    start = flow_start(problem, cost, prices)
    assert problem.measures[0].deviation(start) < 0.3, "the flow splits few customers"
    found = anneal(problem, cost, start, steps=300_000, seed=3)
    assert found.holds
    assert bound <= found.cost <= bound * 1.02
