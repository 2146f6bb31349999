"""New customers in territories that stay: each goes to the rep it costs least, among those with room."""

from __future__ import annotations

import numpy as np

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.effort import Effort
from territory.domain.plan import Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.cost import Matrix, start_centres
from territory.planning.assignment.prices import price_bound
from territory.planning.assignment.task import Task, prepare


def adopt_customers(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    current: Ints,
    *,
    since: int,
    capacity: float,
    seed: int,
    effort: Effort,
) -> Territories:
    """Keep every customer with its rep, and give those without one to the nearest rep with room (R-A5).

    Parameters
    ----------
    scenario, calls, weights, seed, effort
        As for `assign_territories`.
    current : array of int, shape (customers,)
        Owners who stay where the rules allow it, `NONE` for customers without one.
    since : int
        Day from which the new customers are visited; reps who leave in the year take nobody on.
    capacity : float
        Field minutes a week of a full rep.

    Raises
    ------
    PlanError
        The hard rules contradict each other.
    """
    task = prepare(scenario, calls, weights, seed=seed, effort=effort, travel=None)
    problem = task.problem
    column_of = np.full(len(scenario.reps) + 1, NONE, dtype=np.int64)
    column_of[problem.reps] = np.arange(len(problem.reps))
    owner = _owners_of_units(task, column_of[current])
    price = _prices(task, owner, since)
    room = capacity * scenario.reps.share[problem.reps]
    work = np.zeros(problem.units)
    np.add.at(work, problem.unit_of, task.workload_minutes)
    load = np.bincount(owner[owner != NONE], work[owner != NONE], len(problem.reps))
    for unit in np.flatnonzero(owner == NONE).tolist():
        open_to = np.where(load + work[unit] <= room, price[unit], np.inf)
        column = int(np.argmin(open_to if np.isfinite(open_to).any() else price[unit]))
        owner[unit] = column
        load[column] += work[unit]
    rows = np.arange(problem.units)
    cost = task.pricing.cost(task.pricing.centres(owner, start_centres(scenario, problem)))
    return task.territories(owner, float(cost[rows, owner].sum()), price_bound(problem, cost)[0])


def _owners_of_units(task: Task, current: Ints) -> Ints:
    """Return the owner of each unit, that of its first owned customer, where the rules allow it."""
    problem = task.problem
    owner = np.full(problem.units, NONE, dtype=np.int64)
    for customer in np.flatnonzero(current != NONE)[::-1].tolist():
        owner[problem.unit_of[customer]] = current[customer]
    allowed = problem.allowed[np.arange(problem.units), np.maximum(owner, 0)]
    return np.asarray(np.where((owner != NONE) & allowed, owner, NONE), dtype=np.int64)


def _prices(task: Task, owner: Ints, since: int) -> Matrix:
    """Return km a week of every unit with every rep who may take it, infinite for the others."""
    problem, reps = task.problem, task.scenario.reps
    first = start_centres(task.scenario, problem)
    nearest = np.where(problem.allowed, task.pricing.travel(first), np.inf).argmin(axis=1)
    centres = task.pricing.centres(np.where(owner == NONE, nearest, owner), first)
    price: Matrix = np.where(problem.allowed, task.pricing.travel(centres), np.inf)
    leaves = reps.left_day[problem.reps] < max(since, task.scenario.calendar.days - 1)
    staying = np.where(np.atleast_2d(leaves), np.inf, price)
    someone = np.isfinite(staying).any(axis=1, keepdims=True)
    return np.where(someone, staying, price)
