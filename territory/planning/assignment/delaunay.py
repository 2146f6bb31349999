"""Which customers are neighbours on the map: the Delaunay graph of their places."""

from __future__ import annotations

import numpy as np
from scipy.spatial import Delaunay

from territory.domain.customers import Floats, Ints

SPREAD_DEGREES = 1e-7
"""Customers at one address are spread this far apart, about a centimetre, so that each has neighbours of its own."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
FLAT = 1e-9
"""Points this much narrower than they are long lie on one line."""


def neighbour_graph(lat: Floats, lon: Floats) -> tuple[Ints, Ints]:
    """Return the neighbours of every point as adjacency lists; the graph is connected.

    Parameters
    ----------
    lat, lon : array of float, shape (points,)
        Degrees. Points at the same place are told apart by their order.

    Returns
    -------
    begin : array of int, shape (points + 1,)
        Where each point's neighbours begin in the list.
    neighbours : array of int
        Sorted for each point.
    """
    points = plane(lat, lon)
    if len(points) < 3:
        return _lists(len(points), np.arange(len(points) - 1), np.arange(1, max(len(points), 1)))
    points = _apart(points)
    main = _along_main_axis(points)
    if main is not None:
        order = np.argsort(main, kind="stable")
        return _lists(len(points), order[:-1], order[1:])
    mesh = Delaunay(points)
    corner = mesh.simplices
    first = np.concatenate([corner[:, 0], corner[:, 1], corner[:, 2], mesh.coplanar[:, 0]])
    second = np.concatenate([corner[:, 1], corner[:, 2], corner[:, 0], mesh.coplanar[:, 2]])
    return _lists(len(points), first, second)


def plane(lat: Floats, lon: Floats) -> Floats:
    """Return points on a plane in degrees of latitude, shape (points, 2); lengths are right at the mean latitude."""
    stretch = max(float(np.cos(np.radians(lat.mean()))), 1e-6) if len(lat) else 1.0
    return np.column_stack([lon * stretch, lat])


def _apart(points: Floats) -> Floats:
    """Spread points at the same place over a small spiral."""
    order = np.lexsort((points[:, 1], points[:, 0]))
    new = np.ones(len(points), dtype=bool)
    new[1:] = (points[order[1:]] != points[order[:-1]]).any(axis=1)
    place = np.arange(len(points))
    rank = np.empty(len(points))
    rank[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    radius, angle = SPREAD_DEGREES * np.sqrt(rank), GOLDEN_ANGLE * rank
    shift = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return np.asarray(points + shift, dtype=np.float64)


def _along_main_axis(points: Floats) -> Floats | None:
    """Return places along the line that all points lie on, or None if they span an area."""
    middle = points - points.mean(axis=0)
    spread, axes = np.linalg.eigh(middle.T @ middle)
    if spread[0] > FLAT**2 * spread[1]:
        return None
    return np.asarray(middle @ axes[:, 1], dtype=np.float64)


def _lists(points: int, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """Return undirected edges, some of them given twice, as sorted adjacency lists."""
    code = np.concatenate([first * np.int64(points) + second, second * np.int64(points) + first])
    code = np.unique(code)
    begin = np.searchsorted(code, np.arange(points + 1) * np.int64(points))
    return begin.astype(np.int64), np.asarray(code % max(points, 1), dtype=np.int64)
