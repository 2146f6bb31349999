"""A balanced start at any size: min-cost flow of load from units to their nearest reps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from territory.domain.customers import Ints
from territory.planning.assignment.problem import Measure, Problem
from territory.planning.solver import scale_weights

NEAREST = 12
LOAD_LIMIT = 10_000_000
COST_LIMIT = 1_000_000


def flow_start(problem: Problem, cost: NDArray[np.float64], prices: NDArray[np.float64]) -> Ints:
    """Return the division that a flow of the first measure asks for, each unit at the rep who gets most of it.

    Parameters
    ----------
    problem : Problem
    cost : array of float, shape (units, reps)
    prices : array of float, shape (measures, reps)
        Of the other measures, which enter the cost.
    """
    weights = np.array([m.weight for m in problem.measures]).reshape(len(problem.measures), problem.units)
    others = weights[1:].T @ prices[1:] if len(weights) > 1 else 0.0
    priced = np.where(problem.allowed, cost + others, np.inf)
    owner: Ints = priced.argmin(axis=1).astype(np.int64)
    if not problem.measures:
        return owner
    load, factor = scale_weights(problem.measures[0].weight, limit=LOAD_LIMIT)
    heavy = np.flatnonzero(load > 0)
    columns = np.argsort(priced[heavy], axis=1, kind="stable")[:, :NEAREST]
    usable = np.isfinite(np.take_along_axis(priced[heavy], columns, axis=1))
    unit = np.repeat(heavy, columns.shape[1])[usable.ravel()]
    column = columns.ravel()[usable.ravel()]
    moved = _solve(problem, load, factor, unit, column, priced[unit, column])
    if moved is None:
        return owner
    share = np.zeros((problem.units, len(problem.reps)))
    share[unit, column] = moved
    return np.asarray(np.where(share.max(axis=1) > 0, share.argmax(axis=1), owner), dtype=np.int64)


def _solve(
    problem: Problem, load: Ints, factor: float, unit: Ints, column: Ints, cost: NDArray[np.float64]
) -> Ints | None:
    """Send every unit's load to reps; loads under the least are rewarded, above the largest punished."""
    reps, measure = len(problem.reps), problem.measures[0]
    per_load = cost / load[unit]
    span = float(np.abs(per_load).max()) or 1.0
    whole = np.rint(per_load / span * COST_LIMIT).astype(np.int64)
    rep_node, sink = problem.units, problem.units + reps
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(unit, rep_node + column, load[unit], whole)
    least, most = _limits(measure, factor, int(load.sum()))
    nodes = np.arange(reps) + rep_node
    for capacity, price in ((least, -4 * COST_LIMIT), (most - least, 0), (np.full(reps, load.sum()), 4 * COST_LIMIT)):
        flow.add_arcs_with_capacity_and_unit_cost(nodes, np.full(reps, sink), capacity, np.full(reps, price))
    flow.set_nodes_supplies(np.arange(problem.units), load)
    flow.set_node_supply(sink, -int(load.sum()))
    if flow.solve() != flow.OPTIMAL:
        return None
    return np.asarray(flow.flows(arcs), dtype=np.int64)


def _limits(measure: Measure, factor: float, total: int) -> tuple[Ints, Ints]:
    least = np.floor(measure.lower * factor).astype(np.int64)
    most = np.ceil(np.minimum(measure.upper * factor, total)).astype(np.int64)
    return least, np.maximum(most, least)
