"""Which customers are neighbours on the map: the Delaunay graph of their places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from territory.domain.customers import Floats, Ints

SPREAD_DEGREES = 1e-7
"""Customers at one address are spread this far apart, about a centimetre, so that each has neighbours of its own."""
GOLDEN_ANGLE = np.pi * (3 - np.sqrt(5))
FLAT = 1e-9
"""Points this much narrower than they are long lie on one line."""
BLOCK = 16_384
"""Most points of one triangulation: more are triangulated in blocks, which takes less memory."""
ON_CIRCLE = 1e-12
"""Points this little inside a circle, over its radius, lie on it."""


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
        return _lists(len(points), _codes(len(points), np.arange(max(len(points) - 1, 0))[:, None] + np.arange(2)))
    points = _apart(points)
    main = _along_main_axis(points)
    if main is not None:
        order = np.asarray(np.argsort(main, kind="stable"), dtype=np.int64)
        return _lists(len(points), _codes(len(points), np.column_stack([order[:-1], order[1:]])))
    if len(points) > BLOCK:
        lists = _lists(len(points), _in_blocks(points, BLOCK))
        if _connected(lists):
            return lists
    return _lists(len(points), _triangulated(points))


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


def _triangulated(points: Floats) -> Ints:
    """Return the codes of all Delaunay edges, and of those from points on top of others to these."""
    mesh = Delaunay(points)
    return _codes(len(points), mesh.simplices[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), mesh.coplanar[:, [0, 2]])


def _in_blocks(points: Floats, most: int) -> Ints:
    """Return the codes of the Delaunay edges, triangulated block by block.

    A triangle whose circle lies inside its block is one of the whole. All others have their corners among the corners
    of such open triangles: these points are triangulated once more, and what has no further point in its circle stays.
    """
    count = len(points)
    open_points = np.zeros(count, dtype=bool)
    parts = []
    for members, low, high in _blocks(points, most):
        mesh = Delaunay(points[members])
        corners = members[mesh.simplices]
        centre, radius = _circles(points[corners])
        closed = ((centre - radius > low) & (centre + radius < high)).all(axis=1)
        parts.append(_codes(count, corners[closed][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)))
        open_points[corners[~closed]] = True
        open_points[members[mesh.convex_hull]] = True
        open_points[members[mesh.coplanar[:, [0, 2]]]] = True
        del mesh
    seam = np.flatnonzero(open_points)
    mesh = Delaunay(points[seam])
    corners = seam[mesh.simplices]
    centre, radius = _circles(points[corners])
    sound = np.isfinite(radius[:, 0])
    inner = cKDTree(points[~open_points])
    away = inner.query(np.where(sound[:, None], centre, 0.0))[0]
    empty = ~sound | (away >= radius[:, 0] * (1 - ON_CIRCLE))
    edges = corners[empty][:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    parts.append(_codes(count, edges, seam[mesh.coplanar[:, [0, 2]]]))
    return np.unique(np.concatenate(parts))


def _blocks(points: Floats, most: int) -> list[tuple[Ints, Floats, Floats]]:
    """Return rectangles that fill the plane, each with its points: members, least and largest coordinates."""
    todo = [(np.arange(len(points)), np.full(2, -np.inf), np.full(2, np.inf))]
    done = []
    while todo:
        members, low, high = todo.pop()
        if len(members) <= most:
            done.append((members, low, high))
            continue
        axis = int(np.ptp(points[members], axis=0).argmax())
        place = points[members, axis]
        cut = float(np.median(place))
        left_high, right_low = high.copy(), low.copy()
        left_high[axis] = right_low[axis] = cut
        todo += [(members[place < cut], low, left_high), (members[place >= cut], right_low, high)]
    return done


def _circles(corner: Floats) -> tuple[Floats, Floats]:
    """Return the centres of the circles through three corners each, and the radii, shape (triangles, 1)."""
    b, c = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
        bb, cc = np.square(b).sum(axis=1), np.square(c).sum(axis=1)
        x, y = (c[:, 1] * bb - b[:, 1] * cc) / twice, (b[:, 0] * cc - c[:, 0] * bb) / twice
        return corner[:, 0] + np.column_stack([x, y]), np.hypot(x, y)[:, None]


def _codes(points: int, *edges: NDArray[np.integer]) -> Ints:
    """Return undirected edges, some of them given twice, each once as a number."""
    both = np.concatenate([np.asarray(e, dtype=np.int64) for e in edges])
    return np.unique(both.min(axis=1) * points + both.max(axis=1))


def _lists(points: int, code: Ints) -> tuple[Ints, Ints]:
    """Return edges given by their codes as sorted adjacency lists."""
    first, second = np.divmod(code, max(points, 1))
    code = np.concatenate([code, second * points + first])
    code.sort()
    begin = np.searchsorted(code, np.arange(points + 1) * np.int64(points))
    code %= max(points, 1)
    return begin.astype(np.int64), code


def _connected(lists: tuple[Ints, Ints]) -> bool:
    begin, other = lists
    first = np.repeat(np.arange(len(begin) - 1, dtype=np.int32), np.diff(begin))
    graph = coo_array((np.ones(len(other), dtype=np.int8), (first, other)), shape=(len(begin) - 1,) * 2)
    return int(connected_components(graph, directed=False)[0]) == 1
