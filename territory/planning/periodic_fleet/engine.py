"""The search for a fleet: a population of plans, each child improved by a short ruin and recreate.

The first plans of small fleets are many and quick; those of larger fleets few and annealed slowly. The largest fleets
have no time for a population: one plan is annealed instead.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from territory.planning.periodic_fleet.crossover import cross
from territory.planning.periodic_fleet.instance import FleetPlan, PeriodicFleet, check_fleet, plan_of, problem_of
from territory.planning.periodic_fleet.local_search import educate
from territory.planning.periodic_fleet.population import Individual, Population, individual_of
from territory.planning.periodic_fleet.ruin import ruin_and_recreate
from territory.planning.periodic_fleet.split import complete
from territory.planning.periodic_fleet.state import (
    WORK,
    Problem,
    clear,
    keep,
    new_state,
    recall,
    reprice,
    touch_all,
)

EFFORT_ITERATIONS = {"quick": 200_000, "standard": 1_400_000, "thorough": 7_500_000}
"""Iterations of each effort: about 1.2, 8 and 45 CPU seconds on a slow core, whatever the size."""

CHAIN_LOOKS = 1100
"""Insertions and moves looked at in one iteration when one plan is annealed; in others, see `Style.looks`."""

CHILD_LOOKS = 600
"""What a child counts as effort per visit, beside its ruins and moves: crossover, split, selection."""

PATIENCE = 400
"""Children without a shorter plan, or a less invalid one, after which the population starts anew."""

REMOVED, CHAIN_REMOVED = 8.0, 6.0
"""Mean number of customers a ruin takes out of a child, and of a plan that is annealed slowly."""

CHAIN_PIECE = 500
"""Ruins between two changes of a slow temperature; an interrupt waits no longer."""

CHAIN_HEATS, START_HEATS = (0.8, 0.07), (2.0, 0.03)
"""First and last temperature of a plan that is annealed slowly: of an only one, and of a first one of a population.
In mean edges, as all temperatures here."""

CHAIN_PRICES = 100.0
"""Prices of infeasibility meanwhile, in first prices of the population."""

SMALLEST, SURPLUS = 8, 8
"""Size of each part of the population after the worst leave, and how many more it may hold."""

START_STEPS, START_HOT, START_COLD = 900, 0.4, 0.01
"""Short annealing of a first plan: ruins and temperatures."""

STRICT = 10.0
"""Factor on the prices when an infeasible plan is repaired."""

REPAIRED = 0.5
"""Share of infeasible plans that are repaired."""


@dataclass(frozen=True)
class Style:
    """How plans of some size are searched.

    Attributes
    ----------
    most_visits : int
        The largest plan searched like this.
    starts : int
        First plans of the population.
    start_share : float
        Share of the effort in which these are annealed slowly; 0 for short annealing of `START_STEPS`.
    child_steps, child_hot, child_cold : int, float, float
        Ruins of each child and their temperatures.
    looks : int
        Insertions and moves looked at in one iteration, so that one takes much the same time whatever the size.
    """

    most_visits: int
    starts: int
    start_share: float
    child_steps: int
    child_hot: float
    child_cold: float
    looks: int


STYLES = (Style(185, 10, 0.0, 300, 0.3, 0.02, 1000), Style(400, 4, 0.35, 1500, 0.2, 0.02, 1150))


def plan_fleet(fleet: PeriodicFleet, *, seed: int, iterations: int = EFFORT_ITERATIONS["standard"]) -> FleetPlan:
    """Choose a day pattern for every customer and route every day's vehicles, at the least total distance.

    Parameters
    ----------
    fleet : PeriodicFleet
    seed : int
        Not negative; the same seed gives the same plan on every machine, however fast.
    iterations : int
        Effort, see `EFFORT_ITERATIONS`.

    Returns
    -------
    FleetPlan
        The shortest valid plan found; where none was found, the one with the least excess.

    Raises
    ------
    ValueError
        If the fleet is malformed, or `seed` or `iterations` out of range.

    Notes
    -----
    Vidal, Crainic, Gendreau, Lahrichi and Rei (2012), Operations Research 60(3), with ruin and recreate in each child.
    """
    check_fleet(fleet)
    if seed < 0 or iterations < 1:
        raise ValueError(f"seed {seed} must not be negative, iterations {iterations} must be positive")
    problem = problem_of(fleet)
    search = _Search(fleet, problem, seed)
    style = next((style for style in STYLES if search.visits <= style.most_visits), None)
    search.budget = iterations * (CHAIN_LOOKS if style is None else style.looks)
    if style is None:
        search.anneal(1.0, CHAIN_HEATS)
    else:
        while search.spent < 1:
            search.start(style)
            search.evolve(style)
    return plan_of(fleet, problem, search.result.after)


class _Search:
    """One run: the plan in work, the population, and the best so far."""

    def __init__(self, fleet: PeriodicFleet, problem: Problem, seed: int) -> None:
        self.problem, self.state = problem, new_state(problem, seed)
        self.choice, self.budget = random.Random(seed), 1  # noqa: S311 (no secret)
        times = np.array([len(set(patterns[0])) for patterns in fleet.patterns])
        self.visits = int(times.sum())
        self.service = float((times * fleet.service).sum())
        self.load_price = max(0.1, float(fleet.distance[0].mean()) / max(1e-9, float(fleet.demand.mean())))
        self.length_price = 1.0
        self.best: Individual | None = None
        self.least_excess: Individual | None = None
        self.population = Population(1, 0, self.load_price, self.length_price)
        reprice(problem, self.state, self.load_price, self.length_price)

    @property
    def spent(self) -> float:
        """Share of the effort that is used up."""
        return float(self.state.i[WORK]) / self.budget

    @property
    def result(self) -> Individual:
        """The best valid plan, or the one that is invalid by the least."""
        found = self.best or self.least_excess
        assert found is not None
        return found

    def start(self, style: Style) -> None:
        """Fill the population with greedy plans, annealed for a while."""
        self.population = Population(SMALLEST, SURPLUS, self.load_price, self.length_price)
        begin = self.spent
        for k in range(style.starts):
            if style.start_share > 0:
                until = begin + (1 - begin) * style.start_share * (k + 1) / style.starts
                self.population.add(self.anneal(until, START_HEATS))
                continue
            reprice(self.problem, self.state, self.load_price, self.length_price)
            self._build()
            self._improve(START_STEPS, START_HOT, START_COLD)
            self._store(judged=False)
            if self.spent >= 1:
                break
        reprice(self.problem, self.state, self.load_price, self.length_price)

    def evolve(self, style: Style) -> None:
        """Breed until the effort is used up, or nothing better was found for long."""
        population, last = self.population, self.result
        idle = 0
        while self.spent < 1 and idle < PATIENCE:
            first, second = population.parents(self.choice)
            cross(self.problem, self.state, first.after, second.after)
            educate(self.problem, self.state)
            self._improve(style.child_steps, style.child_hot, style.child_cold)
            self._store(judged=True)
            idle = idle + 1 if self.result is last else 0
            last = self.result
            if population.adapt_prices():
                reprice(self.problem, self.state, population.load_price, population.length_price)

    def anneal(self, until: float, heats: tuple[float, float]) -> Individual:
        """Anneal one plan slowly, between these temperatures, until a share of the effort is used up."""
        reprice(self.problem, self.state, CHAIN_PRICES * self.load_price, CHAIN_PRICES * self.length_price)
        self._build()
        edge, begin, (hot, cold) = self._edge(), self.spent, heats
        keep(self.problem, self.state)
        while self.spent < until:
            share = (self.spent - begin) / (until - begin)
            heat = edge * hot * (cold / hot) ** share
            ruin_and_recreate(self.problem, self.state, CHAIN_PIECE, heat, heat, CHAIN_REMOVED)
        recall(self.problem, self.state)
        educate(self.problem, self.state)
        one = individual_of(self.problem, self.state)
        self._note(one)
        return one

    def _build(self) -> None:
        clear(self.problem, self.state)
        complete(self.problem, self.state)
        educate(self.problem, self.state)

    def _improve(self, steps: int, hot: float, cold: float) -> None:
        edge, done = self._edge(), 0
        keep(self.problem, self.state)
        while done < steps:
            piece = min(CHAIN_PIECE, steps - done)
            begin, end = (edge * hot * (cold / hot) ** (k / steps) for k in (done, done + piece))
            ruin_and_recreate(self.problem, self.state, piece, begin, end, REMOVED)
            done += piece
        recall(self.problem, self.state)
        educate(self.problem, self.state)
        self.state.i[WORK] += CHILD_LOOKS * self.visits

    def _edge(self) -> float:
        """Return the mean distance per visit of the present plan."""
        state, tours = self.state, self.problem.days * self.problem.vehicles
        travel = float(state.f[state.length : state.length + tours].sum()) - self.service
        return max(1e-6, travel / max(1, self.visits))

    def _store(self, *, judged: bool) -> None:
        """Take the present plan into the population; repair some infeasible ones."""
        problem, state, population = self.problem, self.state, self.population
        one = individual_of(problem, state)
        self._note(one)
        if judged:
            population.judge(one)
        population.add(one)
        if one.feasible or self.choice.random() >= REPAIRED:
            return
        reprice(problem, state, STRICT * population.load_price, STRICT * population.length_price)
        touch_all(problem, state)
        educate(problem, state)
        repaired = individual_of(problem, state)
        reprice(problem, state, population.load_price, population.length_price)
        if repaired.feasible:
            self._note(repaired)
            population.add(repaired)

    def _note(self, one: Individual) -> None:
        """Remember the shortest valid plan, and the least invalid one."""
        if one.feasible and (self.best is None or one.length < self.best.length):
            self.best = one
        if self.least_excess is None or one.excess < self.least_excess.excess:
            self.least_excess = one
