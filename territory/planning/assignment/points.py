"""Points to divide into territories: what they weigh, within which limits, and what a division of them is worth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.candidates import Int32s
from territory.planning.assignment.connected import FIXED, mark_strays
from territory.planning.assignment.prices import Reals
from territory.planning.assignment.problem import SLACK

Price = Callable[[Ints, Ints], Floats]
"""What given units pay for given territories."""
NO_BORDER = np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32)
"""Neighbours where territories need not hang together."""


@dataclass(frozen=True)
class Task:
    """Points to divide, in shares of the whole; units in map order for speed.

    Attributes
    ----------
    points : array of float, shape (units, 3)
        Km, see `candidates.on_globe`.
    pull : array of float, shape (units,)
        What a km to the centre counts.
    weight : array, shape (units, measures)
    lower, upper : array, shape (territories, measures)
    border : (begin, neighbours)
        Neighbours as adjacency lists; empty lists where territories need not hang together.
    """

    points: Floats
    pull: Floats
    weight: Reals
    lower: Reals
    upper: Reals
    border: tuple[Ints, Int32s]

    @property
    def contiguous(self) -> bool:
        """Whether territories must hang together."""
        return len(self.border[0]) > 1

    def excess(self, owner: Int32s) -> float:
        """Return the sum of what breaks the limits, loads added up anew; nothing up to rounding is nothing."""
        load = loads(owner, self.weight, len(self.lower))
        broken = np.maximum(np.maximum(load - self.upper, self.lower - load), 0.0)
        return float(broken[broken > SLACK / len(self.lower)].sum())

    def strays(self, owner: Int32s, fixed: Int32s) -> int:
        """Return how many units that may move lie outside the main body of their territory."""
        if not self.contiguous:
            return 0
        flags, main = np.zeros(len(owner), dtype=np.uint8), np.zeros(len(self.lower), dtype=np.int32)
        flags[fixed] = FIXED
        work = np.zeros((2, len(owner)), dtype=np.int32)
        return int(mark_strays(*self.border, owner, flags, main, work[0], work[1]))

    def keeps(self, owner: Int32s, fixed: Int32s | None = None) -> bool:
        """Return whether a division keeps the limits and every territory hangs together."""
        fixed = np.zeros(0, dtype=np.int32) if fixed is None else fixed
        return self.excess(owner) <= 0 and not self.strays(owner, fixed)

    def inside(self, part: float) -> tuple[Reals, Reals]:
        """Return limits narrower by a part of the tolerance."""
        room = part * np.where((self.upper < 1e17) & (self.lower > 0), (self.upper - self.lower) / 2, 0.0)
        return self.lower + room, self.upper - room


def loads(owner: Int32s, weight: Reals, count: int) -> Reals:
    """Return the load of every territory, added up anew, shape (territories, measures)."""
    out = np.empty((count, weight.shape[1]))
    for k in range(weight.shape[1]):
        out[:, k] = np.bincount(owner, weight[:, k], count)
    return out


def plain_price(task: Task, centres: Floats) -> Price:
    """Return the price of distance alone."""

    def price(units: Ints, territories: Ints) -> Floats:
        km = np.linalg.norm(task.points[units] - centres[territories], axis=1)
        return np.asarray(km * task.pull[units], dtype=np.float64)

    return price


def with_load_prices(price: Price, task: Task, prices: Reals) -> Price:
    """Return a price with what loads cost at the territories, `prices` of shape (territories, measures)."""

    def both(units: Ints, territories: Ints) -> Floats:
        extra = (task.weight[units] * prices[territories]).sum(axis=1)
        return np.asarray(price(units, territories) + extra, dtype=np.float64)

    return both
