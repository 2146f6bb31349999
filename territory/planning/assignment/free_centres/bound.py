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
    mean = np.maximum(weight.mean(axis=0), 1e-300)
    fee = np.zeros(lower.shape)
    stride = np.full(lower.shape, FIRST_STRIDE * target / len(weight)) / mean
    sign = np.zeros(lower.shape)
    load = np.zeros(lower.shape)
    worth, slope, served = np.zeros(len(weight)), np.zeros(len(weight)), np.zeros(len(weight))
    best, theta, calm = -np.inf, 1.0, 0
    for _ in range(passes):
        _open(begin, unit, length, weight, lower, upper, price, fee, load, worth)
        chosen = np.argsort(worth, kind="stable")[:territories]
        value = float(price.sum() + worth[chosen].sum())
        calm = 0 if value > best + NOTABLE * abs(best) else calm + 1
        best = max(best, value)
        if calm >= PATIENCE:
            theta, calm = theta * COOLING, 0
        _serve(begin, unit, length, weight, price, fee, chosen, served)
        slope = MEMORY * slope + 1.0 - served
        square = float((slope**2).sum())
        if square <= 0 or theta < LEAST_STEP:
            break
        stretch = theta * max(target - value, NOTABLE * target) / square
        price = np.clip(price + stretch * slope, 0.0, radius)
        _charge(load, lower, upper, fee, stride, sign)
    return best


@njit(cache=True)
def _pays(left: float, fee: Floats, weight: Floats) -> float:
    """Return what serving a unit costs a centre after the unit's price and the centre's fees (negative: it pays)."""
    for k in range(len(fee)):
        left += fee[k] * weight[k]
    return left


@njit(cache=True)
def _open(
    begin: Ints,
    unit: Shorts,
    length: Floats,
    weight: Floats,
    lower: Floats,
    upper: Floats,
    price: Floats,
    fee: Floats,
    load: Floats,
    worth: Floats,
) -> None:
    """Write the least each centre can cost at these prices in `worth`, and the load it would take in `load`."""
    measures = weight.shape[1]
    for j in range(len(worth)):
        load[j] = 0.0
        value = 0.0
        for e in range(begin[j], begin[j + 1]):
            i = unit[e]
            pays = _pays(length[e] - price[i], fee[j], weight[i])
            if pays < 0:
                value += pays
                for k in range(measures):
                    load[j, k] += weight[i, k]
        for k in range(measures):
            if fee[j, k] > 0:
                value -= fee[j, k] * upper[j, k]
            elif fee[j, k] < 0:
                value -= fee[j, k] * lower[j, k]
        worth[j] = value


@njit(cache=True)
def _serve(
    begin: Ints,
    unit: Shorts,
    length: Floats,
    weight: Floats,
    price: Floats,
    fee: Floats,
    chosen: Ints,
    served: Floats,
) -> None:
    """Count how many of the chosen centres serve each unit."""
    served[:] = 0.0
    for j in chosen:
        for e in range(begin[j], begin[j + 1]):
            i = unit[e]
            if _pays(length[e] - price[i], fee[j], weight[i]) < 0:
                served[i] += 1.0


def _charge(load: Floats, lower: Floats, upper: Floats, fee: Floats, stride: Floats, sign: Floats) -> None:
    """Move the centres' fees towards the limits their loads break or leave unused, by sign-adaptive steps."""
    dear = (fee > 0) | ((fee == 0) & (load > upper))
    cheap = ~dear & ((fee < 0) | (load < lower))
    now = np.where(dear, np.sign(load - upper), np.where(cheap, np.sign(load - lower), 0.0))
    stride *= np.where(now * sign > 0, UP, np.where(now * sign < 0, DOWN, 1.0))
    sign[:] = now
    old = fee.copy()
    fee += now * stride
    fee[(old * fee < 0) | ((fee < 0) & (lower <= 0)) | ((fee > 0) & np.isinf(upper))] = 0.0
