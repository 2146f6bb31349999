"""Small problems to proven optimality with CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.cuts import Bools, hanging, solve_connected
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.solver import repeatable_solver, scale_costs

Matrix = NDArray[np.float64]

EXACT_SIZE = 20_000
"""Units x reps up to which CP-SAT has the last word."""
TINY_SIZE = 500
GAP = 1e-4
LOAD_LIMIT = 2**28
"""Sum of the scaled loads: from 2**33 on, CP-SAT 9.15 was seen to call solvable problems infeasible."""
MOST_PARTS = 12
SALES_PARTS = 2**40
"""Moved sales are counted in parts of all sales, rounded down, so that no division within the cap is lost."""


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
    first = _solve(problem, cost, hint, seed=seed, work=work, inward=False)
    if first.owner is None or problem.holds(first.owner):
        return first
    # Rounded loads let a limit slip by a hair: the bound stands, the division is looked for inside the limits.
    second = _solve(problem, cost, hint, seed=seed, work=work, inward=True)
    return Exact(second.owner, first.bound, infeasible=False)


def _solve(problem: Problem, cost: Matrix, hint: Ints | None, *, seed: int, work: float, inward: bool) -> Exact:
    model = cp_model.CpModel()
    chosen = placement_variables(model, problem.allowed)
    for measure in problem.measures:
        add_balance(model, chosen, measure, inward=inward)
    add_pairs_and_moves(model, chosen, problem)
    whole, factor = scale_costs(np.where(problem.allowed, cost, 0.0))
    model.minimize(_dot(chosen, whole))
    if hint is not None:
        for (unit, column), variable in chosen.items():
            model.add_hint(variable, int(hint[unit] == column))
    solver = repeatable_solver(seed, work, gap=0.0 if cost.size <= TINY_SIZE else GAP)
    status = solve_connected(solver, model, chosen, hanging(problem))
    if status == cp_model.INFEASIBLE:
        return Exact(None, np.inf, infeasible=True)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Exact(None, -np.inf, infeasible=False)
    rounding = 0.5 * problem.units / factor
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
    if problem.moved_sales_cap < 1:
        whole = np.floor(problem.moved_sales * SALES_PARTS).astype(np.int64)
        model.add(_dot(chosen, whole) <= sales_limit(problem.moved_sales_cap))


def sales_limit(share: float) -> int:
    """Return a share of the sales in whole parts."""
    return int(np.floor(share * SALES_PARTS * (1 + 1e-12)))


def add_balance(
    model: cp_model.CpModel,
    chosen: Bools,
    measure: Measure,
    *,
    limit: int = LOAD_LIMIT,
    inward: bool = False,
    only_if: cp_model.IntVar | None = None,
) -> None:
    """Keep the load of every rep within the tolerance of one measure.

    Loads are rounded down against the largest and up against the least, so that no division within the tolerance is
    lost and a refutation is a proof; or the other way (`inward`), so that every division found is within.
    """
    down, up, factor = whole_loads(measure.weight, limit)
    if inward:
        down, up = up, down
    for column in np.flatnonzero(~measure.exempt).tolist():
        units = [unit for unit, other in chosen if other == column and (up[unit] or down[unit])]
        variables = [chosen[unit, column] for unit in units]
        most = max(0, int(np.floor(measure.upper[column] * factor + 1e-6)))
        least = int(np.ceil(measure.lower[column] * factor - 1e-6))
        for loads, low, high in ((down, 0, most), (up, least, int(up.sum() + down.sum()))):
            total = cp_model.LinearExpr.weighted_sum(variables, loads[units].tolist() if units else [])
            constraint = model.add_linear_constraint(total, low, high)
            if only_if is not None:
                constraint.only_enforce_if(only_if)


def whole_loads(weight: Floats, limit: int) -> tuple[Ints, Ints, float]:
    """Return loads rounded down and up to integers, and the factor they were multiplied by.

    Where all loads are small multiples of one number (customers counted, visits of few lengths) they become exact.
    """
    positive = weight[weight > 0]
    lightest = float(positive.min()) if len(positive) else 1.0
    for parts in range(1, MOST_PARTS + 1):
        ratio = weight / lightest * parts
        whole = np.rint(ratio)
        if ratio.sum() < limit and bool(np.all(np.abs(ratio - whole) < 1e-9 * np.maximum(ratio, 1))):
            return whole.astype(np.int64), whole.astype(np.int64), parts / lightest
    scaled = weight * limit
    return np.floor(scaled).astype(np.int64), np.ceil(scaled).astype(np.int64), float(limit)


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
