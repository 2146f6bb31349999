"""A proof that a rep has too much to do: even without the order of the stops some days overflow (CP-SAT)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Ints
from territory.planning.solver import repeatable_solver
from territory.planning.timing import NEVER
from territory.planning.visits.problem import RepProblem


@dataclass(frozen=True)
class LoadProof:
    """What the relaxed load of one cycle shows.

    Attributes
    ----------
    verdict : {"fits", "over_full", "open"}
        ``over_full`` is proven; ``fits`` says that the relaxation finds no contradiction; ``open``: the work ran out.
    missing_minutes : int
        Proven least number of minutes that the days of a cycle lack, visits and nearest ways counted.
    """

    verdict: Literal["fits", "over_full", "open"]
    missing_minutes: int


def prove_load(problem: RepProblem, places: Ints, *, seed: int, work: float) -> LoadProof:
    """Prove a lower bound on the minutes that the days of a cycle lack for all visits of some customers.

    Every customer takes one of its patterns. On each day the visits must fit into the field windows, and visits with
    the nearest way to each and home again must fit between departure and return: both hold for every real route.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        Customers with at least one pattern, reachable from the start place.
    seed : int
    work : float
        Deterministic time of the solver.
    """
    model = cp_model.CpModel()
    on_day: dict[int, list[tuple[int, cp_model.IntVar]]] = {}
    for place in places.tolist():
        choices = [model.new_bool_var("") for _ in problem.patterns[place]]
        model.add_exactly_one(choices)
        for choice, pattern in zip(choices, problem.patterns[place], strict=True):
            for day in pattern.days:
                on_day.setdefault(day, []).append((place, choice))
    nearest = np.where(problem.travel < 0, NEVER, problem.travel).astype(np.int64)
    np.fill_diagonal(nearest, NEVER)
    onto, home = nearest.min(axis=0), int(nearest[1:, 0].min()) if problem.places > 1 else 0
    span = problem.back + problem.overtime - problem.depart
    lacking = []
    for day, visits in sorted(on_day.items()):
        w = int(problem.days.ordinary[day % 7])
        lack = model.new_int_var(0, NEVER, "")
        lacking.append(lack)
        model.add(sum(int(problem.service[p]) * x for p, x in visits) <= _field_minutes(problem, w) + lack)
        model.add(sum(int(problem.service[p] + onto[p]) * x for p, x in visits) <= max(0, span - home) + lack)
    model.minimize(sum(lacking))
    solver = repeatable_solver(seed, work)
    status = solver.solve(model)
    missing = max(0, int(np.ceil(solver.best_objective_bound - 1e-6)))
    if missing:
        return LoadProof("over_full", missing)
    return LoadProof("fits" if status == cp_model.OPTIMAL else "open", 0)


def _field_minutes(problem: RepProblem, w: int) -> int:
    """Return the most minutes with customers that a day of a window class holds."""
    pieces = problem.starts[w, 1:].astype(np.int64)
    length = np.where(pieces[..., 1] >= 0, pieces[..., 1] - pieces[..., 0] + problem.service[1:, None], 0)
    begin = np.where(length > 0, pieces[..., 0], NEVER)
    free = np.zeros(24 * 60, dtype=np.bool_)
    for first, minutes in {(int(b), int(n)) for b, n in zip(begin.ravel(), length.ravel(), strict=True) if n > 0}:
        free[first : first + minutes] = True
    return int(free.sum())
