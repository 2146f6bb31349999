"""The least hours of help with which a division exists, and whom they go to.

A rep with help counts for a larger part of the team. With shares ``s`` of the team (they add up to 1), and so much help
that the team does the part ``z`` of the work itself, the fair shares ``f`` add up to 1 and none is below ``z * s``; the
help of a rep is ``f - z * s`` of the work. Loads are balanced around ``f``: all of this is linear, and the least help
is the largest ``z``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Floats, Ints
from territory.domain.scenario import Scenario
from territory.errors import Reason
from territory.planning.assignment.cuts import Bools, hanging, solve_connected
from territory.planning.assignment.exact import add_balance, add_pairs_and_moves, chosen_owner, placement_variables
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.assignment.shares import rep_shares
from territory.planning.solver import repeatable_solver

MEASURE = "workload"
LOADS = 2**18
"""Loads are counted in parts of so many, because they are multiplied by tolerances and parts of the team."""
STEPS = 1000
PARTS = 2**12
LEAST_OWN = 0.2
"""Help is told while the team does at least this part of the work itself."""
SHARE_DIGITS = 3
MARGINS = (0.0, 0.002, 0.01)
"""Parts of the tolerance given up so that shares rounded as they are told keep it."""


@dataclass(frozen=True)
class Relaxing:
    """What a change of the scenario is tried with.

    Attributes
    ----------
    build : callable
        From a changed scenario to its problem.
    minutes : float
        Work of all customers, a week.
    """

    build: Callable[[Scenario], Problem]
    minutes: float


@dataclass(frozen=True)
class Help:
    """Fair shares of the work with help, and the part of it that the team does itself.

    Attributes
    ----------
    fair : array of float, shape (reps,)
        As in `Measure`.
    own : float
    """

    fair: Floats
    own: float


def workload_of(problem: Problem) -> Measure | None:
    """Return the balanced workload, or None where it is not balanced or nobody has a share."""
    found = next((m for m in problem.measures if m.name == MEASURE), None)
    return found if found is not None and found.fair[~found.exempt].sum() > 0 else None


def least_hours(
    scenario: Scenario, problem: Problem, relaxing: Relaxing, *, seed: int, work: float
) -> tuple[Reason, ...]:
    """Return the remedy that adds the least hours, everything else kept, or nothing where none was found.

    The shares it tells were put into the scenario and the division found under them checked.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    relaxing : Relaxing
    seed : int
    work : float
        Deterministic time.
    """
    measure = workload_of(problem)
    if measure is None or not problem.allowed.any(axis=1).all():
        return ()
    owner, most_own = _largest_own_part(problem, measure, seed=seed, work=work)
    if owner is None:
        return ()
    load = np.bincount(owner, measure.weight, len(measure.fair)).astype(np.float64)
    for margin in MARGINS:
        help_ = help_for(measure, load, measure.tolerance * (1 - margin))
        if help_ is None or help_.own < LEAST_OWN:
            return ()
        if relaxing.build(with_help(scenario, problem, help_)).holds(owner):
            return (hours_reason(scenario, problem, help_, most_own, relaxing.minutes),)
    return ()


def help_for(measure: Measure, load: Floats, tolerance: float) -> Help | None:
    """Return the least help under which given loads are balanced; None where no help does it.

    Parameters
    ----------
    measure : Measure
    load : array of float, shape (reps,)
        Parts of the whole measure.
    tolerance : float
    """
    inside = ~measure.exempt & (measure.fair > 0)
    whole = float(measure.fair[inside].sum())
    share, part = measure.fair[inside] / whole, load[inside] / whole
    low = part / (1 + tolerance)
    high = np.minimum(part / (1 - tolerance), 1.0) if tolerance < 1 else np.ones(len(part))
    most = min(1.0, float((high / share).min()))
    if np.maximum(low, share * most).sum() > 1:
        begin, end = 0.0, most
        for _ in range(60):
            middle = (begin + end) / 2
            begin, end = (middle, end) if np.maximum(low, share * middle).sum() <= 1 else (begin, middle)
        most = begin
    if most <= 0 or low.sum() > 1 or high.sum() < 1:
        return None
    base = np.maximum(low, share * most)
    # What is left goes to those who need help anyway, the most overloaded first.
    left, fair = 1 - base.sum(), base.copy()
    for rep in np.lexsort((np.arange(len(base)), -part / share)).tolist():
        more = min(left, float(high[rep] - base[rep]))
        fair[rep] += more
        left -= more
    out = measure.fair.copy()
    out[inside] = fair * whole
    return Help(out, most)


def with_help(scenario: Scenario, problem: Problem, help_: Help) -> Scenario:
    """Return the scenario with the shares of the workload that the help amounts to, rounded as they are told."""
    shares = np.full(len(scenario.reps), np.nan)
    own = scenario.reps.shares.get(MEASURE)
    shares = shares if own is None else own.copy()
    for column, share in _helped(scenario, problem, help_).items():
        shares[problem.reps[column]] = share
    reps = dataclasses.replace(scenario.reps, shares={**scenario.reps.shares, MEASURE: shares})
    return scenario.replace(reps=reps)


def hours_reason(scenario: Scenario, problem: Problem, help_: Help, most_own: float, minutes: float) -> Reason:
    """Return the remedy in words and numbers: hours a week in all and by rep, and the hours below which none exists."""
    measure = workload_of(problem)
    assert measure is not None
    work = minutes / 60 * float(measure.fair.sum())
    extra = (help_.fair - measure.fair * help_.own) * minutes / 60
    helped = _helped(scenario, problem, help_)
    ids = scenario.reps.rep_id[problem.reps]
    told = "; ".join(f"{ids[c]} +{extra[c]:.1f} (share_workload = {share:g})" for c, share in helped.items())
    values: dict[str, str | int | float] = {
        "hours": round((1 - help_.own) * work, 1),
        "least": float(np.floor(max(0.0, 1 - max(most_own, help_.own)) * work * 10) / 10),
        "reps": told,
    }
    code = "hours" if values["least"] else "hours_at_most"
    return Reason(f"assignment.remedy.{code}", values, "R-A2")


def _helped(scenario: Scenario, problem: Problem, help_: Help) -> dict[int, float]:
    """Return the share of the workload, as the column of the reps states it, of every rep with help."""
    measure = workload_of(problem)
    assert measure is not None
    shares = rep_shares(scenario, MEASURE)[problem.reps]
    own = scenario.reps.shares.get(MEASURE, np.full(len(scenario.reps), np.nan))
    column = np.where(np.isnan(own), scenario.reps.share, own)[problem.reps]
    bounded = ~measure.exempt & (measure.fair > 0)
    helped: dict[int, float] = {}
    for rep in np.flatnonzero(bounded).tolist():
        times = float(help_.fair[rep] / (measure.fair[rep] * help_.own))
        stated = round(float(column[rep]) * times, SHARE_DIGITS)
        if shares[rep] > 0 and stated > round(float(column[rep]), SHARE_DIGITS):
            helped[rep] = stated
    return helped


def _largest_own_part(problem: Problem, measure: Measure, *, seed: int, work: float) -> tuple[Ints | None, float]:
    """Return a division with the least help, and the largest part that the team could do itself (proven)."""
    model = cp_model.CpModel()
    chosen = placement_variables(model, problem.allowed)
    own = model.new_int_var(1, PARTS, "")
    _add_help(model, chosen, measure, own)
    for other in problem.measures:
        if other is not measure:
            add_balance(model, chosen, other, inward=True)
    add_pairs_and_moves(model, chosen, problem)
    model.maximize(own)
    solver = repeatable_solver(seed, work)
    status = solve_connected(solver, model, chosen, hanging(problem))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, 1.0
    return chosen_owner(solver, chosen, problem.units), (solver.best_objective_bound + 1) / PARTS


def _add_help(model: cp_model.CpModel, chosen: Bools, measure: Measure, own: cp_model.IntVar) -> None:
    """Balance loads around fair shares with help; every rounding widens, so that the bound stays one."""
    inside = np.flatnonzero(~measure.exempt & (measure.fair > 0)).tolist()
    whole = float(measure.fair[inside].sum())
    load = np.rint(measure.weight / whole * LOADS).astype(np.int64)
    room = len(load)
    above, below = int(np.ceil(STEPS * (1 + measure.tolerance) - 1e-9)), int(STEPS * (1 - measure.tolerance) + 1e-9)
    fair = {rep: model.new_int_var(0, LOADS + room, "") for rep in inside}
    model.add_linear_constraint(cp_model.LinearExpr.sum(list(fair.values())), LOADS - room, LOADS + room)
    for rep in inside:
        units = [unit for unit, other in chosen if other == rep and load[unit]]
        loads = load[units].tolist() if units else []
        total = cp_model.LinearExpr.weighted_sum([chosen[unit, rep] for unit in units], loads)
        model.add(STEPS * total <= above * fair[rep] + STEPS * room)
        model.add(STEPS * total >= below * fair[rep] - STEPS * room)
        share = int(measure.fair[rep] / whole * LOADS)
        model.add(PARTS * fair[rep] >= share * own)
