"""Territories that short lists leave out, at given prices: none is forgotten in a bound (compiled)."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Floats
from territory.planning.assignment.candidates import Int32s

BLOCK = 128
"""Units in map order that are looked at together, to rule out most territories at once."""

Reals = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def cheapest(  # noqa: C901, PLR0912 - one pass over blocks of units
    points: Floats, pull: Floats, centres: Floats, near: Int32s, weight: Reals, prices: Reals, better: Int32s
) -> float:
    """Return the sum of the least that each unit could pay at any territory, way and prices together.

    Parameters
    ----------
    points, centres : array of float, shape (units or territories, 3)
    pull : array of float, shape (units,)
        Positive.
    near : array of int32, shape (units, width)
    weight : array, shape (units, measures)
    prices : array, shape (territories, measures)
    better : array of int32, shape (units,)
        Result: the territory left out of a unit's list that beats the list, -1 if there is none.
    """
    units, count, measures = len(points), len(centres), weight.shape[1]
    kept = np.empty(count, np.int32)
    least = np.empty(BLOCK)
    value = 0.0
    for begin in range(0, units, BLOCK):
        end = min(units, begin + BLOCK)
        x = y = z = radius = 0.0
        for u in range(begin, end):
            x += points[u, 0] / (end - begin)
            y += points[u, 1] / (end - begin)
            z += points[u, 2] / (end - begin)
        lowest, highest = np.full(measures, np.inf), np.zeros(measures)
        worst = -np.inf
        for u in range(begin, end):
            dx, dy, dz = points[u, 0] - x, points[u, 1] - y, points[u, 2] - z
            radius = max(radius, np.sqrt(dx * dx + dy * dy + dz * dz))
            for k in range(measures):
                lowest[k] = min(lowest[k], weight[u, k] / pull[u])
                highest[k] = max(highest[k], weight[u, k] / pull[u])
            best = np.inf
            for c in range(near.shape[1]):
                j = near[u, c]
                dx, dy, dz = points[u, 0] - centres[j, 0], points[u, 1] - centres[j, 1], points[u, 2] - centres[j, 2]
                paid = np.sqrt(dx * dx + dy * dy + dz * dz)
                for k in range(measures):
                    paid += weight[u, k] / pull[u] * prices[j, k]
                best = min(best, paid)
            least[u - begin] = best
            worst = max(worst, best)
        filled = 0
        for j in range(count):
            dx, dy, dz = x - centres[j, 0], y - centres[j, 1], z - centres[j, 2]
            paid = np.sqrt(dx * dx + dy * dy + dz * dz) - radius
            for k in range(measures):
                paid += min(lowest[k] * prices[j, k], highest[k] * prices[j, k])
            if paid < worst:
                kept[filled] = j
                filled += 1
        for u in range(begin, end):
            best, chosen = least[u - begin], -1
            for i in range(filled):
                j = kept[i]
                dx, dy, dz = points[u, 0] - centres[j, 0], points[u, 1] - centres[j, 1], points[u, 2] - centres[j, 2]
                paid = np.sqrt(dx * dx + dy * dy + dz * dz)
                for k in range(measures):
                    paid += weight[u, k] / pull[u] * prices[j, k]
                if paid < best - 1e-9:
                    best, chosen = paid, j
            better[u] = chosen
            value += best * pull[u]
    return value
