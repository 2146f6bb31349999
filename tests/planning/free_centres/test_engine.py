"""Free centres against brute force, and what every division must keep."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.planning.assignment.free_centres import free_centre_problem, locate_and_allocate
from territory.planning.assignment.free_centres.bound import free_centre_bound
from territory.planning.assignment.free_centres.problem import euclidean, reordered
from tests.planning.free_centres.oracle import best_of_all, cost_of, tiny_problem

WORK = 40_000


def grid_problem(seed, *, rows=8, territories=5, measures=2, tolerance=0.2, **options):
    """Return a grid of units with uneven weights whose neighbours touch."""
    random = np.random.default_rng(seed)
    cells = np.array([(x, y) for x in range(rows) for y in range(rows)], dtype=float)
    apart = euclidean(cells)
    edges = np.argwhere(np.triu(apart == 1))
    weight = random.integers(5, 15, (measures, len(cells))).astype(float)
    mean = weight.sum(axis=1) / territories
    return free_centre_problem(
        points=cells + random.random(cells.shape) * 0.3,
        weight=weight,
        territories=territories,
        lower=mean * (1 - tolerance),
        upper=mean * (1 + tolerance),
        adjacency=edges,
        **options,
    )


def test_tiny_problems_are_solved_to_the_best_of_all_divisions():
    missed = []
    for seed in range(150):
        problem = tiny_problem(seed)
        best = best_of_all(problem)
        answer = locate_and_allocate(problem, seed=seed, work=WORK)
        assert answer.holds == (best is not None), seed
        if best is None:
            continue
        assert cost_of(problem, answer.owner) == pytest.approx(answer.cost), seed
        assert answer.bound <= best + 1e-6, seed
        if answer.cost > best + 1e-6:
            missed.append(seed)
    assert missed == []


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), territories=st.integers(2, 12), graph=st.booleans())
def test_every_division_is_connected_balanced_and_costs_what_it_says(seed, territories, graph):
    problem = grid_problem(seed, territories=territories)
    if not graph:
        problem = dataclasses.replace(problem, adjacency=None)
    answer = locate_and_allocate(problem, seed=seed, work=1_000_000)
    assert answer.holds
    assert cost_of(problem, answer.owner) == pytest.approx(answer.cost)
    assert 0 < answer.bound <= answer.cost
    assert np.array_equal(answer.owner[answer.centre], np.arange(territories))


def test_the_bound_meets_the_cost_where_the_best_centres_are_obvious():
    points = np.array([(x + dx, 0.0) for x in (0, 100, 200) for dx in (-1, 0, 1)])
    problem = free_centre_problem(points=points, weight=np.ones(9), territories=3, upper=3)
    answer = locate_and_allocate(problem, seed=1, work=WORK)
    assert answer.cost == pytest.approx(6.0)
    assert answer.bound == pytest.approx(6.0, rel=1e-3)
    assert answer.centre.tolist() == [1, 4, 7]


def test_a_bound_from_few_near_units_is_below_the_bound_from_all_and_close():
    random = np.random.default_rng(4)
    points = random.random((700, 2))
    problem = free_centre_problem(points=points, weight=random.integers(1, 9, 700), territories=40, upper=120)
    answer = locate_and_allocate(problem, seed=1, work=10_000_000)
    assert answer.holds
    assert 0.9 * answer.cost < answer.bound <= answer.cost


def test_more_passes_never_lower_the_bound():
    problem = grid_problem(3)
    few, many = (free_centre_bound(problem, 100.0, work=work) for work in (1, 50_000_000))
    assert few <= many


def test_the_same_seed_gives_the_same_bytes_for_any_number_of_workers():
    problem = dataclasses.replace(grid_problem(5, rows=6, territories=9), adjacency=None)
    one, two = (locate_and_allocate(problem, seed=3, work=80_000_000, workers=workers) for workers in (1, 2))
    assert one.owner.tobytes() == two.owner.tobytes()
    assert one.cost == two.cost
    assert one.bound == two.bound


@pytest.mark.parametrize("given_by", ["points", "distance"])
def test_shuffled_rows_give_the_same_division(given_by):
    problem = grid_problem(6, territories=9)
    if given_by == "distance":
        problem = dataclasses.replace(problem, points=None)
    order = np.random.default_rng(1).permutation(problem.units)
    straight = locate_and_allocate(problem, seed=2, work=2_000_000)
    shuffled = locate_and_allocate(reordered(problem, order), seed=2, work=2_000_000)
    assert shuffled.cost == straight.cost
    assert np.array_equal(shuffled.owner, straight.owner[order])


def test_territories_with_their_own_limits_keep_them_by_number():
    problem = grid_problem(7, territories=4, measures=1)
    share = np.array([[0.1, 0.2, 0.3, 0.4]]) * problem.weight.sum()
    problem = dataclasses.replace(problem, lower=share * 0.9, upper=share * 1.1)
    answer = locate_and_allocate(problem, seed=1, work=2_000_000)
    load = np.bincount(answer.owner, problem.weight[0])
    assert answer.holds
    assert ((load >= problem.lower[0]) & (load <= problem.upper[0])).all()


def test_a_problem_without_a_division_says_so():
    points = np.arange(8.0)[:, None] * [1.0, 0.0]
    problem = free_centre_problem(points=points, weight=np.full(8, 3.0), territories=3, upper=8)
    assert not locate_and_allocate(problem, seed=1, work=WORK).holds


def test_more_work_serves_at_least_as_well_on_a_clustered_map():
    random = np.random.default_rng(9)
    points = random.normal(random.integers(0, 5, (200, 1)) * 10.0, 1.0, (200, 2))
    problem = free_centre_problem(points=points, weight=random.integers(1, 20, 200), territories=20, upper=120)
    short, long = (locate_and_allocate(problem, seed=1, work=work) for work in (1_000_000, 60_000_000))
    assert long.cost < short.cost
    assert long.gap < 0.05


def test_everybody_at_one_point_costs_nothing():
    problem = free_centre_problem(points=np.zeros((12, 2)), weight=np.ones(12), territories=3, upper=4)
    answer = locate_and_allocate(problem, seed=1, work=WORK)
    assert answer.holds
    assert answer.cost == 0
    assert answer.gap == 0


@pytest.mark.parametrize(("units", "territories"), [(1, 1), (5, 1), (5, 5)])
def test_one_territory_and_one_for_each_unit(units, territories):
    points = np.arange(float(units))[:, None] * [1.0, 2.0]
    problem = free_centre_problem(points=points, weight=np.ones(units), territories=territories)
    answer = locate_and_allocate(problem, seed=1, work=WORK)
    assert answer.holds
    assert answer.cost == pytest.approx(best_of_all(problem))
