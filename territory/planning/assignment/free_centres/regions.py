"""Better divisions of neighbouring territories, combined by an exact choice of those that do not overlap.

A region is redrawn with as many territories as before, one more or one fewer. CP-SAT packs the redrawn regions so that
the number of territories stays and most is gained: a territory dropped in one place can reappear far away.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.free_centres.problem import FreeCentreProblem, best_centre
from territory.planning.assignment.free_centres.run import Division, Kit, make_kit, run
from territory.planning.assignment.free_centres.start import start_division
from territory.planning.solver import repeatable_solver, seed_of

SMALLEST, LARGEST = 4, 12
PACKING_WORK = 2.0
LEAST_WORK = 750_000
"""What a redrawing costs at least: small ones take longer to set up than to anneal."""
MILLION = 1_000_000


@dataclass(frozen=True)
class Option:
    """Territories to take away and what to put there.

    Attributes
    ----------
    old : tuple of int
        Versions of the territories that go.
    units : array of int
    local : array of int
        New territory of each unit, counted from 0.
    count : int
        New territories.
    gain : float
        Cost saved; negative where a territory fewer has its price.
    """

    old: tuple[int, ...]
    units: Ints
    local: Ints
    count: int
    gain: float


@dataclass
class Map:
    """A division that changes; every territory has a version that changes with its units."""

    owner: Ints
    cost: Floats
    version: Ints
    latest: int
    options: list[Option] = field(default_factory=list)


def open_map(problem: FreeCentreProblem, division: Division) -> Map:
    """Return a division as a map of territories."""
    count = problem.territories
    cost = np.array([best_centre(problem, np.flatnonzero(division.owner == r))[1] for r in range(count)])
    return Map(division.owner.copy(), cost, np.arange(count), count)


def redraw(kit: Kit, division: Division, *, work: int, seed: int, steps: int) -> Division:
    """Redraw regions, round by round, until the work is spent.

    Parameters
    ----------
    kit : Kit
    division : Division
        One that keeps all limits.
    work : int
    seed : int
    steps : int
        Work of one redrawing over the units of its region.
    """
    problem = kit.problem
    state = open_map(problem, division)
    random = np.random.default_rng(seed)
    alike = bool(np.all(kit.lower == kit.lower[0]) and np.all(kit.upper == kit.upper[0]))
    spent, number = 0, 0
    most = min(LARGEST, problem.territories - 1)
    while spent < work:
        batch = random.permutation(problem.territories)[: problem.territories // 2 + 4]
        for t in batch.tolist():
            members = _region(problem, state.owner, t, int(random.integers(min(SMALLEST, most), most + 1)))
            changes = (0, 1, -1) if alike else (0,)
            for change in changes:
                number += 1
                option, used = _redrawn(kit, state, members, change, steps, seed_of(seed, number))
                spent += used
                if option is not None:
                    state.options.append(option)
            if spent >= work:
                break
        chosen = _pack(state, seed)
        _apply(problem, state, chosen)
    return Division(state.owner, float(state.cost.sum()), 0.0)


def _region(problem: FreeCentreProblem, owner: Ints, centre: int, size: int) -> Ints:
    """Return the territories nearest to one, by the mean distance of their units."""
    units = np.flatnonzero(owner == centre)
    total = np.bincount(owner, problem.distance[:, units].min(axis=1), problem.territories)
    near = total / np.bincount(owner, minlength=problem.territories)
    near[centre] = -1.0
    return np.sort(np.argsort(near, kind="stable")[:size])


def _redrawn(kit: Kit, state: Map, region: Ints, change: int, steps: int, seed: int) -> tuple[Option | None, int]:
    problem = kit.problem
    count = len(region) + change
    slot = np.full(problem.territories, -1)
    slot[region] = np.arange(len(region))
    units = np.flatnonzero(slot[state.owner] >= 0)
    if count < 1 or count > len(units):
        return None, 0
    rows = np.resize(region, count)
    part = FreeCentreProblem(
        problem.distance[units[:, None], units],
        problem.weight[:, units],
        problem.lower[:, rows],
        problem.upper[:, rows],
        None if problem.capacity is None else problem.capacity[units],
        None if problem.adjacency is None else _inner_edges(problem.adjacency, units, problem.units),
    )
    inner = make_kit(part)
    work = steps * len(units)
    spent = max(work, LEAST_WORK)
    owner = slot[state.owner[units]] if change == 0 else start_division(part, inner.start, inner.other, seed)
    answer = run(inner, owner, work=work, seed=seed, hot=1.0)
    if answer.broken > 0:
        return None, spent
    new = sum(best_centre(part, np.flatnonzero(answer.owner == r))[1] for r in range(count))
    gain = float(state.cost[region].sum() - new)
    if change == 0 and gain <= 1e-9 * new:
        return None, spent
    return Option(tuple(state.version[region].tolist()), units, answer.owner, count, gain), spent


def _inner_edges(edges: Ints, units: Ints, total: int) -> Ints:
    place = np.full(total, -1)
    place[units] = np.arange(len(units))
    inner = place[edges]
    return np.asarray(inner[(inner >= 0).all(axis=1)], dtype=np.int64)


def _pack(state: Map, seed: int) -> list[Option]:
    alive = set(state.version.tolist())
    state.options = [option for option in state.options if alive.issuperset(option.old)]
    if not state.options:
        return []
    model = cp_model.CpModel()
    take = [model.new_bool_var("") for _ in state.options]
    users: dict[int, list[cp_model.IntVar]] = {}
    for variable, option in zip(take, state.options, strict=True):
        for version in option.old:
            users.setdefault(version, []).append(variable)
    for variables in users.values():
        model.add_at_most_one(variables)
    model.add(cp_model.LinearExpr.weighted_sum(take, [o.count - len(o.old) for o in state.options]) == 0)
    factor = MILLION / max(float(state.cost.sum()), 1e-300) * 1000
    model.maximize(cp_model.LinearExpr.weighted_sum(take, [int(np.floor(o.gain * factor)) for o in state.options]))
    solver = repeatable_solver(seed, PACKING_WORK)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or solver.objective_value <= 0:
        return []
    return [option for variable, option in zip(take, state.options, strict=True) if solver.boolean_value(variable)]


def _apply(problem: FreeCentreProblem, state: Map, chosen: list[Option]) -> None:
    slots = {int(version): slot for slot, version in enumerate(state.version)}
    free = sorted(slots[version] for option in chosen for version in option.old)
    for option in chosen:
        own = sorted(slots[version] for version in option.old)
        if option.count == len(own):
            places = own
            free = [slot for slot in free if slot not in set(own)]
            _place(problem, state, option, places)
    for option in chosen:
        if option.count != len(option.old):
            places, free = free[: option.count], free[option.count :]
            _place(problem, state, option, places)


def _place(problem: FreeCentreProblem, state: Map, option: Option, places: list[int]) -> None:
    state.owner[option.units] = np.array(places)[option.local]
    for number, slot in enumerate(places):
        state.cost[slot] = best_centre(problem, option.units[option.local == number])[1]
        state.version[slot] = state.latest
        state.latest += 1
