"""Territories with free centres: annealed, redrawn region by region, and how far from the best they can be at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.domain.customers import Ints
from territory.parallel import map_tasks
from territory.planning.assignment.free_centres.bound import free_centre_bound
from territory.planning.assignment.free_centres.problem import (
    FreeCentreProblem,
    best_centre,
    canonical_order,
    reordered,
    tight_limits,
)
from territory.planning.assignment.free_centres.regions import redraw
from territory.planning.assignment.free_centres.run import Division, Kit, make_kit, run
from territory.planning.assignment.free_centres.start import start_division
from territory.planning.solver import seed_of

DEFAULT_WORK = 400_000_000
WORK_PER_LINE, GRAPH_WORK_PER_LINE = 1_000_000, 250_000
"""Work a unit after which a line of improvement has mostly come to rest, so that another one pays more."""
MOST_LINES = 24
FEW_TERRITORIES = 8
"""Up to this many there are no regions: all work goes into runs."""
RUN_SHARE = 0.25
BOUND_SHARE = 0.1
STEPS_PER_UNIT = 20_000
RESCUES = 3


@dataclass(frozen=True)
class FreeCentres:
    """A division into territories and what is known about it.

    Attributes
    ----------
    owner : array of int, shape (units,)
        Territory of each unit. Where all territories have the same limits they are numbered in the canonical order of
        their centres, otherwise as the limits are.
    centre : array of int, shape (territories,)
        Unit with the least sum of distances among those whose capacity suffices.
    cost : float
        Sum of the distances to the centres.
    bound : float
        No division within the limits costs less; connectivity is left out, which can only lower it.
    holds : bool
        Whether every limit is kept, every capacity suffices and every territory is connected.
    """

    owner: Ints
    centre: Ints
    cost: float
    bound: float
    holds: bool

    @property
    def gap(self) -> float:
        """Return by what share of its cost the division may at most be improved."""
        return (self.cost - self.bound) / self.cost if self.cost > 0 else 0.0


@dataclass(frozen=True)
class _Line:
    """One independent line of improvement: a task that travels to a worker."""

    kit: Kit
    work: int
    seed: int


def locate_and_allocate(
    problem: FreeCentreProblem, *, seed: int, work: int = DEFAULT_WORK, workers: int = 1
) -> FreeCentres:
    """Choose centres and give every unit to one, so that limits hold and the sum of distances is small.

    Parameters
    ----------
    problem : FreeCentreProblem
        From `free_centre_problem`.
    seed : int
    work : int
        About the number of distances read, 10 ns each on one core; the answer depends on it, never on the clock.
    workers : int
        Processes; the answer is the same for any number.
    """
    order = canonical_order(problem)
    kit = make_kit(reordered(problem, order))
    search = int(work * (1 - BOUND_SHARE))
    each = WORK_PER_LINE if problem.adjacency is None else GRAPH_WORK_PER_LINE
    lines = int(np.clip(round(search / (each * problem.units)), 1, MOST_LINES))
    tasks = [_Line(kit, search // lines, seed_of(seed, 1, number)) for number in range(lines)]
    divisions = map_tasks(_follow, tasks, workers=workers)
    best = min(divisions, key=lambda division: division.key)
    for number in range(RESCUES):
        if best.broken > 0:
            start = start_division(kit.problem, kit.start, kit.other, seed_of(seed, 2, number))
            rescue = run(
                kit, start, work=search // lines, seed=seed_of(seed, 2, number), strictness=10.0 ** (number + 1)
            )
            best = min(best, rescue, key=lambda division: division.key)
    bound = free_centre_bound(kit.problem, best.cost, work=int(work * BOUND_SHARE))
    return _answer(kit.problem, order, best, bound)


def _follow(line: _Line) -> Division:
    """Run from new starts, then redraw regions of the best."""
    kit, problem = line.kit, line.kit.problem
    few = problem.territories <= FEW_TERRITORIES
    start = start_division(problem, kit.start, kit.other, line.seed)
    first = run(kit, start, work=int(line.work * (1.0 if few else RUN_SHARE)), seed=line.seed)
    if few or first.broken > 0:
        return first
    return redraw(kit, first, work=int(line.work * (1 - RUN_SHARE)), seed=line.seed, steps=STEPS_PER_UNIT)


def _answer(problem: FreeCentreProblem, order: Ints, best: Division, bound: float) -> FreeCentres:
    """Return a division in the caller's order of units."""
    owner = best.owner
    centre = np.array([best_centre(problem, np.flatnonzero(owner == r))[0] for r in range(problem.territories)])
    if _alike(problem):
        rank = np.argsort(centre, kind="stable")
        name = np.empty_like(rank)
        name[rank] = np.arange(len(rank))
        owner, centre = name[owner], centre[rank]
    cost = float(problem.distance[np.arange(problem.units), centre[owner]].sum())
    holds = keeps_limits(problem, owner, centre) and connected(problem, owner)
    given = np.empty_like(owner)
    given[order] = owner
    return FreeCentres(given, order[centre], cost, min(bound, cost) if holds else bound, holds)


def _alike(problem: FreeCentreProblem) -> bool:
    return bool(np.all(problem.lower == problem.lower[:, :1]) and np.all(problem.upper == problem.upper[:, :1]))


def keeps_limits(problem: FreeCentreProblem, owner: Ints, centre: Ints) -> bool:
    """Tell whether no territory is empty, all loads are within their limits and all capacities suffice."""
    count = problem.territories
    if (np.bincount(owner, minlength=count) == 0).any():
        return False
    lower, upper = tight_limits(problem)
    load = np.array([np.bincount(owner, w, count) for w in problem.weight])
    slack = 1e-12 * (1.0 + problem.weight.sum(axis=1, keepdims=True))
    fits = problem.capacity is None or bool((load[0] <= problem.capacity[centre] + slack[0]).all())
    return fits and bool(((load >= lower - slack) & (load <= upper + slack)).all())


def connected(problem: FreeCentreProblem, owner: Ints) -> bool:
    """Tell whether every territory is connected by the adjacency, or true without one."""
    if problem.adjacency is None:
        return True
    first, second = problem.adjacency[owner[problem.adjacency[:, 0]] == owner[problem.adjacency[:, 1]]].T
    links = coo_array((np.ones(len(first)), (first, second)), shape=(problem.units, problem.units))
    return int(connected_components(links, directed=False)[0]) == problem.territories
