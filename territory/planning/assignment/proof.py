"""How good a division is at its centres: prices that prove a bound, and a search close to what they ask for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from territory.domain.customers import Floats
from territory.planning.assignment.candidates import Lists
from territory.planning.assignment.clusters import clusters_of
from territory.planning.assignment.design import Design
from territory.planning.assignment.left_out import cheapest
from territory.planning.assignment.listing import list_nearest, paid_with_loads
from territory.planning.assignment.points import Task, plain_price, with_load_prices
from territory.planning.assignment.prices import Reals, ascend
from territory.planning.assignment.settling import TRIES, Schedule, settle
from territory.planning.solver import seed_of

WIDTH, PASSES, TURNS, SWEEPS, HOT, LAMBDA = 16, 200, 4, 400, 0.02, 3.0
INSIDE = 1e-4
BANDS, LOOSE = (1.0, 0.2, 0.1), 0.2
"""Parts of the tolerance in which loads lie near the limits their prices pay for, and the part of the territories,
those with prices near zero, that may lie anywhere."""


@dataclass(frozen=True)
class Proven(Design):
    """A division with a proof of how good it is at its centres.

    Attributes
    ----------
    cost : float
    bound : float
        No division within the limits is cheaper at these centres.
    """

    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Part of the cost that could be saved at most."""
        return (self.cost - self.bound) / max(self.cost, 1e-12)


def prove(task: Task, found: Design, *, seed: int, width: int = WIDTH, passes: int = PASSES) -> Proven:
    """Improve a design at its centres from the prices that prove the best bound, and return it with the bound."""
    lists, prices, bound = _price_out(task, found.centres, width, passes)
    price = plain_price(task, found.centres)
    rows = np.arange(len(found.owner))
    cheapest_now = ascend(lists, task.weight, task.lower, task.upper, prices, passes=1).owner
    best, least = found.owner, float(price(rows, found.owner.astype(np.int64)).sum())
    for number, part in enumerate(BANDS):
        level, tries = least / len(rows), 1 if part < 1 else TRIES
        owner = settle(
            _tied(task, prices, part),
            paid_with_loads(task, lists, prices),
            cheapest_now,
            seed=seed_of(seed, 22, number),
            price=with_load_prices(price, task, prices),
            schedule=Schedule(SWEEPS, HOT, level, LAMBDA, tries, INSIDE),
        )
        cost = float(price(rows, owner.astype(np.int64)).sum())
        if cost < least and task.keeps(owner):
            best, least = owner, cost
    return Proven(best, found.centres, least, bound)


def _price_out(task: Task, centres: Floats, width: int, passes: int) -> tuple[Lists, Reals, float]:
    """Return lists that hold what every unit wants at the best prices found, these prices, and the bound they prove.

    At each price some unit may want a territory its list leaves out: it is listed then, and prices climb on.
    """
    lists = list_nearest(task, centres, width)
    lists = Lists(lists.near, lists.cost, np.full(len(task.points), np.inf, dtype=np.float32))
    limits, clusters = (task.weight, task.lower, task.upper), clusters_of(centres)
    price, better = plain_price(task, centres), np.empty(len(task.points), dtype=np.int32)
    best, best_prices = -np.inf, np.zeros(task.lower.shape)
    prices = best_prices
    for turn in range(TURNS):
        first = ascend(lists, *limits, prices, passes=passes // 2)
        prices = ascend(lists, *limits, first.prices, passes=passes, clusters=clusters).prices
        value = cheapest(task.points, task.pull, centres, lists.near, task.weight, prices, better)
        value -= float(np.where(prices > 0, prices * np.where(prices > 0, task.upper, 0), prices * task.lower).sum())
        if value > best:
            best, best_prices = value, prices
        missing = np.flatnonzero(better >= 0)
        if not len(missing) or width >= len(centres):
            break
        column = width - 1 - turn
        lists.near[missing, column] = better[missing]
        lists.cost[missing, column] = price(missing, better[missing].astype(np.int64))
    return lists, best_prices, best


def _tied(task: Task, prices: Reals, part: float) -> Task:
    """Return the task with limits as narrow as the best division's: loads lie at the limit that a price pays for."""
    room = part * np.where((task.upper < 1e17) & (task.lower > 0), task.upper - task.lower, np.inf)
    clear = np.abs(prices) >= np.quantile(np.abs(prices), LOOSE, axis=0)
    lower = np.where(clear & (prices > 0), np.maximum(task.upper - room, task.lower), task.lower)
    upper = np.where(clear & (prices < 0), np.minimum(task.lower + room, task.upper), task.upper)
    return replace(task, lower=lower, upper=upper)
