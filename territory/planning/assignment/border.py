"""Which units border on each other, and when a territory hangs together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from territory.domain.customers import Ints
from territory.domain.scenario import Scenario
from territory.planning.assignment.delaunay import neighbour_graph
from territory.planning.travel import great_circle_km

Border = tuple[Ints, Ints]
"""Where each unit's neighbours begin, and the neighbours."""


def border_of(scenario: Scenario, unit_of: Ints, units: int) -> Border:
    """Return the neighbours of every unit: the given ones, or those on the map; the graph is connected.

    A unit borders on what any of its customers borders on. Where given neighbours leave the customers in several
    pieces, each piece is joined to the others at their nearest customers.
    """
    if scenario.adjacency is None:
        begin, neighbours = neighbour_graph(scenario.customers.lat, scenario.customers.lon)
        pairs = np.column_stack([np.repeat(np.arange(len(begin) - 1), np.diff(begin)), neighbours])
    else:
        pairs = _bridged(scenario, scenario.adjacency)
    return as_lists(unit_of[pairs], units)


def no_border(units: int) -> Border:
    """Return the border of a problem where neighbours do not matter."""
    return np.zeros(units + 1, dtype=np.int64), np.zeros(0, dtype=np.int64)


def as_lists(pairs: Ints, units: int) -> Border:
    """Return undirected pairs as adjacency lists, sorted, each neighbour once, nobody its own."""
    both = np.vstack([pairs, pairs[:, ::-1]])
    code = np.unique((both[:, 0] * np.int64(units) + both[:, 1])[both[:, 0] != both[:, 1]])
    begin = np.searchsorted(code, np.arange(units + 1) * np.int64(units))
    return begin.astype(np.int64), np.asarray(code % max(units, 1), dtype=np.int64)


def edges(border: Border) -> Ints:
    """Return the pairs of neighbours, both ways, shape (pairs, 2)."""
    begin, neighbours = border
    return np.column_stack([np.repeat(np.arange(len(begin) - 1), np.diff(begin)), neighbours])


def parts_of(border: Border, owner: Ints) -> Ints:
    """Return a number for each unit, the same for units of one rep that hang together."""
    pairs = edges(border)
    inside = pairs[owner[pairs[:, 0]] == owner[pairs[:, 1]]]
    graph = coo_array((np.ones(len(inside), dtype=np.int8), inside.T), shape=(len(owner), len(owner)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def loose_parts(border: Border, owner: Ints, forced: NDArray[np.bool_]) -> list[tuple[int, list[Ints]]]:
    """Return every rep whose territory falls apart, with its parts.

    A territory hangs together if at most one of its parts holds no forced unit: a unit that nobody else may have lies
    where it lies, and what grows around it is no fault. Parts with a forced unit are left out.

    Parameters
    ----------
    border : Border
    owner : array of int, shape (units,)
    forced : array of bool, shape (units,)
        Units with one possible rep.
    """
    part = parts_of(border, owner)
    anchored = np.zeros(len(owner), dtype=bool)
    anchored[np.unique(part[forced])] = True
    free = np.flatnonzero(~anchored[part])
    first = free[np.unique(part[free], return_index=True)[1]]
    found = []
    for rep in np.flatnonzero(np.bincount(owner[first]) > 1).tolist():
        pieces = [np.flatnonzero(part == part[unit]) for unit in first[owner[first] == rep].tolist()]
        found.append((rep, sorted(pieces, key=lambda piece: (-len(piece), int(piece[0])))))
    return found


def hangs_together(border: Border, owner: Ints, forced: NDArray[np.bool_]) -> bool:
    """Return whether no territory falls apart; see `loose_parts`."""
    part = parts_of(border, owner)
    anchored = np.zeros(len(owner), dtype=bool)
    anchored[part[forced]] = True
    free = np.unique(part[~anchored[part]], return_index=True)[1]
    loose = np.flatnonzero(~anchored[part])[free]
    return bool(np.bincount(owner[loose]).max(initial=0) <= 1)


def _bridged(scenario: Scenario, pairs: Ints) -> Ints:
    """Join the pieces of a graph at their nearest customers, nearest pieces first."""
    count = len(scenario.customers)
    graph = coo_array((np.ones(len(pairs), dtype=np.int8), pairs.T), shape=(count, count))
    pieces, piece = connected_components(graph, directed=False)
    lat, lon = scenario.customers.lat, scenario.customers.lon
    bridges = []
    while pieces > 1:
        # The smallest piece goes to its nearest neighbour, until all are one.
        size = np.bincount(piece)
        small = int(np.argmin(np.where(size > 0, size, count + 1)))
        inside, outside = np.flatnonzero(piece == small), np.flatnonzero(piece != small)
        best = (np.inf, 0, 0)
        for one in inside.tolist():
            km = great_circle_km(lat[one], lon[one], lat[outside], lon[outside])
            near = int(np.argmin(km))
            best = min(best, (float(km[near]), one, int(outside[near])))
        bridges.append(best[1:])
        piece[inside] = piece[best[2]]
        pieces -= 1
    return np.vstack([pairs, np.array(bridges, dtype=np.int64).reshape(-1, 2)])
