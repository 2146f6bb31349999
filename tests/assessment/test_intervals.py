"""Intervals against closed forms and against what they promise."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from territory.assessment.intervals import paired_mean_interval, paired_share_interval, wilson

Z95 = 1.959963984540054


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(max_examples=60, deadline=None)
def test_wilson_is_what_scipy_gives(case: tuple[int, int]) -> None:
    expected = binomtest(*case).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(*case, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_is_never_sure_of_a_few_years() -> None:
    assert wilson(10, 10, 0.95)[0] < 0.75
    assert wilson(0, 10, 0.95)[1] > 0.25


def test_the_mean_interval_is_students() -> None:
    low, high = paired_mean_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.95)
    assert (low, high) == pytest.approx((3 - 2.7764451 * sqrt(2.5 / 5), 3 + 2.7764451 * sqrt(2.5 / 5)))


def test_a_single_pair_says_nothing_about_the_mean() -> None:
    assert paired_mean_interval([7.0], 0.95) == (-np.inf, np.inf)


def test_the_share_interval_has_a_width_where_nothing_changed() -> None:
    low, high = paired_share_interval(np.zeros(100), 0.95)
    assert low < 0 < high
    assert high < 0.05


def test_paired_intervals_cover_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(5)
    shares = rng.choice([-1, 0, 1], p=[0.1, 0.6, 0.3], size=(800, 60))
    means = rng.normal(2.0, 5.0, size=(800, 12))
    share_hits = [low <= 0.2 <= high for low, high in (paired_share_interval(row, 0.95) for row in shares)]
    mean_hits = [low <= 2.0 <= high for low, high in (paired_mean_interval(row, 0.95) for row in means)]
    assert 0.93 <= np.mean(share_hits) <= 0.985
    assert 0.93 <= np.mean(mean_hits) <= 0.97
