"""Reps who share one area serve its customers as a pool: what compact territories gave them is divided among them anew.

Every customer still has one rep, who makes all its visits; inside a pool the routes say which, not compactness. A
customer stays with the rep the territories give it where that rep has it today (R-A4), wished for its region (R-A3), or
shares a rule with another customer, and where it is visited on trips. The joint plan is routed over the whole year like
any other, by the calendars of its reps, and kept where it drives less or leaves fewer visits without a day; otherwise
the territories stay and a note says why.
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
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Routes, Territories, Unserved, Visits
from territory.domain.scenario import CallPlan, Scenario, call_plan
from territory.errors import Reason
from territory.parallel import map_tasks
from territory.planning.assignment.cost import price, start_centres
from territory.planning.assignment.large import LARGE_SIZE
from territory.planning.assignment.preferences import draw_lots
from territory.planning.assignment.problem import Problem, build_problem
from territory.planning.assignment.rules import Apart, Placement, Together, business_rules, works_this_year
from territory.planning.assignment.shares import rep_shares
from territory.planning.travel_fit import routed_minutes, with_routed_workload
from territory.planning.visits.planner import A_FEW, assembled
from territory.planning.visits.pool import BEGINNINGS, JointPlan, Pool, plan_together
from territory.planning.visits.problem import RepProblem, rep_problem, year_windows
from territory.planning.visits.rep_year import RepYear, Task, plan_rep

USUAL_TOLERANCE = 0.1
"""How far workloads in a pool may deviate where the scenario does not balance them."""

ROOM_FOR_ERROR = 0.8
"""Part of a tolerance that the search may use: the tours of a year differ from those of a cycle."""

LEAST_BAND = 0.25
"""Part of a tolerance around its mean that a pool may use where all its reps carry more, or less, than others."""

VISIT_WORTH = 120
"""Minutes on the road that a pool may drive more in the year for one more visit made."""

TOGETHER = "visits.pool.together"

Calendar = tuple[Territories, Visits, Routes, Unserved]
Rows = TypeVar("Rows", Visits, Routes, Unserved)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Team:
    """What all areas have in common; see `share_areas`."""

    scenario: Scenario
    tier: Ints
    calls: CallPlan
    weights: Floats
    seed: int
    effort: Effort

    def problem(self, rep: int, customers: Ints) -> RepProblem:
        """Return the visit problem of one rep with these customers."""
        year = year_windows(self.scenario.settings.workday, self.scenario.calendar)
        return rep_problem(self.scenario, self.tier, self.calls, rep, customers, year)


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
        """Whether what a pool drives, and the visits it leaves without a day, weigh less."""
        return self.driven + VISIT_WORTH * self.lost < other.driven + VISIT_WORTH * other.lost


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
        Called with ("shared_areas", searches done, searches).

    Returns
    -------
    (Territories, Visits, Routes, Unserved), tuple of Reason
        The plan, and one sentence for each area: what planning together saves, or why it is not done.
    """
    team = Team(scenario, tier, calls, weights, seed, effort)
    asked = {area: _pool(team, drawn[0], area, members) for area, members in scenario.reps.pools.items()}
    runs = [
        dataclasses.replace(pool, run=run)
        for pool in asked.values()
        if isinstance(pool, Pool)
        for run in range(len(BEGINNINGS))
    ]
    report = (lambda done, total: progress("shared_areas", done, total)) if progress else None
    plans = map_tasks(plan_together, runs, workers=workers, progress=report)
    trials = [
        Trial(pool, plan, _tasks(team, pool, plan)) for pool, plan in zip(runs, plans, strict=True) if plan is not None
    ]
    years = iter(map_tasks(plan_rep, [task for trial in trials for task in trial.tasks], workers=workers))
    notes: list[Reason] = []
    for area in sorted(asked):
        pool = asked[area]
        if isinstance(pool, Pool):
            routed = [(t, list(islice(years, len(t.tasks)))) for t in trials if t.pool.area == area]
            drawn, said = _least_driving(team, drawn, pool, routed)
            notes += said
        else:
            notes.append(pool)
    return drawn, tuple(notes)


def share_a_few(scenario: Scenario) -> None:
    """Plan a few customers of two reps together, as little work as compiles the kernels of shared areas."""
    tier = np.zeros(len(scenario.customers), dtype=np.int64)
    calls = call_plan(scenario, tier)
    few, members = np.flatnonzero(calls.visits_per_cycle > 0)[:A_FEW], np.arange(min(2, len(scenario.reps)))
    if len(few) < A_FEW or len(members) < 2:
        return
    team = Team(scenario, tier, calls, np.zeros(len(tier)), 0, EFFORTS["quick"])
    load, free = calls.visits_per_cycle[few, None].astype(np.float64), np.zeros((2, 1))
    plan_together(
        Pool(
            area="",
            members=members,
            problems=tuple(team.problem(member, few) for member in members.tolist()),
            allowed=np.ones((len(few), 2), dtype=np.bool_),
            present=np.zeros(len(few), dtype=np.int64),
            load=load,
            least=free,
            most=free + np.inf,
            solutions=1,
            first_iterations=1,
            seed=0,
            iterations=1,
        )
    )


def _least_driving(
    team: Team, compact: Calendar, pool: Pool, trials: Sequence[tuple[Trial, list[RepYear]]]
) -> tuple[Calendar, list[Reason]]:
    """Return the best plan of a pool, by compact territories where no trial is better, and what is said of it."""
    area, members = pool.area, pool.members
    best, notes = compact, [_apart(area, members, "visits.pool.settled")]
    for trial, years in trials:
        after = _restated(team, _with_pool(compact, trial, years))
        if _unbalanced(team.scenario, compact[0], after[0]):
            new = [_apart(area, members, "visits.pool.balance")]
        elif not _standing(after, members).better_than(_standing(best, members)):
            new = [_apart(area, members, "visits.pool.no_gain")]
        else:
            best, new = after, [_together(trial, compact, after)]
        if best is after or best is compact:
            notes = new
    return best, notes


def _pool(team: Team, territories: Territories, area: str, members: Ints) -> Pool | Reason:
    """Return the question to the search, or why the area cannot be planned together."""
    scenario, calls = team.scenario, team.calls
    obstacle = _obstacle(scenario, members)
    if obstacle:
        return _apart(area, members, obstacle)
    customers = np.flatnonzero(np.isin(territories.rep, members) & (calls.visits_per_cycle > 0))
    if len(customers) < 2:
        return _apart(area, members, "visits.pool.few")
    load, least, most = _fair(team, territories, members, customers)
    return Pool(
        area=area,
        members=members,
        problems=tuple(team.problem(member, customers) for member in members.tolist()),
        allowed=_allowed(scenario, territories.rep, members)[customers],
        present=np.searchsorted(members, territories.rep[customers]),
        load=load,
        least=least,
        most=most,
        solutions=team.effort.route_solutions,
        first_iterations=team.effort.pattern_iterations,
        seed=team.seed,
        iterations=team.effort.pool_iterations,
    )


def _obstacle(scenario: Scenario, members: Ints) -> str:
    """Return what keeps reps from being interchangeable, or empty text."""
    reps = scenario.reps
    obstacles = {
        "visits.pool.alone": len(members) < 2,
        "visits.pool.contiguous": scenario.settings.territories.contiguous,
        "visits.pool.large": len(scenario.customers) * len(reps) >= LARGE_SIZE,
        "visits.pool.part_year": (reps.hired_day[members] > 0).any()
        or (reps.left_day[members] < scenario.calendar.days).any(),
        "visits.pool.no_share": (rep_shares(scenario, "workload")[members] <= 0).any(),
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


def _fair(team: Team, territories: Territories, members: Ints, customers: Ints) -> tuple[Floats, Floats, Floats]:
    """Return what each customer adds to every measure, workload first, and how little and much members may carry.

    All in minutes of a cycle; other measures in parts of the team's total, as if they were its workload.
    """
    calls = team.calls
    asked = {"workload": USUAL_TOLERANCE, **team.scenario.settings.territories.balance}
    scenario = team.scenario.replace(territories={"balance": asked})
    problem = _problem(dataclasses.replace(team, scenario=scenario), territories, territories.travel_minutes)
    measures = sorted(problem.measures, key=lambda measure: measure.name != "workload")
    minutes = calls.visits_per_week @ calls.minutes + territories.travel_minutes.sum()
    total = float(minutes * calls.cycle_weeks)
    column = np.searchsorted(problem.reps, members)
    load = np.stack([measure.by_customer[customers] for measure in measures], axis=1)
    fair = np.stack([measure.fair[column] for measure in measures], axis=1)
    tolerance = np.array([measure.tolerance for measure in measures])
    own = fair * load.sum(axis=0) / np.maximum(fair.sum(axis=0), 1e-12)
    least = np.minimum(fair * (1 - ROOM_FOR_ERROR * tolerance), own * (1 - LEAST_BAND * tolerance))
    most = np.maximum(fair * (1 + ROOM_FOR_ERROR * tolerance), own * (1 + LEAST_BAND * tolerance))
    exempt = np.stack([measure.exempt[column] for measure in measures], axis=1)
    return load * total, np.where(exempt, 0.0, least * total), np.where(exempt, np.inf, most * total)


def _problem(team: Team, territories: Territories, routed: Floats) -> Problem:
    """Return the assignment with what each customer takes on the road by the routes of its rep."""
    calls = team.calls
    asked = np.bincount(territories.rep, calls.visits_per_week, len(routed))
    on_road = calls.visits_per_week * (routed / np.maximum(asked, 1e-9))[territories.rep]
    return build_problem(team.scenario, calls, team.weights, on_road)


def _tasks(team: Team, pool: Pool, plan: JointPlan) -> list[Task]:
    """Return the calendars to be written for the members of a pool under the joint plan."""
    effort, customers, tasks = team.effort, pool.problems[0].customers, []
    for member, cycle in zip(pool.members.tolist(), plan.cycles, strict=True):
        mine = customers[plan.rep == member]
        if len(mine):
            problem = team.problem(member, mine)
            tasks.append(Task(problem, team.seed, effort.pattern_iterations, effort.route_solutions, cycle))
    return tasks


def _with_pool(drawn: Calendar, trial: Trial, years: Sequence[RepYear]) -> Calendar:
    """Return the plan of the whole team in which the members of a pool follow their joint plan."""
    rep, tasks, members = drawn[0].rep.copy(), trial.tasks, trial.pool.members
    rep[trial.pool.problems[0].customers] = trial.plan.rep
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


def _restated(team: Team, plan: Calendar) -> Calendar:
    """Return the plan with price, balance and routed workload of its territories stated anew."""
    scenario, calls = team.scenario, team.calls
    territories, visits, routes, unserved = plan
    routed = routed_minutes(scenario, calls, territories, visits, routes)
    problem = _problem(team, territories, routed)
    works = works_this_year(scenario)
    winners, _ = draw_lots(scenario, works, team.seed)
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


def _apart(area: str, members: Ints, why: str, **values: int) -> Reason:
    return Reason(why, {"area": area, "reps": len(members), **values}, "R-A6")
