"""Whether territories hang together, and how much changes hands (R-A2, R-A4)."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay, QhullError

from territory.assessment.validate.case import Case
from territory.assessment.validate.territories import customer_measure, fair_share
from territory.assessment.validate.violation import Violation, single
from territory.domain.customers import NONE, Ints

NEARLY_ROUND = 1e-6
"""Four places this close to one circle, in radians, may be joined either way."""


def check_connected(case: Case) -> list[Violation]:
    """Check that at most one part of a territory holds no customer that only one rep may have.

    Where the graph of neighbours itself falls into pieces, each piece is looked at by itself.
    """
    if not case.scenario.settings.territories.contiguous or (case.owner < 0).any():
        return []
    graph = _neighbours(case)
    bound = possible_reps(case).sum(axis=1) == 1
    inside = nx.Graph()
    inside.add_nodes_from(graph.nodes)
    inside.add_edges_from((a, b) for a, b in graph.edges if case.owner[a] == case.owner[b])
    piece = {node: number for number, nodes in enumerate(nx.connected_components(graph)) for node in nodes}
    first: dict[tuple[int, int], int] = {}
    found: list[Violation] = []
    for part in nx.connected_components(inside):
        if bound[list(part)].any():
            continue
        one = min(part)
        other = first.setdefault((int(case.owner[one]), piece[one]), one)
        if other != one:
            ids = case.scenario.customers.customer_id
            rep = str(case.scenario.reps.rep_id[case.owner[one]])
            found += single(
                "R-A2", "customers", "territory.apart", rep_id=rep, first=str(ids[other]), second=str(ids[one])
            )
    return found


def check_moved_caps(case: Case) -> list[Violation]:
    """Check that no more customers and sales leave their rep than allowed (R-A4)."""
    rules, who = case.scenario.settings.territories, case.scenario.customers
    owned = who.current_rep != NONE
    moved = owned & (case.owner >= 0) & (case.owner != who.current_rep)
    sales = np.where(owned, who.annual_sales_cents, 0)
    found: list[Violation] = []
    most = np.floor(rules.max_moved_share * owned.sum() + 1e-9)
    if moved.sum() > most:
        found += single("R-A4", "customers", "moved.customers", moved=int(moved.sum()), most=int(most))
    if sales[moved].sum() > rules.max_moved_sales_share * sales.sum() * (1 + 1e-6) + 1:
        share = float(sales[moved].sum() / max(sales.sum(), 1))
        found += single("R-A4", "customers", "moved.sales", moved=round(share, 4), most=rules.max_moved_sales_share)
    return found


def possible_reps(case: Case) -> NDArray[np.bool_]:
    """Return who may own each customer by locks, lines, home city, groups and size, shape (customers, reps)."""
    scenario, rules = case.scenario, case.scenario.settings.territories
    who, reps = scenario.customers, scenario.reps
    allowed = np.tile(reps.hired_day < scenario.calendar.days, (len(who), 1))
    for rep, lines in enumerate(reps.product_lines):
        if lines:
            allowed[(who.product_line != "") & ~np.isin(who.product_line.astype(str), sorted(lines)), rep] = False
    if rules.home_city:
        allowed[who.city == rules.home_city] &= reps.is_manager
    locked = np.flatnonzero(who.locked_rep != NONE)
    allowed[locked] &= np.arange(len(reps)) == who.locked_rep[locked][:, None]
    place = {name: number for number, name in enumerate(who.customer_id.tolist())}
    for group in nx.connected_components(nx.Graph(pair for g in rules.together for pair in pairwise(g))):
        rows = [place[name] for name in group]
        allowed[rows] = allowed[rows].all(axis=0)
    forced = allowed.sum(axis=1) == 1
    allowed &= (reps.share > 0) | forced[:, None]
    allowed[_huge(case)] = False
    allowed[_huge(case), case.owner[_huge(case)]] = True
    return allowed


def _huge(case: Case) -> Ints:
    """Return customers larger than a territory in some measure: they stay with whom they are."""
    huge = np.zeros(len(case.owner), dtype=bool)
    for measure, tolerance in case.scenario.settings.territories.balance.items():
        size = customer_measure(case, measure)
        share = fair_share(case.scenario, measure)
        huge |= size > size.sum() * share.max(initial=0.0) / max(share.sum(), 1e-12) * (1 + tolerance)
    return np.flatnonzero(huge)


def _neighbours(case: Case) -> nx.Graph:
    who = case.scenario.customers
    graph = nx.Graph()
    graph.add_nodes_from(range(len(who)))
    if case.scenario.adjacency is not None:
        graph.add_edges_from(case.scenario.adjacency.tolist())
    else:
        stretch = max(float(np.cos(np.radians(who.lat.mean()))), 1e-6)
        points = np.column_stack([who.lon * stretch, who.lat])
        places, place = np.unique(points, axis=0, return_inverse=True)
        members = [np.flatnonzero(place.ravel() == k).tolist() for k in range(len(places))]
        for inhabitants in members:
            nx.add_path(graph, inhabitants)
            graph.add_edges_from((a, b) for a in inhabitants for b in inhabitants if a < b)
        for one, other in _mesh(places):
            graph.add_edges_from((a, b) for a in members[one] for b in members[other])
    place_of = {name: number for number, name in enumerate(who.customer_id.tolist())}
    for group in case.scenario.settings.territories.together:
        nx.add_path(graph, [place_of[name] for name in group])
    return graph


def _mesh(places: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return pairs of places that border on each other; either diagonal of four places on one circle counts."""
    try:
        mesh = Delaunay(places)
    except (QhullError, ValueError):  # all on one line
        middle = places - places.mean(axis=0)
        order = np.argsort(middle @ np.linalg.eigh(middle.T @ middle)[1][:, 1], kind="stable").tolist()
        return list(pairwise(order))
    pairs = [(int(t[i]), int(t[i - 1])) for t in mesh.simplices for i in range(3)]
    pairs += [(int(lost), int(near)) for lost, _, near in mesh.coplanar]
    for number, beside in enumerate(mesh.neighbors):
        for side in range(3):
            if beside[side] > number:
                mine = int(mesh.simplices[number][side])
                theirs = int(next(v for v in mesh.simplices[beside[side]] if v not in mesh.simplices[number]))
                edge = [places[v] for v in mesh.simplices[number] if v != mine]
                if _angle(places[mine], *edge) + _angle(places[theirs], *edge) > np.pi - NEARLY_ROUND:
                    pairs.append((mine, theirs))
    return pairs


def _angle(corner: NDArray[np.float64], one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    first, second = one - corner, other - corner
    return float(abs(np.arctan2(first[0] * second[1] - first[1] * second[0], first @ second)))
