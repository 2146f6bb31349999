"""One annealing run on arrays that are ready for the kernel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.free_centres.kernel import Shorts, Singles, anneal
from territory.planning.assignment.free_centres.problem import FreeCentreProblem, neighbour_lists, tight_limits
from territory.planning.assignment.free_centres.sums import grouped, inner_sums

OUTWARD_HOT, OUTWARD_COLD = 3.0, 0.01
GRAPH_HOT, GRAPH_COLD = 1.0, 0.03
OUTWARD_PRICE, GRAPH_PRICE = 4.0, 12.0
FEW_UNITS = 20
OUTWARD_RANGE, GRAPH_RANGE = 30.0, 1000.0


@dataclass(frozen=True)
class Kit:
    """A problem as the kernel takes it.

    Attributes
    ----------
    problem : FreeCentreProblem
    distance, reverse : array of float32, shape (units, units)
    weight : array of float, shape (units, measures)
    capacity : array of float, shape (units,) or (0,)
    lower, upper : array of float, shape (territories, measures)
    scale : array of float, shape (measures,)
    start, other : array of int
        Neighbour lists.
    """

    problem: FreeCentreProblem
    distance: Singles
    reverse: Singles
    weight: Floats
    capacity: Floats
    lower: Floats
    upper: Floats
    scale: Floats
    start: Ints
    other: Shorts


@dataclass(frozen=True)
class Division:
    """A division with its cost and by how many mean loads it breaks limits."""

    owner: Ints
    cost: float
    broken: float

    @property
    def key(self) -> tuple[float, float]:
        """Return what better divisions have less of."""
        return self.broken, self.cost


def make_kit(problem: FreeCentreProblem) -> Kit:
    """Return the arrays of a problem for the kernel."""
    lower, upper = tight_limits(problem)
    distance = np.ascontiguousarray(problem.distance, dtype=np.float32)
    symmetric = np.array_equal(distance, distance.T)
    start, other = neighbour_lists(problem)
    total = problem.weight.sum(axis=1)
    return Kit(
        problem,
        distance,
        distance if symmetric else np.ascontiguousarray(distance.T),
        np.ascontiguousarray(problem.weight.T),
        np.zeros(0) if problem.capacity is None else problem.capacity,
        np.ascontiguousarray(lower.T),
        np.ascontiguousarray(upper.T),
        np.where(total > 0, problem.territories / np.where(total > 0, total, 1.0), 0.0),
        start,
        other,
    )


def run(kit: Kit, owner: Ints, *, work: int, seed: int, hot: float | None = None, strictness: float = 1.0) -> Division:
    """Anneal a division and return the best one met.

    Parameters
    ----------
    kit : Kit
    owner : array of int, shape (units,)
    work : int
        About the number of distances read.
    seed : int
    hot : float, optional
        First temperature over the typical distance of the start.
    strictness : float
        Factor on the price of imbalance.
    """
    graph = kit.problem.adjacency is not None
    base = _typical_distance(kit, owner)
    first, last = (GRAPH_HOT, GRAPH_COLD) if graph else (OUTWARD_HOT, OUTWARD_COLD)
    spread = GRAPH_RANGE if graph else OUTWARD_RANGE
    price = GRAPH_PRICE * base
    if not graph:
        price = OUTWARD_PRICE * base * max(kit.problem.units / kit.problem.territories, FEW_UNITS)
    price *= strictness
    members, sums, place, size, load = _tables(kit, owner)
    moving = owner.astype(np.int32)
    best = moving.copy()
    levels = np.array([(hot or first) * base, last * base, price, price / spread, price * spread])
    cost, broken = anneal(
        kit.distance,
        kit.reverse,
        kit.weight,
        kit.capacity,
        kit.lower,
        kit.upper,
        kit.scale,
        kit.start,
        kit.other,
        graph,
        moving,
        best,
        members,
        sums,
        place,
        size,
        load,
        levels,
        work,
        seed,
    )
    return Division(best.astype(np.int64), cost, broken)


def _tables(kit: Kit, owner: Ints) -> tuple[Shorts, Floats, Ints, Ints, Floats]:
    """Return members, sums of distances, place of each unit, size and loads of the territories for the kernel."""
    count, units = kit.problem.territories, len(owner)
    order, begin = grouped(owner, count)
    size = np.diff(begin)
    place = np.empty(units, dtype=np.int64)
    place[order] = np.arange(units) - begin[owner[order]]
    members = np.empty((count, units), dtype=np.int32)
    members[owner, place] = np.arange(units)
    sums = np.empty((count, units))
    sums[owner[order], place[order]] = inner_sums(kit.distance, order, begin)
    load = np.array([np.bincount(owner, w, count) for w in kit.problem.weight])
    return members, sums, place, size, np.ascontiguousarray(load.T)


def _typical_distance(kit: Kit, owner: Ints) -> float:
    """Return the mean length of an edge or, without a graph, the mean distance to the centre."""
    problem = kit.problem
    if problem.adjacency is not None and len(problem.adjacency):
        lengths = problem.distance[problem.adjacency[:, 0], problem.adjacency[:, 1]]
        base = float(lengths.mean())
    else:
        base = total_cost(problem.distance, owner) / problem.units
    return base or 1.0


def total_cost(distance: Floats, owner: Ints) -> float:
    """Return the sum of the distances to the best centre of each territory, capacities aside."""
    order, begin = grouped(owner, int(owner.max(initial=-1)) + 1)
    sums = inner_sums(distance, order, begin)
    return float(np.minimum.reduceat(sums, begin[:-1][np.diff(begin) > 0]).sum())
