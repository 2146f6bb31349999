"""Prices on load: they balance territories at any size, and prove a lower bound (dual of the linear relaxation)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.assignment.candidates import Costs, Int32s, Lists
from territory.planning.assignment.clusters import ClusterSteps, slopes
from territory.planning.assignment.problem import Problem

PASSES = 400
WORK = 1_000_000_000
UP, DOWN = 1.3, 0.5
FIRST_STEP = 0.1
GENTLE, LEAST = 2.0, 0.05
"""A territory far from its limits moves its price by full steps, one near them by less, but never under this part."""
ROUNDING = 1e-7

Reals = NDArray[np.float64]


@njit(cache=True, error_model="numpy")
def choose(  # noqa: C901 - one loop written out for a single measure
    near: Int32s, cost: Costs, omitted: Costs, weight: Reals, prices: Reals, owner: Int32s, load: Reals
) -> float:
    """Give every unit to its cheapest candidate at these prices, and return the sum of the least that each could pay.

    Parameters
    ----------
    near : array of int32, shape (units, width)
    cost : array of float32, shape (units, width)
    omitted : array of float32, shape (units,)
        See `Lists`.
    weight : array, shape (units, measures)
    prices : array, shape (reps, measures)
    owner : array of int32, shape (units,)
        Result.
    load : array, shape (reps, measures)
        Result.
    """
    measures = weight.shape[1]
    load[:] = 0.0
    lowest = np.full(measures, np.inf)
    for j in range(prices.shape[0]):
        for k in range(measures):
            lowest[k] = min(lowest[k], prices[j, k])
    value = 0.0
    for u in range(near.shape[0]):
        least, chosen = np.inf, near[u, 0]
        if measures == 1:  # a loop over one measure costs twice the time
            share = weight[u, 0]
            for c in range(near.shape[1]):
                j = near[u, c]
                paid = float(cost[u, c]) + share * prices[j, 0]
                if paid < least:
                    least, chosen = paid, j
        else:
            for c in range(near.shape[1]):
                j = near[u, c]
                paid = float(cost[u, c])
                for k in range(measures):
                    paid += weight[u, k] * prices[j, k]
                if paid < least:
                    least, chosen = paid, j
        owner[u] = chosen
        for k in range(measures):
            load[chosen, k] += weight[u, k]
        left_out = float(omitted[u])
        for k in range(measures):
            left_out += weight[u, k] * lowest[k]
        value += min(least, left_out)
    return value


@njit(cache=True, error_model="numpy")
def _climb(load: Reals, lower: Reals, upper: Reals, prices: Reals, step: Reals, sign: Reals) -> int:
    """Change every price by the sign of the slope; return how many territories are outside their limits.

    Prices within the limits fall back towards zero and stop there; steps are small near the limits.
    """
    outside = 0
    for j in range(load.shape[0]):
        bad = False
        for k in range(load.shape[1]):
            slope, before = 0.0, prices[j, k]
            if load[j, k] > upper[j, k]:
                slope = load[j, k] - upper[j, k]
            elif load[j, k] < lower[j, k]:
                slope = load[j, k] - lower[j, k]
            bad |= slope != 0
            if slope == 0 and before != 0:
                slope = load[j, k] - (upper[j, k] if before > 0 else lower[j, k])
            now = np.sign(slope)
            if now * sign[j, k] > 0:
                step[j, k] *= UP
            elif now * sign[j, k] < 0:
                step[j, k] *= DOWN
            sign[j, k] = now
            prices[j, k] += now * step[j, k] * min(1.0, GENTLE * abs(slope) * load.shape[0] + LEAST)
            if before * prices[j, k] < 0 or (upper[j, k] > 1e17 and prices[j, k] > 0):
                prices[j, k] = 0.0
        outside += int(bad)
    return outside


@dataclass(frozen=True)
class Priced:
    """What an ascent over prices found.

    Attributes
    ----------
    bound : float
        On the cost of any division within the limits.
    prices : array, shape (reps, measures)
        Those that prove the bound.
    owner : array of int32, shape (units,)
        Each unit's cheapest territory at the last prices tried.
    last, step : array, shape (reps, measures)
        The last prices tried, and how far they moved: where another ascent goes on.
    """

    bound: float
    prices: Reals
    owner: Int32s
    last: Reals
    step: Reals


def ascend(
    lists: Lists,
    weight: Reals,
    lower: Reals,
    upper: Reals,
    prices: Reals,
    *,
    passes: int,
    enough: float = -1.0,
    step: Reals | None = None,
    clusters: list[Ints] | None = None,
) -> Priced:
    """Climb to good prices by sign-adaptive steps: they balance the territories and prove a lower bound.

    Any prices prove a bound: each unit pays at least its cheapest cost plus its load at the rep's price, each rep
    hands back the price at most for its largest (dear) or least (subsidised) load. Territories left out of the lists
    are counted at the least they could cost, so the bound holds for them too.

    Parameters
    ----------
    lists : Lists
    weight : array, shape (units, measures)
        Shares of the whole.
    lower, upper : array, shape (reps, measures)
        Over 1e17: no limit.
    prices : array, shape (reps, measures)
        Where to start.
    passes : int
        At most.
    enough : float
        Stop once no more than this part of the territories is outside its limits.
    step : array, shape (reps, measures), optional
        First steps.
    clusters : list of array of int, optional
        Levels of clusters of territories whose prices also move together; see `clusters_of`.
    """
    owner, load = np.empty(len(weight), dtype=np.int32), np.zeros(lower.shape)
    prices = np.where((upper > 1e17) & (prices > 0), 0.0, prices)
    spread = _spread(lists.cost)
    step, sign = None if step is None else step.copy(), np.zeros(lower.shape)
    best, best_prices, last = -np.inf, prices, prices
    together: list[ClusterSteps] = []
    for _ in range(passes):
        value = choose(lists.near, lists.cost, lists.omitted, weight, prices, owner, load)
        back = np.where(prices > 0, prices * np.where(prices > 0, upper, 0), prices * lower).sum()
        if value - back > best:
            best, best_prices = value - float(back), prices.copy()
        last = prices.copy()
        if step is None:
            step = _first_steps(spread, owner, load)
        if clusters and not together:
            together = [ClusterSteps(clusters, float(s.mean())) for s in _first_steps(spread, owner, load).T]
        slope = slopes(load, lower, upper, prices) if together else load
        outside = _climb(load, lower, upper, prices, step, sign)
        for k, steps in enumerate(together):
            steps.climb(slope[:, k], prices[:, k])
        if together:
            prices = np.where((upper > 1e17) & (prices > 0), 0.0, prices)
        if outside <= enough * len(lower):
            break
    assert step is not None
    # Costs were rounded to 24 bits.
    return Priced(best - ROUNDING * float(np.abs(spread).sum()), best_prices, owner, last, step)


def _first_steps(spread: NDArray[np.float32], owner: Int32s, load: Reals) -> Reals:
    """Return the first step of each price: a part of what choices around the territory differ by, per load."""
    count = len(load)
    local = np.bincount(owner, spread, count)[:, None]
    everywhere = float(spread.sum(dtype=np.float64)) / np.maximum(load.sum(axis=0, keepdims=True), 1e-12)
    return FIRST_STEP * np.where(local > 0, local / np.maximum(load, 1e-12), everywhere) + 1e-9


@njit(cache=True, error_model="numpy")
def _spread(cost: Costs) -> NDArray[np.float32]:
    """Return by how much each unit's candidates cost more than its cheapest, on average."""
    spread = np.empty(len(cost), dtype=np.float32)
    for u in range(len(cost)):
        total, usable, least = 0.0, 0, np.inf
        for c in range(cost.shape[1]):
            paid = float(cost[u, c])
            if np.isfinite(paid):
                total += paid
                usable += 1
                least = min(least, paid)
        spread[u] = total / usable - least if usable else np.inf
    return spread


def price_bound(problem: Problem, cost: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return a lower bound on the cost of any division of a problem, and the prices that prove it.

    Apart pairs, caps on changes of hands and connections are left out, which can only lower the bound.

    Returns
    -------
    bound : float
    prices : array of float, shape (measures, reps)
        Km a week for the whole of a measure.
    """
    count = len(problem.measures)
    weight = np.array([m.weight for m in problem.measures]).reshape(count, problem.units).T
    lower = np.array([m.lower for m in problem.measures]).reshape(count, len(problem.reps)).T
    upper = np.array([np.minimum(m.upper, 1e18) for m in problem.measures]).reshape(lower.T.shape).T
    masked = np.where(problem.allowed, cost, np.inf)
    least = masked.min(axis=1)
    free = float(least.sum())
    if not count or not np.isfinite(free):
        return free, np.zeros((count, len(problem.reps)))
    near = np.broadcast_to(np.arange(len(problem.reps), dtype=np.int32), masked.shape)
    extra = (masked - least[:, None]).astype(np.float32)
    lists = Lists(np.ascontiguousarray(near), extra, np.full(problem.units, np.inf, dtype=np.float32))
    passes = int(np.clip(WORK // max(cost.size, 1), 30, PASSES))
    arrays = (np.ascontiguousarray(weight), np.ascontiguousarray(lower), np.ascontiguousarray(upper))
    found = ascend(lists, *arrays, np.zeros(lower.shape), passes=passes)
    return free + max(found.bound, 0.0), np.ascontiguousarray(found.prices.T)
