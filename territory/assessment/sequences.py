"""Intervals that hold at every look at once, so that a run may stop as soon as it knows enough.

A confidence sequence by betting (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting,
JRSS B 2024): for every possible mean m, a gambler who doubts m bets on the next year; where the doubt has made a
fortune of 2 / (1 - confidence), m is ruled out. Under the true mean the game is fair, so by Ville's inequality it is
ruled out with probability 1 - confidence at most, whenever one stops.
"""

from __future__ import annotations

from math import log

import numpy as np

from territory.domain.customers import Floats

CELLS = 2_000
"""Means tried between 0 and 1; an interval is widened to the next one not ruled out yet."""

MOST_STAKE = 0.75
"""Largest share of the fortune that one year can lose."""

FIRST_VARIANCE = 0.25
"""Variance assumed before the first year: the largest of a share."""


class MeanSequence:
    """Confidence sequence of the mean of figures that lie around shares.

    Parameters
    ----------
    confidence : float
        Of all intervals of the sequence together.
    half_width : float
        Half width for which the bets are tuned: the sequence is tightest about when it gets there.
    """

    def __init__(self, confidence: float, half_width: float) -> None:
        self.half_width = half_width
        self.count = 0
        self._limit = log(2 / (1 - confidence))
        self._means = np.linspace(0.0, 1.0, CELLS + 1)
        self._above = np.zeros(CELLS + 1)
        self._below = np.zeros(CELLS + 1)
        self._possible = np.ones(CELLS + 1, dtype=bool)
        self._sum = 0.0
        self._squares = 0.0

    def add(self, values: Floats, low: float = 0.0, high: float = 1.0) -> None:
        """Take in the next figures, of which it was known that they would lie between `low` and `high`."""
        down, up = MOST_STAKE / (high - self._means + 1e-12), MOST_STAKE / (self._means - low + 1e-12)
        for value in values.tolist():
            stake = self.half_width / ((FIRST_VARIANCE + self._squares) / (self.count + 1))
            gain = value - self._means
            self._above += np.log1p(np.minimum(stake, up) * gain)
            self._below += np.log1p(-np.minimum(stake, down) * gain)
            self._possible &= (self._above < self._limit) & (self._below < self._limit)
            before = self._sum / self.count if self.count else 0.5
            self.count += 1
            self._sum += value
            self._squares += (value - before) * (value - self._sum / self.count)

    @property
    def mean(self) -> float:
        """Mean of the figures, moved into the interval where it lies outside."""
        low, high = self.interval
        return min(max(self._sum / max(self.count, 1), low), high)

    @property
    def interval(self) -> tuple[float, float]:
        """Every mean not ruled out so far; the whole range where none is left (which has little chance)."""
        left = np.flatnonzero(self._possible)
        if not len(left):
            return 0.0, 1.0
        low, high = max(int(left[0]) - 1, 0), min(int(left[-1]) + 1, CELLS)
        return float(self._means[low]), float(self._means[high])

    @property
    def settled(self) -> bool:
        """Whether the mean is known to the half width."""
        low, high = self.interval
        return high - low <= 2 * self.half_width


def looks(first: int, most: int) -> tuple[int, ...]:
    """Return the numbers of years after which a comparison is looked at: doubling, `most` the last.

    With so few looks, sharing the doubt among them costs less than a sequence that holds at every year.
    """
    numbers = []
    at = first
    while at < most:
        numbers.append(at)
        at *= 2
    return (*numbers, most)
