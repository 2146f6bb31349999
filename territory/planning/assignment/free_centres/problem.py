"""What the free-centre engine is asked, in an order of its own that does not depend on the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from territory.domain.customers import Floats, Ints

CURVE_BITS = 16
NEAREST = 16
SORTED_WHOLE = 300
"""Up to this many units all distances are sorted, beyond it only the nearest."""
ROUNDING = 1e-9
"""Share of the whole load given up at the limits, for loads that are summed in another order."""
WHOLE_ROUNDING = 1e-12


@dataclass(frozen=True)
class FreeCentreProblem:
    """Units to divide into territories whose centres are chosen among their own units.

    Attributes
    ----------
    distance : array of float, shape (units, units)
        From the unit of the row to a centre at the unit of the column; any unit of length.
    weight : array of float, shape (measures, units)
        Not negative.
    lower, upper : array of float, shape (measures, territories)
        Least and largest load; `inf` for no limit.
    capacity : array of float, shape (units,), optional
        Largest load of the first measure in a territory whose centre is at that unit.
    adjacency : array of int, shape (edges, 2), optional
        Pairs of units that touch; every territory must be connected by them.
    points : array of float, shape (units, 2), optional
        Coordinates, used only to order the units so that near ones are near in memory.
    """

    distance: Floats
    weight: Floats
    lower: Floats
    upper: Floats
    capacity: Floats | None = None
    adjacency: Ints | None = None
    points: Floats | None = None

    @property
    def units(self) -> int:
        """Return the number of units."""
        return len(self.distance)

    @property
    def territories(self) -> int:
        """Return the number of territories."""
        return int(self.lower.shape[1])


def free_centre_problem(
    *,
    weight: ArrayLike,
    territories: int,
    lower: ArrayLike = 0.0,
    upper: ArrayLike = np.inf,
    points: ArrayLike | None = None,
    distance: ArrayLike | None = None,
    capacity: ArrayLike | None = None,
    adjacency: ArrayLike | None = None,
) -> FreeCentreProblem:
    """Check plain arrays and return them as a problem.

    Parameters
    ----------
    weight : array_like of float, shape (units,) or (measures, units)
    territories : int
    lower, upper : array_like of float
        One number, one a measure, or (measures, territories).
    points : array_like of float, shape (units, 2), optional
        Distances are Euclidean unless `distance` is given.
    distance : array_like of float, shape (units, units), optional
    capacity : array_like of float, shape (units,), optional
    adjacency : array_like of int, shape (edges, 2), optional

    Raises
    ------
    ValueError
        An array has the wrong shape, a number is negative or not finite, or there are fewer units than territories.
    """
    weights = np.atleast_2d(np.asarray(weight, dtype=np.float64))
    units = weights.shape[1]
    place = None if points is None else np.asarray(points, dtype=np.float64)
    if distance is None and place is None:
        raise ValueError("either points or distance must be given")
    matrix = euclidean(place) if distance is None and place is not None else np.asarray(distance, dtype=np.float64)
    caps = None if capacity is None else np.asarray(capacity, dtype=np.float64)
    edges = None if adjacency is None else np.asarray(adjacency, dtype=np.int64).reshape(-1, 2)
    low, high = (_limits(value, len(weights), territories) for value in (lower, upper))
    _check(units, territories, {"distance": (matrix, (units, units)), "points": (place, (units, 2))})
    _check(units, territories, {"capacity": (caps, (units,)), "weight": (weights, weights.shape)})
    if (weights < 0).any() or (matrix < 0).any():
        raise ValueError("weights and distances must not be negative")
    if (low > high).any() or np.isnan(low).any() or np.isnan(high).any():
        raise ValueError("a lower limit is above the upper one")
    if edges is not None and len(edges) and (edges.min() < 0 or edges.max() >= units):
        raise ValueError(f"adjacency names a unit outside 0..{units - 1}")
    return FreeCentreProblem(matrix, weights, low, high, caps, edges, place)


def euclidean(points: Floats) -> Floats:
    """Return all straight-line distances, shape (points, points)."""
    difference = points[:, None, :] - points[None, :, :]
    return np.asarray(np.sqrt((difference**2).sum(axis=2)), dtype=np.float64)


def reordered(problem: FreeCentreProblem, order: Ints) -> FreeCentreProblem:
    """Return the problem with its units in another order."""
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return FreeCentreProblem(
        problem.distance[np.ix_(order, order)],
        np.ascontiguousarray(problem.weight[:, order]),
        problem.lower,
        problem.upper,
        None if problem.capacity is None else problem.capacity[order],
        None if problem.adjacency is None else _sorted_edges(place[problem.adjacency]),
        None if problem.points is None else problem.points[order],
    )


def canonical_order(problem: FreeCentreProblem) -> Ints:
    """Return the units in an order that follows from what they are, not from where their rows stand.

    Along a space-filling curve where coordinates are known; units that cannot be told apart keep their order.
    """
    off = problem.distance + np.diag(np.full(problem.units, np.inf))
    keys = [off.min(axis=1), problem.distance.max(axis=1), problem.distance.max(axis=0), *problem.weight]
    if problem.capacity is not None:
        keys.append(problem.capacity)
    if problem.points is not None:
        keys += [problem.points[:, 1], problem.points[:, 0], hilbert_key(problem.points)]
    return np.lexsort(keys).astype(np.int64)


def hilbert_key(points: Floats) -> Ints:
    """Return the position of each point along a Hilbert curve through their bounding square."""
    low = points.min(axis=0)
    span = float((points.max(axis=0) - low).max()) or 1.0
    cell = ((points - low) / span * (2**CURVE_BITS - 1)).astype(np.int64)
    x, y = cell[:, 0].copy(), cell[:, 1].copy()
    key = np.zeros(len(points), dtype=np.int64)
    side = 1 << (CURVE_BITS - 1)
    while side:
        right, top = (x & side) > 0, (y & side) > 0
        key += side * side * ((3 * right) ^ top)
        flip = ~top & right
        x, y = np.where(flip, side - 1 - (x & (side - 1)), x), np.where(flip, side - 1 - (y & (side - 1)), y)
        x, y = np.where(~top, y, x) & (side - 1), np.where(~top, x, y) & (side - 1)
        side >>= 1
    return key


def tight_limits(problem: FreeCentreProblem) -> tuple[Floats, Floats]:
    """Return the limits a load must keep so that it also keeps them when summed in another order.

    Whole weights are exact, so that their limits are rounded inwards to whole numbers; others give up `ROUNDING`.
    """
    whole = np.all(problem.weight == np.rint(problem.weight), axis=1)[:, None]
    room = np.where(whole, WHOLE_ROUNDING, ROUNDING) * problem.weight.sum(axis=1, keepdims=True)
    lower = np.where(whole, np.ceil(problem.lower - room), problem.lower + np.where(problem.lower > 0, room, 0.0))
    upper = np.where(whole, np.floor(problem.upper + room), problem.upper - room)
    return lower, np.maximum(upper, 0.0)


def neighbour_lists(problem: FreeCentreProblem) -> tuple[Ints, NDArray[np.int32]]:
    """Return where each unit's neighbours begin, and the neighbours: those it touches, or else the nearest ones."""
    if problem.adjacency is not None:
        edges = problem.adjacency[problem.adjacency[:, 0] != problem.adjacency[:, 1]]
        both = np.unique(np.vstack([edges, edges[:, ::-1]]), axis=0)
        start = np.searchsorted(both[:, 0], np.arange(problem.units + 1)).astype(np.int64)
        return start, both[:, 1].astype(np.int32)
    width = min(NEAREST, problem.units - 1)
    near = nearest_units(problem.distance, width)
    return np.arange(problem.units + 1, dtype=np.int64) * width, near.ravel()


def nearest_units(distance: Floats, width: int) -> NDArray[np.int32]:
    """Return the nearest other units of each unit, nearest first, ties by number."""
    off = distance.copy()
    np.fill_diagonal(off, np.inf)
    if len(off) <= SORTED_WHOLE:
        return np.argsort(off, axis=1, kind="stable")[:, :width].astype(np.int32)
    cut = np.partition(off, width - 1, axis=1)[:, width - 1] if width else np.zeros(len(off))
    lists = np.empty((len(off), width), dtype=np.int32)
    for unit, limit in enumerate(cut):
        close = np.flatnonzero(off[unit] <= limit)
        lists[unit] = close[np.argsort(off[unit, close], kind="stable")][:width]
    return lists


def best_centre(problem: FreeCentreProblem, units: Ints) -> tuple[int, float]:
    """Return the centre of a territory and its sum of distances: the best with enough capacity, or the best of all."""
    sums = problem.distance[units[:, None], units].sum(axis=0)
    if problem.capacity is not None:
        enough = problem.capacity[units] >= problem.weight[0, units].sum() - WHOLE_ROUNDING * problem.weight[0].sum()
        sums = np.where(enough | ~enough.any(), sums, np.inf)
    number = int(sums.argmin())
    return int(units[number]), float(sums[number])


def _limits(value: ArrayLike, measures: int, territories: int) -> Floats:
    limit = np.asarray(value, dtype=np.float64)
    if limit.ndim == 1:
        limit = limit[:, None]
    return np.array(np.broadcast_to(limit, (measures, territories)))


def _check(units: int, territories: int, arrays: dict[str, tuple[Floats | None, tuple[int, ...]]]) -> None:
    if not 1 <= territories <= units:
        raise ValueError(f"territories={territories} must be between 1 and the number of units, {units}")
    for name, (array, shape) in arrays.items():
        if array is not None and array.shape != shape:
            raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
        if array is not None and not np.isfinite(array).all():
            raise ValueError(f"{name} must be finite")


def _sorted_edges(edges: Ints) -> Ints:
    return np.unique(np.sort(edges, axis=1), axis=0)
