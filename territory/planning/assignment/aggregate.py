"""Conflicts of large problems: locks, lines and home city against balance, customers joined to classes.

Customers under the same rules form one class whose load may be split at will. If even that has no solution, whole
customers have none, whatever the number of customers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from territory.domain.customers import Floats, Ints
from territory.domain.scenario import Scenario
from territory.errors import Reason
from territory.planning.assignment.conflict import balance_rules
from territory.planning.assignment.hours import Help
from territory.planning.assignment.problem import Measure, Problem, sum_by_code
from territory.planning.assignment.rules import Mask, Placement
from territory.planning.assignment.switched import Named

Row = Any


@dataclass(frozen=True)
class _Classes:
    """Loads of the classes of one measure, and which rules each class is under."""

    load: Floats
    under: Mask
    allowed: tuple[Mask, ...]


def least_tolerance(problem: Problem, measure: Measure) -> float | None:
    """Return the tolerance of one measure below which no division exists, or None where no tolerance would do.

    Customers who may go to the same reps are joined to classes whose load may be split at will, so whole customers may
    need a little more.
    """
    solver, loads = _transport(problem, measure)
    tolerance = solver.NumVar(measure.tolerance, solver.infinity(), "")
    for column in np.flatnonzero(~measure.exempt).tolist():
        fair = float(measure.fair[column])
        over, under = loads[column]
        over.SetUb(fair)
        over.SetCoefficient(tolerance, -fair)
        under.SetLb(fair)
        under.SetCoefficient(tolerance, fair)
    solver.Minimize(tolerance)
    return float(tolerance.solution_value()) if solver.Solve() == pywraplp.Solver.OPTIMAL else None


def least_help(problem: Problem, measure: Measure, tolerance: float) -> Help | None:
    """Return the least help without which no division exists, for classes that may be split at will."""
    solver, loads = _transport(problem, measure)
    inside = np.flatnonzero(~measure.exempt & (measure.fair > 0)).tolist()
    own = solver.NumVar(0.0, 1.0, "")
    whole = float(measure.fair[inside].sum())
    total = solver.Constraint(whole, whole)
    fair = {}
    for column in inside:
        fair[column] = solver.NumVar(0.0, whole, "")
        total.SetCoefficient(fair[column], 1.0)
        owed = solver.Constraint(0.0, solver.infinity())
        owed.SetCoefficient(fair[column], 1.0)
        owed.SetCoefficient(own, -float(measure.fair[column]))
        over, under = loads[column]
        over.SetUb(0.0)
        over.SetCoefficient(fair[column], -(1 + tolerance))
        under.SetLb(0.0)
        under.SetCoefficient(fair[column], -(1 - tolerance))
    solver.Maximize(own)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return None
    shares = measure.fair.copy()
    shares[inside] = [fair[column].solution_value() for column in inside]
    return Help(shares, float(own.solution_value()))


def _transport(problem: Problem, measure: Measure) -> tuple[pywraplp.Solver, list[tuple[Row, Row]]]:
    """Send the load of each class to its reps; return two open rows of the load of every rep."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinite = solver.infinity()
    classes, class_of = np.unique(problem.allowed, axis=0, return_inverse=True)
    total = sum_by_code(class_of.ravel(), measure.weight, len(classes))
    loads = [(solver.Constraint(-infinite, infinite), solver.Constraint(-infinite, infinite)) for _ in problem.reps]
    for allowed, load in zip(classes, total.tolist(), strict=True):
        whole = solver.Constraint(load, load)
        for column in np.flatnonzero(allowed).tolist():
            part = solver.NumVar(0.0, infinite, "")
            for row in (whole, *loads[column]):
                row.SetCoefficient(part, 1.0)
    return solver, loads


def explain_aggregate(scenario: Scenario, problem: Problem, *, join_locks: bool) -> list[Named] | None:
    """Return a smallest conflicting set of rules of placement with one measure, or None if the classes fit.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    join_locks : bool
        Treat all locks to one rep as one rule, where there are too many to name.
    """
    rules = _placements(scenario, problem, join_locks=join_locks)
    weight = np.max([m.by_customer for m in problem.measures], axis=0) if problem.measures else np.zeros(0)
    light_first = sorted(range(len(rules)), key=lambda number: (float(weight[rules[number].members].sum()), number))
    code = np.zeros((len(problem.unit_of), len(rules)), dtype=bool)
    for number, rule in enumerate(rules):
        code[rule.members, number] = True
    under, class_of = np.unique(code, axis=0, return_inverse=True)
    columns = tuple(rule.reps[problem.reps] for rule in rules)
    for balance in balance_rules(problem):
        load = sum_by_code(class_of.ravel(), balance.measure.by_customer, len(under))
        classes = _Classes(load, under, columns)
        core = _core(classes, balance.measure, light_first)
        if core is not None:
            return [*(rules[number] for number in sorted(core)), balance]
    return None


def _placements(scenario: Scenario, problem: Problem, *, join_locks: bool) -> list[Placement]:
    """Return the rules of placement among the reps who work."""
    rules, locks = [], dict[int, list[int]]()
    for rule in problem.rules:
        if not isinstance(rule, Placement) or rule.reason.code == "assignment.rule.not_hired":
            continue
        if join_locks and rule.reason.code == "assignment.rule.lock":
            locks.setdefault(int(np.flatnonzero(rule.reps)[0]), []).append(int(rule.members[0]))
        else:
            rules.append(rule)
    for rep, members in sorted(locks.items()):
        owner = np.arange(len(scenario.reps)) == rep
        values = {"rep": scenario.reps.rep_id[rep], "customers": len(members)}
        rules.append(Placement(Reason("assignment.rule.locks", values, "R-A7"), _ints(members), owner))
    return rules


def _core(classes: _Classes, measure: Measure, rules: list[int]) -> list[int] | None:
    """Drop rules one by one as long as no solution appears; a last solve confirms what is left."""
    if _fits(classes, measure, rules):
        return None
    core = list(rules)
    for rule in rules:
        fewer = [other for other in core if other != rule]
        if not _fits(classes, measure, fewer):
            core = fewer
    return None if _fits(classes, measure, core) else core


def _fits(classes: _Classes, measure: Measure, rules: list[int]) -> bool:
    solver = pywraplp.Solver.CreateSolver("GLOP")
    reps = len(measure.fair)
    lower, upper = measure.lower, np.where(measure.exempt, solver.infinity(), measure.upper)
    loads = [solver.Constraint(float(lower[r]) - 1e-9, float(upper[r]) + 1e-9) for r in range(reps)]
    for number, load in enumerate(classes.load.tolist()):
        allowed = np.ones(reps, dtype=bool)
        for rule in rules:
            if classes.under[number, rule]:
                allowed &= classes.allowed[rule]
        whole = solver.Constraint(load, load)
        for rep in np.flatnonzero(allowed).tolist():
            part = solver.NumVar(0.0, solver.infinity(), "")
            whole.SetCoefficient(part, 1.0)
            loads[rep].SetCoefficient(part, 1.0)
    return bool(solver.Solve() == pywraplp.Solver.OPTIMAL)


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)
