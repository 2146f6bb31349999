"""Figures of a plan and of its years, one function each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from territory.domain.calendar import field_windows
from territory.domain.customers import NONE, Floats, Ints
from territory.domain.outcome import MONTH_MEASURES, Outcome, Year
from territory.domain.plan import PLACES, UNSERVED_CAUSES, Plan
from territory.domain.spending import planned_budget_cents

FULL_WEEK_HOURS = 42.0
"""Contract hours of a full rep (R-H2)."""

CONDITIONS = ("target", "budget", "cash", "visits")
"""What must hold in a year for the plan to hold in it."""


def year_flags(plan: Plan, years: Sequence[Year]) -> dict[str, NDArray[np.bool_]]:
    """Say for each year what held.

    Returns
    -------
    dict of str to array of bool, shape (years,)
        ``target``: bookings reach the task (R-T4). ``stretch``: they reach the stretch target (R-T4). ``budget``:
        spending without the cost of goods stays inside the budget (R-B7). ``cash``: never below zero (R-B7).
        ``visits``: the demanded share of the visits is done (R-V5). ``joint``: all of them but the stretch.
    """
    bookings = _totals(years, "bookings_cents")
    flags = {
        "target": bookings >= plan.targets.total_cents,
        "stretch": bookings >= plan.targets.stretch_cents,
        "budget": spending_cents(plan, years) <= planned_budget_cents(plan),
        "cash": np.array([year.lowest_cash_cents >= 0 for year in years], dtype=bool),
        "visits": served_shares(plan, years) >= plan.scenario.settings.verdict.served_share,
    }
    flags["joint"] = np.logical_and.reduce([flags[name] for name in CONDITIONS])
    return flags


def spending_cents(plan: Plan, years: Sequence[Year]) -> Ints:
    """Return each year's payments without the cost of goods, which follows collections and is nobody's spending."""
    goods = plan.scenario.settings.budget.sales_cost_share * _totals(years, "collections_cents")
    spent = np.array([year.spent_cents for year in years], dtype=np.int64)
    return np.asarray(spent - np.rint(goods).astype(np.int64), dtype=np.int64)


def served_shares(plan: Plan, years: Sequence[Year]) -> Floats:
    """Return the share of the demanded visits done in each year (R-V5).

    Demanded are the visits the plan makes and those it leaves out for want of capacity; what holidays, meetings,
    closed doors and the edges of the year forbid is not counted against the team.
    """
    demanded = _totals(years, "visits_planned") + unserved_for_capacity(plan)
    return np.asarray(_totals(years, "visits_done") / np.maximum(demanded, 1), dtype=np.float64)


def unserved_for_capacity(plan: Plan) -> int:
    """Return the visits that the plan leaves out because nobody has the time (R-V1)."""
    return int(np.count_nonzero(plan.unserved.cause == UNSERVED_CAUSES.index("capacity")))


def utilisation(plan: Plan) -> Floats:
    """Return each rep's visit and travel minutes over the field minutes of the days employed (R-H2).

    Field minutes of part-time reps are cut in proportion to their contract. Driving outside the field windows is
    counted as work, so that the figure can pass 1 a little. 0 for reps without field time.
    """
    scenario, visits, routes = plan.scenario, plan.visits, plan.routes
    workday, calendar, reps = scenario.settings.workday, scenario.calendar, scenario.reps
    windows = [field_windows(workday, calendar, day) for day in range(calendar.days)]
    field = np.array([sum(end - begin for begin, end in day) for day in windows], dtype=np.float64)
    after = np.append(np.cumsum(field[::-1])[::-1], 0.0)
    part = np.minimum(np.nan_to_num(reps.hours_per_week, nan=FULL_WEEK_HOURS) / FULL_WEEK_HOURS, 1.0)
    have = after[np.clip(reps.hired_day, 0, calendar.days)] * part
    used = np.bincount(visits.rep, visits.end - visits.start, len(reps))
    used += np.bincount(routes.rep, routes.travel_minutes, len(reps))
    return np.asarray(np.divide(used, have, out=np.zeros(len(reps)), where=have > 0), dtype=np.float64)


def travel_share(plan: Plan) -> float:
    """Return driving over driving and visiting, minutes; 0 for a plan without visits."""
    driving, visiting = int(plan.routes.travel_minutes.sum()), int((plan.visits.end - plan.visits.start).sum())
    return driving / max(driving + visiting, 1)


def km_per_visit(plan: Plan) -> float:
    """Return road kilometres a visit, the way home included."""
    return float(plan.routes.travel_km.sum()) / max(len(plan.visits), 1)


def nights_away(plan: Plan) -> int:
    """Return nights on trips (R-V3)."""
    return int(np.count_nonzero(plan.routes.end_place == PLACES.index("lodging")))


def moved_customers(plan: Plan) -> Ints:
    """Return the indices of the customers who change hands (R-A4)."""
    current = plan.scenario.customers.current_rep
    return np.flatnonzero((current != NONE) & (current != plan.territories.rep)).astype(np.int64)


def change_over_cents(plan: Plan) -> int:
    """Return the price of the change-over: sales expected lost because customers change hands (R-A4)."""
    sales = plan.scenario.customers.annual_sales_cents[moved_customers(plan)]
    return int(np.rint(sales * plan.scenario.settings.territories.disruption_loss).sum())


def attainment(outcome: Outcome) -> Floats:
    """Return bookings over the task in each year (R-E3); infinite where there is no task."""
    task = outcome.plan.targets.total_cents
    bookings = _totals(outcome.years, "bookings_cents")
    return np.asarray(bookings / task if task > 0 else np.full(len(bookings), np.inf), dtype=np.float64)


def collection_rates(outcome: Outcome) -> Floats:
    """Return cash received over orders signed in each year (R-P7); 0 where nothing was signed."""
    bookings = _totals(outcome.years, "bookings_cents")
    received = _totals(outcome.years, "collections_cents")
    return np.divide(received, bookings, out=np.zeros(len(bookings)), where=bookings > 0)


def trip_efficiency(outcome: Outcome) -> Floats:
    """Return gross profit over spending in each year (R-B6); 0 where nothing was spent."""
    profit = outcome.plan.scenario.settings.tiers.gross_margin * _totals(outcome.years, "bookings_cents")
    spent = spending_cents(outcome.plan, outcome.years)
    return np.asarray(np.divide(profit, spent, out=np.zeros(len(profit)), where=spent > 0), dtype=np.float64)


def pipeline_coverage(outcome: Outcome) -> Floats:
    """Return open pipeline over the target of the next three months, shape (years, 12), NaN without a target (R-E5).

    At the end of the year the months still ahead stand for three.
    """
    pipeline = outcome.measure("pipeline_cents").astype(np.float64)
    target = outcome.measure("target_cents").astype(np.float64)
    out = np.full(pipeline.shape, np.nan)
    for month in range(11):
        ahead = target[:, month + 1 : month + 4]
        need = ahead.mean(axis=1) * 3
        np.divide(pipeline[:, month], need, out=out[:, month], where=need > 0)
    return out


def _totals(years: Sequence[Year], measure: str) -> Ints:
    row = MONTH_MEASURES.index(measure)
    return np.array([int(year.months[row].sum()) for year in years], dtype=np.int64)
