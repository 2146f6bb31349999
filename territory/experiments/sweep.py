"""A plan with other numbers of people: probability of target against reps hired and people kept, with its cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from territory.assessment.intervals import wilson
from territory.assessment.kpis import spending_cents, year_flags
from territory.domain.customers import NONE, Ints
from territory.domain.outcome import MONTH_MEASURES, Probability, Year
from territory.domain.plan import Plan
from territory.domain.scenario import Scenario, TravelMatrix
from territory.domain.sweep import Sweep, SweepPoint
from territory.errors import PlanError
from territory.experiments.journal import Journal
from territory.experiments.levers import Replan, for_the_same_task, with_double, with_settings
from territory.experiments.pairs import paired_difference
from territory.experiments.runner import Progress, live_variants
from territory.simulation.tables import make_tables


class Variant(NamedTuple):
    """A plan with other numbers of people."""

    reps: int
    keep: int | None
    plan: Plan


def sweep_people(
    plan: Plan,
    *,
    reps: Sequence[int] = (),
    keep: Sequence[int] = (),
    years: int,
    replan: Replan,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Sweep:
    """Live the same random years with every number of reps and of people kept, and with the scenario as it is.

    Further reps live where the busiest ones do; where there are to be fewer, those with the least work go. Each number
    of reps gets territories and visits of its own. The task stays the plan's, also where targets are set by rep.

    Parameters
    ----------
    plan : Plan
        Of the scenario as it is.
    reps, keep : sequence of int
        Numbers to try, managers left out; empty for the scenario's own. `keep` needs a cut.
    years : int
        Paired years, at least 2.
    replan : callable
        Makes a plan of a changed scenario.
    seed, workers, backend, progress, journal
        As for `run_years`.

    Raises
    ------
    ValueError
        When the numbers make no sense for the scenario.
    """
    rules = plan.scenario.settings
    own_reps = int((~plan.scenario.reps.is_manager).sum())
    own_keep = None if rules.staffing.cut_mode == "none" else rules.staffing.keep
    _refuse_nonsense(reps, keep, years, own_keep)
    seed = plan.seed if seed is None else seed
    variants, refused = _variants(plan, own_reps, own_keep, sorted({*reps, own_reps}), sorted(set(keep)), replan)
    tables = [make_tables(variant.plan) for variant in variants]
    lived = live_variants(
        tables, seed, range(years), workers=workers, backend=backend, progress=progress, journal=journal
    )
    base = next(k for k, one in enumerate(variants) if (one.reps, one.keep) == (own_reps, own_keep))
    confidence, together = rules.verdict.confidence, max(len(variants) - 1, 1)
    return Sweep(
        points=tuple(
            _point(variant, found, variants[base].plan, lived[base], confidence, together)
            for variant, found in zip(variants, lived, strict=True)
        ),
        base=base,
        refused=tuple(refused),
        years=years,
        seed=seed,
        confidence=confidence,
        feasible_from=rules.verdict.feasible_from,
        task_cents=plan.targets.total_cents,
    )


def _refuse_nonsense(reps: Sequence[int], keep: Sequence[int], years: int, own_keep: int | None) -> None:
    reasons = []
    if not reps and not keep:
        reasons.append("numbers of reps or of people kept are needed")
    if any(number < 1 for number in reps) or any(number < 0 for number in keep):
        reasons.append("numbers of reps start at 1, of people kept at 0")
    if keep and own_keep is None:
        reasons.append("the scenario has no cut (staffing.cut_mode), so nobody is kept or not")
    if years < 2:
        reasons.append(f"two or more paired years are needed, not {years}")
    if reasons:
        raise ValueError("; ".join(reasons))


def _variants(
    plan: Plan, own_reps: int, own_keep: int | None, reps: Sequence[int], keep: Sequence[int], replan: Replan
) -> tuple[list[Variant], list[int]]:
    """Return the plans to live, and the numbers of reps that no plan satisfies."""
    variants, refused = [], []
    kept: Sequence[int | None] = [None] if own_keep is None else sorted({own_keep, *keep})
    for count in reps:
        try:
            made = plan if count == own_reps else for_the_same_task(replan(with_reps(plan, count)), plan)
        except PlanError:
            refused.append(count)
            continue
        for number in kept:
            changed = made if number == own_keep else with_settings(made, staffing={"keep": number})
            variants.append(Variant(count, number, changed))
    return variants, refused


def with_reps(plan: Plan, count: int) -> Scenario:
    """Return the scenario with `count` reps beside the managers: doubles of the busiest, or without the least busy."""
    scenario = plan.scenario
    load = np.where(scenario.reps.is_manager, -1.0, plan.territories.workload_minutes)
    staff = np.flatnonzero(~scenario.reps.is_manager)
    if count < len(staff):
        return without_reps(scenario, staff[np.argsort(load[staff], kind="stable")[: len(staff) - count]])
    for _ in range(count - len(staff)):
        busiest = int(np.argmax(load))
        scenario = with_double(scenario, busiest)
        load[busiest] /= 2
        load = np.append(load, load[busiest])
    return scenario


def without_reps(scenario: Scenario, gone: Ints) -> Scenario:
    """Return the scenario without some reps; their customers have no rep before the plan, and no lock to one."""
    stay = np.setdiff1d(np.arange(len(scenario.reps)), gone)
    place = np.full(len(scenario.reps) + 1, NONE, dtype=np.int64)  # the last one answers for customers without a rep
    place[stay] = np.arange(len(stay))
    who = scenario.customers
    customers = dataclasses.replace(who, current_rep=place[who.current_rep], locked_rep=place[who.locked_rep])
    travel = scenario.travel
    if travel is not None:
        there = np.append(np.arange(len(who)), len(who) + stay)
        travel = TravelMatrix(travel.minutes[np.ix_(there, there)], travel.km[np.ix_(there, there)])
    return dataclasses.replace(scenario, customers=customers, reps=scenario.reps.take(stay), travel=travel)


def _point(
    variant: Variant, lived: list[Year], base: Plan, as_is: list[Year], confidence: float, together: int
) -> SweepPoint:
    """Return what a number of people brings; the gains of all points hold together (Bonferroni)."""
    plan, each = variant.plan, 1 - (1 - confidence) / together
    flags, before = year_flags(plan, lived), year_flags(base, as_is)
    bookings, own = _bookings(lived), _bookings(as_is)
    end = np.array([year.months[MONTH_MEASURES.index("reps_active"), -1] for year in lived])
    return SweepPoint(
        reps=variant.reps,
        keep=variant.keep,
        target=_probability("target", int(flags["target"].sum()), len(lived), confidence),
        joint=_probability("joint", int(flags["joint"].sum()), len(lived), confidence),
        target_gain=paired_difference(flags["target"], before["target"], each),
        bookings_gain=paired_difference(bookings, own, each),
        bookings_cents=round(float(np.median(bookings))),
        spending_cents=round(float(np.median(spending_cents(plan, lived)))),
        people_at_end=float(np.median(end)),
        holds_cents=int(np.quantile(bookings, 1 - plan.scenario.settings.verdict.feasible_from, method="lower")),
    )


def _bookings(years: Sequence[Year]) -> Ints:
    return np.array([year.month("bookings_cents").sum() for year in years], dtype=np.int64)


def _probability(name: str, hits: int, years: int, confidence: float) -> Probability:
    return Probability(name, hits, years, *wilson(hits, years, confidence))
