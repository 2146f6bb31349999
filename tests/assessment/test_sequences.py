"""Confidence sequences against what they promise."""

from __future__ import annotations

import numpy as np
import pytest

from territory.assessment.sequences import MeanSequence, looks


def stopped(values: np.ndarray, half_width: float, *, block: int = 50) -> MeanSequence:
    sequence = MeanSequence(0.95, half_width)
    for begin in range(0, len(values), block):
        sequence.add(values[begin : begin + block])
        if sequence.settled:
            break
    return sequence


@pytest.mark.parametrize("share", [0.03, 0.3, 0.9])
def test_the_interval_at_the_stop_covers_the_truth(share: float) -> None:
    rng = np.random.default_rng(4)
    runs = [stopped((rng.random(3_000) < share).astype(float), 0.08) for _ in range(100)]
    assert all(run.settled for run in runs)
    assert sum(run.interval[0] <= share <= run.interval[1] for run in runs) >= 93


def test_two_and_a_half_points_take_few_thousand_years_at_worst() -> None:
    rng = np.random.default_rng(5)
    half = stopped((rng.random(6_000) < 0.5).astype(float), 0.025)
    rare = stopped((rng.random(6_000) < 0.03).astype(float), 0.025)
    assert half.settled
    assert half.count <= 4_000
    assert rare.count <= 500


def test_figures_that_vary_less_settle_sooner() -> None:
    rng = np.random.default_rng(6)
    luck = rng.integers(0, 2, 4_000)
    hits = (rng.random(4_000) < np.where(luck == 1, 0.9, 0.1)).astype(float)
    plain, less = MeanSequence(0.95, 0.03), MeanSequence(0.95, 0.03)
    for begin in range(0, 4_000, 50):
        block = slice(begin, begin + 50)
        if not plain.settled:
            plain.add(hits[block])
        if not less.settled:
            less.add(hits[block] - 0.8 * (luck[block] - 0.5), -0.4, 1.4)
    assert less.settled
    assert less.count < 0.5 * plain.count


def test_a_share_of_nothing_is_known_soon() -> None:
    none = stopped(np.zeros(1_000), 0.025)
    assert none.interval[0] == 0.0
    assert none.interval[1] <= 0.05
    assert none.mean == 0.0


def test_looks_double_and_end_with_the_last_year() -> None:
    assert looks(25, 200) == (25, 50, 100, 200)
    assert looks(25, 130) == (25, 50, 100, 130)
    assert looks(25, 10) == (10,)
