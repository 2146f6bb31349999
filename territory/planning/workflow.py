"""How a plan is made: the steps in reading order.

To change a step, pass another function: ``make_plan(scenario, assign=my_assignment)``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Headcount, Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario, call_plan
from territory.errors import Reason, Stopped
from territory.planning.assignment import assign_territories, first_territories
from territory.planning.assignment.search import search
from territory.planning.draft import Calendar, Draft, Routed
from territory.planning.headcount import confirm_headcount, size_team
from territory.planning.rerouting import KeptCalendars
from territory.planning.segmentation import grade_customers
from territory.planning.targets import customer_weights, split_targets
from territory.planning.travel_estimate import TravelEstimate, estimate_travel
from territory.planning.travel_fit import balance_note, fitted, misfit, tightened
from territory.planning.visits import begin_visits, plan_visits
from territory.planning.visits.appointments import missed_appointments
from territory.planning.visits.overload import overload_notes
from territory.planning.visits.search import is_compiled, kernels_are_compiled

Progress = Callable[[str, int, int], None]
Reasons = tuple[Reason, ...]

STOPPED: Reasons = (Reason("plan.stopped"),)
"""Note of a plan whose making was interrupted."""


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
        travel: TravelEstimate | None = None,
        present: Ints | None = None,
    ) -> Territories:
        """Give every customer one rep; `travel` is fitted to routes of `present` where there are some already."""
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
        """Write the calendar of every rep, from its own customers alone; those of no rep are left out."""
        ...


def make_plan(
    scenario: Scenario,
    *,
    seed: int | None = None,
    effort: str = "normal",
    workers: int = 1,
    progress: Progress | None = None,
    territories: Territories | None = None,
    grade: Callable[[Scenario], Segments] = grade_customers,
    assign: Assign = assign_territories,
    schedule: Schedule = plan_visits,
    split: Callable[[Scenario, Ints, Ints], Targets] = split_targets,
    run: Callable[[Callable[[], Plan]], Plan] = lambda work: work(),
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
    territories : Territories, optional
        Given ones, of which the plan is to be made; none are drawn.
    grade, assign, schedule, split : callable
        The decisions; pass a function of the same form to change one.
    run : callable
        Does the work that takes long; `territory.parallel.apart` hears an interrupt even inside a kernel or a solver.

    Raises
    ------
    PlanError
        The hard rules of the scenario contradict each other.
    KeyError
        Unknown effort.
    Stopped
        Interrupted; `best` is the best whole plan there was by then, completed at once.
    """
    seed = scenario.settings.scenario.seed if seed is None else seed
    budget = EFFORTS[effort]
    segments = grade(scenario)
    calls = call_plan(scenario, segments.tier)
    headcount = size_team(scenario, calls)
    weights = customer_weights(scenario)

    first = partial(first_territories, scenario, calls, weights, seed=seed)
    begin = partial(begin_visits, scenario, segments.tier, calls, seed=seed, effort=budget)
    draft = Draft(scenario, calls, first, begin, territories)
    how: dict[str, Any] = {"seed": seed, "effort": budget, "progress": progress}
    draw = partial(assign, calls=calls, weights=weights, **how)
    route = partial(schedule, scenario, segments.tier, calls, **how, workers=workers)
    if assign is assign_territories:
        draw = partial(draw, better=draft.better)
    if schedule is plan_visits:
        route = partial(route, watch=draft.routing)
    stated = partial(_stated, scenario, seed, effort, segments, calls, headcount, split)

    def work() -> Plan:
        _draw_and_route(scenario, draft, draw, KeptCalendars(route), rounds=1 + budget.travel_rounds)
        routed, fit, _ = draft.best()
        routed, shared = _shared_areas(scenario, segments.tier, calls, weights, routed, **how, workers=workers)
        draft.settled = routed, fit, shared
        owner, unserved = routed[0].rep, routed[3]
        proven = overload_notes(
            scenario, segments.tier, calls, owner, unserved, seed=seed, effort=budget, workers=workers
        )
        return stated(routed, fit, shared, proven)

    try:
        return run(work)
    except KeyboardInterrupt:
        begun = draft.territories is not None or assign is assign_territories
        if not draft.tried and not (begun and schedule is plan_visits and _compiled()):
            raise
        raise Stopped(lambda: stated(*draft.best(), STOPPED)) from None


def _stated(
    scenario: Scenario,
    seed: int,
    effort: str,
    segments: Segments,
    calls: CallPlan,
    headcount: Headcount,
    split: Callable[[Scenario, Ints, Ints], Targets],
    routed: Routed,
    fit: Reason,
    shared: Reasons,
    proven: Reasons,
) -> Plan:
    """Return the plan with everything that is told about it."""
    territories, visits, routes, unserved = routed
    size = confirm_headcount(scenario, calls, headcount, routes, unserved)
    missed = missed_appointments(scenario, calls, territories.rep, visits)
    return Plan(
        scenario=scenario,
        seed=seed,
        effort=effort,
        segments=segments,
        calls=calls,
        targets=split(scenario, segments.tier, territories.rep),
        headcount=dataclasses.replace(size, reasons=(*size.reasons, fit)),
        territories=territories,
        visits=visits,
        routes=routes,
        unserved=unserved,
        notes=(*balance_note(scenario, territories), *shared, *missed, *proven),
    )


def _compiled() -> bool:
    """Return whether a first plan can be made without compiling anything."""
    return is_compiled(search) and kernels_are_compiled()


def _shared_areas(
    scenario: Scenario, tier: Ints, calls: CallPlan, weights: Floats, routed: Routed, **how: Any
) -> tuple[Routed, Reasons]:
    """Let reps who share one area plan it together."""
    if not scenario.reps.pools:
        return routed, ()
    from territory.planning.pooling import share_areas  # noqa: PLC0415 - its kernels take long to load

    return share_areas(scenario, tier, calls, weights, routed, **how)


def _draw_and_route(
    scenario: Scenario,
    draft: Draft,
    draw: Callable[..., Territories],
    route: Callable[[Ints], Calendar],
    *,
    rounds: int,
) -> None:
    """Draw territories and route them, again until the estimate fits the routes and the routed workloads balance.

    Territories are touched up on the fitted estimate; where nothing needs to change the routes are those already there.
    """
    estimate = estimate_travel(scenario, draft.calls)
    given = draft.territories
    drawn = given or draw(scenario)
    draft.drawn(drawn)
    while len(draft.tried) < (1 if given else rounds):
        now = draft.routed(drawn, route(drawn.rep))
        if now.beyond == 0 and now.off.small:
            break
        estimate, stated = fitted(estimate, drawn, now.routed), now.plan[0]
        drawn = draw(tightened(scenario) if now.beyond else scenario, travel=estimate, present=stated.rep)
        if np.array_equal(drawn.rep, stated.rep):
            draft.confirmed(misfit(drawn.travel_minutes, now.routed))
            break
