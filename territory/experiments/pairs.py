"""Differences between plans on the same random years, with their intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.assessment.intervals import normal_quantile, paired_mean_interval, paired_share_interval
from territory.domain.comparison import PairedDifference
from territory.domain.customers import Floats


def paired_difference(changed: NDArray[np.generic], base: NDArray[np.generic], confidence: float) -> PairedDifference:
    """Return the mean of changed - base over paired years, with its interval.

    Yes/no figures get the Bonett-Price interval, which has a width even where no year changed; amounts Student's.
    """
    difference = np.asarray(changed, dtype=np.float64) - np.asarray(base, dtype=np.float64)
    if changed.dtype == np.bool_:
        low, high = paired_share_interval(difference, confidence)
    else:
        low, high = paired_mean_interval(difference, confidence)
    return PairedDifference(float(difference.mean()), float(low), float(high), len(difference))


def years_needed(changed: Floats, base: Floats, confidence: float) -> int:
    """Return the paired years after which the observed mean difference would be clear; 0 where there is none."""
    difference = np.asarray(changed, dtype=np.float64) - np.asarray(base, dtype=np.float64)
    mean = float(difference.mean())
    if mean == 0 or len(difference) < 2:
        return 0
    z = normal_quantile(confidence)
    return max(2, int(np.ceil((z * float(difference.std(ddof=1)) / mean) ** 2)))


def chance_of_best(values: Floats, seed: int, resamples: int = 2_000) -> Floats:
    """Return each plan's chance of the highest mean, by resampling whole years; values has shape (plans, years)."""
    plans, years = values.shape
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, years, plans])))
    wins = np.zeros(plans)
    block = max(1, min(resamples, 4_000_000 // max(years, 1)))
    for begin in range(0, resamples, block):
        drawn = rng.integers(0, years, size=(min(block, resamples - begin), years))
        weights = np.zeros((len(drawn), years))
        np.add.at(weights, (np.arange(len(drawn))[:, None], drawn), 1.0)
        means = weights @ values.T
        best = means == means.max(axis=1, keepdims=True)
        wins += (best / best.sum(axis=1, keepdims=True)).sum(axis=0)
    return np.asarray(wins / resamples)
