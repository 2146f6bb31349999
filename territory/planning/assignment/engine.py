"""How territories are drawn: build the problem, make sure it has an answer, move the centres, prove the bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.effort import Effort
from territory.domain.plan import Territories
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.assignment.anneal import Answer, anneal
from territory.planning.assignment.cost import Centres, Matrix, Pricing, price, start_centres
from territory.planning.assignment.exact import EXACT_SIZE, GAP, TINY_SIZE, solve_exact
from territory.planning.assignment.flow import flow_start
from territory.planning.assignment.preferences import draw_lots
from territory.planning.assignment.prices import price_bound
from territory.planning.assignment.problem import Problem, build_problem, sum_by_code
from territory.planning.assignment.rules import works_this_year
from territory.planning.assignment.seeds import first_divisions
from territory.planning.assignment.workable import workable
from territory.planning.solver import seed_of
from territory.planning.travel import UNREACHABLE, base_travel
from territory.planning.travel_estimate import TravelEstimate, estimate_travel, field_days_per_week, travel_by_rep

Progress = Callable[[str, int, int], None]

ROUNDS = 6
STAGE = "assignment"


def assign_territories(
    scenario: Scenario,
    calls: CallPlan,
    weights: Floats,
    *,
    seed: int,
    effort: Effort,
    progress: Progress | None = None,
    travel: TravelEstimate | None = None,
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

    Raises
    ------
    PlanError
        The hard rules cannot hold together; a smallest conflicting set is named.
    """
    works = works_this_year(scenario)
    team = float(scenario.reps.share[works].sum())
    estimate = travel or estimate_travel(scenario, calls)
    per_week = estimate.per_week(calls, team * field_days_per_week(scenario))
    problem = build_problem(scenario, calls, weights, per_week)
    winners, lots = draw_lots(scenario, works, seed)
    pricing = price(scenario, calls, problem, winners, team)
    problem, notes = workable(scenario, pricing, seed=seed, effort=effort)
    search = _Search(problem, pricing, seed, effort, progress)
    workload = calls.visits_per_week * calls.minutes + per_week
    found = search.run(first_divisions(scenario, pricing, workload + 1e-9))
    rep = problem.reps[found.owner[problem.unit_of]]
    reps = len(scenario.reps)
    return Territories(
        rep=rep,
        workload_minutes=sum_by_code(rep, workload, reps),
        travel_minutes=travel_by_rep(per_week, rep, reps),
        objective=found.objective,
        bound=min(found.bound, found.objective),
        tolerance=_achieved(scenario, problem, found.owner),
        lots=lots,
        oversized=tuple(dict.fromkeys(str(scenario.customers.customer_id[c]) for c, _, _ in problem.oversized)),
        notes=(*_oversized_notes(scenario, problem), *notes, *_unreachable_note(scenario, rep)),
    )


@dataclass(frozen=True)
class _Found:
    """A division with its price at fixed centres and a bound on any division at those centres."""

    owner: Ints
    objective: float
    bound: float


class _Search:
    """Location and allocation by turns, and a last solve with a bound at the centres found."""

    def __init__(
        self, problem: Problem, pricing: Pricing, seed: int, effort: Effort, progress: Progress | None
    ) -> None:
        self.problem, self.pricing, self.seed, self.effort = problem, pricing, seed, effort
        self.progress = progress or (lambda _stage, _done, _total: None)

    def run(self, starts: list[Ints]) -> _Found:
        """Return the best division over all starts."""
        total = ROUNDS * len(starts) + 1
        first_unit = np.unique(self.problem.unit_of, return_index=True)[1]
        best: tuple[bool, float] | None = None
        answer, centres = None, None
        for number, start in enumerate(starts):
            owner = start[first_unit]
            here = self.pricing.centres(owner, start_centres(self.pricing.scenario, self.problem))
            for turn in range(ROUNDS):
                cost = self.pricing.cost(here)
                trial = self._allocate(cost, owner, number * ROUNDS + turn, hot=1.0 if turn == 0 else 0.2)
                rank = (not trial.holds, trial.cost)
                if best is None or rank < best:
                    best, answer, centres = rank, trial, here
                owner, here = trial.owner, self.pricing.centres(trial.owner, here)
                self.progress(STAGE, number * ROUNDS + turn + 1, total)
        assert answer is not None
        assert centres is not None
        found = self._finish(answer, centres)
        self.progress(STAGE, total, total)
        return found

    def _allocate(self, cost: Matrix, owner: Ints, number: int, *, hot: float) -> Answer:
        steps = int(np.clip(40 * self.problem.units, 20_000, 2_000_000) * self._effort_factor())
        return anneal(self.problem, cost, owner, steps=steps, seed=seed_of(self.seed, 11, number), hot=hot)

    def _effort_factor(self) -> float:
        return float(np.clip(self.effort.solver_work / 5.0, 0.4, 4.0))

    def _finish(self, answer: Answer, centres: Centres) -> _Found:
        cost = self.pricing.cost(centres)
        bound, prices = price_bound(self.problem, cost)
        answers = [answer]
        long = int(np.clip(200 * self.problem.units, 100_000, 10_000_000) * self._effort_factor())
        seed = seed_of(self.seed, 12)
        answers.append(anneal(self.problem, cost, answer.owner, steps=long, seed=seed, hot=0.2))
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


def _achieved(scenario: Scenario, problem: Problem, owner: Ints) -> dict[str, float]:
    """Return the largest deviation of each asked measure; nothing to share is perfectly shared."""
    reached = {measure.name: measure.deviation(owner) for measure in problem.measures}
    return {name: reached.get(name, 0.0) for name in scenario.settings.territories.balance}


def _oversized_notes(scenario: Scenario, problem: Problem) -> list[Reason]:
    share = {m.name: m.by_customer for m in problem.measures}
    return [
        Reason(
            "assignment.oversized",
            {
                "customer": str(scenario.customers.customer_id[customer]),
                "measure": name,
                "share": round(float(share[name][customer]), 4),
                "rep": str(scenario.reps.rep_id[rep]),
            },
            "R-A2",
        )
        for customer, name, rep in problem.oversized
    ]


def _unreachable_note(scenario: Scenario, rep: Ints) -> list[Reason]:
    cut_off = np.flatnonzero(base_travel(scenario).minutes[rep, np.arange(len(rep))] == UNREACHABLE)
    if not len(cut_off):
        return []
    values: dict[str, str | int | float] = {
        "customers": len(cut_off),
        "first": str(scenario.customers.customer_id[cut_off[0]]),
    }
    return [Reason("assignment.unreachable", values, "R-V2")]
