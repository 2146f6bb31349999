"""From estimated to routed travel: the workload of every rep in the minutes the routes take.

Territories are drawn before any route exists, on an estimate. Once the visits are routed the estimate is fitted to
them, rep by rep. Where they are far from it, or upset the balance, territories are touched up on the fitted estimate
and routed again, a few times at most. Few customers change hands on the way, so that the fit stays valid, and where
none does it is exact; the workloads of the plan are routed minutes in any case.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats
from territory.domain.plan import Routes, Territories, Visits
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.assignment.rules import works_this_year
from territory.planning.assignment.shares import rep_shares
from territory.planning.travel_estimate import TravelEstimate

MEDIAN_WITHIN, WORST_WITHIN = 0.05, 0.10
"""An estimate this near to the routes needs no second drawing (median and worst rep)."""
MATERIAL = 0.001
"""Workload beyond its tolerance, as a share of the fair share, that is worth drawing territories again."""

TIGHTER = 0.85
"""Part of the tolerance used when territories are drawn again."""


@dataclass(frozen=True)
class Misfit:
    """How far estimated travel is from the routes, as a share of the routed minutes.

    Attributes
    ----------
    median, worst : float
        Over the reps with visits; 0 where there are none.
    """

    median: float
    worst: float

    @property
    def small(self) -> bool:
        """Whether the estimate may stay."""
        return self.median <= MEDIAN_WITHIN and self.worst <= WORST_WITHIN


def routed_minutes(
    scenario: Scenario, calls: CallPlan, territories: Territories, visits: Visits, routes: Routes
) -> Floats:
    """Return minutes a week on the road of each rep, as the routes show them for all visits asked for.

    Visits lost to holidays or to lack of time count as if they cost what the others cost. A rep without any visit keeps
    the estimate.
    """
    reps = len(scenario.reps)
    driven = np.bincount(routes.rep, routes.travel_minutes, reps)
    made = np.bincount(visits.rep, minlength=reps)
    asked = np.bincount(territories.rep, calls.visits_per_week, reps)
    known = (made > 0) & (asked > 0)
    return np.where(known, driven / np.maximum(made, 1) * asked, territories.travel_minutes)


def misfit(estimated: Floats, routed: Floats) -> Misfit:
    """Compare minutes by rep; reps without routed travel are left out."""
    known = routed > 0
    if not known.any():
        return Misfit(0.0, 0.0)
    off = np.abs(estimated[known] / routed[known] - 1)
    return Misfit(float(np.median(off)), float(off.max()))


def fitted(estimate: TravelEstimate, territories: Territories, routed: Floats) -> TravelEstimate:
    """Return the estimate that gives every rep the routed minutes; each customer takes its rep's correction along."""
    known = (territories.travel_minutes > 0) & (routed > 0)
    factor = np.divide(routed, territories.travel_minutes, out=np.ones(len(routed)), where=known)
    at = factor[territories.rep]
    return dataclasses.replace(estimate, leg_minutes=estimate.leg_minutes * at, stem_minutes=estimate.stem_minutes * at)


def with_routed_workload(scenario: Scenario, calls: CallPlan, territories: Territories, routed: Floats) -> Territories:
    """Return the territories with routed instead of estimated travel, and the balance that goes with it."""
    face = np.bincount(territories.rep, calls.visits_per_week * calls.minutes, len(routed))
    workload = face + routed
    tolerance = dict(territories.tolerance)
    if "workload" in tolerance:
        tolerance["workload"] = _deviation(scenario, territories, workload)
    return dataclasses.replace(territories, workload_minutes=workload, travel_minutes=routed, tolerance=tolerance)


def excess(scenario: Scenario, drawn: Territories, routed: Territories) -> float:
    """Return how much more the routed workload deviates than was asked, or than could be drawn; 0 if not material."""
    asked = scenario.settings.territories.balance.get("workload")
    if asked is None or "workload" not in drawn.tolerance:
        return 0.0
    beyond = routed.tolerance["workload"] - max(asked, drawn.tolerance["workload"])
    return beyond if beyond > MATERIAL else 0.0


def tightened(scenario: Scenario) -> Scenario:
    """Return the scenario with a narrower tolerance of workloads, which leaves room for what routes change."""
    balance = dict(scenario.settings.territories.balance)
    if "workload" in balance:
        balance["workload"] *= TIGHTER
    return scenario.replace(territories={"balance": balance})


def balance_note(scenario: Scenario, stated: Territories) -> tuple[Reason, ...]:
    """Return the note that routed workloads deviate more than was asked, where they do."""
    asked = scenario.settings.territories.balance.get("workload")
    reached = stated.tolerance.get("workload", 0.0)
    if asked is None or reached <= asked + MATERIAL:
        return ()
    values: dict[str, str | int | float] = {"reached_share": round(reached, 4), "asked_share": asked}
    return (Reason("assignment.routed_balance", values, "R-A2"),)


def fit_reason(first: Misfit, last: Misfit, rounds: int) -> Reason:
    """Return the sentence about the fit: of the first estimate, and of the one the territories were drawn on."""
    values: dict[str, str | int | float] = {
        "first_median_share": round(first.median, 4),
        "first_worst_share": round(first.worst, 4),
        "median_share": round(last.median, 4),
        "worst_share": round(last.worst, 4),
        "rounds": rounds,
    }
    kind = "redrawn" if rounds > 1 else "fit" if last == first else "confirmed"
    return Reason(f"headcount.travel_{kind}", values, "R-H1")


def _deviation(scenario: Scenario, territories: Territories, workload: Floats) -> float:
    """Return the largest deviation from the fair share among reps who have one and hold no oversized customer."""
    share = np.where(works_this_year(scenario), rep_shares(scenario, "workload"), 0.0)
    ids = scenario.customers.customer_id
    bounded = share > 0
    bounded[territories.rep[np.isin(ids.astype(str), territories.oversized)]] = False
    if not bounded.any():
        return 0.0
    fair = share[bounded] * (workload[bounded].sum() / share[bounded].sum())
    return float(np.abs(workload[bounded] / np.maximum(fair, 1e-9) - 1).max()) if fair.sum() > 0 else 0.0
