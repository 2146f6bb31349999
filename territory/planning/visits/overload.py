"""Reps with too much to do: what is proven about it, and what regular weekdays cost each rep."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from territory.domain.customers import Ints
from territory.domain.effort import Effort
from territory.domain.plan import Unserved
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.parallel import map_tasks
from territory.planning.visits.load_proof import LoadProof, prove_load
from territory.planning.visits.problem import CAPACITY, RepProblem, rep_problem, repeated, year_windows
from territory.planning.visits.regularity import RegularityPrice, price_of_regularity
from territory.planning.visits.rep_year import without_hopeless
from territory.planning.visits.trips import far_places

PROVEN_REPS = 12
"""Reps, those with the most visits left out first, for whom a proof is tried."""


@dataclass(frozen=True)
class _Question:
    problem: RepProblem
    seed: int
    effort: Effort


def overload_notes(
    scenario: Scenario,
    tier: Ints,
    calls: CallPlan,
    rep: Ints,
    unserved: Unserved,
    *,
    seed: int,
    effort: Effort,
    workers: int = 1,
) -> tuple[Reason, ...]:
    """Say of each rep without room for some visits whether any calendar could make them all.

    Parameters
    ----------
    scenario, tier, calls, rep, seed, effort, workers
        As for `plan_visits`.
    unserved : Unserved
        Visits the calendar leaves out.

    Returns
    -------
    tuple of Reason
        ``visits.overload.proven`` with the minutes a week that are too many, or ``visits.overload.not_proven``.
    """
    left_out = np.bincount(unserved.rep[unserved.cause == CAPACITY], minlength=len(scenario.reps))
    worst = np.argsort(-left_out, kind="stable")[:PROVEN_REPS]
    over = [int(r) for r in worst if left_out[r]]
    questions = _questions(scenario, tier, calls, rep, over, seed, effort)
    proofs = map_tasks(_prove, questions, workers=workers)
    return tuple(
        _note(str(scenario.reps.rep_id[r]), int(left_out[r]), proof, calls.cycle_weeks)
        for r, proof in zip(over, proofs, strict=True)
    )


def _note(rep_id: str, visits: int, proof: LoadProof, weeks: int) -> Reason:
    values: dict[str, str | int | float] = {"rep": rep_id, "visits": visits}
    if proof.verdict != "over_full":
        return Reason("visits.overload.not_proven", values, "R-H1")
    return Reason("visits.overload.proven", values | {"minutes": round(proof.missing_minutes / weeks, 1)}, "R-H1")


def regularity_table(
    scenario: Scenario, tier: Ints, calls: CallPlan, rep: Ints, *, seed: int, effort: Effort, workers: int = 1
) -> pd.DataFrame:
    """Return for each rep the travel minutes a week of regular and of floating visits; trips are left aside.

    Returns
    -------
    DataFrame
        Columns rep_id, regular_minutes, floating_minutes (a week), price_share (part by which regular weekdays
        lengthen the travel), regular_left_out, floating_left_out (visits a cycle without room; travel compares only
        where both are equal).
    """
    reps = [r for r in range(len(scenario.reps)) if ((rep == r) & (calls.visits > 0)).any()]
    questions = _questions(scenario, tier, calls, rep, reps, seed, effort)
    prices = map_tasks(_price, questions, workers=workers)
    weeks = calls.cycle_weeks
    return pd.DataFrame(
        {
            "rep_id": scenario.reps.rep_id[reps],
            "regular_minutes": [round(price.regular_minutes / weeks, 1) for price in prices],
            "floating_minutes": [round(price.floating_minutes / weeks, 1) for price in prices],
            "price_share": [round(price.share, 4) for price in prices],
            "regular_left_out": [price.regular_left_out for price in prices],
            "floating_left_out": [price.floating_left_out for price in prices],
        }
    )


def _questions(
    scenario: Scenario, tier: Ints, calls: CallPlan, rep: Ints, reps: list[int], seed: int, effort: Effort
) -> list[_Question]:
    year = year_windows(scenario.settings.workday, scenario.calendar)
    problem_of = partial(rep_problem, scenario, tier, calls, year=year)
    wanted = calls.visits > 0
    return [_Question(_near(problem_of(r, np.flatnonzero((rep == r) & wanted))), seed, effort) for r in reps]


def _near(problem: RepProblem) -> RepProblem:
    """Return the problem of the customers of day visits alone."""
    usable, hopeless = without_hopeless(problem)
    near = np.setdiff1d(np.arange(1, problem.places), [*hopeless, *far_places(problem).tolist()])
    return dataclasses.replace(repeated(usable, np.concatenate([[0], near]).astype(np.int64)), bookings=())


def _prove(question: _Question) -> LoadProof:
    problem = question.problem
    return prove_load(
        problem, np.arange(1, problem.places), seed=question.seed, work=min(1.0, question.effort.solver_work)
    )


def _price(question: _Question) -> RegularityPrice:
    if question.problem.places == 1:
        return RegularityPrice(0, 0, 0, 0)
    return price_of_regularity(question.problem, seed=question.seed, iterations=question.effort.pattern_iterations)
