"""Several good divisions to choose from: the front of travel, balance and disruption.

Each point of a grid of tolerances and prices of disturbance asks for its own best division. All divisions found go
into one pool and every point of the grid takes the best of the pool: what it takes cannot be dominated, because
whatever dominates it would have been cheaper at the same point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from territory.domain.alternative import Alternative
from territory.domain.customers import NONE, Floats, Ints
from territory.domain.effort import Effort
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.cost import Centres, Matrix, start_centres
from territory.planning.assignment.engine import Progress
from territory.planning.assignment.prices import price_bound
from territory.planning.assignment.problem import Problem
from territory.planning.assignment.seeds import first_divisions
from territory.planning.assignment.task import Task, prepare
from territory.planning.solver import seed_of
from territory.planning.travel_estimate import TravelEstimate

STAGE = "alternatives"
TIGHTER = (1.0, 0.75, 0.5)
"""Tolerances of the front, as parts of the asked ones."""
PRICES = (0.2, 1.0, 5.0)
"""Prices of disturbance over what the whole front pays for it on average."""
FINER_TIGHTER = (0.85, 0.6)
FINER_PRICES = (0.0, 0.5, 2.0, 25.0)
"""More points, for as long as too few different divisions were found."""
ROUNDS = 2
HOT_START, HOT_NEXT = 4.0, 0.5
"""First temperatures of the first searches, and of those that set out from a division of the pool."""
STEPS_PER_UNIT = 400
CONTIGUOUS_STEPS = 4
"""So many times the steps where territories must hang together: most moves would tear one apart."""
CUSTOMER_WEIGHT = 1e-3
"""Disturbance is the share of sales that changes hands, and a little of the share of customers."""


def design_alternatives(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    count: int = 9,
    seed: int,
    effort: Effort,
    progress: Progress | None = None,
    travel: TravelEstimate | None = None,
    better: Callable[[Callable[[], tuple[Alternative, ...]]], None] | None = None,
) -> tuple[Alternative, ...]:
    """Return up to `count` divisions, none of which is worse than another in travel, balance and disruption alike.

    Parameters
    ----------
    scenario, calls, weights, seed, effort, travel
        As for `assign_territories`.
    count : int
        Fewer are returned where fewer different ones exist.
    progress : callable, optional
        Called with ("alternatives", done, total).
    better : callable, optional
        Called after every search with a function that returns the divisions found by then.

    Returns
    -------
    tuple of Alternative
        By rising disruption, then travel.

    Raises
    ------
    PlanError
        The hard rules cannot hold together.
    """
    task = prepare(scenario, calls, weights, seed=seed, effort=effort, travel=travel)
    front = _Front(task, seed, effort, progress or (lambda _stage, _done, _total: None))

    def found() -> tuple[Alternative, ...]:
        return tuple(front.alternative(point) for point in front.spread(count))

    for _ in front.searches_for(count):
        if better:
            better(found)
    return found()


@dataclass(frozen=True)
class _Point:
    """A division with its three objectives."""

    owner: Ints
    centres: Centres
    travel: float
    disturbance: float
    deviation: float

    @property
    def objectives(self) -> tuple[float, float, float]:
        return self.travel, self.disturbance, self.deviation


class _Front:
    """A pool of divisions, and the searches that fill it."""

    def __init__(self, task: Task, seed: int, effort: Effort, progress: Progress) -> None:
        self.task, self.seed, self.progress = task, seed, progress
        problem = task.problem
        per_unit = STEPS_PER_UNIT * (CONTIGUOUS_STEPS if problem.contiguous else 1)
        work = float(np.clip(effort.solver_work / 0.5, 0.5, 8.0))
        self.steps = int(np.clip(per_unit * problem.units * work, 20_000, 20_000_000))
        owned = max(int((task.scenario.customers.current_rep != NONE).sum()), 1)
        self.disturbance: Matrix = problem.moved_sales + CUSTOMER_WEIGHT * problem.moved / owned
        self.pool: list[_Point] = []
        self.grid: list[tuple[float, float]] = []
        self.place: dict[bytes, tuple[float, float]] = {}
        self.searches = 0

    def spread(self, count: int) -> list[_Point]:
        """Return the front of all searches by now, by rising disturbance."""
        front = _spread(self._front(list(self.grid)), count)
        return sorted(front, key=lambda point: (point.disturbance, point.travel))

    def searches_for(self, count: int) -> Iterator[None]:
        """Search point after point of the grid, and finer points for as long as the front is too small."""
        total = len(TIGHTER) * len(PRICES) + 2
        unit = self._extremes()
        self.progress(STAGE, 2, total)
        for part, times in product(TIGHTER, reversed(PRICES)):
            self._search(part, times * unit)
            self.grid.append((part, times * unit))
            self.progress(STAGE, 2 + len(self.grid), total)
            yield
        finer = [*product(TIGHTER, FINER_PRICES), *product(FINER_TIGHTER, (*PRICES, *FINER_PRICES))]
        for part, times in finer:
            if len(self._front(self.grid)) >= count:
                break
            self._search(part, times * unit)
            self.grid.append((part, times * unit))
            yield

    def alternative(self, point: _Point) -> Alternative:
        """Return a point of the front with everything that is told about it."""
        scenario = self.task.scenario
        part, price = self.place[point.owner.tobytes()]
        cost = self.task.pricing.travel(point.centres) + price * self.disturbance
        bound, _ = price_bound(self._tightened(part), cost)
        territories = self.task.territories(point.owner, point.travel + price * point.disturbance, bound)
        who = scenario.customers
        moved = (who.current_rep != NONE) & (who.current_rep != territories.rep)
        sales = who.annual_sales_cents[moved]
        loss = np.rint(sales * scenario.settings.territories.disruption_loss).astype(np.int64)
        return Alternative(
            territories=territories,
            travel_km=point.travel,
            customers_moved=int(moved.sum()),
            sales_moved_cents=int(sales.sum()),
            expected_loss_cents=int(loss.sum()),
        )

    def _extremes(self) -> float:
        """Fill the pool with the least travel and the least disturbance; return the price between them."""
        starts = first_divisions(self.task.scenario, self.task.pricing, self.task.workload_minutes + 1e-9)
        first = start_centres(self.task.scenario, self.task.problem)
        for start in starts:
            owner = start[self.task.first_unit]
            self._descend(1.0, 0.0, owner, self.task.pricing.centres(owner, first), hot=HOT_START)
        least = self._best(1.0, 0.0)
        far = max(least.travel, 1e-9)
        owner = self.disturbance.argmin(axis=1) if self.disturbance.any() else least.owner
        self._descend(1.0, 30.0 * far, owner, self.task.pricing.centres(owner, first), hot=0.3)
        still = self._best(1.0, 30.0 * far)
        saved, disturbed = still.travel - least.travel, least.disturbance - still.disturbance
        return saved / disturbed if saved > 0 and disturbed > 0 else far

    def _search(self, part: float, price: float) -> None:
        start = self._best(part, price)
        self._descend(part, price, start.owner, start.centres, hot=HOT_NEXT)

    def _descend(self, part: float, price: float, owner: Ints, centres: Centres, *, hot: float) -> None:
        """Allocate and locate by turns at one point of the grid; what holds the limits goes into the pool."""
        problem = self._tightened(part)
        for turn in range(ROUNDS):
            cost = self.task.pricing.travel(centres) + price * self.disturbance
            self.searches += 1
            seed = seed_of(self.seed, 14, self.searches)
            found = anneal(problem, cost, owner, steps=self.steps, seed=seed, hot=hot if turn == 0 else hot * 0.5)
            owner, centres = found.owner, self.task.pricing.centres(found.owner, centres)
            if self.task.problem.holds(owner) or not self.pool:
                self.pool.append(self._measured(owner, centres))

    def _measured(self, owner: Ints, centres: Centres) -> _Point:
        rows = np.arange(len(owner))
        asked = {m.name: m.tolerance for m in self.task.problem.measures}
        return _Point(
            owner=owner,
            centres=centres,
            travel=float(self.task.pricing.travel(centres)[rows, owner].sum()),
            disturbance=float(self.disturbance[rows, owner].sum()),
            deviation=max((m.deviation(owner) / asked[m.name] for m in self.task.problem.measures), default=0.0),
        )

    def _tightened(self, part: float) -> Problem:
        return self.task.problem.with_tolerances({m.name: part * m.tolerance for m in self.task.problem.measures})

    def _best(self, part: float, price: float) -> _Point:
        """Return the cheapest division of the pool within a tolerance, or the best balanced where none is."""

        def key(point: _Point) -> tuple[float, float]:
            return max(point.deviation - part - 1e-6, 0.0), point.travel + price * point.disturbance

        return min(self.pool, key=key)

    def _front(self, grid: list[tuple[float, float]]) -> list[_Point]:
        chosen: dict[bytes, _Point] = {}
        for place in grid:
            point = self._best(*place)
            if point.deviation <= place[0] + 1e-6:
                chosen[point.owner.tobytes()] = point
                self.place[point.owner.tobytes()] = place
        points = list(chosen.values())
        return [one for one in points if not any(_dominates(other, one) for other in points)]


def _dominates(one: _Point, other: _Point) -> bool:
    pairs = list(zip(one.objectives, other.objectives, strict=True))
    return all(a <= b for a, b in pairs) and any(a < b for a, b in pairs)


def _spread(points: list[_Point], count: int) -> list[_Point]:
    """Return so many of the points, far from each other, the ends of the front first."""
    if len(points) <= count:
        return points
    table = np.array([point.objectives for point in points])
    low, high = table.min(axis=0), table.max(axis=0)
    table = (table - low) / np.where(high > low, high - low, 1.0)
    kept = list(dict.fromkeys(int(table[:, k].argmin()) for k in range(table.shape[1])))[:count]
    while len(kept) < count:
        distance = np.linalg.norm(table[:, None, :] - table[None, kept, :], axis=2).min(axis=1)
        distance[kept] = -1.0
        kept.append(int(distance.argmax()))
    return [points[k] for k in sorted(kept)]
