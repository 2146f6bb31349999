"""The neighbour graph of customers on the map."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.planning.assignment.delaunay import _in_blocks, _triangulated, neighbour_graph


def graph_of(lat, lon):
    begin, neighbours = neighbour_graph(np.array(lat, dtype=float), np.array(lon, dtype=float))
    graph = nx.Graph()
    graph.add_nodes_from(range(len(lat)))
    graph.add_edges_from((i, int(j)) for i in range(len(lat)) for j in neighbours[begin[i] : begin[i + 1]])
    return graph, begin, neighbours


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_any_points_give_a_connected_symmetric_graph_without_loops(places):
    graph, _, neighbours = graph_of([30 + y / 7 for y, _ in places], [110 + x / 7 for _, x in places])
    assert nx.is_connected(graph)
    assert len(neighbours) == 2 * graph.number_of_edges()
    assert nx.number_of_selfloops(graph) == 0


@given(st.integers(0, 10_000))
def test_every_point_and_its_nearest_other_point_are_neighbours(seed):
    rng = np.random.default_rng(seed)
    lat, lon = rng.random(30), rng.random(30)
    graph, _, _ = graph_of(lat, lon)
    away = np.hypot(lat[:, None] - lat, (lon[:, None] - lon) * np.cos(np.radians(lat.mean())))
    np.fill_diagonal(away, np.inf)
    assert all(graph.has_edge(i, int(away[i].argmin())) for i in range(30))


@pytest.mark.parametrize("count", [1, 2, 3, 50])
def test_customers_at_one_address_are_connected(count):
    graph, _, _ = graph_of([31.2] * count, [121.5] * count)
    assert nx.is_connected(graph)


def test_customers_along_one_street_are_neighbours_in_its_order():
    graph, _, _ = graph_of([30.0, 30.3, 30.1, 30.2], [100.0, 100.0, 100.0, 100.0])
    assert sorted(map(sorted, graph.edges)) == [[0, 2], [1, 3], [2, 3]]


def test_a_shared_address_inside_a_town_touches_its_surroundings():
    rng = np.random.default_rng(3)
    lat, lon = np.append(rng.random(60), [0.5] * 8), np.append(rng.random(60), [0.5] * 8)
    graph, _, _ = graph_of(lat, lon)
    assert nx.is_connected(graph.subgraph(range(60, 68)))
    outside = [sum(j < 60 for j in graph[i]) for i in range(60, 68)]
    assert sum(outside) >= 4


@given(st.integers(0, 10_000), st.booleans())
def test_a_map_triangulated_in_blocks_has_the_edges_of_the_whole(seed, clustered):
    rng = np.random.default_rng(seed)
    points = rng.random((400, 2))
    if clustered:
        points[:300] = rng.random((5, 2))[rng.integers(5, size=300)] + rng.normal(0, 0.01, (300, 2))
    whole = _triangulated(points)
    assert np.array_equal(whole, _in_blocks(points, 40))
