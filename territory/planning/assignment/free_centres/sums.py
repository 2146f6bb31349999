"""Sums of distances inside territories, from which their centres follow (compiled)."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints


@njit(cache=True)
def inner_sums(distance: NDArray[np.floating], order: Ints, begin: Ints) -> Floats:
    """Return for each unit, in the given order, the sum of the distances to it from all units of its group.

    Parameters
    ----------
    distance : array, shape (units, units)
    order : array of int, shape (listed,)
        Units, group by group.
    begin : array of int, shape (groups + 1,)
        Where each group begins in the order.
    """
    sums = np.zeros(len(order))
    for group in range(len(begin) - 1):
        for first in range(begin[group], begin[group + 1]):
            row = distance[order[first]]
            for second in range(begin[group], begin[group + 1]):
                sums[second] += row[order[second]]
    return sums


def grouped(owner: Ints, count: int) -> tuple[Ints, Ints]:
    """Return the units group by group, ascending in each, and where each group begins."""
    order = np.argsort(owner, kind="stable")
    begin = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(owner, minlength=count), out=begin[1:])
    return order, begin
