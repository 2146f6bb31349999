from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from territory.simulation.streams import PURPOSES, child_keys, entity_keys, open_streams, poisson_counts

NAMES = [f"C{n:04d}" for n in range(2000)]


def test_draws_are_uniform_and_purposes_are_independent() -> None:
    streams = open_streams(7, 3)
    keys = entity_keys(NAMES)
    table = np.stack([streams.uniform(purpose, keys) for purpose in PURPOSES])
    assert table.min() > 0
    assert table.max() < 1
    assert min(stats.kstest(row, "uniform").pvalue for row in table) > 1e-4
    correlation = np.corrcoef(table) - np.eye(len(PURPOSES))
    assert np.abs(correlation).max() < 5 / np.sqrt(len(NAMES))


def test_occurrences_replications_and_seeds_give_other_draws() -> None:
    keys = entity_keys(NAMES)
    base = open_streams(1, 0).uniform("absence", keys[:, None], np.arange(3)[None, :])
    other = [open_streams(1, 1).uniform("absence", keys), open_streams(2, 0).uniform("absence", keys)]
    for row in [base[:, 1], base[:, 2], *other]:
        assert abs(np.corrcoef(base[:, 0], row)[0, 1]) < 5 / np.sqrt(len(NAMES))


def test_a_draw_depends_on_its_own_entity_alone() -> None:
    streams = open_streams(5, 9)
    alone = streams.uniform("deal_count", entity_keys(["C0007"]))
    assert alone[0] == streams.uniform("deal_count", entity_keys(NAMES))[7]
    key = entity_keys(["C0007"])
    assert child_keys(key, np.arange(4))[2] == child_keys(key, 2)[0]


def test_draws_are_pinned_across_versions() -> None:
    assert entity_keys(["C001"])[0] == np.uint64(0x8AE3D9A140B8F4BF)
    assert open_streams(1, 0).uniform("decision", entity_keys(["C001"]), 2)[0] == 0.7626397664799144


def test_poisson_counts_follow_their_law_and_rise_with_the_mean() -> None:
    uniform = open_streams(1, 0).uniform("deal_count", entity_keys(f"x{n}" for n in range(10_000)))
    for mean in (0.0, 0.4, 4.0, 60.0):
        counts = poisson_counts(np.full(len(uniform), mean), uniform)
        assert np.array_equal(counts, stats.poisson.ppf(uniform, mean).clip(0))
        assert (poisson_counts(np.full(len(uniform), mean * 1.1), uniform) >= counts).all()


@pytest.mark.parametrize("mean", [11.0, 60.0, 500.0, 2000.0])
def test_counts_of_one_big_mean_are_those_of_the_quantile_function(mean: float) -> None:
    uniform = open_streams(3, 0).uniform("sought_count", entity_keys(f"x{n}" for n in range(2_000)))
    counts = poisson_counts(np.full(2_000, mean), uniform)
    assert np.array_equal(counts, stats.poisson.ppf(uniform, mean))


def test_a_count_does_not_hang_on_the_means_of_others() -> None:
    uniform = open_streams(3, 0).uniform("sought_count", entity_keys(f"x{n}" for n in range(50)))
    together = poisson_counts(np.full(50, 60.0), uniform)
    apart = [poisson_counts(np.array([60.0, 1.0]), np.array([draw, 0.5]))[0] for draw in uniform]
    assert np.array_equal(together, apart)
