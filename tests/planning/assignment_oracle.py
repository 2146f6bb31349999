"""Divisions by trying all of them, and random small problems to try it on."""

import dataclasses
import itertools

import numpy as np

from territory.domain.customers import NONE
from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.assignment.cost import price, start_centres
from territory.planning.assignment.problem import build_problem
from territory.planning.targets import customer_weights
from territory.planning.travel_estimate import estimate_travel
from tests.factories import small_scenario

QUICK = EFFORTS["quick"]


def changed(scenario, **columns):
    """Return the scenario with columns of its customers changed."""
    return scenario.replace(customers=dataclasses.replace(scenario.customers, **columns))


def locked(scenario, locks):
    """Return the scenario with customers locked, by index, to reps."""
    locked_rep = scenario.customers.locked_rep.copy()
    for customer, rep in locks.items():
        locked_rep[customer] = rep
    return changed(scenario, locked_rep=locked_rep)


def calls_of(scenario):
    return call_plan(scenario, scenario.customers.given_tier)


def random_scenario(seed, *, tolerance):
    """Return up to seven customers and three reps under random rules of every kind."""
    rng = np.random.default_rng([seed, 99])
    customers, reps = int(rng.integers(3, 8)), int(rng.integers(2, 4))
    names = [f"C{i + 1:03d}" for i in range(customers)]

    def some(count):
        return tuple(str(name) for name in rng.choice(names, count, replace=False))

    territories = {
        "balance": {str(rng.choice(["customers", "workload", "potential"])): tolerance},
        "together": (some(2),) if rng.random() < 0.3 else (),
        "apart": tuple(some(2) for _ in range(int(rng.integers(0, 3)))),
        "max_moved_share": float(rng.choice([1.0, 1.0, 0.5])),
    }
    scenario = small_scenario(customers, reps, seed=seed, territories=territories)
    locks = {int(c): int(rng.integers(reps)) for c in range(customers) if rng.random() < 0.25}
    scenario = locked(scenario, locks)
    scenario = changed(scenario, current_rep=rng.integers(-1, reps, customers))
    if rng.random() < 0.3:
        lines = tuple(frozenset({"paint"}) if rng.random() < 0.5 else frozenset() for _ in range(reps))
        scenario = scenario.replace(reps=dataclasses.replace(scenario.reps, product_lines=lines))
    return scenario


def priced(scenario):
    """Return the problem of a scenario and its costs with centres at the start places."""
    calls = calls_of(scenario)
    per_week = estimate_travel(scenario, calls).per_week(calls, 5.0 * len(scenario.reps))
    problem = build_problem(scenario, calls, customer_weights(scenario), per_week)
    pricing = price(scenario, calls, problem, {}, float(len(scenario.reps)))
    return problem, pricing.cost(start_centres(scenario, problem))


def rule_holds(scenario, problem, reason, rep):  # noqa: PLR0911 - one line for each kind of rule
    """Check one named rule on a division of the customers, from the scenario alone but for the fair shares."""
    who, reps, values = scenario.customers, scenario.reps, reason.values
    at = {name: number for number, name in enumerate(who.customer_id)}
    rep_at = {name: number for number, name in enumerate(reps.rep_id)}
    kind = reason.code.removeprefix("assignment.rule.")
    if kind == "lock":
        return rep[at[values["customer"]]] == rep_at[values["rep"]]
    if kind == "product_line":
        return all(
            not reps.product_lines[rep[c]] or values["line"] in reps.product_lines[rep[c]]
            for c in np.flatnonzero(who.product_line == values["line"])
        )
    if kind == "home_city":
        return all(reps.is_manager[rep[c]] for c in np.flatnonzero(who.city == values["city"]))
    if kind == "together":
        return len({rep[at[name]] for name in values["customers"].split(";")}) == 1
    if kind == "apart":
        return rep[at[values["first"]]] != rep[at[values["second"]]]
    if kind == "moved_share":
        return ((who.current_rep != NONE) & (who.current_rep != rep)).sum() <= values["most"]
    assert kind == "balance", kind
    measure = next(m for m in problem.measures if m.name == values["measure"])
    load = np.bincount(rep, measure.by_customer, len(reps))
    bounded = ~measure.exempt
    return bool((np.abs(load - measure.fair)[bounded] <= measure.fair[bounded] * values["tolerance"] + 1e-9).all())


def divisions(scenario):
    """Yield every division of the customers."""
    for rep in itertools.product(range(len(scenario.reps)), repeat=len(scenario.customers)):
        yield np.array(rep)


def best_cost(scenario, problem, cost, reasons):
    """Return the cheapest cost over all divisions under the named rules, or None."""
    first = np.unique(problem.unit_of, return_index=True)[1]
    best = None
    for rep in divisions(scenario):
        if all(rule_holds(scenario, problem, reason, rep) for reason in reasons):
            value = cost[np.arange(problem.units), rep[first]].sum()
            best = value if best is None else min(best, value)
    return best


def satisfiable(scenario, problem, reasons):
    """Return whether any division keeps the named rules; facts such as an oversized customer's rep hold as well."""
    held = {customer: rep for customer, _, rep in problem.oversized}
    return any(
        all(rep[c] == r for c, r in held.items())
        and all(rule_holds(scenario, problem, reason, rep) for reason in reasons)
        for rep in divisions(scenario)
    )
