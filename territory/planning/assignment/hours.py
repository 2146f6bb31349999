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
    names : tuple of str
        Measures it counts for.
    """

    fair: Floats
    own: float
    names: tuple[str, ...] = (MEASURE,)


def workload_of(problem: Problem) -> Measure | None:
    """Return the balanced workload, or None where it is not balanced or nobody has a share."""
    found = next((m for m in problem.measures if m.name == MEASURE), None)
    return found if found is not None and found.fair[~found.exempt].sum() > 0 else None


def least_hours(
    scenario: Scenario, problem: Problem, relaxing: Relaxing, *, seed: int, work: float
) -> tuple[Reason, ...]:
    """Return the remedy that adds the least hours, everything else kept, or nothing where none was found.

    Help counts for the workload; where that is not enough, and all reps count alike in every measure, for all of them.
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
    for measures in ((measure,), (measure, *(m for m in problem.measures if m is not measure))):
        if len(measures) > 1 and not all(_alike(measure, other) for other in measures):
            return ()
        owner, most_own = _largest_own_part(problem, measures, seed=seed, work=work)
        if owner is None:
            continue
        for margin in MARGINS:
            help_ = help_for(measures, owner, margin=margin)
            if help_ is None or help_.own < LEAST_OWN:
                break
            if relaxing.build(with_help(scenario, problem, help_)).holds(owner):
                return (hours_reason(scenario, problem, help_, most_own, relaxing.minutes),)
    return ()


def _alike(one: Measure, other: Measure) -> bool:
    """Return whether all reps have the same part in two measures."""
    return bool((one.exempt == other.exempt).all() and np.allclose(one.fair, other.fair, rtol=1e-9, atol=1e-12))


def help_for(measures: tuple[Measure, ...], owner: Ints, *, margin: float = 0.0) -> Help | None:
    """Return the least help under which a division is balanced; None where no help does it.

    Parameters
    ----------
    measures : tuple of Measure
        The help counts for all of them, in which all reps have the same part.
    owner : array of int, shape (units,)
    margin : float
        Part of the tolerances given up.
    """
    measure = measures[0]
    inside = ~measure.exempt & (measure.fair > 0)
    whole = float(measure.fair[inside].sum())
    share = measure.fair[inside] / whole
    low, high = np.zeros(len(share)), np.ones(len(share))
    for one in measures:
        part = np.bincount(owner, one.weight, len(one.fair))[inside] / whole
        tolerance = one.tolerance * (1 - margin)
        low = np.maximum(low, part / (1 + tolerance))
        high = np.minimum(high, part / (1 - tolerance)) if tolerance < 1 else high
    if (low > high).any():
        return None
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
    for rep in np.lexsort((np.arange(len(base)), -low / share)).tolist():
        more = min(left, float(high[rep] - base[rep]))
        fair[rep] += more
        left -= more
    out = measure.fair.copy()
    out[inside] = fair * whole
    return Help(out, most, tuple(one.name for one in measures))


def with_help(scenario: Scenario, problem: Problem, help_: Help) -> Scenario:
    """Return the scenario with the shares of the measures that the help amounts to, rounded as they are told."""
    shares = dict(scenario.reps.shares)
    for name in help_.names:
        column = shares.get(name, np.full(len(scenario.reps), np.nan)).copy()
        for rep, share in _helped(scenario, problem, help_).items():
            column[problem.reps[rep]] = share
        shares[name] = column
    reps = dataclasses.replace(scenario.reps, shares=shares)
    return scenario.replace(reps=reps)


def hours_reason(scenario: Scenario, problem: Problem, help_: Help, most_own: float, minutes: float) -> Reason:
    """Return the remedy in words and numbers: hours a week in all and by rep, and the hours below which none exists."""
    measure = workload_of(problem)
    assert measure is not None
    work = minutes / 60 * float(measure.fair.sum())
    extra = (help_.fair - measure.fair * help_.own) * minutes / 60
    helped = _helped(scenario, problem, help_)
    ids = scenario.reps.rep_id[problem.reps]
    columns = ", ".join(f"share_{name}" for name in help_.names)
    told = "; ".join(
        f"{ids[c]} +{np.ceil(extra[c] * 10 - 1e-6) / 10:.1f} ({columns} = {share:g})" for c, share in helped.items()
    )
    values: dict[str, str | int | float] = {
        "hours": float(np.ceil((1 - help_.own) * work * 10 - 1e-6) / 10),
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


def _largest_own_part(
    problem: Problem, measures: tuple[Measure, ...], *, seed: int, work: float
) -> tuple[Ints | None, float]:
    """Return a division with the least help, and the largest part that the team could do itself (proven)."""
    model = cp_model.CpModel()
    chosen = placement_variables(model, problem.allowed)
    own = model.new_int_var(1, PARTS, "")
    fair = _fair_shares(model, measures[0], own, room=problem.units)
    for measure in measures:
        _add_balance_around(model, chosen, measure, fair)
    for other in problem.measures:
        if other.name not in {measure.name for measure in measures}:
            add_balance(model, chosen, other, inward=True)
    add_pairs_and_moves(model, chosen, problem)
    model.maximize(own)
    solver = repeatable_solver(seed, work)
    status = solve_connected(solver, model, chosen, hanging(problem))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None, 1.0
    return chosen_owner(solver, chosen, problem.units), (solver.best_objective_bound + 1) / PARTS


def _fair_shares(
    model: cp_model.CpModel, measure: Measure, own: cp_model.IntVar, *, room: int
) -> dict[int, cp_model.IntVar]:
    """Add the fair share of every rep with help; every rounding widens, so that the bound stays one."""
    inside = np.flatnonzero(~measure.exempt & (measure.fair > 0)).tolist()
    whole = float(measure.fair[inside].sum())
    fair = {rep: model.new_int_var(0, LOADS + room, "") for rep in inside}
    model.add_linear_constraint(cp_model.LinearExpr.sum(list(fair.values())), LOADS - room, LOADS + room)
    for rep in inside:
        model.add(PARTS * fair[rep] >= int(measure.fair[rep] / whole * LOADS) * own)
    return fair


def _add_balance_around(
    model: cp_model.CpModel, chosen: Bools, measure: Measure, fair: dict[int, cp_model.IntVar]
) -> None:
    """Balance the loads of one measure around the fair shares with help."""
    whole = float(measure.fair[list(fair)].sum())
    load = np.rint(measure.weight / whole * LOADS).astype(np.int64)
    room = len(load)
    above, below = int(np.ceil(STEPS * (1 + measure.tolerance) - 1e-9)), int(STEPS * (1 - measure.tolerance) + 1e-9)
    for rep, share in fair.items():
        units = [unit for unit, other in chosen if other == rep and load[unit]]
        loads = load[units].tolist() if units else []
        total = cp_model.LinearExpr.weighted_sum([chosen[unit, rep] for unit in units], loads)
        model.add(STEPS * total <= above * share + STEPS * room)
        model.add(STEPS * total >= below * share - STEPS * room)
