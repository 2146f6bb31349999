"""A proven lower bound for free centres: prices for being served and for load, climbed by subgradients.

Serving every unit once is relaxed at a price a unit, the limits of every possible centre at prices a measure. Any
prices prove a bound: the sum of the units' prices plus the cheapest `territories` centres, each taking every unit that
pays for its distance. At the best prices this is the linear relaxation with open centres (Beasley 1993, "Lagrangean
heuristics for location problems").
"""

from __future__ import annotations

import numpy as np
from numba import njit

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.free_centres.kernel import Shorts
from territory.planning.assignment.free_centres.problem import FreeCentreProblem

DENSE = 600
"""Up to this many units every pair is looked at."""
REACH, REACH_LEAST = 5, 30
"""Beyond that size, each unit looks at this many mean territories of nearest centres, and pays less for none beyond."""
UP, DOWN = 1.3, 0.5
PATIENCE = 20
MEMORY = 0.7
COOLING = 0.8
LEAST_STEP = 1e-3
NOTABLE = 1e-5
FIRST_STRIDE = 0.02


def free_centre_bound(problem: FreeCentreProblem, upper_bound: float, *, work: int) -> float:
    """Return a number that no division within the limits costs less than.

    Parameters
    ----------
    problem : FreeCentreProblem
    upper_bound : float
        Cost of a known division; only the length of the steps depends on it.
    work : int
        About the number of distances read.
    """
    begin, unit, length, radius = _reachable(problem)
    lower = np.repeat(problem.lower.min(axis=1)[None, :], problem.units, axis=0)
    upper = np.repeat(problem.upper.max(axis=1)[None, :], problem.units, axis=0)
    if problem.capacity is not None:
        upper[:, 0] = np.minimum(upper[:, 0], problem.capacity)
    if np.isfinite(radius).any():
        lower[:] = 0.0  # a subsidy could make units beyond the radius pay
    passes = int(np.clip(work // max(len(unit) * max(len(problem.weight), 1), 1), 50, 3000))
    weight = np.ascontiguousarray(problem.weight.T)
    if not np.isfinite(upper_bound) or upper_bound <= 0:
        return 0.0
    room = np.partition(problem.distance, min(problem.units - 1, problem.units // problem.territories), axis=1)
    price = np.minimum(room[:, min(problem.units - 1, problem.units // problem.territories)], radius)
    best = _climb(begin, unit, length, weight, lower, upper, price, radius, problem.territories, upper_bound, passes)
    return max(0.0, float(best))


def _reachable(problem: FreeCentreProblem) -> tuple[Ints, Shorts, Floats, Floats]:
    """Return, by centre, the units that may pay for it, their distances, and what each unit may pay at most."""
    units = problem.units
    width = REACH * units // problem.territories + REACH_LEAST
    if units <= DENSE or width >= units:
        begin = np.arange(units + 1, dtype=np.int64) * units
        everyone = np.tile(np.arange(units, dtype=np.int32), units)
        return begin, everyone, problem.distance.T.ravel().copy(), np.full(units, np.inf)
    radius = np.partition(problem.distance, width, axis=1)[:, width]
    centre, unit = np.nonzero((problem.distance < radius[:, None]).T)
    begin = np.searchsorted(centre, np.arange(units + 1)).astype(np.int64)
    return begin, unit.astype(np.int32), problem.distance[unit, centre], radius


@njit(cache=True)
def _climb(
    begin: Ints,
    unit: Shorts,
    length: Floats,
    weight: Floats,
    lower: Floats,
    upper: Floats,
    price: Floats,
    radius: Floats,
    territories: int,
    target: float,
    passes: int,
) -> float:
    """Return the best bound met; `price` is where the units' prices start."""
    units, measures = weight.shape
    fee = np.zeros((units, measures))
    stride = np.zeros((units, measures))
    sign = np.zeros((units, measures))
    for k in range(measures):
        mean = weight[:, k].sum() / units
        if mean > 0:
            stride[:, k] = FIRST_STRIDE * target / units / mean
    worth = np.zeros(units)
    load = np.zeros((units, measures))
    slope = np.zeros(units)
    best, theta, calm = -np.inf, 1.0, 0
    for _ in range(passes):
        for j in range(units):
            worth[j] = _worth(begin[j], begin[j + 1], unit, length, weight, lower[j], upper[j], price, fee[j], load[j])
        chosen = np.argsort(worth)[:territories]
        value = price.sum() + worth[chosen].sum()
        calm = 0 if value > best + NOTABLE * abs(best) else calm + 1
        best = max(best, value)
        if calm >= PATIENCE:
            theta, calm = theta * COOLING, 0
        slope *= MEMORY
        slope += 1.0
        for j in chosen:
            for e in range(begin[j], begin[j + 1]):
                if _pays(length[e] - price[unit[e]], fee[j], weight[unit[e]]) < 0:
                    slope[unit[e]] -= 1.0
        square = (slope**2).sum()
        if square <= 0 or theta < LEAST_STEP:
            break
        stretch = theta * max(target - value, NOTABLE * target) / square
        for i in range(units):
            price[i] = min(max(price[i] + stretch * slope[i], 0.0), radius[i])
        for j in range(units):
            _charge(load[j], lower[j], upper[j], fee[j], stride[j], sign[j])
    return best


@njit(cache=True)
def _pays(left: float, fee: Floats, weight: Floats) -> float:
    """Return what serving a unit costs a centre after the unit's price and the centre's fees (negative: it pays)."""
    for k in range(len(fee)):
        left += fee[k] * weight[k]
    return left


@njit(cache=True)
def _worth(
    first: int,
    last: int,
    unit: Shorts,
    length: Floats,
    weight: Floats,
    lower: Floats,
    upper: Floats,
    price: Floats,
    fee: Floats,
    load: Floats,
) -> float:
    """Return the least an open centre can cost at these prices and leave the load it would take in `load`."""
    load[:] = 0.0
    value = 0.0
    for e in range(first, last):
        i = unit[e]
        pays = _pays(length[e] - price[i], fee, weight[i])
        if pays < 0:
            value += pays
            for k in range(len(fee)):
                load[k] += weight[i, k]
    for k in range(len(fee)):
        if fee[k] > 0:
            value -= fee[k] * upper[k]
        elif fee[k] < 0:
            value -= fee[k] * lower[k]
    return value


@njit(cache=True)
def _charge(load: Floats, lower: Floats, upper: Floats, fee: Floats, stride: Floats, sign: Floats) -> None:
    """Move the fees of a centre towards the limits its load breaks or leaves unused, by sign-adaptive steps."""
    for k in range(len(fee)):
        off = 0.0
        if fee[k] > 0 or (fee[k] == 0 and load[k] > upper[k]):
            off = load[k] - upper[k]
        elif fee[k] < 0 or load[k] < lower[k]:
            off = load[k] - lower[k]
        now = np.sign(off)
        if now * sign[k] > 0:
            stride[k] *= UP
        elif now * sign[k] < 0:
            stride[k] *= DOWN
        sign[k] = now
        old = fee[k]
        fee[k] += now * stride[k]
        if old * fee[k] < 0 or (fee[k] < 0 and lower[k] <= 0):
            fee[k] = 0.0
