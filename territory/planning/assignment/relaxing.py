"""Remedies of a conflict in a problem too large for an exact solve: bounds by flows, confirmed by a division."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from territory.domain.scenario import Scenario
from territory.errors import Reason
from territory.planning.assignment.aggregate import least_help, least_tolerance
from territory.planning.assignment.hours import LEAST_OWN, MEASURE, Relaxing, hours_reason, with_help, workload_of
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.assignment.switched import Balance, Named

MARGINS = (0.02, 0.1, 0.3)
"""Parts of a tolerance given up, one after the other, until whole customers were divided within the rest."""
Holds = Callable[[Problem], bool]
"""Whether a division of a problem was found."""


def relaxations(
    scenario: Scenario, problem: Problem, core: list[Named], relaxing: Relaxing, holds: Holds
) -> list[Reason]:
    """Return one remedy for each rule of a smallest conflict: letting any one of them go resolves it.

    A balance is not let go but widened, as little as found, or hours of help are added where it is that of the
    workload.

    Parameters
    ----------
    scenario : Scenario
    problem : Problem
    core : list of rules
    relaxing : Relaxing
    holds : callable
        Looks for a division.
    """
    remedies: list[Reason] = []
    for rule in core:
        if isinstance(rule, Balance):
            remedies.append(_wider(problem, rule.measure, holds))
            remedies += _hours(scenario, problem, relaxing, holds) if rule.measure.name == MEASURE else []
        else:
            remedies.append(release(rule))
    return remedies


def release(rule: Named) -> Reason:
    """Return the remedy that gives up one rule."""
    values: dict[str, str | int | float] = {"rule": rule.reason.code, **rule.reason.values}
    return Reason("assignment.remedy.release", values, rule.reason.rule)


def _wider(problem: Problem, measure: Measure, holds: Holds) -> Reason:
    """Return the least tolerance for which a division was found, or that a wider one is needed."""
    values: dict[str, str | int | float] = {"measure": measure.name}
    least = least_tolerance(problem, measure)
    for margin in MARGINS if least is not None else ():
        assert least is not None
        tolerance = float(np.ceil(least * (1 + margin) * 1000) / 1000)
        if holds(problem.with_tolerances({measure.name: tolerance})):
            return Reason("assignment.remedy.tolerance", {**values, "tolerance": tolerance}, "R-A2")
    return Reason("assignment.remedy.widen", values, "R-A2")


def _hours(scenario: Scenario, problem: Problem, relaxing: Relaxing, holds: Holds) -> list[Reason]:
    """Return the least hours of help for which a division was found, and the bound on them."""
    measure = workload_of(problem)
    bound = None if measure is None else least_help(problem, measure, measure.tolerance)
    if measure is None or bound is None:
        return []
    for margin in MARGINS:
        help_ = least_help(problem, measure, measure.tolerance * (1 - margin))
        if help_ is not None and help_.own >= LEAST_OWN and holds(relaxing.build(with_help(scenario, problem, help_))):
            return [hours_reason(scenario, problem, help_, bound.own, relaxing.minutes)]
    return []
