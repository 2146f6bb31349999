"""Why a plan does not hold: each limit computed from the years, weighed by the share of years it spoils."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from territory.assessment.kpis import (
    attainment,
    pipeline_coverage,
    served_shares,
    spending_cents,
    unserved_for_capacity,
)
from territory.domain.customers import Floats
from territory.domain.outcome import BREACHES, Outcome
from territory.domain.spending import HEADINGS, planned_budget_cents, planned_spending
from territory.errors import Reason

Flags = Mapping[str, NDArray[np.bool_]]
Weighed = tuple[float, Reason]

LEAST_WEIGHT = 0.02
"""Limits that spoil fewer years than this share are not told."""

LEAST_CORRELATION = 0.2
"""Weaker links between the number of reps and sales are not told."""


def binding_reasons(outcome: Outcome, flags: Flags) -> tuple[Reason, ...]:
    """Return what limits the plan, the heaviest first."""
    found: list[Weighed | None] = [
        too_few_reps(outcome),
        target_missed(outcome, flags),
        visits_missed(outcome, flags),
        people_lost(outcome, flags),
        fewer_people(outcome, flags),
        budget_overrun(outcome, flags),
        cash_low(outcome, flags),
        thin_pipeline(outcome, flags),
        stretch_missed(outcome, flags),
    ]
    weighed = [one for one in found if one is not None and one[0] >= LEAST_WEIGHT]
    return tuple(reason for _, reason in sorted(weighed, key=lambda one: -one[0]))


def cannot_carry(outcome: Outcome) -> bool:
    """Return whether the available reps cannot do the share of the visits that must be done."""
    return outcome.plan.headcount.carried_share < outcome.plan.scenario.settings.verdict.served_share


def too_few_reps(outcome: Outcome) -> Weighed | None:
    """Weigh work that the team cannot carry; where it spoils the plan by itself it comes first (R-H1)."""
    people, left_out = outcome.plan.headcount, unserved_for_capacity(outcome.plan)
    if not cannot_carry(outcome) and people.needed <= people.available + 1e-9:
        return None
    values: dict[str, str | int | float] = {
        "needed": people.needed,
        "lower_bound": people.lower_bound,
        "available": round(people.available, 2),
        "to_hire": people.to_hire,
        "carried_share": round(people.carried_share, 4),
        "served_share": outcome.plan.scenario.settings.verdict.served_share,
        "unserved_visits": left_out,
    }
    weight = 2.0 if cannot_carry(outcome) else 1 - people.carried_share
    return weight, Reason("verdict.too_few_reps", values, "R-H1")


def target_missed(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh years under the task, with the median shortfall (R-T7)."""
    missed = ~flags["target"]
    if not missed.any():
        return None
    return float(missed.mean()), Reason("verdict.target_missed", _shortfall(outcome, missed, stretch=False), "R-T7")


def stretch_missed(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh years under the stretch target lightly: it is hoped for, not asked (R-T4)."""
    targets, missed = outcome.plan.targets, ~flags["stretch"]
    if targets.stretch_cents <= targets.total_cents or not missed.any():
        return None
    weight = 0.1 * float(missed.mean())
    return weight, Reason("verdict.stretch_missed", _shortfall(outcome, missed, stretch=True), "R-T4")


def visits_missed(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh years with too few visits done (R-V5)."""
    missed = ~flags["visits"]
    if not missed.any():
        return None
    values: dict[str, str | int | float] = {
        **_counts(missed),
        "done_share": round(float(np.median(served_shares(outcome.plan, outcome.years))), 4),
        "served_share": outcome.plan.scenario.settings.verdict.served_share,
        "unserved_visits": unserved_for_capacity(outcome.plan),
    }
    return float(missed.mean()), Reason("verdict.visits_missed", values, "R-V5")


def people_lost(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh the link between the number of reps left at year end and sales, by the variance it explains (R-N1)."""
    reps = outcome.measure("reps_active")[:, -1]
    bookings = outcome.measure("bookings_cents").sum(axis=1)
    if len(np.unique(reps)) < 2 or len(np.unique(bookings)) < 2:
        return None
    link = float(np.corrcoef(reps, bookings)[0, 1])
    few = reps < np.median(reps) if (reps < np.median(reps)).any() else reps == reps.min()
    missed = ~flags["joint"]
    if link < LEAST_CORRELATION or not missed.any():
        return None
    values: dict[str, str | int | float] = {
        "correlation": round(link, 3),
        "median_reps": float(np.median(reps)),
        "few_reps": int(reps[few].max()),
        "few_years": int(few.sum()),
        "years": len(reps),
        "few_bookings_cents": round(float(bookings[few].mean())),
        "more_bookings_cents": round(float(bookings[~few].mean())),
        "few_target_share": round(float(flags["target"][few].mean()), 4),
        "more_target_share": round(float(flags["target"][~few].mean()), 4),
    }
    return link**2 * float(missed.mean()), Reason("verdict.people_lost", values, "R-N1")


def fewer_people(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh a team that is smaller at year end than at the start, as after a cut, by the part that is gone (R-H4)."""
    missed = ~flags["joint"]
    at_start = int((outcome.plan.scenario.reps.hired_day <= 0).sum())
    at_end = float(np.median(outcome.measure("reps_active")[:, -1]))
    if not missed.any() or at_end >= at_start:
        return None
    values: dict[str, str | int | float] = {
        **_counts(missed),
        "reps_at_start": at_start,
        "reps_at_end": at_end,
        "hired": float(np.median(outcome.measure("hired").sum(axis=1))),
        "left": float(np.median(outcome.measure("left").sum(axis=1))),
    }
    return float(missed.mean()) * (1 - at_end / at_start), Reason("verdict.fewer_people", values, "R-H4")


def budget_overrun(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh years over the budget; the heaviest heading comes from the sample year's ledger (R-B7)."""
    over = ~flags["budget"]
    if not over.any():
        return None
    budget = planned_budget_cents(outcome.plan)
    excess = spending_cents(outcome.plan, outcome.years)[over] - budget
    values: dict[str, str | int | float] = {
        **_counts(over),
        "budget_cents": budget,
        "overrun_cents": round(float(np.median(excess))),
    }
    heaviest = _heaviest_heading(outcome)
    code = "verdict.budget_overrun_by" if heaviest else "verdict.budget_overrun"
    return float(over.mean()), Reason(code, {**values, **heaviest}, "R-B7")


def cash_low(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh years in which cash runs out, with the month of the low point (R-B7)."""
    broke = ~flags["cash"]
    if not broke.any():
        return None
    lowest = np.array([year.lowest_cash_cents for year in outcome.years])[broke]
    months = outcome.measure("cash_cents")[broke].argmin(axis=1)
    month = int(np.bincount(months, minlength=12).argmax())
    values: dict[str, str | int | float] = {
        **_counts(broke),
        "lowest_cents": round(float(np.median(lowest))),
        "worst_cents": int(lowest.min()),
        "opening_cents": outcome.plan.scenario.settings.budget.opening_cash,
        "month": outcome.plan.scenario.calendar.month_label(month),
    }
    return float(broke.mean()), Reason("verdict.cash_low", values, "R-B7")


def thin_pipeline(outcome: Outcome, flags: Flags) -> Weighed | None:
    """Weigh thin coverage by the share of months in breach, in years that miss the target (R-E5)."""
    missed = ~flags["target"]
    breach_row = BREACHES.index("coverage")
    months = np.array([int(year.breaches[breach_row]) for year in outcome.years])
    coverage = pipeline_coverage(outcome)
    if not missed.any() or not months[missed].any() or np.isnan(coverage).all():
        return None
    values: dict[str, str | int | float] = {
        "months_below": round(float(months[missed].mean()), 2),
        "median_coverage": round(float(np.nanmedian(coverage)), 3),
        "coverage": outcome.plan.scenario.settings.reviews.coverage,
        "missed_years": int(missed.sum()),
    }
    weight = 0.5 * float(missed.mean()) * min(float(months[missed].mean()) / 12, 1.0)
    return weight, Reason("verdict.thin_pipeline", values, "R-E5")


def _counts(bad: NDArray[np.bool_]) -> dict[str, str | int | float]:
    return {"bad_years": int(bad.sum()), "years": len(bad), "share": round(float(bad.mean()), 4)}


def _shortfall(outcome: Outcome, missed: NDArray[np.bool_], *, stretch: bool) -> dict[str, str | int | float]:
    targets = outcome.plan.targets
    goal = targets.stretch_cents if stretch else targets.total_cents
    bookings = outcome.measure("bookings_cents").sum(axis=1)
    return {
        **_counts(missed),
        "target_cents": goal,
        "median_bookings_cents": round(float(np.median(bookings))),
        "shortfall_cents": round(float(np.median(goal - bookings[missed]))),
        "median_attainment": round(float(np.median(attainment(outcome))) if targets.total_cents else 0.0, 4),
    }


def _heaviest_heading(outcome: Outcome) -> dict[str, str | int | float]:
    """Return the heading and month that exceed the plan most in the sample year; empty where it keeps to the plan."""
    ledger = outcome.sample.ledger
    if ledger is None:
        return {}
    planned = planned_spending(outcome.plan)
    month = outcome.plan.scenario.calendar.month[ledger.day]
    excess: dict[str, Floats] = {}
    for heading, categories in HEADINGS.items():
        mine = np.isin(ledger.category.astype(str), categories)
        excess[heading] = np.bincount(month[mine], -ledger.cents[mine], 12) - planned[heading]
    heading = max(excess, key=lambda name: float(excess[name].sum()))
    if excess[heading].sum() <= 0:
        return {}
    worst = int(excess[heading].argmax())
    return {
        "heading": heading,
        "heading_excess_cents": round(float(excess[heading].sum())),
        "month": outcome.plan.scenario.calendar.month_label(worst),
    }
