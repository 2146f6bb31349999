"""Whether a problem has an answer at all: yes, yes with a wider tolerance, or no, and then why."""

from __future__ import annotations

import numpy as np

from territory.domain.customers import Ints
from territory.domain.effort import Effort
from territory.domain.scenario import Scenario
from territory.errors import PlanError, Reason
from territory.planning.assignment.aggregate import explain_aggregate
from territory.planning.assignment.anneal import anneal
from territory.planning.assignment.conflict import conflict_error, explain, explain_unit
from territory.planning.assignment.cost import Pricing, start_centres
from territory.planning.assignment.exact import EXACT_SIZE, solve_exact
from territory.planning.assignment.hours import Relaxing
from territory.planning.assignment.problem import Problem
from territory.planning.assignment.relaxing import relaxations, release
from territory.planning.assignment.switched import Balance, Named
from territory.planning.assignment.widen import bare, needed_tolerances, smallest_tolerances
from territory.planning.solver import seed_of

STEPS_PER_UNIT = 60
TRIES = ((1, 1.0), (20, 4.0), (40, 4.0))
"""Steps over `STEPS_PER_UNIT`, and the first temperature, of each try to find any division of a large problem."""


def workable(
    scenario: Scenario, pricing: Pricing, relaxing: Relaxing, *, seed: int, effort: Effort
) -> tuple[Problem, tuple[Reason, ...], Ints | None]:
    """Return a problem that has an answer, a note for every tolerance that had to be widened, and an answer if known.

    A tolerance is widened only where whole customers are too coarse for it, with no rule of the business involved.

    Raises
    ------
    PlanError
        Rules of the business contradict each other or the balance.
    """
    problem, work = pricing.problem, effort.solver_work
    nowhere = np.flatnonzero(~problem.allowed.any(axis=1))
    if len(nowhere):
        conflict = explain_unit(scenario, problem, int(nowhere[0]), seed=seed, work=work)
        assert conflict is not None
        raise PlanError([rule.reason for rule in conflict], [release(rule) for rule in conflict])
    owner, holds = _search(pricing, problem, seed)
    if holds:
        return problem, (), owner
    if problem.allowed.size <= EXACT_SIZE:
        return _settle(scenario, problem, owner, relaxing, seed=seed, work=work)
    core = explain_aggregate(scenario, problem, join_locks=True)
    if core is not None and not _only_balance(core):
        remedies = relaxations(scenario, problem, core, relaxing, lambda other: _search(pricing, other, seed)[1])
        raise PlanError([rule.reason for rule in core], remedies)
    wider = problem.with_tolerances(needed_tolerances(problem, _names(problem), owner))
    return wider, _notes(problem, wider, proven=False), owner if wider.holds(owner) else None


def _settle(
    scenario: Scenario, problem: Problem, owner: Ints, relaxing: Relaxing, *, seed: int, work: float
) -> tuple[Problem, tuple[Reason, ...], Ints | None]:
    """Decide a small problem in which a short search found no answer.

    A conflict of the balance alone is coarseness: its tolerance is widened as far as the bare customers need, and
    the question asked again.
    """
    asked, proven = problem, True
    for _ in range(2 * len(problem.measures) + 1):
        suspects = explain_aggregate(scenario, problem, join_locks=False)
        if suspects is None:
            exact = solve_exact(problem, np.zeros(problem.allowed.shape), None, seed=seed, work=work)
            if exact.owner is not None:
                return problem, _notes(asked, problem, proven=proven), exact.owner
            if not exact.infeasible:
                break
        core = explain(scenario, problem, suspects, seed=seed, work=work)
        if core is None:
            break
        if not _only_balance(core):
            raise conflict_error(scenario, problem, core, relaxing, seed=seed, work=work)
        names = tuple(rule.measure.name for rule in core if isinstance(rule, Balance))
        wide, smallest = smallest_tolerances(bare(problem), names, seed=seed, work=work)
        if wide is None:
            break
        problem, proven = problem.with_tolerances(wide), proven and smallest
    names = _names(problem)
    wide, _ = smallest_tolerances(problem, names, seed=seed, work=work)
    problem = problem.with_tolerances(wide or needed_tolerances(problem, names, owner))
    return problem, _notes(asked, problem, proven=False), owner if problem.holds(owner) else None


def _search(pricing: Pricing, problem: Problem, seed: int) -> tuple[np.ndarray, bool]:
    """Look for any division within the limits, from the start places; longer and hotter where it is hard to find."""
    cost = pricing.cost(start_centres(pricing.scenario, problem))
    start = np.where(problem.allowed, cost, np.inf).argmin(axis=1)
    answers = []
    for times, hot in TRIES if problem.allowed.size > EXACT_SIZE else TRIES[:1]:
        steps = int(np.clip(STEPS_PER_UNIT * problem.units * times, 50_000, 20_000_000))
        answers.append(anneal(problem, cost, start, steps=steps, seed=seed_of(seed, 10, times), hot=hot))
        if answers[-1].holds:
            break
        start = answers[-1].owner
    return answers[-1].owner, answers[-1].holds


def _names(problem: Problem) -> tuple[str, ...]:
    return tuple(measure.name for measure in problem.measures)


def _only_balance(core: list[Named]) -> bool:
    return all(isinstance(rule, Balance) for rule in core)


def _notes(asked: Problem, used: Problem, *, proven: bool) -> tuple[Reason, ...]:
    """Tell every tolerance that had to be widened; `proven` says that none smaller would do."""
    notes = []
    for before, after in zip(asked.measures, used.measures, strict=True):
        if after.tolerance > before.tolerance:
            values: dict[str, str | int | float] = {
                "measure": after.name,
                "asked": before.tolerance,
                "used": float(np.ceil(after.tolerance * 10_000) / 10_000),
                "proven": int(proven),
            }
            notes.append(Reason("assignment.tolerance_widened", values, "R-A2"))
    return tuple(notes)
