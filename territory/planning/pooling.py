"""Reps who share one area serve its customers as a pool: what compact territories gave them is divided among them anew.

Every customer still has one rep, who makes all its visits; inside a pool the routes say which, not compactness. A
customer stays with the rep the territories give it where that rep has it today (R-A4), wished for its region (R-A3), or
shares a rule with another customer. The joint plan is routed over the whole year like any other, by the calendars of
its reps, and kept where it drives less; otherwise the territories stay and a note says why.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.domain.effort import Effort
from territory.domain.plan import Routes, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.parallel import map_tasks
from territory.planning.assignment.cost import price, start_centres
from territory.planning.assignment.large import LARGE_SIZE
from territory.planning.assignment.preferences import draw_lots
from territory.planning.assignment.problem import build_problem
from territory.planning.assignment.rules import Apart, Placement, Together, business_rules, works_this_year
from territory.planning.assignment.shares import rep_shares
from territory.planning.travel import great_circle_km
from territory.planning.travel_fit import routed_minutes, with_routed_workload
from territory.planning.visits.planner import assembled
from territory.planning.visits.pool import MOST_DAYS, JointPlan, Pool, cycle_of, plan_together
from territory.planning.visits.problem import rep_problem, year_windows
from territory.planning.visits.rep_year import RepYear, Task, plan_rep
from territory.planning.visits.trips import far_places

ONE_PLACE_KM = 1.0
"""Start places this near to each other count as one."""

USUAL_TOLERANCE = 0.1
"""How far workloads in a pool may deviate where the scenario does not balance them."""

ROOM_FOR_ERROR = 0.8
"""Part of the tolerance that the search may use: what a customer adds to the driving is only known afterwards."""

VISIT_WORTH = 120
"""Minutes on the road that a pool may drive more in the year for one more visit made."""

RUNS = 3
"""Searches for each pool; the plan that drives least in the year is kept."""

TOGETHER = "visits.pool.together"

Calendar = tuple[Territories, Visits, Routes, Unserved]
Rows = TypeVar("Rows", Visits, Routes, Unserved)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trial:
    """A joint plan and the calendars to be written for it."""

    pool: Pool
    plan: JointPlan
    tasks: list[Task]


@dataclass(frozen=True)
class Standing:
    """How a pool does in the year.

    Attributes
    ----------
    driven, lost : int
        Minutes on the road; visits without a day.
    """

    driven: int
    lost: int

    def better_than(self, other: Standing) -> bool:
        """Whether a pool drives less, and what it loses in visits does not outweigh that."""
        price = self.driven + VISIT_WORTH * self.lost
        return self.driven < other.driven and price < other.driven + VISIT_WORTH * other.lost


def share_areas(
    scenario: Scenario,
    tier: Ints,
    calls: CallPlan,
    weights: Floats,
    drawn: Calendar,
    *,
    seed: int,
    effort: Effort,
    workers: int,
    progress: Progress | None = None,
) -> tuple[Calendar, tuple[Reason, ...]]:
    """Divide every shared area among its reps by one joint search for reps, days and tours.

    Parameters
    ----------
    scenario, tier, calls
        As for `plan_visits`.
    weights : array of float, shape (customers,)
        Each customer's share of the target (R-T3).
    drawn : (Territories, Visits, Routes, Unserved)
        The plan by compact territories.
    seed : int
    effort : Effort
    workers : int
        Processes; never changes the result.
    progress : callable, optional
        Called with ("shared_areas", done, areas).

    Returns
    -------
    (Territories, Visits, Routes, Unserved), tuple of Reason
        The plan, and one sentence for each area: what planning together saves, or why it is not done.
    """
    notes: dict[str, Reason] = {}
    alone: dict[str, Reason | None] = {}
    pools: list[Pool] = []
    for area, members in scenario.reps.pools.items():
        found = _pool(scenario, tier, calls, drawn[0], area, members, seed=seed, effort=effort)
        if isinstance(found, Pool):
            pools.append(found)
        else:
            notes[area] = found
    report = (lambda done, total: progress("shared_areas", done, total)) if progress else None
    runs = [dataclasses.replace(pool, run=run) for pool in pools for run in range(RUNS)]
    plans = map_tasks(plan_together, runs, workers=workers, progress=report)
    trials = [
        Trial(pool, plan, _tasks(scenario, tier, calls, drawn[0].rep, pool, plan, seed=seed, effort=effort))
        for pool, plan in zip(runs, plans, strict=True)
        if plan is not None
    ]
    years = iter(map_tasks(plan_rep, [task for trial in trials for task in trial.tasks], workers=workers))
    notes |= {pool.area: _apart(pool.area, pool.members, "visits.pool.no_plan") for pool in pools}
    compact = drawn
    for trial in trials:
        after = _with_pool(drawn, trial, list(islice(years, len(trial.tasks))))
        after = _restated(scenario, calls, weights, after, seed=seed)
        members = trial.pool.members
        if _unbalanced(scenario, compact[0], after[0]):
            new = _apart(trial.pool.area, members, "visits.pool.balance")
        elif not _standing(after, members).better_than(_standing(drawn, members)):
            new = _apart(trial.pool.area, members, "visits.pool.no_gain")
        else:
            new, drawn = _together(trial, compact, after), after
            alone[trial.pool.area] = _own_days(trial)
        if notes[trial.pool.area].code != TOGETHER or new.code == TOGETHER:
            notes[trial.pool.area] = new
    said = [(notes[area], alone.get(area)) for area in sorted(notes)]
    return drawn, tuple(note for both in said for note in both if note)


def _pool(
    scenario: Scenario,
    tier: Ints,
    calls: CallPlan,
    territories: Territories,
    area: str,
    members: Ints,
    *,
    seed: int,
    effort: Effort,
) -> Pool | Reason:
    """Return the question to the search, or why the area cannot be planned together."""
    obstacle = _obstacle(scenario, members)
    if obstacle:
        return _apart(area, members, obstacle)
    wanted = np.isin(territories.rep, members) & (calls.visits_per_cycle > 0)
    customers = np.flatnonzero(wanted)
    year = year_windows(scenario.settings.workday, scenario.calendar)
    problem = rep_problem(scenario, tier, calls, int(members[0]), customers, year)
    if len(customers) < 2:
        return _apart(area, members, "visits.pool.few")
    if len(far_places(problem)):
        return _apart(area, members, "visits.pool.trips")
    on_road = territories.travel_minutes[members].sum() / calls.visits_per_week[customers].sum()
    load = calls.visits_per_week[customers] * (calls.minutes[customers] + on_road)
    allowed = _allowed(scenario, territories.rep, members)[customers]
    room, present = _room(scenario, members, load), territories.rep[customers]
    pool = Pool(area, members, problem, allowed, load, room, present, seed, effort.pool_iterations)
    return (
        pool
        if pool.search_days <= MOST_DAYS
        else _apart(area, members, "visits.pool.days", days=pool.search_days, most=MOST_DAYS)
    )


def _obstacle(scenario: Scenario, members: Ints) -> str:
    """Return what keeps reps from being interchangeable, or empty text."""
    reps, hours = scenario.reps, scenario.reps.hours_per_week[members]
    lat, lon = scenario.start_lat[members], scenario.start_lon[members]
    obstacles = {
        "visits.pool.alone": len(members) < 2,
        "visits.pool.contiguous": scenario.settings.territories.contiguous,
        "visits.pool.large": len(scenario.customers) * len(reps) >= LARGE_SIZE,
        "visits.pool.part_year": (reps.hired_day[members] > 0).any()
        or (reps.left_day[members] < scenario.calendar.days).any(),
        "visits.pool.hours": not np.array_equal(hours, np.full(len(hours), hours[0]), equal_nan=True),
        "visits.pool.no_share": (rep_shares(scenario, "workload")[members] <= 0).any(),
        "visits.pool.start": (great_circle_km(lat[:1], lon[:1], lat, lon) > ONE_PLACE_KM).any(),
    }
    return next((name for name, there in obstacles.items() if there), "")


def _allowed(scenario: Scenario, rep: Ints, members: Ints) -> NDArray[np.bool_]:
    """Return which members may own which customer, shape (customers, members)."""
    everybody = np.arange(len(rep))
    allowed = np.ones((len(rep), len(scenario.reps)), dtype=bool)
    stays = rep == scenario.customers.current_rep
    for rule in business_rules(scenario):
        if isinstance(rule, Placement):
            allowed[rule.members] &= rule.reps
        elif isinstance(rule, Together):
            stays[rule.members] = True
        elif isinstance(rule, Apart):
            stays[[rule.first, rule.second]] = True
    for member in members.tolist():
        wished = np.isin(scenario.customers.region.astype(str), sorted(scenario.reps.preferred_regions[member]))
        stays |= wished & (rep == member)
    allowed[stays] = False
    allowed[everybody, rep] = True
    return allowed[:, members]


def _room(scenario: Scenario, members: Ints, load: Floats) -> Floats:
    """Return the most minutes a week of each member: so much above its share that nobody can fall short by more."""
    tolerance = scenario.settings.territories.balance.get("workload", USUAL_TOLERANCE)
    share = rep_shares(scenario, "workload")[members]
    above = ROOM_FOR_ERROR * tolerance / (len(members) - 1)
    return np.asarray(load.sum() * share / share.sum() * (1 + above), dtype=np.float64)


def _tasks(
    scenario: Scenario,
    tier: Ints,
    calls: CallPlan,
    rep: Ints,
    pool: Pool,
    plan: JointPlan,
    *,
    seed: int,
    effort: Effort,
) -> list[Task]:
    """Return the calendars to be written for the members of a pool under the joint plan."""
    rep = rep.copy()
    rep[plan.customers] = plan.rep
    year = year_windows(scenario.settings.workday, scenario.calendar)
    tasks = []
    for member, tours in zip(pool.members.tolist(), plan.tours, strict=True):
        customers = np.flatnonzero((rep == member) & (calls.visits_per_cycle > 0))
        if len(customers):
            problem = rep_problem(scenario, tier, calls, member, customers, year)
            cycle = cycle_of(problem, tours)
            tasks.append(Task(problem, seed, effort.pattern_iterations, effort.route_solutions, cycle))
    return tasks


def _with_pool(drawn: Calendar, trial: Trial, years: Sequence[RepYear]) -> Calendar:
    """Return the plan of the whole team in which the members of a pool follow their joint plan."""
    rep, tasks, members = drawn[0].rep.copy(), trial.tasks, trial.pool.members
    rep[trial.plan.customers] = trial.plan.rep
    visits, routes, unserved = assembled(
        years, [task.problem.rep for task in tasks], [task.problem.customers for task in tasks]
    )
    return (
        dataclasses.replace(drawn[0], rep=rep),
        _merged(drawn[1], visits, members, ("start", "rep", "day")),
        _merged(drawn[2], routes, members, ("rep", "day")),
        _merged(drawn[3], unserved, members, ("customer", "rep", "planned_day")),
    )


def _merged(old: Rows, new: Rows, members: Ints, order: Sequence[str]) -> Rows:
    """Return the rows of everybody else and the new ones of the members, in order; the last key counts first."""
    others = ~np.isin(old.rep, members)
    columns = {
        field.name: np.concatenate([getattr(old, field.name)[others], getattr(new, field.name)])
        for field in dataclasses.fields(old)
    }
    rows = np.lexsort([columns[name] for name in order])
    return dataclasses.replace(old, **{name: column[rows] for name, column in columns.items()})


def _restated(scenario: Scenario, calls: CallPlan, weights: Floats, plan: Calendar, *, seed: int) -> Calendar:
    """Return the plan with price, balance and routed workload of its territories stated anew."""
    territories, visits, routes, unserved = plan
    routed = routed_minutes(scenario, calls, territories, visits, routes)
    asked = np.bincount(territories.rep, calls.visits_per_week, len(routed))
    on_road = calls.visits_per_week * (routed / np.maximum(asked, 1e-9))[territories.rep]
    problem = build_problem(scenario, calls, weights, on_road)
    works = works_this_year(scenario)
    winners, _ = draw_lots(scenario, works, seed)
    pricing = price(scenario, calls, problem, winners, float(scenario.reps.share[works].sum()))
    first = np.unique(problem.unit_of, return_index=True)[1]
    owner = np.searchsorted(problem.reps, territories.rep[first])
    cost = pricing.cost(pricing.centres(owner, start_centres(scenario, problem)))
    objective = float(cost[np.arange(len(owner)), owner].sum())
    reached = {measure.name: measure.deviation(owner) for measure in problem.measures}
    stated = dataclasses.replace(
        territories,
        objective=objective,
        bound=min(territories.bound, objective),
        tolerance={name: reached.get(name, 0.0) for name in territories.tolerance},
    )
    return with_routed_workload(scenario, calls, stated, routed), visits, routes, unserved


def _unbalanced(scenario: Scenario, before: Territories, after: Territories) -> bool:
    """Whether some measure deviates more than was asked and more than it did."""
    asked = scenario.settings.territories.balance
    return any(
        value > max(asked.get(name, 0.0), before.tolerance[name]) + 1e-9 for name, value in after.tolerance.items()
    )


def _standing(plan: Calendar, members: Ints) -> Standing:
    _, _, routes, unserved = plan
    driven = int(routes.travel_minutes[np.isin(routes.rep, members)].sum())
    return Standing(driven, int(np.isin(unserved.rep, members).sum()))


def _together(trial: Trial, before: Calendar, after: Calendar) -> Reason:
    members = trial.pool.members
    split, joint = _standing(before, members), _standing(after, members)
    values: dict[str, str | int | float] = {
        "area": trial.pool.area,
        "reps": len(members),
        "customers": int(np.isin(after[0].rep, members).sum()),
        "moved": int((np.isin(after[0].rep, members) & (before[0].rep != after[0].rep)).sum()),
        "driven_minutes": joint.driven,
        "split_minutes": split.driven,
        "lost": joint.lost,
        "split_lost": split.lost,
    }
    return Reason(TOGETHER, values, "R-A6")


def _own_days(trial: Trial) -> Reason | None:
    """Return which members do not follow the joint days, or None where all do."""
    ids = [task.problem.rep_id for task in trial.tasks if task.cycle is None]
    return Reason("visits.pool.own_days", {"area": trial.pool.area, "members": ";".join(ids)}, "R-V2") if ids else None


def _apart(area: str, members: Ints, why: str, **values: int) -> Reason:
    return Reason(why, {"area": area, "reps": len(members), **values}, "R-A6")
