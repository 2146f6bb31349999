"""Short lists of the territories each customer could join and their costs, where a full table would not fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory.domain.customers import Floats, Ints
from territory.planning.travel import EARTH_RADIUS_KM

Int32s = NDArray[np.int32]
Costs = NDArray[np.float32]

CHUNK = 65_536
BLOCK = 16
"""Points in map order that are looked at together: their nearest places are among those near their middle."""
POOL = 3
"""So many times the places wanted are fetched for a block; points of a block too wide for them are looked up singly."""
FEW_PLACES = 128
"""Up to this many places a block looks at all of them."""
MORTON_BITS = 16


@dataclass(frozen=True)
class Lists:
    """Candidates of each unit with their costs.

    Attributes
    ----------
    near : array of int32, shape (units, width)
        Territories, each once; with as many as there are territories they are in order. Rows with fewer are filled up
        with their first.
    cost : array of float32, shape (units, width)
        Infinite where `near` only fills up.
    omitted : array of float32, shape (units,)
        No territory left out costs less; infinite where none is left out.
    """

    near: Int32s
    cost: Costs
    omitted: Costs


def on_globe(lat: Floats, lon: Floats) -> Floats:
    """Return places as points in space, shape (places, 3), km from the middle of the earth."""
    phi, theta = np.radians(lat), np.radians(lon)
    return EARTH_RADIUS_KM * np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def map_order(lat: Floats, lon: Floats) -> Ints:
    """Return an order of points in which neighbours on the map are mostly near each other (Morton curve)."""
    code = np.zeros(len(lat), dtype=np.int64)
    for axis, value in enumerate((lat, lon)):
        low, span = float(value.min()), max(float(np.ptp(value)), 1e-12)
        cell = np.minimum(((value - low) / span * 2**MORTON_BITS).astype(np.int64), 2**MORTON_BITS - 1)
        for bit in range(MORTON_BITS):
            code |= ((cell >> bit) & 1) << (2 * bit + axis)
    return np.lexsort((lon, lat, code)).astype(np.int64)


def nearest(points: Floats, places: Floats, width: int) -> tuple[Int32s, Costs]:
    """Return the nearest places of each point, nearest first, and the distance of the last.

    Parameters
    ----------
    points : array of float, shape (points, 3)
    places : array of float, shape (places, 3)
    width : int
        How many; all places, in their order, where there are no more.
    """
    if width >= len(places):
        near = np.tile(np.arange(len(places), dtype=np.int32), (len(points), 1))
        return near, np.full(len(points), np.inf, dtype=np.float32)
    tree = cKDTree(places)
    pool = POOL * width if len(places) > FEW_PLACES else len(places)
    near = np.empty((len(points), width), dtype=np.int32)
    reach = np.empty(len(points), dtype=np.float32)
    for first in range(0, len(points), CHUNK):
        part = slice(first, first + CHUNK)
        start = np.arange(0, len(points[part]), BLOCK)
        size = np.diff(np.append(start, len(points[part])))
        middle = np.add.reduceat(points[part], start) / size[:, None]
        off = np.sqrt(np.square(points[part] - np.repeat(middle, size, axis=0)).sum(axis=1))
        radius = np.maximum.reduceat(off, start)
        away, around = (np.asarray(table).reshape(-1, pool) for table in tree.query(middle, k=pool))
        wide = (away[:, -1] < away[:, width - 1] + 2 * radius) & (pool < len(places))
        _pick(points[part], places, around, away, radius, near[part], reach[part])
        lost = first + np.flatnonzero(np.repeat(wide, size))
        distance, found = tree.query(points[lost], k=width)
        near[lost] = np.asarray(found).reshape(-1, width)
        reach[lost] = np.asarray(distance).reshape(-1, width)[:, -1]
    return near, reach


@njit(cache=True, error_model="numpy")
def _pick(points: Floats, places: Floats, pool: Ints, away: Floats, radius: Floats, near: Int32s, reach: Costs) -> None:
    """List the nearest places of each point out of the pool of its block, nearest first.

    Parameters
    ----------
    points, places : array of float, shape (points or places, 3)
    pool : array of int, shape (blocks, places)
    away : array of float, shape (blocks, places)
        How far from the middle of the block; ascending.
    radius : array of float, shape (blocks,)
        No point of the block is farther from its middle.
    near, reach : array, shape (points, width), (points,)
        Results.
    """
    width = near.shape[1]
    least = np.empty(width)
    for u in range(len(points)):
        block, filled = u // BLOCK, 0
        x, y, z = points[u, 0], points[u, 1], points[u, 2]
        for i in range(pool.shape[1]):
            j = pool[block, i]
            dx, dy, dz = x - places[j, 0], y - places[j, 1], z - places[j, 2]
            square = dx * dx + dy * dy + dz * dz
            if filled == width:
                if square >= least[width - 1]:
                    beyond = away[block, i] - radius[block]
                    if beyond > 0 and beyond * beyond > least[width - 1]:
                        break
                    continue
                filled -= 1
            spot = filled
            while spot > 0 and square < least[spot - 1]:
                least[spot] = least[spot - 1]
                near[u, spot] = near[u, spot - 1]
                spot -= 1
            least[spot] = square
            near[u, spot] = j
            filled += 1
        reach[u] = np.sqrt(least[width - 1])


@njit(cache=True, error_model="numpy")
def centre_costs(points: Floats, pull: Floats, centres: Floats, near: Int32s, fixed: Costs, cost: Costs) -> None:
    """Fill in what each unit pays for each candidate: distance to the centre times its pull, and a fixed part.

    Parameters
    ----------
    points, centres : array of float, shape (units or territories, 3)
    pull : array of float, shape (units,)
    near : array of int32, shape (units, width)
    fixed : array of float32, shape (units, width)
        Nothing fixed: shape (0, 0).
    cost : array of float32, shape (units, width)
        The result.
    """
    for u in range(near.shape[0]):
        x, y, z = points[u, 0], points[u, 1], points[u, 2]
        for c in range(near.shape[1]):
            j = near[u, c]
            dx, dy, dz = x - centres[j, 0], y - centres[j, 1], z - centres[j, 2]
            km = pull[u] * np.sqrt(dx * dx + dy * dy + dz * dz)
            cost[u, c] = km + fixed[u, c] if fixed.shape[0] else km


@njit(cache=True, error_model="numpy")
def medians(points: Floats, pull: Floats, owner: Int32s, centres: Floats, steps: int) -> None:
    """Move centres to the geometric medians of their units, in place; empty territories keep theirs.

    Starts from the middle of weight and takes `steps` of Weiszfeld's, each unit weighted by its pull.
    """
    count = centres.shape[0]
    for step in range(steps + 1):
        total = np.zeros((count, 4))
        for u in range(len(owner)):
            j = owner[u]
            weight = pull[u]
            if step:
                dx = points[u, 0] - centres[j, 0]
                dy = points[u, 1] - centres[j, 1]
                dz = points[u, 2] - centres[j, 2]
                weight /= max(np.sqrt(dx * dx + dy * dy + dz * dz), 1e-3)
            total[j, 0] += weight * points[u, 0]
            total[j, 1] += weight * points[u, 1]
            total[j, 2] += weight * points[u, 2]
            total[j, 3] += weight
        for j in range(count):
            if total[j, 3] > 0:
                for axis in range(3):
                    centres[j, axis] = total[j, axis] / total[j, 3]
