"""Bounds over short lists: remote towns are priced as one, and no territory left out is forgotten."""

import numpy as np
import pytest

from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.assignment import engine
from territory.planning.assignment.candidates import map_order, on_globe
from territory.planning.assignment.clusters import clusters_of
from territory.planning.assignment.delaunay import neighbour_graph
from territory.planning.assignment.design import design
from territory.planning.assignment.large import assign_large
from territory.planning.assignment.left_out import cheapest
from territory.planning.assignment.listing import list_nearest
from territory.planning.assignment.points import Task
from territory.planning.assignment.prices import ascend
from territory.planning.assignment.proof import prove
from territory.planning.targets import customer_weights
from tests.factories import small_scenario


@pytest.mark.parametrize("seed", range(20))
def test_no_territory_left_out_of_a_list_is_forgotten(seed):
    rng = np.random.default_rng(seed)
    points, centres = rng.random((300, 3)) * 10, rng.random((12, 3)) * 10
    weight, prices = rng.random((300, 2)), rng.normal(0, 5, (12, 2))
    pull = weight[:, 0] * 3 + 0.1
    near = rng.permuted(np.tile(np.arange(12, dtype=np.int32), (300, 1)), axis=1)[:, :3].copy()
    better = np.empty(300, dtype=np.int32)
    value = cheapest(points, pull, centres, near, weight, prices, better)
    paid = pull[:, None] * np.linalg.norm(points[:, None] - centres, axis=2) + weight @ prices.T
    assert value == pytest.approx(paid.min(axis=1).sum())
    unlisted = (near != paid.argmin(axis=1)[:, None]).all(axis=1)
    assert np.array_equal(np.where(unlisted, paid.argmin(axis=1), -1), better)


def test_towns_far_apart_are_clusters_before_they_join():
    rng = np.random.default_rng(1)
    towns = np.repeat([[0.0, 0.0, 0.0], [500.0, 0.0, 0.0], [0.0, 900.0, 0.0]], [4, 3, 5], axis=0)
    levels = clusters_of(towns + rng.random((12, 3)))
    counts = [level.max() + 1 for level in levels]
    assert counts == sorted(counts, reverse=True)
    assert any(np.array_equal(level, np.repeat([0, 1, 2], [4, 3, 5])) for level in levels)


def remote_town():
    """Return 20 territories, 4.4 of them in a town 1,500 km away: one has to reach from there to here."""
    rng = np.random.default_rng(2)
    far = np.arange(4000) < 880
    lat, lon = 30 + rng.normal(0, 0.3, 4000), np.where(far, 100, 115) + rng.normal(0, 0.3, 4000)
    order = map_order(lat, lon)
    lat, lon = lat[order], lon[order]
    weight, fair = np.full((4000, 1), 1 / 4000), np.full((20, 1), 1 / 20)
    begin, border = neighbour_graph(lat, lon)
    return Task(on_globe(lat, lon), np.ones(4000), weight, fair * 0.95, fair * 1.05, (begin, border.astype(np.int32)))


def test_a_remote_town_with_too_much_work_is_priced_out_as_one():
    task = remote_town()
    proven = prove(task, design(task, seed=1), seed=1)
    assert task.excess(proven.owner) == 0
    assert 0 <= proven.gap < 0.02


def test_scenarios_too_large_for_a_table_are_divided_over_short_lists(monkeypatch):
    scenario = small_scenario()
    calls, weights = call_plan(scenario, scenario.customers.given_tier), customer_weights(scenario)
    monkeypatch.setattr(engine, "LARGE_SIZE", 1)
    found = engine.assign_territories(scenario, calls, weights, seed=3, effort=EFFORTS["quick"])
    wanted = assign_large(scenario, calls, weights, seed=3, effort=EFFORTS["quick"])
    assert np.array_equal(found.rep, wanted.rep)
    assert found.bound == wanted.bound


def test_prices_of_whole_towns_prove_more_where_homes_crowd_in_them():
    rng = np.random.default_rng(5)
    towns = np.array([[30.0, 110.0], [31.0, 116.0], [36.0, 104.0]])
    place = towns[rng.integers(3, size=2000)] + rng.normal(0, 0.3, (2000, 2))
    place = place[map_order(place[:, 0], place[:, 1])]
    homes = on_globe(*(towns[np.repeat([0, 1, 2], [10, 7, 3])] + rng.normal(0, 0.3, (20, 2))).T)
    weight, fair = np.full((2000, 1), 1 / 2000), np.full((20, 1), 1 / 20)
    no_border = (np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32))
    task = Task(on_globe(*place.T), np.ones(2000), weight, fair * 0.95, fair * 1.05, no_border)
    lists = list_nearest(task, homes)
    limits = (task.weight, task.lower, task.upper, np.zeros((20, 1)))
    apart, together = (ascend(lists, *limits, passes=200, clusters=levels) for levels in (None, clusters_of(homes)))
    assert together.bound > 1.02 * apart.bound
