"""Where a run starts: spread seeds, each unit to its nearest, or grown along the adjacency so that all is connected."""

from __future__ import annotations

import heapq
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.free_centres.kernel import Shorts
from territory.planning.assignment.free_centres.problem import FreeCentreProblem
from territory.planning.assignment.free_centres.sums import grouped, inner_sums

ROUNDS = 10


def start_division(problem: FreeCentreProblem, start: Ints, other: Shorts, seed: int) -> Ints:
    """Return a first division, no territory empty; connected where the adjacency allows it.

    Parameters
    ----------
    problem : FreeCentreProblem
    start, other : array of int
        Neighbour lists.
    seed : int
    """
    parts = _parts(problem, start, other)
    seeds = spread_seeds(problem.distance, parts, problem.territories, seed)
    if problem.adjacency is not None:
        return _grow(problem.distance, start, other, seeds)
    owner: Ints = problem.distance[:, seeds].argmin(axis=1)
    for _ in range(ROUNDS):
        owner[seeds] = np.arange(len(seeds))
        medians = _medians(problem.distance, owner, len(seeds))
        if np.array_equal(medians, seeds):
            break
        seeds = medians
        owner = problem.distance[:, seeds].argmin(axis=1)
    owner[seeds] = np.arange(len(seeds))
    return owner


def spread_seeds(distance: Floats, parts: Ints, count: int, seed: int) -> Ints:
    """Draw seeds one after the other, far from the earlier ones with more chance (k-means++), one in each part first.

    Parameters
    ----------
    distance : array of float, shape (units, units)
    parts : array of int, shape (units,)
        Connected parts that each need a seed, as long as there are enough.
    count, seed : int
    """
    random = np.random.default_rng(seed)
    units = len(distance)
    seeds = np.zeros(count, dtype=np.int64)
    near = np.full(units, np.inf)
    seen = np.zeros(units, dtype=bool)
    taken = np.zeros(units, dtype=bool)
    for number in range(count):
        chance = np.where(np.isinf(near), 1.0, near**2) * ~taken
        if number and not seen.all():
            chance = chance * ~seen
        if chance.sum() <= 0:
            chance = (~taken).astype(np.float64)
        running = np.cumsum(chance)
        pick = min(int(np.searchsorted(running, random.random() * running[-1], side="right")), units - 1)
        seeds[number] = pick
        taken[pick] = True
        seen |= parts == parts[pick]
        near = np.minimum(near, distance[:, pick])
    return seeds


def _parts(problem: FreeCentreProblem, start: Ints, other: Shorts) -> Ints:
    if problem.adjacency is None:
        return np.zeros(problem.units, dtype=np.int64)
    rows = np.repeat(np.arange(problem.units), np.diff(start))
    links = coo_array((np.ones(len(rows)), (rows, other)), shape=(problem.units, problem.units))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)


def _grow(distance: Floats, start: Ints, other: Shorts, seeds: Ints) -> Ints:
    """Give every unit to the seed whose territory touches it and is nearest; units no seed reaches to the nearest."""
    owner = np.full(len(distance), -1, dtype=np.int64)
    queue: list[tuple[float, int, int]] = [(0.0, int(unit), number) for number, unit in enumerate(seeds)]
    heapq.heapify(queue)
    while queue:
        _, unit, number = heapq.heappop(queue)
        if owner[unit] >= 0:
            continue
        owner[unit] = number
        for near in other[start[unit] : start[unit + 1]].tolist():
            if owner[near] < 0:
                heapq.heappush(queue, (float(distance[near, seeds[number]]), near, number))
    lost = np.flatnonzero(owner < 0)
    owner[lost] = distance[np.ix_(lost, seeds)].argmin(axis=1)
    return owner


def _medians(distance: Floats, owner: Ints, count: int) -> Ints:
    order, begin = grouped(owner, count)
    sums = inner_sums(distance, order, begin)
    return np.array([order[a + sums[a:b].argmin()] for a, b in pairwise(begin.tolist())], dtype=np.int64)
