from __future__ import annotations

import numpy as np
import pytest

from territory.experiments.pairs import chance_of_best, paired_difference, years_needed


def test_a_paired_difference_is_that_of_the_textbook() -> None:
    from scipy import stats

    rng = np.random.default_rng(1)
    base = rng.normal(100, 30, 40)
    changed = base + rng.normal(2, 1, 40)
    found = paired_difference(changed, base, 0.95)
    reference = stats.ttest_rel(changed, base).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((reference.low, reference.high))
    assert found.clear


def test_equal_shares_keep_an_interval() -> None:
    none = np.zeros(50, dtype=bool)
    found = paired_difference(none, none, 0.95)
    assert found.mean == 0
    assert found.low < 0 < found.high


def test_the_interval_of_a_share_covers_at_its_level() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(1_000):
        luck = rng.random(100)
        found = paired_difference(luck < 0.6, luck < 0.5, 0.95)
        covered += found.low <= 0.1 <= found.high
    assert 0.93 <= covered / 1_000 <= 0.99


def test_the_chance_of_best_adds_to_one_and_follows_the_lead() -> None:
    rng = np.random.default_rng(3)
    years = rng.normal(0, 1, 200)
    values = np.stack([years, years + 0.01, years + rng.normal(0, 1, 200)])
    chances = chance_of_best(values, seed=1)
    assert chances.sum() == pytest.approx(1)
    assert chances[1] > chances[0]
    assert np.array_equal(chances, chance_of_best(values, seed=1))
    assert np.allclose(chance_of_best(np.stack([years, years]), seed=1), 0.5)


def test_years_needed_shrink_with_the_lead() -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(0, 1, 100)
    base = np.zeros(100)
    assert years_needed(base, base, 0.95) == 0
    assert years_needed(noise + 2, base, 0.95) < years_needed(noise + 0.5, base, 0.95)
