"""Territories of scenarios too large for a table of customers and reps: short lists of candidates instead.

The same rules and prices as for small ones: way from the territory's centre, stems, disruption, preference; locks,
product lines, customers together and apart, caps on changes of hands, any measures, connected territories. A group that
stays together is placed by its middle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.customers import Floats
from territory.domain.effort import Effort
from territory.domain.plan import Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.assignment.candidates import Int32s, medians
from territory.planning.assignment.clusters import clusters_of
from territory.planning.assignment.design import design
from territory.planning.assignment.large_model import LargeModel
from territory.planning.assignment.listing import list_owners
from territory.planning.assignment.points import Task, loads
from territory.planning.assignment.preferences import draw_lots
from territory.planning.assignment.prices import Reals, ascend
from territory.planning.assignment.problem import measure_values, sum_by_code
from territory.planning.assignment.rules import works_this_year
from territory.planning.assignment.settling import Bounds, Schedule, settle
from territory.planning.assignment.shares import rep_shares
from territory.planning.assignment.sizes import fair_shares, oversized_reason
from territory.planning.solver import seed_of
from territory.planning.travel_estimate import TravelEstimate, estimate_travel, field_days_per_week, travel_by_rep

Progress = Callable[[str, int, int], None]

LARGE_SIZE = 5_000_000
"""Customers x reps from which on no table of both is made, unless travel is given as a matrix."""
ROUNDS, PASSES, LAST_PASSES, SWEEPS, HOT, WARM = 10, 20, 200, 60, 0.1, 0.3
STAGE = "assignment"


def assign_large(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    seed: int,
    effort: Effort,
    progress: Progress | None = None,
    travel: TravelEstimate | None = None,
) -> Territories:
    """Give every customer one rep without any table of customers and reps; see `assign_territories`.

    Tolerances that cannot be kept are widened as far as the division found needs, and told.

    Raises
    ------
    PlanError
        Nobody may have some customer.
    """
    works = np.flatnonzero(works_this_year(scenario))
    team = float(scenario.reps.share[works].sum())
    per_week = (travel or estimate_travel(scenario, calls)).per_week(calls, team * field_days_per_week(scenario))
    winners, lots = draw_lots(scenario, works_this_year(scenario), seed)
    model = LargeModel.build(scenario, calls, winners, team)
    values = measure_values(scenario, calls, weights, per_week)
    model, shares = _balanced(model, values)
    task = Task(model.points, model.pull, shares.weight, shares.lower, shares.upper, model.border)
    found = _search(model, task, seed, effort, progress or (lambda _stage, _done, _total: None))
    rep = works[found.owner[model.unit_of]]
    objective = model.objective(found.owner.astype(np.int64), found.centres)
    reached = shares.reached(found.owner)
    ids, reps = scenario.customers.customer_id, len(scenario.reps)
    large = np.flatnonzero(np.isin(model.unit_of, [unit for unit, _, _ in shares.oversized]))
    return Territories(
        rep=rep,
        workload_minutes=sum_by_code(rep, calls.visits_per_week * calls.minutes + per_week, reps),
        travel_minutes=travel_by_rep(per_week, rep, reps),
        objective=objective,
        bound=min(found.bound, objective),
        tolerance=dict.fromkeys(scenario.settings.territories.balance, 0.0)
        | dict(zip(shares.names, reached, strict=True)),
        lots=lots,
        oversized=tuple(str(name) for name in ids[large]),
        notes=_notes(model, shares, values, reached),
    )


@dataclass(frozen=True)
class _Shares:
    """The balanced measures of a model.

    Attributes
    ----------
    names : list of str
    weight : array, shape (units, measures)
        Adds up to 1.
    lower, upper : array, shape (reps, measures)
    fair : array, shape (reps, measures)
        Zero for reps without limits.
    oversized : list of (unit, measure, rep)
    """

    names: list[str]
    weight: Reals
    lower: Reals
    upper: Reals
    fair: Reals
    oversized: list[tuple[int, int, int]]

    def reached(self, owner: Int32s) -> list[float]:
        """Return the largest deviation from the fair share, measure by measure."""
        load = loads(owner, self.weight, len(self.fair))
        pairs = zip(load.T, self.fair.T, strict=True)
        return [float(np.abs(x[f > 0] / f[f > 0] - 1).max(initial=0.0)) for x, f in pairs]


def _balanced(model: LargeModel, values: dict[str, Floats]) -> tuple[LargeModel, _Shares]:
    """Return the measures to balance, and the model with units larger than a territory fixed where they are.

    A rep who holds one of these has no limit, nor has one without a share.
    """
    works = np.flatnonzero(works_this_year(model.scenario))
    names, columns, low, high, fairs = list[str](), list[Floats](), list[Floats](), list[Floats](), list[Floats]()
    oversized: list[tuple[int, int, int]] = []
    for name, tolerance in model.scenario.settings.territories.balance.items():
        total = float(values[name].sum())
        if total <= 0:
            continue
        weight = sum_by_code(model.unit_of, np.asarray(values[name] / total, dtype=np.float64), len(model.points))
        found = fair_shares(weight, tolerance, rep_shares(model.scenario, name)[works], model.classes, model.away)
        oversized += [(unit, len(names), column) for unit, column in found.large]
        model = replace(model, classes=found.classes)
        names.append(name)
        columns.append(weight)
        fairs.append(np.where(found.bounded, found.share, 0.0))
        low.append(np.where(found.bounded, found.share * (1 - tolerance), 0.0))
        high.append(np.where(found.bounded, found.share * (1 + tolerance), 1e18))
    shape = (len(names), len(works))
    lower, upper, fair = (np.ascontiguousarray(np.array(x).reshape(shape).T) for x in (low, high, fairs))
    weights = np.ascontiguousarray(np.array(columns).reshape(len(names), len(model.points)).T)
    return model, _Shares(names, weights, lower, upper, fair, oversized)


@dataclass(frozen=True)
class _Found:
    """A division with the centres it was priced at and a bound there."""

    owner: Int32s
    centres: Floats
    bound: float


def _search(model: LargeModel, task: Task, seed: int, effort: Effort, progress: Progress) -> _Found:
    """Return the cheapest division found that keeps the limits, or whatever comes nearest to them."""
    schedule = Schedule(sweeps=int(SWEEPS * np.clip(effort.solver_work / 0.5, 1, 4)), hot=HOT)
    found = _around(model, task, _centres(model, task, progress), seed, schedule)
    fixed = np.setdiff1d(np.arange(len(found.owner), dtype=np.int32), model.free, assume_unique=True)
    if not task.keeps(found.owner, fixed):
        other = _handed_out(model, task, found, seed_of(seed, 25), schedule)
        found = min(found, other, key=lambda f: (not task.keeps(f.owner, fixed), task.excess(f.owner)))
    progress(STAGE, 1, 1)
    return found


def _centres(model: LargeModel, task: Task, progress: Progress) -> Floats:
    """Return centres moved to the middles of balanced territories, round by round, unless they are the homes."""
    centres = model.start(task)
    rounds = 0 if model.scenario.settings.territories.centres == "homes" else ROUNDS
    prices, step = np.zeros(task.lower.shape), None
    limits = (task.weight, task.lower, task.upper)
    for turn in range(rounds):
        priced = ascend(model.lists(centres), *limits, prices, passes=PASSES, step=step)
        prices, step = priced.last, priced.step
        medians(task.points, task.pull, priced.owner, centres, 3)
        progress(STAGE, turn + 1, rounds + 1)
    return centres


def _around(model: LargeModel, task: Task, centres: Floats, seed: int, schedule: Schedule) -> _Found:
    """Return a division at given centres, balanced by prices and annealed."""
    lists, limits = model.lists(centres), (task.weight, task.lower, task.upper)
    priced = ascend(lists, *limits, np.zeros(task.lower.shape), passes=LAST_PASSES, clusters=clusters_of(centres))
    owner = ascend(lists, *limits, priced.last, passes=1).owner
    bounds = Bounds(model.free, *model.caps(lists.near), model.apart())
    price = model.price(centres)
    owner = settle(task, lists, owner, seed=seed, price=price, schedule=schedule, bounds=bounds)
    return _Found(owner, centres, priced.bound)


def _handed_out(model: LargeModel, task: Task, found: _Found, seed: int, schedule: Schedule) -> _Found:
    """Return territories drawn around free centres, handed out to the reps near them, and annealed at their prices.

    Where homes crowd, prices of load leave many reps equally dear to everybody: hardly any division that balances them
    is among the lists. Free territories are balanced before anybody has them.
    """
    free = replace(task, pull=np.maximum(model.pull + model.home_pull, 1e-9))
    drawn = design(free, seed=seed)
    rep = model.matched(drawn.centres, task.lower, task.upper)
    owner, centres = rep[drawn.owner].astype(np.int32), np.empty_like(drawn.centres)
    centres[rep] = drawn.centres
    lists, price = model.lists(centres), model.price(centres)
    usable = model.classes.allowed[model.classes.of, owner]
    owner = np.where(usable, owner, lists.near[np.arange(len(owner)), lists.cost.argmin(axis=1)]).astype(np.int32)
    list_owners(lists, owner, price)
    bounds = Bounds(model.free, *model.caps(lists.near), model.apart())
    owner = settle(task, lists, owner, seed=seed, price=price, schedule=replace(schedule, hot=WARM), bounds=bounds)
    if model.scenario.settings.territories.centres == "homes":
        return _Found(owner, centres, found.bound)
    limits = (task.weight, task.lower, task.upper)
    return _Found(owner, centres, ascend(lists, *limits, np.zeros(task.lower.shape), passes=LAST_PASSES).bound)


def _notes(model: LargeModel, shares: _Shares, values: dict[str, Floats], reached: list[float]) -> tuple[Reason, ...]:
    """Return what is said of customers larger than a territory and of tolerances that could not be kept."""
    works, asked = np.flatnonzero(works_this_year(model.scenario)), model.scenario.settings.territories.balance
    large = [
        oversized_reason(
            model.scenario,
            customer,
            shares.names[measure],
            float(values[shares.names[measure]][customer] / values[shares.names[measure]].sum()),
            int(works[column]),
        )
        for unit, measure, column in shares.oversized
        for customer in np.flatnonzero(model.unit_of == unit).tolist()
    ]
    pairs = zip(shares.names, reached, strict=True)
    return (*large, *(_widened(name, asked[name], now) for name, now in pairs if now > asked[name] + 1e-9))


def _widened(name: str, asked: float, used: float) -> Reason:
    values: dict[str, str | int | float] = {
        "measure": name,
        "asked": asked,
        "used": float(np.ceil(used * 10_000) / 10_000),
        "proven": 0,
    }
    return Reason("assignment.tolerance_widened", values, "R-A2")
