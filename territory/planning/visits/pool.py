"""Reps who share one area: who serves whom, on which days and in which order, decided in one search.

The search is that of one rep over the days of all of them, see `joint_kernels`. It begins with the calendars of the
territories, or from nothing, and is held to what every rep should carry: prices rise until the division is fair, and
what the tours differ from the estimated travel is taken into account from time to time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from territory.domain.customers import Floats, Ints
from territory.planning.timing import NEVER, Table
from territory.planning.visits.day_stops import COLUMNS, DRIVE, LAYERS, LENGTH, LOAD, PLACE, row_width
from territory.planning.visits.destroy_repair import Annealing, Plan, Scratch, Task
from territory.planning.visits.joint_kernels import Shares, improve_together, lay_out
from territory.planning.visits.problem import RepProblem
from territory.planning.visits.rep_year import without_hopeless
from territory.planning.visits.search import (
    COOLING,
    FIRST_SIZE,
    HOT,
    LAST_SIZE,
    MOVED,
    CyclePlan,
    copied,
    fixed_orders,
    is_compiled,
    most_visits,
    neglect_price,
    neighbours,
    plan_cycle,
)
from territory.planning.visits.trips import far_places, plan_trips

PIECES = 12
"""Parts of an annealing after each of which shares are compared with the tours."""

BEGINNINGS = (0.4, 0.0, 0.7)
"""Where in the annealing each search begins: with the calendars of the territories, but at 0 with nothing."""

UNFAIR = 1.0
"""Price of a minute of workload beyond its bounds, in minutes of travel."""


@dataclass(frozen=True)
class Pool:
    """One shared area.

    Attributes
    ----------
    area : str
    members : array of int
        Reps, ascending.
    problems : tuple of RepProblem
        Of all customers of the pool who want visits, once for each member.
    allowed : array of bool, shape (customers of the problem, members)
        Who may own whom.
    present : array of int, shape (customers of the problem,)
        Position of the member whom the territories give each customer.
    load : array of float, shape (customers of the problem, measures)
        What is to be shared, in minutes of a cycle; the first column is the workload with its travel.
    least, most : array of float, shape (members, measures)
    solutions : int
        Routes tried for trips.
    first_iterations : int
        Rounds for the calendars of the territories.
    seed, iterations, run : int
        Rounds for each member; runs of one seed differ.
    """

    area: str
    members: Ints
    problems: tuple[RepProblem, ...]
    allowed: NDArray[np.bool_]
    present: Ints
    load: Floats
    least: Floats
    most: Floats
    solutions: int
    first_iterations: int
    seed: int
    iterations: int
    run: int = 0


@dataclass(frozen=True)
class JointPlan:
    """What the search decided.

    Attributes
    ----------
    rep : array of int, shape (customers of the pool,)
    cycles : tuple of CyclePlan
        Of each member who has customers, in terms of the problem of exactly these.
    """

    rep: Ints
    cycles: tuple[CyclePlan | None, ...]


@dataclass(frozen=True)
class _Member:
    """What one member can do: its customers on days without a night away, their patterns, and its nights away."""

    usable: RepProblem
    able: NDArray[np.bool_]
    away: frozenset[int]

    @cached_property
    def days(self) -> list[int]:
        days = self.usable.days
        return [7 * week + weekday for week in range(days.cycle_weeks) for weekday in days.weekdays]

    def row_of(self, first: int) -> dict[int, int]:
        return {day: first + k for k, day in enumerate(self.days)}


def _member(pool: Pool, position: int) -> _Member:
    problem = pool.problems[position]
    usable, hopeless = without_hopeless(problem)
    far = far_places(problem)
    able = np.ones(problem.places, dtype=np.bool_)
    able[[0, *hopeless]] = False
    mine = np.intersect1d(far, 1 + np.flatnonzero(pool.present == position))
    mine = mine[able[mine]]
    able[far] = False
    trips, _ = plan_trips(usable, mine, solutions=pool.solutions)
    nights = frozenset(start + k for trip in trips for start in trip.starts for k in range(len(trip.split)))
    return _Member(usable, able, nights)


class _Search:
    """The tables of one search, and the plan in work."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.members = [_member(pool, k) for k in range(len(pool.members))]
        self.allowed = pool.allowed & np.stack([m.able[1:] for m in self.members], axis=1)
        stays = ~self.allowed[np.arange(len(pool.present)), pool.present]
        self.allowed[stays] = False
        self.places = 1 + np.flatnonzero(~stays)
        self.first_row = np.cumsum([0, *(len(m.days) for m in self.members)])
        self.owner = np.repeat(np.arange(len(self.members)), np.diff(self.first_row))
        self.range_of: dict[int, list[tuple[int, int, int]]] = {}
        self.task, self.shares = self._task(), self._shares(stays)
        self.number = np.zeros(1, dtype=np.int64)

    def _patterns(self) -> tuple[Ints, Ints, Ints]:
        """Flatten the patterns: customer -> its patterns, rep after rep -> rows; equal customers share them."""
        first = np.zeros((self.pool.problems[0].places + len(self.members), 2), dtype=np.int64)
        begin, flat = [0], []
        shared: dict[tuple[tuple[int, int], ...], list[tuple[int, int, int]]] = {}
        rows = [m.row_of(int(row)) for m, row in zip(self.members, self.first_row, strict=False)]
        for place in self.places.tolist():
            able = np.flatnonzero(self.allowed[place - 1]).tolist()
            key = tuple((k, id(self.members[k].usable.patterns[place])) for k in able)
            if key not in shared:
                shared[key] = []
                for k in able:
                    low = len(begin) - 1
                    for pattern in self.members[k].usable.patterns[place]:
                        flat += [rows[k][day] for day in pattern.days]
                        begin.append(len(flat))
                    shared[key].append((k, low, len(begin) - 1))
            self.range_of[place] = shared[key]
            first[place] = shared[key][0][1], shared[key][-1][2]
        return first, np.array(begin, dtype=np.int64), np.array(flat, dtype=np.int64)

    def _task(self) -> Task:
        one, members = self.pool.problems[0], self.members
        travel = _with_homes(self.pool.problems)
        starts, gaps, offset = _stacked(members)
        weekday = [np.array(m.days, dtype=np.int64) % 7 for m in members]
        classes = np.concatenate(
            [k + m.usable.days.ordinary[w] for k, m, w in zip(offset, members, weekday, strict=True)]
        )
        blocked = np.concatenate([[day in m.away for day in m.days] for m in members])
        fee = np.concatenate([one.fee, np.zeros((len(members), 7))])[:, np.concatenate(weekday)]
        fee = np.where(blocked, MOVED, fee)
        spans = np.maximum(starts[..., 1] - starts[..., 0], 0).sum(axis=2).max(axis=1)
        field = np.maximum(spans, 1).astype(np.float64)[classes]
        first, begin, flat = self._patterns()
        extra, price = len(members), self._neglect_price()
        return Task(
            places=self.places[np.argsort(one.rank[self.places])].astype(np.int32),
            travel=travel,
            into=np.ascontiguousarray(travel.T),
            service=np.concatenate([one.service, np.zeros(extra, dtype=np.int32)]),
            starts=starts,
            gaps=gaps,
            depart=one.depart,
            back=one.back,
            latest=one.back + one.overtime,
            classes=classes,
            weight=np.where(blocked, -1.0, 1.0 / field),
            fee=np.column_stack([fee, (fee != 0).any(axis=1)]),
            apart=np.concatenate([one.apart, np.full((extra, one.apart.shape[1]), -1, dtype=np.int32)]),
            overtime=float(one.overtime_price if one.overtime else 0),
            level=one.level_load,
            first=first,
            begin=begin,
            flat=flat,
            price=price,
            near=neighbours(travel, self.places),
            order=fixed_orders(self.places, one.rank, one.travel[0], price),
        )

    def _neglect_price(self) -> Floats:
        """Return the price of leaving a customer out; start places have none."""
        usable = [self.members[self.range_of[place][0][0]].usable.patterns[place] for place in self.places.tolist()]
        price = neglect_price(self.pool.problems[0], self.places, [most_visits(patterns) for patterns in usable])
        return np.concatenate([price, np.zeros(len(self.members))])

    def _shares(self, stays: NDArray[np.bool_]) -> Shares:
        pool, members = self.pool, len(self.members)
        measures = pool.load.shape[1]
        load = np.zeros((pool.problems[0].places + members, measures))
        load[1 : 1 + len(pool.load)] = np.where(stays[:, None], 0.0, pool.load)
        base = np.zeros((members, measures))
        np.add.at(base, pool.present[stays], pool.load[stays])
        home = pool.problems[0].places + self.owner
        work = np.zeros((members, measures))
        return Shares(home, self.owner, load, base, pool.least, pool.most, UNFAIR, work)

    def empty(self) -> Plan:
        """Return a plan without visits."""
        task = self.task
        least = max(1, int(task.service[self.places].min(initial=480)))
        most = int(float((1.0 / task.weight[task.weight > 0]).max(initial=0))) // least
        stops = np.zeros((len(self.owner), LAYERS, row_width(min(len(self.places), most + 2))), dtype=np.int32)
        tally = np.zeros((len(self.owner), COLUMNS), dtype=np.int64)
        return Plan(stops, tally, np.full(len(task.travel), -1, dtype=np.int64))

    def territories(self) -> Plan:
        """Return the calendars that the members have without each other."""
        pool, plan = self.pool, self.empty()
        for k, member in enumerate(self.members):
            mine = np.intersect1d(self.places, 1 + np.flatnonzero(pool.present == k))
            cycle = plan_cycle(member.usable, mine, member.away, seed=pool.seed, iterations=pool.first_iterations)
            for place in mine[cycle.chosen[mine] >= 0].tolist():
                low = next(low for rep, low, _ in self.range_of[place] if rep == k)
                plan.chosen[place] = low + cycle.chosen[place]
            rows = slice(self.first_row[k], self.first_row[k + 1])
            plan.tally[rows, LENGTH] = cycle.lengths
            width = min(cycle.rows.shape[1], plan.stops.shape[2] - 1)
            plan.stops[rows, PLACE, 1 : width + 1] = cycle.rows[:, :width]
        return plan

    def anneal(self, plan: Plan, begin: float, state: NDArray[np.uint64]) -> Plan:
        """Improve a plan from some part of the annealing on, comparing shares with tours between its pieces."""
        task, shares = self.task, self.shares
        lay_out(task, shares, plan, self.number)
        marks = np.zeros(len(task.travel), dtype=np.int64)
        kept = np.full((len(marks), len(self.owner), 3), -1, dtype=np.int64)
        scratch = Scratch(copied(plan), copied(plan), kept, marks, marks.copy(), self.number)
        hot = HOT * max(1.0, float(task.travel[0, self.places].mean()))
        rounds = self.pool.iterations * len(self.members)
        pieces = max(1, min(PIECES, rounds // 100))
        edges = np.linspace(begin, 1.0, pieces + 1).tolist()
        for k in range(pieces):
            shares = self._corrected(shares, plan)
            part = Annealing(rounds // pieces, edges[k], edges[k + 1], hot, 1.0 / COOLING, FIRST_SIZE, LAST_SIZE)
            improve_together(task, shares, part, state, plan, scratch)
        return plan

    def _corrected(self, shares: Shares, plan: Plan) -> Shares:
        """Return the shares with what the tours of each member differ from their estimate."""
        base = self.shares.base.copy()
        planned = self.places[plan.chosen[self.places] >= 0]
        if len(planned):
            rep = self.rep_of(plan, planned)
            estimated = np.bincount(rep, self.shares.load[planned, 0], len(base))
            routed = np.bincount(self.owner, plan.tally[:, LOAD] + plan.tally[:, DRIVE], len(base))
            base[:, 0] += np.where(estimated > 0, routed - estimated, 0.0)
        return shares._replace(base=base)

    def rep_of(self, plan: Plan, planned: Ints) -> Ints:
        """Return the position of the member who serves each of some customers."""
        return np.asarray(self.owner[self.task.flat[self.task.begin[plan.chosen[planned]]]], dtype=np.int64)


def plan_together(pool: Pool) -> JointPlan | None:
    """Choose rep, pattern and order for all customers of a pool at once, at the least driving.

    Customers whom their rep cannot visit, or only on trips, stay with it.

    Returns
    -------
    JointPlan or None
        None where no customer may change hands.
    """
    search = _Search(pool)
    if not len(search.places) or not (search.allowed.sum(axis=1) > 1).any():
        return None
    begin = BEGINNINGS[pool.run]
    plan = search.anneal(search.territories() if begin else search.empty(), begin, _state(pool))
    position = pool.present.copy()
    planned = search.places[plan.chosen[search.places] >= 0]
    position[planned - 1] = search.rep_of(plan, planned)
    named = _named(pool, search, position)
    order = np.argsort(named)
    cycles = tuple(_cycle(search, plan, position, int(k)) for k in order.tolist())
    return JointPlan(pool.members[named[position]], cycles)


def _named(pool: Pool, search: _Search, position: Ints) -> Ints:
    """Return the member for each division; where all members are alike, so that most customers keep theirs."""
    count, task = len(pool.members), search.task
    homes = task.travel[pool.problems[0].places :, : pool.problems[0].places]
    alike: list[NDArray[Any]] = [pool.least, pool.most, search.shares.base, homes]
    one_calendar = all(member.days == search.members[0].days for member in search.members)
    if one_calendar:
        alike += [task.classes.reshape(count, -1), task.weight.reshape(count, -1)]
    if not (one_calendar and search.allowed.all() and all((table == table[0]).all() for table in alike)):
        return np.arange(count)
    shared = np.zeros((count, count))
    np.add.at(shared, (position, pool.present), 1.0)
    return np.asarray(linear_sum_assignment(-shared)[1], dtype=np.int64)


def _cycle(search: _Search, plan: Plan, position: Ints, k: int) -> CyclePlan:
    """Return the tours of a member in terms of the problem of its customers alone."""
    mine = 1 + np.flatnonzero(position == k)
    local = np.zeros(len(plan.chosen), dtype=np.int32)
    local[mine] = np.arange(1, len(mine) + 1)
    chosen = np.full(len(mine) + 1, -1, dtype=np.int64)
    for own, place in enumerate(mine.tolist(), start=1):
        if plan.chosen[place] >= 0:
            chosen[own] = plan.chosen[place] - next(low for rep, low, _ in search.range_of[place] if rep == k)
    rows = slice(search.first_row[k], search.first_row[k + 1])
    offsets = np.array(search.members[k].days, dtype=np.int64)
    return CyclePlan(chosen, offsets, local[plan.stops[rows, PLACE, 1:]], plan.tally[rows, LENGTH].copy())


def _with_homes(problems: tuple[RepProblem, ...]) -> Table:
    """Return the travel between all places, and the start place of each member behind them."""
    one, count = problems[0], len(problems)
    travel = np.full((one.places + count, one.places + count), NEVER, dtype=np.int32)
    travel[: one.places, : one.places] = one.travel
    for k, problem in enumerate(problems):
        travel[one.places + k, : one.places] = problem.travel[0]
        travel[: one.places, one.places + k] = problem.travel[:, 0]
        travel[one.places + k, one.places + k] = 0
    travel[travel < 0] = NEVER
    return travel


def _stacked(members: list[_Member]) -> tuple[Table, Table, list[int]]:
    """Return the window classes of all members one after the other, and where those of each begin."""
    problems = [m.usable for m in members]
    if all(np.array_equal(p.starts, problems[0].starts) for p in problems):
        problems, offset = problems[:1], [0] * len(members)
    else:
        offset = np.cumsum([0, *(len(p.starts) for p in problems[:-1])]).tolist()
    pieces, holes = max(p.starts.shape[2] for p in problems), max(p.gaps.shape[1] for p in problems)
    tables, gaps = [], []
    for p in problems:
        table = np.empty((len(p.starts), p.places + len(members), pieces, 2), dtype=np.int32)
        table[..., 0], table[..., 1] = NEVER, -1
        table[:, : p.places, : p.starts.shape[2]] = p.starts
        hole = np.full((len(p.gaps), holes, 2), NEVER, dtype=np.int32)
        hole[:, : p.gaps.shape[1]] = p.gaps
        tables.append(table)
        gaps.append(hole)
    return np.concatenate(tables), np.concatenate(gaps), offset


def _state(pool: Pool) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(f"{pool.seed}:{pool.area}:{pool.run}".encode(), digest_size=8).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def pool_kernels_are_compiled() -> bool:
    """Return whether the search for pools was compiled before on this machine."""
    return is_compiled(improve_together)
