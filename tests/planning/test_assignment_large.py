"""Territory design over short lists: balanced, connected, proven, and the same for shuffled customers."""

import dataclasses
import itertools

import networkx as nx
import numpy as np
import pytest

from territory.domain.customers import NONE
from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.assignment.candidates import map_order, on_globe
from territory.planning.assignment.delaunay import neighbour_graph
from territory.planning.assignment.design import design
from territory.planning.assignment.large import assign_large
from territory.planning.assignment.listing import list_nearest
from territory.planning.assignment.points import Task, plain_price
from territory.planning.assignment.prices import ascend
from territory.planning.assignment.proof import prove
from territory.planning.assignment.settling import Schedule, settle
from territory.planning.targets import customer_weights
from tests.factories import small_scenario


def some_task(units, count, *, measures=1, tolerance=0.05, seed=0):
    rng = np.random.default_rng(seed)
    towns = rng.random((5, 2))
    place = towns[rng.integers(5, size=units)] + rng.normal(0, 0.08, (units, 2))
    lat, lon = 30 + 3 * place[:, 0], 110 + 3 * place[:, 1]
    order = map_order(lat, lon)
    lat, lon = lat[order], lon[order]
    weight = np.exp(rng.normal(0, 0.5, (units, measures)))
    weight /= weight.sum(axis=0)
    fair = np.full((count, measures), 1 / count)
    begin, border = neighbour_graph(lat, lon)
    limits = (fair * (1 - tolerance), fair * (1 + tolerance))
    return Task(on_globe(lat, lon), weight[:, 0] * units, weight, *limits, (begin, border.astype(np.int32)))


def pieces(task, owner):
    """Return the number of pieces of every territory, counted with networkx."""
    begin, border = task.border
    graph = nx.Graph()
    graph.add_nodes_from(range(len(owner)))
    for u in range(len(owner)):
        graph.add_edges_from((u, int(x)) for x in border[begin[u] : begin[u + 1]] if owner[x] == owner[u])
    owners = [owner[next(iter(piece))] for piece in nx.connected_components(graph)]
    return np.bincount(owners, minlength=len(task.lower))


@pytest.mark.parametrize(("units", "count", "measures"), [(400, 5, 1), (1500, 20, 1), (1500, 12, 2), (1500, 10, 3)])
def test_every_measure_is_balanced_and_every_territory_hangs_together(units, count, measures):
    task = some_task(units, count, measures=measures)
    owner = design(task, seed=1).owner
    for k in range(measures):
        load = np.bincount(owner, task.weight[:, k], count)
        assert (load >= task.lower[:, k] - 1e-12).all()
        assert (load <= task.upper[:, k] + 1e-12).all()
    assert (pieces(task, owner) == 1).all()


def test_a_proof_never_makes_a_design_dearer_and_its_gap_is_small():
    task = some_task(2000, 20)
    drawn = design(task, seed=1)
    before = plain_price(task, drawn.centres)(np.arange(2000), drawn.owner.astype(np.int64)).sum()
    proven = prove(task, drawn, seed=1)
    assert proven.bound <= proven.cost <= before + 1e-6
    assert proven.gap < 0.1
    assert (pieces(task, proven.owner) == 1).all()


@pytest.mark.parametrize("seed", range(8))
def test_the_bound_is_below_every_division_within_the_limits_even_with_short_lists(seed):
    task = dataclasses.replace(
        some_task(7, 3, tolerance=0.4, seed=seed), border=(np.zeros(1, np.int64), np.zeros(0, np.int32))
    )
    centres = task.points[:3].copy()
    price = plain_price(task, centres)
    units = np.arange(7)
    costs = [
        price(units, np.array(owner)).sum()
        for owner in itertools.product(range(3), repeat=7)
        if task.excess(np.array(owner, dtype=np.int32)) <= 0
    ]
    for width in (2, 3):
        lists = list_nearest(task, centres, width)
        bound = ascend(lists, task.weight, task.lower, task.upper, np.zeros((3, 1)), passes=300).bound
        assert bound <= min(costs, default=np.inf) + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_annealing_over_full_lists_finds_the_best_division_of_a_tiny_problem(seed):
    task = dataclasses.replace(
        some_task(7, 3, tolerance=0.5, seed=seed), border=(np.zeros(1, np.int64), np.zeros(0, np.int32))
    )
    centres = task.points[:3].copy()
    price = plain_price(task, centres)
    units = np.arange(7)
    best = min(
        (
            price(units, np.array(owner)).sum()
            for owner in itertools.product(range(3), repeat=7)
            if task.excess(np.array(owner, dtype=np.int32)) <= 0
        ),
        default=None,
    )
    if best is None:
        pytest.skip("no division keeps the limits")
    lists = list_nearest(task, centres)
    start = lists.cost.argmin(axis=1).astype(np.int32)
    found = settle(task, lists, start, seed=1, price=price, schedule=Schedule(sweeps=3000, hot=2.0))
    assert task.excess(found) <= 0
    assert price(units, found.astype(np.int64)).sum() == pytest.approx(best, rel=0.02)


def large(scenario):
    calls = call_plan(scenario, scenario.customers.given_tier)
    return assign_large(scenario, calls, customer_weights(scenario), seed=3, effort=EFFORTS["quick"])


def test_locks_groups_pairs_and_connections_hold_in_large_scenarios():
    scenario = small_scenario(300, 4, seed=5, territories={"balance": {"workload": 0.1}, "contiguous": True})
    ids = [str(name) for name in scenario.customers.customer_id]
    locked = np.full(300, NONE)
    locked[[3, 50]] = [2, 1]
    scenario = scenario.replace(
        customers=dataclasses.replace(scenario.customers, locked_rep=locked),
        territories={"together": ((ids[7], ids[8]),), "apart": ((ids[20], ids[21]),)},
    )
    found = large(scenario)
    assert found.rep[3] == 2
    assert found.rep[50] == 1
    assert found.rep[7] == found.rep[8]
    assert found.rep[20] != found.rep[21]
    assert found.bound <= found.objective
    assert max(found.tolerance.values()) <= 0.1 + 1e-9
    workload = np.array([found.workload_minutes[rep] for rep in range(4)])
    assert np.abs(workload / workload.mean() - 1).max() <= 0.1 + 1e-9


def test_a_cap_on_moved_customers_holds_in_large_scenarios():
    scenario = small_scenario(200, 4, seed=6, territories={"balance": {"customers": 0.5}, "max_moved_share": 0.1})
    current = np.arange(200) % 4
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, current_rep=current))
    assert (large(scenario).rep != current).sum() <= 20


def test_a_customer_larger_than_a_territory_is_named_and_the_others_share_the_rest():
    scenario = small_scenario(300, 4, seed=7, territories={"balance": {"annual_sales": 0.1}})
    sales = scenario.customers.annual_sales_cents.copy()
    sales[17] = 2 * sales.sum()
    scenario = scenario.replace(customers=dataclasses.replace(scenario.customers, annual_sales_cents=sales))
    found = large(scenario)
    assert found.oversized == (str(scenario.customers.customer_id[17]),)
    assert [note.code for note in found.notes] == ["assignment.oversized"]
    others = np.delete(np.bincount(found.rep, np.where(np.arange(300) == 17, 0, sales), 4), found.rep[17])
    assert np.abs(others / others.mean() - 1).max() <= 0.21
    assert found.tolerance["annual_sales"] <= 0.1 + 1e-9


def test_homes_that_crowd_in_one_corner_get_balanced_and_connected_territories():
    scenario = small_scenario(
        1200, 24, seed=8, territories={"balance": {"workload": 0.05}, "contiguous": True, "centres": "homes"}
    )
    corner = np.random.default_rng(1).uniform(0, 0.02, (2, 24))
    low = scenario.customers.lat.min(), scenario.customers.lon.min()
    reps = dataclasses.replace(scenario.reps, home_lat=low[0] + corner[0], home_lon=low[1] + corner[1])
    found = large(scenario.replace(reps=reps))
    assert found.tolerance["workload"] <= 0.05 + 1e-9
    assert found.bound <= found.objective
    border = neighbour_graph(scenario.customers.lat, scenario.customers.lon)
    graph = nx.Graph()
    graph.add_nodes_from(range(1200))
    graph.add_edges_from(
        (u, int(x))
        for u in range(1200)
        for x in border[1][border[0][u] : border[0][u + 1]]
        if found.rep[x] == found.rep[u]
    )
    assert nx.number_connected_components(graph) == 24


def test_the_same_division_for_the_same_seed():
    task = some_task(500, 6)
    assert (design(task, seed=4).owner == design(task, seed=4).owner).all()


def test_shuffled_points_get_the_same_territories():
    rng = np.random.default_rng(2)
    lat, lon, size = 30 + rng.random(400), 110 + rng.random(400), np.exp(rng.normal(0, 0.5, 400))

    def divided(rows):
        order = map_order(lat[rows], lon[rows])
        place = rows[order]
        weight = (size[place] / size.sum())[:, None]
        begin, border = neighbour_graph(lat[place], lon[place])
        limits = (np.full((5, 1), 0.19), np.full((5, 1), 0.21))
        task = Task(on_globe(lat[place], lon[place]), np.ones(400), weight, *limits, (begin, border.astype(np.int32)))
        owner = np.empty(400, dtype=np.int32)
        owner[place] = design(task, seed=4).owner
        return owner

    np.random.default_rng(9).shuffle(shuffled := np.arange(400))
    assert (divided(np.arange(400)) == divided(shuffled)).all()
