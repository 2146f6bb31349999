"""Everything a division is drawn from, prepared once: problem, prices, lots; and a division turned into territories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.effort import Effort
from territory.domain.plan import Lot, Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.assignment.cost import Pricing, price
from territory.planning.assignment.hours import Relaxing
from territory.planning.assignment.preferences import draw_lots
from territory.planning.assignment.problem import Problem, build_problem, sum_by_code
from territory.planning.assignment.rules import works_this_year
from territory.planning.assignment.sizes import oversized_reason
from territory.planning.assignment.workable import workable
from territory.planning.travel import UNREACHABLE, base_travel
from territory.planning.travel_estimate import TravelEstimate, estimate_travel, field_days_per_week, travel_by_rep


@dataclass(frozen=True)
class Task:
    """One assignment to be made.

    Attributes
    ----------
    scenario : Scenario
    problem : Problem
        With tolerances as wide as they have to be.
    pricing : Pricing
    travel_minutes, workload_minutes : array of float, shape (customers,)
        A week.
    lots : tuple of Lot
    notes : tuple of Reason
        Tolerances that had to be widened.
    known : array of int, shape (units,), or None
        Some division that keeps every rule and tolerance, where one was found.
    """

    scenario: Scenario
    problem: Problem
    pricing: Pricing
    travel_minutes: Floats
    workload_minutes: Floats
    lots: tuple[Lot, ...]
    notes: tuple[Reason, ...]
    known: Ints | None

    @property
    def first_unit(self) -> Ints:
        """The first customer of every unit."""
        return np.unique(self.problem.unit_of, return_index=True)[1].astype(np.int64)

    def territories(self, owner: Ints, objective: float, bound: float) -> Territories:
        """Return a division of the units as territories.

        Parameters
        ----------
        owner : array of int, shape (units,)
            Columns of the problem.
        objective, bound : float
            Km a week.
        """
        problem, reps = self.problem, len(self.scenario.reps)
        rep = problem.reps[owner[problem.unit_of]]
        ids = self.scenario.customers.customer_id
        return Territories(
            rep=rep,
            workload_minutes=sum_by_code(rep, self.workload_minutes, reps),
            travel_minutes=travel_by_rep(self.travel_minutes, rep, reps),
            objective=objective,
            bound=min(bound, objective),
            tolerance=_achieved(self.scenario, problem, owner),
            lots=self.lots,
            oversized=tuple(dict.fromkeys(str(ids[customer]) for customer, _, _ in problem.oversized)),
            notes=(*_oversized_notes(self.scenario, problem), *self.notes, *_unreachable_note(self.scenario, rep)),
        )


def prepare(
    scenario: Scenario, calls: CallPlan, weights: Floats, *, seed: int, effort: Effort, travel: TravelEstimate | None
) -> Task:
    """Return the task of a scenario; see `assign_territories` for the parameters.

    Raises
    ------
    PlanError
        The hard rules cannot hold together; a smallest conflicting set is named.
    """
    works = works_this_year(scenario)
    team = float(scenario.reps.share[works].sum())
    estimate = travel or estimate_travel(scenario, calls)
    per_week = estimate.per_week(calls, team * field_days_per_week(scenario))
    problem = build_problem(scenario, calls, weights, per_week)
    winners, lots = draw_lots(scenario, works, seed)
    pricing = price(scenario, calls, problem, winners, team)
    workload = calls.visits_per_week * calls.minutes + per_week
    relaxing = Relaxing(lambda changed: build_problem(changed, calls, weights, per_week), float(workload.sum()))
    problem, notes, known = workable(scenario, pricing, relaxing, seed=seed, effort=effort)
    return Task(scenario, problem, pricing, per_week, workload, lots, notes, known)


def _achieved(scenario: Scenario, problem: Problem, owner: Ints) -> dict[str, float]:
    """Return the largest deviation of each asked measure; nothing to share is perfectly shared."""
    reached = {measure.name: measure.deviation(owner) for measure in problem.measures}
    return {name: reached.get(name, 0.0) for name in scenario.settings.territories.balance}


def _oversized_notes(scenario: Scenario, problem: Problem) -> list[Reason]:
    share = {m.name: m.by_customer for m in problem.measures}
    return [
        oversized_reason(scenario, customer, name, float(share[name][customer]), rep)
        for customer, name, rep in problem.oversized
    ]


def _unreachable_note(scenario: Scenario, rep: Ints) -> list[Reason]:
    cut_off = np.flatnonzero(base_travel(scenario).minutes[rep, np.arange(len(rep))] == UNREACHABLE)
    if not len(cut_off):
        return []
    values: dict[str, str | int | float] = {
        "customers": len(cut_off),
        "first": str(scenario.customers.customer_id[cut_off[0]]),
    }
    return [Reason("assignment.unreachable", values, "R-V2")]
