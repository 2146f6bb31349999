"""A plan made by hand, so that the year can be tested without the planners."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from territory.domain.customers import NONE
from territory.domain.plan import Headcount, Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import Scenario, call_plan
from tests.factories import small_scenario

LEG_MINUTES, LEG_KM, VISIT_MINUTES = 8, 3.5, 20


def simple_plan(
    customers: int = 40, reps: int = 4, *, new_hires: bool = False, manager: bool = False, **settings: Any
) -> Plan:
    """Return a plan in which every customer is visited once a week, on the weekday of its place in its territory.

    With `manager`, the first rep is the manager and has no customers. With `new_hires`, all others start on day 0.
    """
    scenario = with_people(small_scenario(customers, reps, **settings), new_hires=new_hires, manager=manager)
    return plan_of(scenario)


def with_people(scenario: Scenario, *, new_hires: bool, manager: bool) -> Scenario:
    """Return the scenario with a manager and new hires as asked for."""
    is_manager = np.zeros(len(scenario.reps), dtype=bool)
    is_manager[0] = manager
    reps = dataclasses.replace(scenario.reps, is_manager=is_manager, new_hire=np.full(len(is_manager), new_hires))
    return scenario.replace(reps=dataclasses.replace(reps, new_hire=reps.new_hire & ~is_manager))


def plan_of(scenario: Scenario) -> Plan:
    """Return the weekly plan of a scenario; customers go to the reps in turn, none to the manager."""
    count = len(scenario.customers)
    workers = np.flatnonzero(~scenario.reps.is_manager)
    rep = workers[np.arange(count) % len(workers)].astype(np.int64)
    place = np.arange(count) // len(workers)
    tier = np.where(scenario.customers.given_tier == NONE, 3, scenario.customers.given_tier)
    visits = weekly_visits(scenario, rep, place)
    nothing = np.zeros(0, dtype=np.int64)
    zero = np.zeros(count, dtype=np.int64)
    calls = dataclasses.replace(
        call_plan(scenario, tier), visits=np.ones_like(tier), per_weeks=np.ones_like(tier), cycle_weeks=1
    )
    return Plan(
        scenario=scenario,
        seed=scenario.settings.scenario.seed,
        effort="quick",
        segments=Segments(tier, zero, zero, zero, 0, 0),
        calls=calls,
        targets=even_targets(scenario),
        headcount=Headcount(count, count * 20.0, 0.0, 2000.0, 1, 1, len(workers), 1, 1.0),
        territories=Territories(
            rep, np.bincount(rep, minlength=len(scenario.reps)) * 20.0, np.zeros(len(scenario.reps)), 0.0, 0.0, {}
        ),
        visits=visits,
        routes=routes_of(visits),
        unserved=Unserved(nothing, nothing, nothing, nothing, np.zeros(0, dtype=object)),
    )


def weekly_visits(scenario: Scenario, rep: np.ndarray, place: np.ndarray) -> Visits:
    """Return one visit a week, one after the other from 9:30; at most 12 a day, the others are not visited."""
    calendar = scenario.calendar
    columns: dict[str, list[np.ndarray]] = {name: [] for name in ("day", "rep", "customer", "start")}
    for day in np.flatnonzero(calendar.working):
        weekday = int(calendar.weekday[day])
        today = np.flatnonzero((place % 6 == weekday) & (place // 6 < 12))
        today = today[np.lexsort((place[today], rep[today]))]
        columns["day"].append(np.full(len(today), day))
        columns["rep"].append(rep[today])
        columns["customer"].append(today)
        columns["start"].append(570 + (place[today] // 6) * 30)
    day, who, customer, start = (np.concatenate(columns[name]).astype(np.int64) for name in columns)
    return Visits(
        day=day,
        rep=who,
        customer=customer,
        start=start,
        end=start + VISIT_MINUTES,
        travel_minutes=np.full(len(day), LEG_MINUTES),
        travel_km=np.full(len(day), LEG_KM),
        planned_day=day,
        trip=np.full(len(day), NONE),
    )


def routes_of(visits: Visits) -> Routes:
    """Return the days of the visits; the way back is one more leg."""
    days, first, count = np.unique(visits.day * 10_000 + visits.rep, return_index=True, return_counts=True)
    last = first + count - 1
    nothing = np.zeros(len(days), dtype=np.int64)
    return Routes(
        day=days // 10_000,
        rep=days % 10_000,
        depart=visits.start[first] - LEG_MINUTES,
        back=visits.end[last] + LEG_MINUTES,
        travel_minutes=(count + 1) * LEG_MINUTES,
        travel_km=(count + 1) * LEG_KM,
        start_place=nothing,
        end_place=nothing,
        trip=np.full(len(days), NONE),
    )


def even_targets(scenario: Scenario) -> Targets:
    """Return the task in equal shares for every customer and month."""
    cells = len(scenario.customers) * 12
    total = scenario.settings.targets.annual or 0
    cents = np.full(cells, total // cells)
    cents[: total - cents.sum()] += 1
    return Targets(cents.reshape(-1, 12), np.arange(12), np.arange(12) * 4, total)
