"""Intervals for shares of years and for paired differences between plans.

The quantiles come from `scipy.special`: `scipy.stats` has all of this, but takes longer to import than most plans
take to judge.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, stdtrit


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """Return the Wilson interval of a share, honest at 0 and 1 and for few years.

    Parameters
    ----------
    hits, n : int
        Hits among `n` trials; `n` at least 1.
    confidence : float
        For example 0.95.
    """
    share, z = hits / n, normal_quantile(confidence)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == n else middle + half)


def normal_quantile(confidence: float) -> float:
    """Return the half width, in standard errors, of a two-sided normal interval."""
    return float(ndtri((1 + confidence) / 2))


def paired_mean_interval(differences: ArrayLike, confidence: float) -> tuple[float, float]:
    """Return Student's interval of the mean of paired differences; without limits for a single pair.

    Parameters
    ----------
    differences : array of numbers
        One a year, both plans having met the same random year.
    confidence : float
    """
    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2:
        return -np.inf, np.inf
    half = float(stdtrit(len(values) - 1, (1 + confidence) / 2)) * float(values.std(ddof=1)) / sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


def paired_share_interval(differences: ArrayLike, confidence: float) -> tuple[float, float]:
    """Return the Bonett-Price interval of a difference of shares in the same years.

    Wald's interval with one pair added to each kind of change: it keeps its confidence for few years, and has a width
    even where no year changed.

    Parameters
    ----------
    differences : array of int
        1 where only the second plan holds in a year, -1 where only the first does, 0 where they agree.
    confidence : float
    """
    values = np.asarray(differences, dtype=np.int64)
    better = (np.count_nonzero(values > 0) + 1) / (len(values) + 2)
    worse = (np.count_nonzero(values < 0) + 1) / (len(values) + 2)
    middle = better - worse
    half = normal_quantile(confidence) * sqrt((better + worse - middle**2) / (len(values) + 2))
    return max(middle - half, -1.0), min(middle + half, 1.0)
