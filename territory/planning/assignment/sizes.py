"""Fair shares where a unit may be larger than a whole territory: it fills one alone, and the others share the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats
from territory.domain.scenario import Scenario
from territory.errors import Reason
from territory.planning.assignment.placement import Classes, held_by
from territory.planning.assignment.problem import SLACK
from territory.planning.assignment.rules import Mask


@dataclass(frozen=True)
class Fair:
    """What every rep should have of one measure.

    Attributes
    ----------
    share : array of float, shape (columns,)
        Adds up to what is left beside oversized units.
    bounded : array of bool, shape (columns,)
        Reps with limits: they have a share and hold no oversized unit.
    large : tuple of (unit, column)
        Oversized units and who holds them.
    classes : Classes
        With the oversized units fixed where they are.
    """

    share: Floats
    bounded: Mask
    large: tuple[tuple[int, int], ...]
    classes: Classes


def fair_shares(
    weight: Floats, tolerance: float, share: Floats, classes: Classes, away: Callable[[int, Classes], Floats]
) -> Fair:
    """Return the fair shares of one measure.

    An oversized unit goes to the nearest rep who may have it and holds none yet.

    Parameters
    ----------
    weight : array of float, shape (units,)
        Adds up to 1.
    tolerance : float
    share : array of float, shape (columns,)
        What the reps should have in proportion; zero for none.
    classes : Classes
    away : callable
        Returns how far a unit is from every rep.
    """
    bounded = share > 0
    lost = np.array([not bounded[columns].any() for columns in classes.usable])[classes.of]
    large: list[tuple[int, int]] = []
    rest = float(weight[~lost].sum())
    for unit in np.argsort(-weight, kind="stable").tolist():
        open_share = np.where(bounded, share, 0.0)
        fair = open_share * (rest / open_share.sum()) if bounded.any() else open_share
        if weight[unit] <= float(fair.max(initial=0.0)) * (1 + tolerance) + SLACK:
            break
        usable = bounded & classes.allowed[classes.of[unit]]
        if lost[unit] or not usable.any():
            continue
        column = int(np.argmin(np.where(usable, away(unit, classes), np.inf)))
        bounded = bounded & (np.arange(len(share)) != column)
        rest -= float(weight[unit])
        classes = held_by(classes, unit, column)
        large.append((unit, column))
    open_share = np.where(bounded, share, 0.0)
    fair = open_share * (rest / open_share.sum()) if bounded.any() else open_share
    return Fair(fair, bounded, tuple(large), classes)


def oversized_reason(scenario: Scenario, customer: int, measure: str, share: float, rep: int) -> Reason:
    """Return the note that a customer alone is more than a territory."""
    values: dict[str, str | int | float] = {
        "customer": str(scenario.customers.customer_id[customer]),
        "measure": measure,
        "share": round(share, 4),
        "rep": str(scenario.reps.rep_id[rep]),
    }
    return Reason("assignment.oversized", values, "R-A2")
