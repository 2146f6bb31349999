"""Prices of whole clusters of territories: a city far from all others gets dear or cheap as one, not rep by rep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.domain.customers import Floats, Ints

WIDER = 1.6
"""Each level of clusters joins what lies this much farther apart."""
UP, DOWN = 1.3, 0.5
GENTLE, LEAST = 2.0, 0.05

Reals = NDArray[np.float64]


def clusters_of(centres: Floats) -> list[Ints]:
    """Return levels of clusters, finest first: the cluster of each centre, joined along ever longer shortest links.

    Parameters
    ----------
    centres : array of float, shape (territories, axes)
    """
    count = len(centres)
    if count < 3:
        return []
    first, second, length = _spanning_tree(centres)
    levels: list[Ints] = []
    reach = max(float(np.median(length)), 1e-9)
    while (length > reach).any():
        near = length <= reach
        graph = coo_array((np.ones(int(near.sum())), (first[near], second[near])), shape=(count, count))
        levels.append(np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64))
        reach *= WIDER
    return levels


def _spanning_tree(centres: Floats) -> tuple[Ints, Ints, Floats]:
    """Return the links of the shortest tree that joins all centres, and their lengths (Prim)."""
    count = len(centres)
    away, parent, outside = np.full(count, np.inf), np.zeros(count, dtype=np.int64), np.ones(count, dtype=bool)
    second, length, here = np.zeros(count - 1, dtype=np.int64), np.zeros(count - 1), 0
    for link in range(count - 1):
        outside[here] = False
        km = np.sqrt(np.square(centres - centres[here]).sum(axis=1))
        closer = outside & (km < away)
        away[closer], parent[closer] = km[closer], here
        here = int(np.where(outside, away, np.inf).argmin())
        second[link], length[link] = here, away[here]
    return parent[second], second, length


class ClusterSteps:
    """Sign-adaptive steps that move the prices of all territories of a cluster together."""

    def __init__(self, levels: list[Ints], first_step: float) -> None:
        self.levels = levels
        self.size = [np.bincount(level).astype(np.float64) for level in levels]
        self.step = [np.full(len(size), first_step) for size in self.size]
        self.sign = [np.zeros(len(size)) for size in self.size]

    def climb(self, slope: Reals, prices: Reals) -> None:
        """Move prices of one measure, in place; a price stops at zero where it would change its sign.

        Parameters
        ----------
        slope : array of float, shape (territories,)
            By how much each load breaks the limit that its price pays for.
        prices : array of float, shape (territories,)
        """
        for level, size, step, sign in zip(self.levels, self.size, self.step, self.sign, strict=True):
            over = np.bincount(level, slope)
            now = np.sign(over) * (size > 1)
            np.multiply(step, np.where(now * sign > 0, UP, np.where(now * sign < 0, DOWN, 1.0)), out=step)
            sign[:] = now
            move = now * step * np.minimum(1.0, GENTLE * np.abs(over) * len(slope) / size + LEAST)
            moved = prices + move[level]
            prices[:] = np.where(prices * moved < 0, 0.0, moved)


def slopes(load: Reals, lower: Reals, upper: Reals, prices: Reals) -> Reals:
    """Return by how much each load differs from the limit its price pays for (unpriced: from a limit it breaks)."""
    dear = (prices > 0) | ((prices == 0) & (load > upper))
    cheap = (prices < 0) | ((prices == 0) & (load < lower))
    return np.where(dear, load - upper, np.where(cheap, load - lower, 0.0))
