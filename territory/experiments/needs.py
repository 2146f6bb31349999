"""What a task would need: more people kept, a full ramp, nobody leaving, more leads, larger orders; each simulated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from territory.domain.needs import Need, Needs
from territory.domain.outcome import Year
from territory.domain.plan import Plan
from territory.experiments.journal import Journal
from territory.experiments.levers import with_settings
from territory.experiments.runner import Progress, live_years
from territory.simulation.tables import make_tables

MOST_FACTOR = 8.0
"""Leads and order sizes are not multiplied by more."""

FACTOR_STEP = 0.05
"""A factor is searched to this accuracy."""

Relief = Callable[[Plan], Plan]


def find_needs(
    plan: Plan,
    *,
    years: int,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Needs:
    """Say what would bring the median year to the task, by simulation.

    People are relieved in full: all are kept at the review, sell like old hands from the first day, and nobody
    resigns; then all three together. Leads and order sizes are multiplied by the least factor that is enough, found by
    bisection on the same random years; last, the leads beside all the people. Territories and visits stay as planned.

    Parameters
    ----------
    plan : Plan
    years : int
        Paired years of every trial.
    seed, workers, backend, progress, journal
        As for `run_years`; the stage is "needs".
    """
    seed = plan.seed if seed is None else seed

    def live(changed: Plan) -> list[Year]:
        replications = range(years)
        return live_years(make_tables(changed), seed, replications, workers=workers, backend=backend, journal=journal)

    people: dict[str, Relief] = {
        "keep_all": keep_all,
        "full_ramp": full_ramp,
        "nobody_leaves": nobody_leaves,
        "people": lambda one: nobody_leaves(full_ramp(keep_all(one))),
    }
    task, lived = plan.targets.total_cents, live(plan)
    items = [_need("as_is", 1.0, lived, task)]

    def note() -> None:
        if progress:
            progress("needs", len(items), 8)

    note()
    for name, relieve in people.items():
        items.append(_need(name, 1.0, live(relieve(plan)), task))
        note()
    scaled: tuple[tuple[str, Callable[[Plan, float], Plan], Plan, Need], ...] = (
        ("leads", more_leads, plan, items[0]),
        ("order_size", larger_orders, plan, items[0]),
        ("people_and_leads", more_leads, people["people"](plan), items[4]),
    )
    for name, scale, base, unscaled in scaled:
        items.append(_least_factor(name, partial(scale, base), unscaled, live, task))
        note()
    rep_years = float(np.median([_rep_months(plan, year) for year in lived])) / 12
    earned = round(items[0].bookings_cents / rep_years) if rep_years else 0
    return Needs(task, years, seed, rep_years, earned, tuple(items))


def keep_all(plan: Plan) -> Plan:
    """Keep everybody at the review."""
    return with_settings(plan, staffing={"cut_mode": "none"})


def full_ramp(plan: Plan) -> Plan:
    """Let new reps sell like old hands from their first day in the field."""
    return with_settings(plan, staffing={"ramp": (1.0,)})


def nobody_leaves(plan: Plan) -> Plan:
    """Let nobody resign or be dismissed."""
    return with_settings(plan, staffing={"annual_attrition": 0.0, "dismiss_attainment": 0.0})


def more_leads(plan: Plan, factor: float) -> Plan:
    """Multiply the opportunities that arise."""
    rates = plan.scenario.settings.pipeline.leads_per_year
    return with_settings(plan, pipeline={"leads_per_year": tuple(factor * rate for rate in rates)})


def larger_orders(plan: Plan, factor: float) -> Plan:
    """Multiply the value of the deals that arise in the year."""
    share = plan.scenario.settings.pipeline.deal_value_share
    return with_settings(plan, pipeline={"deal_value_share": factor * share})


def _least_factor(
    name: str, scale: Callable[[float], Plan], unscaled: Need, live: Callable[[Plan], list[Year]], task: int
) -> Need:
    """Return the least factor, in steps, with which the median year reaches the task; the largest where none does."""
    if unscaled.reached:
        return Need(name, 1.0, unscaled.bookings_cents, reached=True)
    low, high = 0, round((MOST_FACTOR - 1) / FACTOR_STEP)

    def tried(step: int) -> Need:
        factor = round(1 + FACTOR_STEP * step, 4)
        return _need(name, factor, live(scale(factor)), task)

    best = tried(high)
    while best.reached and high - low > 1:
        middle = (low + high) // 2
        found = tried(middle)
        if found.reached:
            high, best = middle, found
        else:
            low = middle
    return best


def _need(name: str, factor: float, lived: list[Year], task: int) -> Need:
    median = round(float(np.median([year.month("bookings_cents").sum() for year in lived])))
    return Need(name, factor, median, reached=median >= task)


def _rep_months(plan: Plan, year: Year) -> int:
    managers = int(plan.scenario.reps.is_manager.sum())
    return int((year.month("reps_active") - managers).clip(min=0).sum())
