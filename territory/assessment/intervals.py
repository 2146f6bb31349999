"""Intervals for shares of years and for paired differences between plans."""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike


def wilson(hits: int, n: int, confidence: float) -> tuple[float, float]:
    """Return the Wilson interval of a share, honest at 0 and 1 and for few years.

    Parameters
    ----------
    hits, n : int
        Hits among `n` trials; `n` at least 1.
    confidence : float
        For example 0.95.
    """
    from scipy.stats import binomtest  # noqa: PLC0415 - half a second to import

    interval = binomtest(int(hits), int(n)).proportion_ci(confidence_level=confidence, method="wilson")
    return float(interval.low), float(interval.high)


def paired_mean_interval(differences: ArrayLike, confidence: float) -> tuple[float, float]:
    """Return Student's interval of the mean of paired differences; without limits for a single pair.

    Parameters
    ----------
    differences : array of numbers
        One a year, both plans having met the same random year.
    confidence : float
    """
    from scipy.stats import t  # noqa: PLC0415 - half a second to import

    values = np.asarray(differences, dtype=np.float64)
    if len(values) < 2:
        return -np.inf, np.inf
    half = float(t.ppf((1 + confidence) / 2, len(values) - 1)) * float(values.std(ddof=1)) / sqrt(len(values))
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
    from scipy.stats import norm  # noqa: PLC0415 - half a second to import

    values = np.asarray(differences, dtype=np.int64)
    better = (np.count_nonzero(values > 0) + 1) / (len(values) + 2)
    worse = (np.count_nonzero(values < 0) + 1) / (len(values) + 2)
    middle = better - worse
    half = float(norm.ppf((1 + confidence) / 2)) * sqrt((better + worse - middle**2) / (len(values) + 2))
    return max(middle - half, -1.0), min(middle + half, 1.0)
