"""How a plan is made: the steps in reading order.

To change a step, pass another function: ``make_plan(scenario, assign=my_assignment)``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario, call_plan
from territory.errors import Reason, Stopped
from territory.planning.assignment import assign_territories
from territory.planning.headcount import confirm_headcount, size_team
from territory.planning.rerouting import KeptCalendars
from territory.planning.segmentation import grade_customers
from territory.planning.targets import customer_weights, split_targets
from territory.planning.travel_estimate import TravelEstimate, estimate_travel
from territory.planning.travel_fit import (
    Misfit,
    balance_note,
    excess,
    fit_reason,
    fitted,
    misfit,
    routed_minutes,
    tightened,
    with_routed_workload,
)
from territory.planning.visits import plan_visits
from territory.planning.visits.appointments import missed_appointments
from territory.planning.visits.overload import overload_notes

Progress = Callable[[str, int, int], None]
Step = TypeVar("Step")

STOPPED: tuple[Reason, ...] = (Reason("plan.stopped"),)
"""Note of a plan whose making was interrupted after a first whole calendar was there."""


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
    Stopped
        Interrupted; `best` is the best whole plan there was by then.
    """
    seed = scenario.settings.scenario.seed if seed is None else seed
    budget = EFFORTS[effort]
    segments = grade(scenario)
    calls = call_plan(scenario, segments.tier)
    headcount = size_team(scenario, calls)
    weights = customer_weights(scenario)

    draw = partial(assign, calls=calls, weights=weights, seed=seed, effort=budget, progress=progress)
    calendar = partial(
        schedule, scenario, segments.tier, calls, seed=seed, effort=budget, workers=workers, progress=progress
    )
    drawn, fit, stopped = _draw_and_route(
        scenario, calls, draw, KeptCalendars(calendar), rounds=1 + budget.travel_rounds
    )
    options: dict[str, Any] = {"seed": seed, "effort": budget, "workers": workers}
    share = partial(_shared_areas, scenario, segments.tier, calls, weights, drawn, **options, progress=progress)
    drawn, notes = (drawn, stopped) if stopped else _unless_stopped(share, (drawn, STOPPED))
    territories, visits, routes, unserved = drawn
    prove = partial(overload_notes, scenario, segments.tier, calls, territories.rep, unserved, **options)
    overload = () if notes == STOPPED else _unless_stopped(prove, STOPPED)
    headcount = confirm_headcount(scenario, calls, headcount, routes, unserved)
    plan = Plan(
        scenario=scenario,
        seed=seed,
        effort=effort,
        segments=segments,
        calls=calls,
        targets=split(scenario, segments.tier, territories.rep),
        headcount=dataclasses.replace(headcount, reasons=(*headcount.reasons, fit)),
        territories=territories,
        visits=visits,
        routes=routes,
        unserved=unserved,
        notes=(
            *balance_note(scenario, territories),
            *notes,
            *missed_appointments(scenario, calls, territories.rep, visits),
            *overload,
        ),
    )
    if STOPPED[0] in plan.notes:
        raise Stopped(plan)
    return plan


def _shared_areas(
    scenario: Scenario, tier: Ints, calls: CallPlan, weights: Floats, drawn: _Routed, **how: Any
) -> tuple[_Routed, tuple[Reason, ...]]:
    """Let reps who share one area plan it together."""
    if not scenario.reps.pools:
        return drawn, ()
    from territory.planning.pooling import share_areas  # noqa: PLC0415 - its kernels take long to load

    return share_areas(scenario, tier, calls, weights, drawn, **how)


_Calendar = tuple[Visits, Routes, Unserved]
_Routed = tuple[Territories, Visits, Routes, Unserved]


class _Tried(NamedTuple):
    """A routed plan, workload beyond the tolerance, how far estimates before and after fitting are off, minutes."""

    plan: _Routed
    beyond: float
    off: Misfit
    fit: Misfit
    routed: Floats


def _draw_and_route(
    scenario: Scenario,
    calls: CallPlan,
    draw: Callable[..., Territories],
    route: Callable[[Ints], _Calendar],
    *,
    rounds: int,
) -> tuple[_Routed, Reason, tuple[Reason, ...]]:
    """Draw territories and route them, again until the estimate fits the routes and the routed workloads balance.

    Territories are touched up on the fitted estimate; where nothing needs to change the routes are those already there.
    The best balanced division is kept, of several the one whose estimate the routes bear out best. An interrupt of the
    routing ends the rounds with the best calendar there is, and a note says so.
    """

    def judged(drawn: Territories, calendar: _Calendar) -> _Tried:
        routed = routed_minutes(scenario, calls, drawn, *calendar[:2])
        stated = with_routed_workload(scenario, calls, drawn, routed)
        off = misfit(drawn.travel_minutes, routed)
        return _Tried((stated, *calendar), excess(scenario, drawn, stated), off, off, routed)

    estimate = estimate_travel(scenario, calls)
    drawn = draw(scenario)
    tried: list[_Tried] = []
    stopped: tuple[Reason, ...] = ()
    try:
        while len(tried) < rounds:
            now = judged(drawn, route(drawn.rep))
            tried.append(now)
            if now.beyond == 0 and now.off.small:
                break
            estimate, stated = fitted(estimate, drawn, now.routed), now.plan[0]
            drawn = draw(tightened(scenario) if now.beyond else scenario, travel=estimate, present=stated.rep)
            if np.array_equal(drawn.rep, stated.rep):
                tried[-1] = now._replace(fit=misfit(drawn.travel_minutes, now.routed))
                break
    except Stopped as stop:
        tried, stopped = tried or [judged(drawn, stop.best)], STOPPED
    except KeyboardInterrupt:
        if not tried:
            raise
        stopped = STOPPED
    best = min(tried, key=lambda one: (one.beyond, one.fit.worst))
    return best.plan, fit_reason(tried[0].off, best.fit, len(tried)), stopped


def _unless_stopped(step: Callable[[], Step], else_: Step) -> Step:
    """Return what a step gives that a plan can do without, or something else after an interrupt."""
    try:
        return step()
    except KeyboardInterrupt:
        return else_
