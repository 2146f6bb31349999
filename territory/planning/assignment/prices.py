"""A proven lower bound at any size: prices on load, from the dual of the linear relaxation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.planning.assignment.problem import Problem

PASSES = 400
WORK = 100_000_000
UP, DOWN = 1.3, 0.5


def price_bound(problem: Problem, cost: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return a lower bound on the cost of any division within the tolerances, and the prices that prove it.

    Any prices prove a bound: each unit pays at least its cheapest cost plus its load at the rep's price, each rep
    hands back the price at most for its largest (dear) or least (subsidised) load. Sign-adaptive steps climb to good
    ones. Apart pairs and the cap on moves are left out, which can only lower the bound.

    Returns
    -------
    bound : float
    prices : array of float, shape (measures, reps)
        Km a week for the whole of a measure.
    """
    weight = np.array([m.weight for m in problem.measures]).reshape(len(problem.measures), problem.units)
    lower = np.array([m.lower for m in problem.measures]).reshape(len(weight), len(problem.reps))
    upper = np.array([m.upper for m in problem.measures]).reshape(len(weight), len(problem.reps))
    masked = np.where(problem.allowed, cost, np.inf)
    free = float(masked.min(axis=1).sum())
    best, best_prices = free, np.zeros(lower.shape)
    if not len(weight) or not np.isfinite(free):
        return best, best_prices
    prices = np.zeros(lower.shape)
    step = np.full(lower.shape, 0.1 * float(np.abs(np.where(problem.allowed, cost, 0)).mean()) * problem.units + 1e-9)
    sign = np.zeros(lower.shape)
    rows = np.arange(problem.units)
    for _ in range(int(np.clip(WORK // max(cost.size, 1), 30, PASSES))):
        priced = masked + weight.T @ prices
        owner = priced.argmin(axis=1)
        back = np.where(prices > 0, prices * np.where(prices > 0, upper, 0), prices * lower).sum()
        value = float(priced[rows, owner].sum() - back)
        if value > best:
            best, best_prices = value, prices.copy()
        load = np.array([np.bincount(owner, w, len(problem.reps)) for w in weight])
        slope = np.where(load > upper, load - upper, np.where(load < lower, load - lower, 0.0))
        at_rest = (slope == 0) & (prices != 0)
        slope = np.where(at_rest, np.where(prices > 0, load - upper, load - lower), slope)
        now = np.sign(slope)
        step = np.where(now * sign > 0, step * UP, np.where(now * sign < 0, step * DOWN, step))
        sign = now
        prices = prices + now * step
        prices = np.where(np.isinf(upper), np.minimum(prices, 0.0), prices)
    return best, best_prices
