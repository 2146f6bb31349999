"""Whole customers packed into reps, against every way to do it."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.planning.packing import least_reps_for, packs


def fewest(work, apart):
    """Return the least number of reps with one unit of time each, by trying all partitions."""
    for count in range(1, len(work) + 1):
        for rep in itertools.product(range(count), repeat=len(work)):
            load = np.bincount(rep, work, count)
            if (load <= 1 + 1e-9).all() and all(rep[one] != rep[other] for one, other in apart):
                return count
    return 0


works = st.lists(st.integers(1, 20), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None)
@given(works, st.data())
def test_the_least_number_that_packs_is_that_of_all_partitions_and_no_bound_exceeds_it(work, data):
    pairs = list(itertools.combinations(range(len(work)), 2))
    apart = frozenset(data.draw(st.lists(st.sampled_from(pairs), max_size=3))) if pairs else frozenset()
    parts = np.array(work) / 20
    least = fewest(parts, apart)
    assert next(n for n in range(len(work) + 1) if packs(parts, 1.0, n, apart)) == least
    assert least_reps_for(parts, 1.0, apart) <= least


def test_three_customers_of_more_than_half_a_week_need_three_reps_although_two_have_the_hours():
    work = np.array([0.6, 0.6, 0.6])
    assert work.sum() < 2
    assert not packs(work, 1.0, 2)
    assert least_reps_for(work, 1.0) == 3


def test_a_customer_with_more_work_than_a_rep_takes_up_whole_reps():
    assert not packs(np.array([2.5, 0.6]), 1.0, 3)
    assert packs(np.array([2.5, 0.6]), 1.0, 4)
    assert least_reps_for(np.array([2.5, 0.4]), 1.0) == 3


def test_half_a_rep_holds_half_the_time():
    assert packs(np.array([0.7, 0.4]), 1.0, 1.5)
    assert not packs(np.array([0.7, 0.6]), 1.0, 1.5)


def test_a_triangle_of_customers_kept_apart_needs_three_reps():
    apart = frozenset({(0, 1), (1, 2), (0, 2)})
    assert least_reps_for(np.full(3, 0.1), 1.0, apart) == 3
    assert not packs(np.full(3, 0.1), 1.0, 2, apart)


def test_a_packing_that_the_heaviest_first_rule_misses_is_found():
    work = np.array([5, 4, 4, 3, 2, 2]) / 10  # the heaviest first: (5, 4), (4, 3, 2), and 2 is left over
    assert packs(work, 1.0, 2)


@pytest.mark.parametrize("reps", [40, 41])
def test_many_small_customers_pack_as_soon_as_the_hours_add_up(reps):
    work = np.random.default_rng(5).uniform(0.002, 0.02, 4000)
    assert packs(work * 40.0 / work.sum() * 0.999, 1.0, reps)
