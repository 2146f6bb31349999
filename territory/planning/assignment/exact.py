"""Small problems to proven optimality with CP-SAT."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from territory.domain.customers import Ints
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.solver import WHOLE_LIMIT, repeatable_solver, scale_costs

Matrix = NDArray[np.float64]
Bools = dict[tuple[int, int], cp_model.IntVar]

EXACT_SIZE = 20_000
"""Units x reps up to which CP-SAT has the last word."""
TINY_SIZE = 500
GAP = 1e-4


@dataclass(frozen=True)
class Exact:
    """What CP-SAT found: a division or none, a proven bound, and whether there is provably none."""

    owner: Ints | None
    bound: float
    infeasible: bool


def solve_exact(problem: Problem, cost: Matrix, hint: Ints | None, *, seed: int, work: float) -> Exact:
    """Find the cheapest division that keeps all limits.

    Parameters
    ----------
    problem : Problem
    cost : array of float, shape (units, reps)
        Km a week.
    hint : array of int, shape (units,), optional
        A good division to start from.
    seed : int
    work : float
        Deterministic time.
    """
    model = cp_model.CpModel()
    chosen = placement_variables(model, problem.allowed)
    for measure in problem.measures:
        add_balance(model, chosen, measure)
    add_pairs_and_moves(model, chosen, problem)
    whole, factor = scale_costs(np.where(problem.allowed, cost, 0.0))
    model.minimize(_dot(chosen, whole))
    if hint is not None:
        for (unit, column), variable in chosen.items():
            model.add_hint(variable, int(hint[unit] == column))
    solver = repeatable_solver(seed, work, gap=0.0 if cost.size <= TINY_SIZE else GAP)
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Exact(None, np.inf, infeasible=True)
    rounding = 0.5 * problem.units / factor
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Exact(None, -np.inf, infeasible=False)
    bound = solver.best_objective_bound / factor - rounding
    return Exact(chosen_owner(solver, chosen, problem.units), bound, infeasible=False)


def placement_variables(model: cp_model.CpModel, allowed: NDArray[np.bool_]) -> Bools:
    """Add one choice per unit among its allowed reps."""
    chosen: Bools = {}
    for unit, row in enumerate(allowed):
        columns = np.flatnonzero(row).tolist()
        for column in columns:
            chosen[unit, column] = model.new_bool_var("")
        model.add_exactly_one(chosen[unit, column] for column in columns)
    return chosen


def add_pairs_and_moves(model: cp_model.CpModel, chosen: Bools, problem: Problem) -> None:
    """Add the pairs kept apart and the cap on customers who change hands."""
    for first, second in problem.apart.tolist():
        for column in range(len(problem.reps)):
            if (first, column) in chosen and (second, column) in chosen:
                model.add_at_most_one(chosen[first, column], chosen[second, column])
                if first == second:
                    model.add(chosen[first, column] == 0)
    if problem.moved.sum() > problem.moved_cap:
        model.add(_dot(chosen, problem.moved) <= problem.moved_cap)


def add_balance(model: cp_model.CpModel, chosen: Bools, measure: Measure) -> None:
    """Keep the load of every rep within the tolerance of one measure."""
    load, least, most = whole_limits(measure, WHOLE_LIMIT, outward=False)
    for column, total in column_sums(chosen, measure, load):
        model.add_linear_constraint(total, int(least[column]), int(max(most[column], least[column])))


def column_sums(chosen: Bools, measure: Measure, load: Ints) -> Iterator[tuple[int, cp_model.LinearExpr]]:
    """Yield the load of every rep that has a limit."""
    terms: dict[int, list[int]] = {}
    for unit, column in chosen:
        if load[unit]:
            terms.setdefault(column, []).append(unit)
    for column in np.flatnonzero(~measure.exempt).tolist():
        units = terms.get(column, [])
        weights = load[units].tolist() if units else []
        yield column, cp_model.LinearExpr.weighted_sum([chosen[unit, column] for unit in units], weights)


def whole_limits(measure: Measure, limit: int, *, outward: bool) -> tuple[Ints, Ints, Ints]:
    """Return loads, least and largest sums as integers.

    Loads are multiples of the lightest where that makes them whole (customers counted, say); otherwise they are
    rounded, and the limits moved by what rounding could hide: inward, so that whoever keeps them keeps the exact
    limits, or outward, so that a refutation of them refutes the exact limits.
    """
    positive = measure.weight[measure.weight > 0]
    unit = float(positive.min()) if len(positive) else 1.0
    ratio = measure.weight / unit
    exact = bool(np.all(np.abs(ratio - np.rint(ratio)) < 1e-6)) and ratio.sum() < limit
    factor = 1 / unit if exact else float(limit)
    load = np.rint(measure.weight * factor).astype(np.int64)
    hidden = 1e-6 if exact else float(np.abs(load - measure.weight * factor).sum())
    inward = -hidden if exact or outward else hidden
    upper = np.where(measure.exempt, 1.0, measure.upper)
    least = np.where(measure.lower > 0, np.ceil(measure.lower * factor + inward), 0.0)
    most = np.where(measure.fair > 0, np.floor(upper * factor - inward), 0.0)
    return load, least.astype(np.int64), most.astype(np.int64)


def chosen_owner(solver: cp_model.CpSolver, chosen: Bools, units: int) -> Ints:
    """Return the column chosen for each unit."""
    owner = np.zeros(units, dtype=np.int64)
    for (unit, column), variable in chosen.items():
        if solver.boolean_value(variable):
            owner[unit] = column
    return owner


def _dot(chosen: Bools, table: NDArray[np.int64]) -> cp_model.LinearExpr:
    keys = [key for key in chosen if table[key]]
    return cp_model.LinearExpr.weighted_sum([chosen[key] for key in keys], [int(table[key]) for key in keys])
