"""Territories after somebody left or joined: as few sales as possible change hands, then as little travel as possible.

The customers without a rep have to move in any case. What else moves is priced: as many sales as an average rep has
weigh `stillness` times all travel. The search sets out from the division of today, warm enough to leave it: the fair
division that moves least is reached through chains of neighbours, not by the next best moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pandas as pd

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.effort import Effort
from territory.domain.plan import Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.cost import Centres, Matrix, start_centres
from territory.planning.assignment.prices import price_bound
from territory.planning.assignment.problem import Problem
from territory.planning.assignment.task import Task, prepare
from territory.planning.solver import seed_of
from territory.planning.travel_estimate import TravelEstimate

Progress = Callable[[str, int, int], None]

STAGE = "reassignment"
STILLNESS = 3.0
CUSTOMER_WEIGHT = 1e-3
"""Disturbance is the share of sales that changes hands, and a little of the share of customers."""
HOT, COOL = 1.0, 0.05
"""One long search that leaves the division of today at first, and a short one around what it finds."""
STEPS_PER_UNIT = 1500
CONTIGUOUS_STEPS = 4


def reassign_territories(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    seed: int,
    effort: Effort,
    progress: Progress | None = None,
    travel: TravelEstimate | None = None,
    present: Ints | None = None,
    stillness: float = STILLNESS,
) -> Territories:
    """Give the customers without a rep to somebody and balance the team again with the least disturbance.

    Parameters
    ----------
    scenario : Scenario
        The team as it is from now on; `current_rep` holds the owners of today, nobody for those of a leaver.
    calls, weights, seed, effort, travel
        As for `assign_territories`.
    progress : callable, optional
        Called with ("reassignment", done, total).
    present : array of int, shape (customers,), optional
        Reps of an answer that was fitted to routes, to set out from.
    stillness : float
        Price of moved sales: those of an average rep weigh as much as this many times all travel.

    Raises
    ------
    PlanError
        The hard rules cannot hold together.
    """
    task = prepare(scenario, calls, weights, seed=seed, effort=effort, travel=travel)
    search = _Replan(task, seed, effort)
    owner, objective, bound = search.run(stillness, progress or (lambda _stage, _done, _total: None), present)
    return task.territories(owner, objective, bound)


def trade_off(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    tolerances: Sequence[float],
    stillness: Sequence[float],
    own_cents: int,
    seed: int,
    effort: Effort,
) -> pd.DataFrame:
    """Return what other tolerances and prices of moved sales would give.

    Parameters
    ----------
    scenario, calls, weights, seed, effort
        As for `reassign_territories`.
    tolerances : sequence of float
        Of all measures.
    stillness : sequence of float
    own_cents : int
        Annual sales of the rep who left or joined.

    Returns
    -------
    DataFrame
        Columns: tolerance, stillness, sales_moved_over_own, travel_change, reached (largest deviation).
    """
    rows = []
    for tolerance, price in product(tolerances, stillness):
        balance = dict.fromkeys(scenario.settings.territories.balance, tolerance)
        changed = scenario.replace(territories={"balance": balance})
        task = prepare(changed, calls, weights, seed=seed, effort=effort, travel=None)
        search = _Replan(task, seed, effort)
        owner, _, _ = search.run(price, lambda _stage, _done, _total: None)
        rep = task.problem.reps[owner[task.problem.unit_of]]
        rows.append(
            {
                "tolerance": tolerance,
                "stillness": price,
                "sales_moved_over_own": round(moved_sales_cents(changed, rep) / max(own_cents, 1), 3),
                "travel_change": round(search.travel_change(owner), 4),
                "reached": round(max((m.deviation(owner) for m in task.problem.measures), default=0.0), 4),
            }
        )
    return pd.DataFrame(rows)


def moved_sales_cents(scenario: Scenario, rep: Ints) -> int:
    """Return the annual sales of customers who get another rep than today, or who had none and get one."""
    who = scenario.customers
    return int(who.annual_sales_cents[who.current_rep != rep].sum())


class _Replan:
    """Searches from the division of today."""

    def __init__(self, task: Task, seed: int, effort: Effort) -> None:
        self.task, self.seed = task, seed
        problem, who = task.problem, task.scenario.customers
        per_unit = STEPS_PER_UNIT * (CONTIGUOUS_STEPS if problem.contiguous else 1)
        work = float(np.clip(effort.solver_work / 0.5, 0.5, 8.0))
        self.steps = int(np.clip(per_unit * problem.units * work, 20_000, 20_000_000))
        owned = max(int((who.current_rep != NONE).sum()), 1)
        self.disturbance: Matrix = problem.moved_sales + CUSTOMER_WEIGHT * problem.moved / owned
        self.start, self.centres = self._today()
        self.travel = task.pricing.travel(self.centres)

    def run(self, stillness: float, progress: Progress, present: Ints | None = None) -> tuple[Ints, float, float]:
        """Return the best division found, its price and a bound on it; near to a present one where there is one."""
        rows = np.arange(self.task.problem.units)
        scale = stillness * float(self.travel.min(axis=1).sum()) * len(self.task.problem.reps)
        cost = self.travel + scale * self.disturbance
        problem = self.task.problem
        start, first = self.start, HOT
        if present is not None:
            start, first = np.searchsorted(problem.reps, present)[self.task.first_unit], COOL
        hot = anneal(problem, cost, start, steps=self.steps, seed=seed_of(self.seed, 15), hot=first)
        progress(STAGE, 1, 2)
        cool = anneal(problem, cost, hot.owner, steps=self.steps // 4, seed=seed_of(self.seed, 16), hot=COOL)
        progress(STAGE, 2, 2)
        best = min((hot, cool), key=lambda answer: (not answer.holds, answer.cost))
        bound, _ = price_bound(self.task.problem, cost)
        return best.owner, float(cost[rows, best.owner].sum()), bound

    def travel_change(self, owner: Ints) -> float:
        """Return the change of travel against the customers of today with orphans at their nearest, as a share."""
        rows = np.arange(len(owner))
        before = float(self.travel[rows, self.start].sum())
        return float(self.travel[rows, owner].sum()) / max(before, 1e-9) - 1

    def _today(self) -> tuple[Ints, Centres]:
        """Return today's division, orphans with whom they cost least, and its centres; a rep without any gets some."""
        problem, pricing = self.task.problem, self.task.pricing
        column_of = np.full(len(self.task.scenario.reps) + 1, NONE, dtype=np.int64)
        column_of[problem.reps] = np.arange(len(problem.reps))
        current = column_of[self.task.scenario.customers.current_rep][self.task.first_unit]
        first = start_centres(self.task.scenario, problem)
        empty = np.flatnonzero(np.bincount(current[current != NONE], minlength=len(problem.reps)) == 0)
        price = np.where(problem.allowed, pricing.travel(first), np.inf)
        owner = current.copy()
        for column in empty.tolist():
            owner[_nearest(problem, price[:, column], column)] = column
        held = np.where(owner == NONE, price.argmin(axis=1), owner)
        centres = pricing.centres(held, first)
        price = np.where(problem.allowed, pricing.travel(centres), np.inf)
        return np.where(owner == NONE, price.argmin(axis=1), owner), centres


def _nearest(problem: Problem, price: Floats, column: int) -> Ints:
    """Return the cheapest units for a rep up to a fair share of the first measure."""
    order = np.argsort(price, kind="stable")
    order = order[np.isfinite(price[order])]
    if not problem.measures:
        return np.asarray(order[: problem.units // len(problem.reps)], dtype=np.int64)
    measure = problem.measures[0]
    return np.asarray(order[np.cumsum(measure.weight[order]) <= measure.fair[column]], dtype=np.int64)
