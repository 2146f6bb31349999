"""How a plan is made: the steps in reading order.

To change a step, pass another function: ``make_plan(scenario, assign=my_assignment)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from territory.domain.customers import Floats, Ints
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario, call_plan
from territory.planning.assignment import assign_territories
from territory.planning.headcount import confirm_headcount, size_team
from territory.planning.segmentation import grade_customers
from territory.planning.targets import customer_weights, split_targets
from territory.planning.visits import plan_visits

Progress = Callable[[str, int, int], None]


class Assign(Protocol):
    """Customers to reps (R-A1..A7)."""

    def __call__(
        self,
        scenario: Scenario,
        calls: CallPlan,
        weights: Floats,
        *,
        seed: int,
        effort: Effort,
        progress: Progress | None,
    ) -> Territories:
        """Give every customer one rep."""
        ...


class Schedule(Protocol):
    """Territories to a year of visits (R-V1..V5)."""

    def __call__(
        self,
        scenario: Scenario,
        tier: Ints,
        calls: CallPlan,
        rep: Ints,
        *,
        seed: int,
        effort: Effort,
        workers: int,
        progress: Progress | None,
    ) -> tuple[Visits, Routes, Unserved]:
        """Write the calendar of every rep."""
        ...


def make_plan(
    scenario: Scenario,
    *,
    seed: int | None = None,
    effort: str = "normal",
    workers: int = 1,
    progress: Progress | None = None,
    grade: Callable[[Scenario], Segments] = grade_customers,
    assign: Assign = assign_territories,
    schedule: Schedule = plan_visits,
    split: Callable[[Scenario, Ints, Ints], Targets] = split_targets,
) -> Plan:
    """Grade the customers, size the team, draw the territories, write the visit calendars and split the target.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Of lots and searches; the scenario's own seed when absent.
    effort : str
        ``quick``, ``normal`` or ``thorough``; counted in iterations, never in seconds.
    workers : int
        Processes; the plan does not depend on it.
    progress : callable, optional
        Called with (stage, done, total).
    grade, assign, schedule, split : callable
        The decisions; pass a function of the same form to change one.

    Raises
    ------
    PlanError
        The hard rules of the scenario contradict each other.
    KeyError
        Unknown effort.
    """
    seed = scenario.settings.scenario.seed if seed is None else seed
    budget = EFFORTS[effort]
    segments = grade(scenario)
    calls = call_plan(scenario, segments.tier)
    headcount = size_team(scenario, calls)
    territories = assign(scenario, calls, customer_weights(scenario), seed=seed, effort=budget, progress=progress)
    visits, routes, unserved = schedule(
        scenario,
        segments.tier,
        calls,
        territories.rep,
        seed=seed,
        effort=budget,
        workers=workers,
        progress=progress,
    )
    return Plan(
        scenario=scenario,
        seed=seed,
        effort=effort,
        segments=segments,
        calls=calls,
        targets=split(scenario, segments.tier, territories.rep),
        headcount=confirm_headcount(scenario, calls, headcount, routes, unserved),
        territories=territories,
        visits=visits,
        routes=routes,
        unserved=unserved,
        notes=territories.notes,
    )
