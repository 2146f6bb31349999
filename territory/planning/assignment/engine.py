"""How territories are drawn: build the problem, make sure it has an answer, move the centres, prove the bound."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.effort import EFFORTS, Effort
from territory.domain.plan import Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.assignment.anneal import Answer, anneal
from territory.planning.assignment.cost import Centres, Matrix, start_centres
from territory.planning.assignment.exact import EXACT_SIZE, GAP, TINY_SIZE, solve_exact
from territory.planning.assignment.flow import flow_start
from territory.planning.assignment.free_start import free_start, wants_free_start
from territory.planning.assignment.large import LARGE_SIZE, assign_large
from territory.planning.assignment.prices import price_bound
from territory.planning.assignment.rules import works_this_year
from territory.planning.assignment.seeds import first_divisions
from territory.planning.assignment.task import Task, prepare
from territory.planning.solver import seed_of
from territory.planning.travel_estimate import TravelEstimate

Progress = Callable[[str, int, int], None]
Better = Callable[[Callable[[], Territories]], None]

ROUNDS = 6
HOT, COOL = 1.0, 0.2
"""First temperatures of the first turn and of the others."""
STAYING = 3.0
"""Price of leaving a division fitted to routes: so many times the travel of an average unit."""
CONTIGUOUS_STEPS = 4
"""So many times the steps where territories must hang together: most moves would tear one apart."""
STAGE = "assignment"
HURRY = dataclasses.replace(EFFORTS["quick"], solver_work=0.1)
FEW_STEPS = 50_000
"""Effort, and steps of the search, of a division that is wanted at once."""


def assign_territories(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    seed: int,
    effort: Effort,
    progress: Progress | None = None,
    travel: TravelEstimate | None = None,
    present: Ints | None = None,
    better: Better | None = None,
) -> Territories:
    """Give every customer one rep: fair, compact and with few changes of hands (R-A1..A7).

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    weights : array of float, shape (customers,)
        Each customer's share of the target (R-T3).
    seed : int
        Of lots and searches.
    effort : Effort
    progress : callable, optional
        Called with ("assignment", done, total).
    travel : TravelEstimate, optional
        A fitted one, where routes are known already.
    present : array of int, shape (customers,), optional
        Reps of a division that was fitted to routes; few customers leave it, so that the fit stays valid. Divisions of
        very many customers are drawn anew.
    better : callable, optional
        Called with every better division that keeps all limits, as a function that states it; not for divisions of very
        many customers, nor with `present`.

    Raises
    ------
    PlanError
        The hard rules cannot hold together; a smallest conflicting set is named.
    """
    if _is_large(scenario):
        return assign_large(scenario, calls, weights, seed=seed, effort=effort, progress=progress, travel=travel)
    task = prepare(scenario, calls, weights, seed=seed, effort=effort, travel=travel)
    search = _Search(task, seed, effort, progress, better)
    if present is None:
        starts = first_divisions(scenario, task.pricing, task.workload_minutes + 1e-9)
        located = free_start(task, seed_of(seed, 17)) if wants_free_start(scenario) else None
        found = search.run([start[task.first_unit] for start in starts], located)
    else:
        found = search.touch_up(present)
    return task.territories(found.owner, found.objective, found.bound)


def first_territories(scenario: Scenario, calls: CallPlan, weights: Floats, *, seed: int) -> Territories:
    """Give every customer one rep at once: the first division found that keeps all limits, without a search for better.

    Raises
    ------
    PlanError
        The hard rules cannot hold together.
    """
    if _is_large(scenario):
        return assign_large(scenario, calls, weights, seed=seed, effort=HURRY)
    task = prepare(scenario, calls, weights, seed=seed, effort=HURRY, travel=None)
    cost = task.pricing.cost(start_centres(scenario, task.problem))
    cheapest = np.where(task.problem.allowed, cost, np.inf).argmin(axis=1)
    owner = cheapest if task.known is None else task.known
    found = anneal(task.problem, cost, owner, steps=FEW_STEPS, seed=seed_of(seed, 12), hot=COOL)
    return task.territories(found.owner, found.cost, price_bound(task.problem, cost)[0])


def _is_large(scenario: Scenario) -> bool:
    return scenario.travel is None and len(scenario.customers) * int(works_this_year(scenario).sum()) >= LARGE_SIZE


@dataclass(frozen=True)
class _Found:
    """A division with its price at fixed centres and a bound on any division at those centres."""

    owner: Ints
    objective: float
    bound: float


class _Search:
    """Location and allocation by turns, and a last solve with a bound at the centres found."""

    def __init__(self, task: Task, seed: int, effort: Effort, progress: Progress | None, better: Better | None) -> None:
        self.task, self.problem, self.pricing = task, task.problem, task.pricing
        self.seed, self.effort = seed, effort
        self.progress = progress or (lambda _stage, _done, _total: None)
        self.better, self.least = better, np.inf

    def run(self, starts: list[Ints], located: Ints | None) -> _Found:
        """Return the best division over all starts, and one already located and allocated where there is one.

        A division known to keep the limits is a start too where no other leads to one.
        """
        total = ROUNDS * (len(starts) + 2) + 1
        lines = [self._improve(start, k, HOT, total) for k, start in enumerate(starts)]
        if located is not None:
            lines.append(self._improve(located, len(starts) + 1, COOL, total))
        if self.task.known is not None and not any(answer.holds for answer, _ in lines):
            lines.append(self._improve(self.task.known, len(starts), COOL, total))
        answer, centres = min(lines, key=lambda line: (not line[0].holds, line[0].cost))
        found = self._finish(answer, self.pricing.cost(centres))
        self.progress(STAGE, total, total)
        return found

    def touch_up(self, rep: Ints) -> _Found:
        """Return a division near to the given one, at its centres; objective and bound are those of its travel."""
        rows = np.arange(self.problem.units)
        column = np.minimum(np.searchsorted(self.problem.reps, rep), len(self.problem.reps) - 1)
        owner = column[self.task.first_unit]
        centres = self.pricing.centres(owner, start_centres(self.pricing.scenario, self.problem))
        cost = self.pricing.cost(centres)
        typical = float(np.abs(np.where(self.problem.allowed, cost, np.inf).min(axis=1)).mean())
        near = cost + STAYING * typical * (np.arange(cost.shape[1]) != owner[:, None])
        found = self._finish(anneal(self.problem, near, owner, steps=0, seed=self.seed), near)
        bound, _ = price_bound(self.problem, cost)
        return _Found(found.owner, float(cost[rows, found.owner].sum()), bound)

    def _improve(self, owner: Ints, line: int, hot: float, total: int) -> tuple[Answer, Centres]:
        """Allocate and locate by turns; return the best division with the centres it was priced at."""
        here = self.pricing.centres(owner, start_centres(self.pricing.scenario, self.problem))
        best: tuple[Answer, Centres] | None = None
        for turn in range(ROUNDS):
            cost = self.pricing.cost(here)
            trial = self._allocate(cost, owner, line * ROUNDS + turn, hot=hot if turn == 0 else COOL)
            if best is None or (not trial.holds, trial.cost) < (not best[0].holds, best[0].cost):
                best = trial, here
                self._tell(trial, cost)
            owner, here = trial.owner, self.pricing.centres(trial.owner, here)
            self.progress(STAGE, line * ROUNDS + turn + 1, total)
        assert best is not None
        return best

    def _tell(self, answer: Answer, cost: Matrix) -> None:
        """Tell of a division that keeps all limits and is cheaper than those told before."""
        if self.better is None or not answer.holds or answer.cost >= self.least:
            return
        self.least = answer.cost
        self.better(lambda: self.task.territories(answer.owner, answer.cost, price_bound(self.problem, cost)[0]))

    def _allocate(self, cost: Matrix, owner: Ints, number: int, *, hot: float) -> Answer:
        steps = int(np.clip(40 * self.problem.units, 20_000, 2_000_000) * self._effort_factor())
        if self.problem.contiguous:
            steps *= CONTIGUOUS_STEPS
        return anneal(self.problem, cost, owner, steps=steps, seed=seed_of(self.seed, 11, number), hot=hot)

    def _effort_factor(self) -> float:
        return float(np.clip(self.effort.solver_work / 5.0, 0.4, 4.0))

    def _finish(self, answer: Answer, cost: Matrix) -> _Found:
        bound, prices = price_bound(self.problem, cost)
        answers = [answer]
        long = int(np.clip(200 * self.problem.units, 100_000, 10_000_000) * self._effort_factor())
        seed = seed_of(self.seed, 12)
        answers.append(anneal(self.problem, cost, answer.owner, steps=long, seed=seed, hot=0.2))
        self._tell(answers[-1], cost)
        if cost.size > EXACT_SIZE:
            start = flow_start(self.problem, cost, prices)
            answers.append(anneal(self.problem, cost, start, steps=long, seed=seed, hot=0.05))
        best = min(answers, key=lambda a: (not a.holds, a.cost))
        owner = best.owner
        enough = 1e-9 if cost.size <= TINY_SIZE else GAP
        proven = best.holds and best.cost - bound <= enough * abs(best.cost)
        if cost.size <= EXACT_SIZE and not proven:
            hint = best.owner if best.holds else None
            exact = solve_exact(self.problem, cost, hint, seed=self.seed, work=self.effort.solver_work)
            bound = max(bound, exact.bound) if np.isfinite(exact.bound) else bound
            if exact.owner is not None and self.problem.holds(exact.owner):
                value = float(cost[np.arange(len(owner)), exact.owner].sum())
                owner = exact.owner if value < best.cost or not best.holds else owner
        return _Found(owner, float(cost[np.arange(len(owner)), owner].sum()), bound)
