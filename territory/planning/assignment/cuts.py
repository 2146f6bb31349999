"""Connected territories for CP-SAT: solve, find territories that fall apart, forbid just that, solve again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import NONE, Ints
from territory.planning.assignment.border import Border, loose_parts
from territory.planning.assignment.problem import Problem

MOST_ROUNDS = 400
MOST_WORK = 2.0
"""Deterministic time of all rounds over that of one solve."""
MOST_PER_PART = 20
"""So many units of a loose part get a cut of their own in one round."""
Bools = dict[tuple[int, int], cp_model.IntVar]


@dataclass(frozen=True)
class Hanging:
    """The rule that territories hang together.

    Attributes
    ----------
    border : Border
        Neighbours of the first keys of the choices.
    forced : array of int
        The rep that a unit is bound to, by the second keys of the choices; `NONE` where there is a choice.
    """

    border: Border
    forced: Ints


def hanging(problem: Problem) -> Hanging | None:
    """Return the rule of a problem over its units and columns, or None where there is none."""
    if not problem.contiguous:
        return None
    return Hanging(problem.border, np.where(problem.forced, problem.allowed.argmax(axis=1), NONE))


def solve_connected(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    chosen: Bools,
    rule: Hanging | None,
    switch: cp_model.IntVar | None = None,
) -> cp_model.CpSolverStatus:
    """Solve a model with cuts added until territories hang together; `UNKNOWN` where too many were needed.

    Cuts stay in the model, so that a refutation and a bound remain proofs. With a `switch` they hold where it is on.
    """
    spent = 0.0
    for _ in range(MOST_ROUNDS):
        status = solver.solve(model)
        spent += solver.response_proto.deterministic_time
        if rule is None or status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return status
        owner = np.full(len(rule.forced), NONE, dtype=np.int64)
        for (unit, rep), variable in chosen.items():
            if solver.boolean_value(variable):
                owner[unit] = rep
        if not _add_cuts(model, chosen, rule, owner, switch):
            return status
        if spent > MOST_WORK * solver.parameters.max_deterministic_time:
            break
    return cp_model.UNKNOWN


def _add_cuts(
    model: cp_model.CpModel, chosen: Bools, rule: Hanging, owner: Ints, switch: cp_model.IntVar | None
) -> bool:
    """Forbid two loose parts of one territory unless a unit around one of them joins it; return whether any was."""
    found = loose_parts(rule.border, owner, rule.forced == owner)
    for rep, parts in found:
        # Where a rep has forced units elsewhere, the largest part too may find its anchor around itself.
        anchors = bool((rule.forced == rep).any())
        main = parts[0]
        for part in parts[1:]:
            around = _around(rule.border, part)
            if anchors:
                around = np.union1d(around, _around(rule.border, main))
            joins = [chosen[unit, rep] for unit in around.tolist() if (unit, rep) in chosen]
            for unit in part[:MOST_PER_PART].tolist():
                cut = model.add(chosen[unit, rep] + chosen[int(main[0]), rep] - sum(joins) <= 1)
                if switch is not None:
                    cut.only_enforce_if(switch)
    return bool(found)


def _around(border: Border, part: Ints) -> Ints:
    """Return the neighbours of a part."""
    begin, neighbours = border
    near = np.concatenate([neighbours[begin[unit] : begin[unit + 1]] for unit in part.tolist()])
    return np.setdiff1d(near, part)
