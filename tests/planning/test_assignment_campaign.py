"""Random small problems under rules of every kind, against all divisions there are."""

import itertools

import networkx as nx
import numpy as np
import pytest

from territory.domain.customers import NONE
from territory.errors import PlanError
from territory.planning.assignment import assign_territories
from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.conflict import balance_rules
from territory.planning.assignment.exact import solve_exact
from territory.planning.targets import customer_weights
from tests.planning.assignment_oracle import QUICK, calls_of, priced, random_scenario, rule_holds


def rich_scenario(seed, *, tolerance):
    """Return a random small scenario with a second measure, a cap on moved sales and, half the time, neighbours."""
    rng = np.random.default_rng([seed, 7])
    scenario = random_scenario(seed, tolerance=tolerance)
    balance = dict(scenario.settings.territories.balance)
    balance[str(rng.choice(["annual_sales", "customers"]))] = 1.3 * tolerance
    contiguous = bool(rng.random() < 0.5)
    rules = {
        "balance": balance,
        "max_moved_sales_share": float(rng.choice([1.0, 0.6, 0.3])),
        "contiguous": contiguous,
    }
    count = len(scenario.customers)
    tree = [(int(rng.integers(child)), child) for child in range(1, count)]
    more = [tuple(sorted(rng.choice(count, 2, replace=False).tolist())) for _ in range(int(rng.integers(3)))]
    pairs = np.array(sorted({*tree, *more}), dtype=np.int64)
    return scenario.replace(territories=rules, adjacency=pairs)


class Oracle:
    """All divisions of a small scenario, and which of them keep each rule."""

    def __init__(self, scenario, problem):
        self.scenario, self.problem = scenario, problem
        reps, customers = len(scenario.reps), len(scenario.customers)
        self.divisions = np.array(list(itertools.product(range(reps), repeat=customers)))
        self.fits = np.ones(len(self.divisions), dtype=bool)
        for customer, _, rep in problem.oversized:
            self.fits &= self.divisions[:, customer] == rep
        self.kept = {}

    def keeps(self, reason):
        key = str(reason)
        if key not in self.kept:
            self.kept[key] = np.array([self.holds(reason, rep) for rep in self.divisions])
        return self.kept[key]

    def holds(self, reason, rep):
        who = self.scenario.customers
        if reason.code == "assignment.rule.moved_sales":
            owned = who.current_rep != NONE
            moved = who.annual_sales_cents[owned & (who.current_rep != rep)].sum()
            return moved <= reason.values["share"] * who.annual_sales_cents[owned].sum() * (1 + 1e-9)
        if reason.code == "assignment.rule.contiguous":
            return self.connected(rep)
        return rule_holds(self.scenario, self.problem, reason, rep)

    def connected(self, rep):
        """At most one part of a territory without a customer that only one rep may have."""
        graph = nx.Graph()
        graph.add_nodes_from(range(len(rep)))
        pairs = [(a, b) for a, b in self.scenario.adjacency.tolist() if rep[a] == rep[b]]
        unit = self.problem.unit_of
        groups = itertools.combinations(range(len(rep)), 2)
        graph.add_edges_from([*pairs, *((a, b) for a, b in groups if unit[a] == unit[b] and rep[a] == rep[b])])
        only = np.where(self.problem.allowed.sum(axis=1) == 1, self.problem.allowed.argmax(axis=1), NONE)
        bound = only[unit] == rep  # everybody works this year, so that columns are reps
        loose = [rep[min(part)] for part in nx.connected_components(graph) if not bound[list(part)].any()]
        return len(loose) == len(set(loose))

    def satisfiable(self, reasons):
        return bool(np.logical_and.reduce([self.fits, *(self.keeps(reason) for reason in reasons)]).any())

    def best(self, cost, reasons):
        good = np.logical_and.reduce([self.fits, *(self.keeps(reason) for reason in reasons)])
        first = np.unique(self.problem.unit_of, return_index=True)[1]
        value = cost[np.arange(self.problem.units), self.divisions[:, first]].sum(axis=1)
        return float(value[good].min()) if good.any() else None


def infeasible_scenarios(count, first):
    found = 0
    for seed in itertools.count(first):
        scenario = rich_scenario(seed, tolerance=0.35)
        problem, _ = priced(scenario)
        try:
            assign_territories(scenario, calls_of(scenario), customer_weights(scenario), seed=1, effort=QUICK)
        except PlanError as error:
            found += 1
            yield seed, scenario, problem, error
            if found == count:
                return


def check_conflicts(count, first=0):
    codes = set()
    for seed, scenario, problem, error in infeasible_scenarios(count, first):
        conflict = list(error.conflict)
        widened = {r.values["measure"]: r.values["tolerance"] for r in conflict if "measure" in r.values}
        oracle = Oracle(scenario, problem.with_tolerances(widened))
        assert not oracle.satisfiable(conflict), seed
        for reason in conflict:
            rest = [other for other in conflict if other is not reason]
            assert oracle.satisfiable(rest), (seed, str(reason))
        codes |= {reason.code for reason in conflict}
    return codes


def gaps_and_wrong(seeds):
    """Return gaps of the search to the best of all divisions, and how many answers break a rule."""
    gaps, wrong = [], 0
    for seed in seeds:
        scenario = rich_scenario(seed, tolerance=0.6)
        problem, cost = priced(scenario)
        if not problem.allowed.any(axis=1).all():
            continue
        reasons = [rule.reason for rule in [*problem.rules, *balance_rules(problem)]]
        best = Oracle(scenario, problem).best(cost, reasons)
        exact = solve_exact(problem, cost, None, seed=1, work=5.0)
        found = anneal(problem, cost, np.zeros(problem.units, dtype=np.int64), steps=20_000, seed=seed)
        if best is None:
            wrong += int(exact.owner is not None or found.holds)
            continue
        wrong += int(exact.owner is None or not problem.holds(exact.owner))
        reached = cost[np.arange(problem.units), exact.owner].sum()
        wrong += int(exact.bound > best + 1e-6 or (found.holds and found.cost < best - 1e-5))
        gaps.append(float(reached - best) / max(abs(best), 1e-9))
    return np.array(gaps), wrong


def test_rules_of_every_kind_are_named_in_conflicts_that_are_smallest():
    check_conflicts(12)


def test_exact_answers_under_rules_of_every_kind_are_the_best_of_all_divisions():
    gaps, wrong = gaps_and_wrong(range(1000, 1030))
    assert wrong == 0
    assert len(gaps) > 10
    assert gaps.max() <= 1e-6


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(8))
def test_two_hundred_conflicts_are_smallest(part):
    codes = check_conflicts(25, 10_000 * part)
    assert "assignment.rule.balance" in codes


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(5))
def test_three_hundred_small_problems_are_solved_to_the_best_of_all_divisions(part):
    gaps, wrong = gaps_and_wrong(range(2000 + 110 * part, 2110 + 110 * part))
    assert wrong == 0
    assert len(gaps) >= 45
    assert np.median(gaps) <= 1e-9
    assert np.quantile(gaps, 0.95) <= 0.01
