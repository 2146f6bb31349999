"""The smallest tolerance that whole customers allow."""

from __future__ import annotations

import dataclasses

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Ints
from territory.planning.assignment.border import no_border
from territory.planning.assignment.cuts import Bools, hanging, solve_connected
from territory.planning.assignment.exact import (
    add_balance,
    add_pairs_and_moves,
    chosen_owner,
    placement_variables,
)
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.solver import repeatable_solver

LOADS = 2**20
"""Loads are counted in millionths, because they are multiplied by tolerances."""
STEPS = 1000
ROUNDING = 1e-6
"""Room in a widened tolerance for loads rounded to integers."""
WIDEST = 1000
"""Tolerances are tried up to this many times the asked one."""


def bare(problem: Problem) -> Problem:
    """Return the problem of the customers alone: nobody locked, joined, kept apart or kept where they are."""
    customers, reps = len(problem.unit_of), len(problem.reps)
    share_holders = np.any([~m.exempt for m in problem.measures], axis=0)
    allowed = np.ones((customers, reps), dtype=bool) & (share_holders if share_holders.any() else True)
    placed = {customer: rep for customer, _, rep in problem.oversized}
    for customer, rep in placed.items():
        allowed[customer] = problem.reps == rep
    return dataclasses.replace(
        problem,
        unit_of=np.arange(customers),
        allowed=allowed,
        measures=tuple(dataclasses.replace(m, weight=m.by_customer) for m in problem.measures),
        moved=np.zeros((customers, reps), dtype=np.int64),
        moved_sales=np.zeros((customers, reps)),
        border=no_border(customers),
        contiguous=False,
        apart=np.zeros((0, 2), dtype=np.int64),
        rules=(),
    )


def smallest_tolerances(
    problem: Problem, names: tuple[str, ...], *, seed: int, work: float
) -> tuple[dict[str, float] | None, bool]:
    """Widen the tolerances of some measures, all by one factor, until a division exists; keep everything else.

    Parameters
    ----------
    problem : Problem
    names : tuple of str
        Measures that may be widened.
    seed : int
    work : float
        Deterministic time.

    Returns
    -------
    tolerances : dict or None
        Of those measures, as the found division needs them; None if none was found.
    proven : bool
        Whether no smaller factor exists.
    """
    if not problem.allowed.any(axis=1).all():
        return None, True
    model = cp_model.CpModel()
    chosen = placement_variables(model, problem.allowed)
    factor = model.new_int_var(STEPS, STEPS * WIDEST, "")
    for measure in problem.measures:
        if measure.name in names:
            _add_wide_balance(model, chosen, measure, factor)
        else:
            add_balance(model, chosen, measure)
    add_pairs_and_moves(model, chosen, problem)
    model.minimize(factor)
    solver = repeatable_solver(seed, work)
    status = solve_connected(solver, model, chosen, hanging(problem))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, status == cp_model.INFEASIBLE
    owner = chosen_owner(solver, chosen, problem.units)
    return needed_tolerances(problem, names, owner), status == cp_model.OPTIMAL


def needed_tolerances(problem: Problem, names: tuple[str, ...], owner: Ints) -> dict[str, float]:
    """Return the tolerance each measure needs for a division to count as balanced, never less than asked."""
    return {m.name: max(m.tolerance, m.deviation(owner) + ROUNDING) for m in problem.measures if m.name in names}


def _add_wide_balance(model: cp_model.CpModel, chosen: Bools, measure: Measure, factor: cp_model.IntVar) -> None:
    load = np.rint(measure.weight * LOADS).astype(np.int64)
    for column in np.flatnonzero(~measure.exempt).tolist():
        units = [unit for unit, other in chosen if other == column and load[unit]]
        loads = load[units].tolist() if units else []
        total = cp_model.LinearExpr.weighted_sum([chosen[unit, column] for unit in units], loads)
        fair = round(float(measure.fair[column]) * LOADS)
        width = round(float(measure.fair[column]) * measure.tolerance * LOADS)
        model.add(STEPS * total - width * factor <= STEPS * fair)
        model.add(STEPS * total + width * factor >= STEPS * fair)
