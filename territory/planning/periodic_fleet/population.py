"""The population: feasible and infeasible plans, kept for cost and for difference from others (Vidal et al., 2012)."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from territory.planning.periodic_fleet.kernels import Floats, Ints
from territory.planning.periodic_fleet.state import TOLERANCE, Problem, State, measure

CLOSEST = 3
"""Plans to which the difference of a plan is measured."""

MOST_DRAWS = 10
"""Tournaments after which both parents may be the same."""

JUDGED = 50
"""Children between two changes of the prices."""

WANTED_FEASIBLE, SLACK = 0.3, 0.05
"""Share of children that should keep the loads, and the durations, and how far it may be off."""

RAISE, LOWER = 1.2, 0.85
LEAST_PRICE, MOST_PRICE = 1e-3, 1e6


@dataclass(frozen=True, eq=False)
class Individual:
    """A stored plan.

    Attributes
    ----------
    after, chosen : arrays
        As in `State`.
    follower : array of int, shape (days * customers,)
        Next customer of each visit, -1 before the depot, -2 for no visit.
    length, load_excess, length_excess : float
    """

    after: Ints
    chosen: Ints
    follower: Ints
    length: float
    load_excess: float
    length_excess: float

    @property
    def feasible(self) -> bool:
        """Whether all loads and durations hold."""
        return self.load_excess <= TOLERANCE and self.length_excess <= TOLERANCE

    @property
    def excess(self) -> float:
        """Excess load and length together."""
        return self.load_excess + self.length_excess

    def cost(self, load_price: float, length_price: float) -> float:
        """Return the penalised cost."""
        return self.length + load_price * self.load_excess + length_price * self.length_excess


def individual_of(problem: Problem, state: State) -> Individual:
    """Store the present plan."""
    length, load_excess, length_excess = measure(problem, state)
    visits, customers = problem.days * problem.nodes, problem.customers
    shape = (problem.days, problem.nodes)
    after = state.i[state.after : state.after + visits].copy()
    follower = after.reshape(shape)[:, :customers].copy()
    follower[follower >= customers] = -1
    follower[state.i[state.tour_of : state.tour_of + visits].reshape(shape)[:, :customers] < 0] = -2
    chosen = state.i[state.chosen : state.chosen + customers].copy()
    return Individual(after, chosen, follower.ravel(), length, load_excess, length_excess)


class Subpopulation:
    """Up to ``smallest + surplus`` plans; when full, the worst by cost and difference leave."""

    def __init__(self, smallest: int, surplus: int) -> None:
        self.smallest, self.surplus = smallest, surplus
        self.members: list[Individual] = []
        self.apart: Floats = np.zeros((0, 0))

    def add(self, one: Individual, load_price: float, length_price: float) -> None:
        """Take a plan in."""
        count = len(self.members)
        apart = np.zeros((count + 1, count + 1))
        apart[:count, :count] = self.apart
        if count:
            days = np.stack([other.chosen for other in self.members]) != one.chosen
            links = np.stack([other.follower for other in self.members]) != one.follower
            visits = np.count_nonzero(one.follower != -2)
            apart[count, :count] = apart[:count, count] = days.mean(axis=1) + links.sum(axis=1) / max(1, visits)
        self.apart = apart
        self.members.append(one)
        if len(self.members) > self.smallest + self.surplus:
            while len(self.members) > self.smallest:
                self._drop_worst(load_price, length_price)

    def fitness(self, load_price: float, length_price: float, elite: int) -> Floats:
        """Return the biased fitness of each plan, lower is better."""
        count = len(self.members)
        cost = np.array([one.cost(load_price, length_price) for one in self.members])
        far = self._difference()
        by_cost, by_difference = np.empty(count), np.empty(count)
        by_cost[np.argsort(cost, kind="stable")] = np.arange(count)
        by_difference[np.argsort(-far, kind="stable")] = np.arange(count)
        return by_cost + (1 - min(elite, count) / count) * by_difference

    def _difference(self) -> Floats:
        """Return the mean difference of each plan to the closest others."""
        if len(self.members) < 2:
            return np.zeros(len(self.members))
        others = self.apart + np.diag(np.full(len(self.members), np.inf))
        closest: Floats = np.sort(others, axis=1)[:, : min(CLOSEST, len(self.members) - 1)].mean(axis=1)
        return closest

    def _drop_worst(self, load_price: float, length_price: float) -> None:
        others = self.apart + np.diag(np.full(len(self.members), np.inf))
        clones = others.min(axis=1) <= 0
        fitness = self.fitness(load_price, length_price, max(1, self.smallest // 2))
        cost = np.array([one.cost(load_price, length_price) for one in self.members])
        fitness[int(cost.argmin())] = -1.0
        worst = int(np.argmax(np.where(clones, 1e6, 0.0) * (fitness >= 0) + fitness))
        del self.members[worst]
        self.apart = np.delete(np.delete(self.apart, worst, axis=0), worst, axis=1)


class Population:
    """Feasible and infeasible plans, the prices of infeasibility, and the best plan of all."""

    def __init__(self, smallest: int, surplus: int, load_price: float, length_price: float) -> None:
        self.feasible = Subpopulation(smallest, surplus)
        self.infeasible = Subpopulation(smallest, surplus)
        self.load_price, self.length_price = load_price, length_price
        self.load_kept: list[bool] = []
        self.length_kept: list[bool] = []

    def add(self, one: Individual) -> None:
        """Take a plan in."""
        part = self.feasible if one.feasible else self.infeasible
        part.add(one, self.load_price, self.length_price)

    def parents(self, choice: random.Random) -> tuple[Individual, Individual]:
        """Return the winners of two binary tournaments over both parts, different ones if there are."""
        members = self.feasible.members + self.infeasible.members
        fitness = np.concatenate(
            [
                part.fitness(self.load_price, self.length_price, max(1, part.smallest // 2))
                if part.members
                else np.zeros(0)
                for part in (self.feasible, self.infeasible)
            ]
        )
        first = _winner(choice, fitness)
        second = _winner(choice, fitness)
        for _ in range(MOST_DRAWS):
            if second != first:
                break
            second = _winner(choice, fitness)
        return members[first], members[second]

    def judge(self, one: Individual) -> None:
        """Count a child for the prices."""
        self.load_kept.append(one.load_excess <= TOLERANCE)
        self.length_kept.append(one.length_excess <= TOLERANCE)

    def adapt_prices(self) -> bool:
        """Raise the prices after too few feasible children, lower them after too many; return whether it was time."""
        if len(self.load_kept) < JUDGED:
            return False
        self.load_price = _adapted(self.load_price, sum(self.load_kept) / len(self.load_kept))
        self.length_price = _adapted(self.length_price, sum(self.length_kept) / len(self.length_kept))
        self.load_kept, self.length_kept = [], []
        return True


def _winner(choice: random.Random, fitness: Floats) -> int:
    first, second = choice.randrange(len(fitness)), choice.randrange(len(fitness))
    return first if fitness[first] <= fitness[second] else second


def _adapted(price: float, feasible: float) -> float:
    if feasible < WANTED_FEASIBLE - SLACK:
        return min(price * RAISE, MOST_PRICE)
    return max(price * LOWER, LEAST_PRICE) if feasible > WANTED_FEASIBLE + SLACK else price
