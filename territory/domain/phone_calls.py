"""Phone contacts with prospects in what visits and driving leave of a rep's day (R-S2, R-H3)."""

from __future__ import annotations

import numpy as np

from territory.domain.calendar import field_windows
from territory.domain.customers import NONE, Ints
from territory.domain.plan import Plan

CALLED_TIERS = 2
"""Prospects of grades a and b are called; c is kept warm, d is dropped (R-S2)."""


def planned_calls(plan: Plan) -> tuple[Ints, Ints]:
    """Return field minutes left over, and calls planned, on each day of ``plan.routes``.

    Prospects of grades a and b are called at least every `visits.call_every_days` days with visits, the longest
    uncalled first, as far as the minutes and `visits.calls_per_day` reach. Days without visits are not listed by a
    plan, and not used.

    Returns
    -------
    (array of int, array of int), shape (routes,)
    """
    rules, routes = plan.scenario.settings.visits, plan.routes
    free = free_minutes(plan)
    most = np.minimum(free // rules.call_minutes, rules.calls_per_day)
    contacts = np.bincount(plan.territories.rep[_called(plan)], minlength=len(plan.scenario.reps))
    calls = np.zeros(len(routes), dtype=np.int64)
    for rep in np.flatnonzero(contacts).tolist():
        days = np.flatnonzero(routes.rep == rep)
        calls[days] = _spread(int(contacts[rep]), rules.call_every_days, most[days].tolist())
    return free, calls


def free_minutes(plan: Plan) -> Ints:
    """Return the field minutes of each day of ``plan.routes`` that neither visits nor driving take."""
    scenario, routes, visits = plan.scenario, plan.routes, plan.visits
    days = scenario.calendar.days
    windows = [field_windows(scenario.settings.workday, scenario.calendar, day) for day in range(days)]
    field = np.array([sum(end - begin for begin, end in found) for found in windows], dtype=np.int64)
    busy = np.zeros(len(scenario.reps) * days, dtype=np.int64)
    np.add.at(busy, visits.rep * days + visits.day, visits.end - visits.start)
    left = field[routes.day] - busy[routes.rep * days + routes.day] - routes.travel_minutes
    return np.asarray(np.maximum(left, 0), dtype=np.int64)


def _called(plan: Plan) -> np.ndarray:
    who = plan.scenario.customers
    prospect = (who.annual_sales_cents == 0) & (who.since == NONE)
    return np.asarray(prospect & (plan.segments.tier < CALLED_TIERS))


def _spread(contacts: int, every: int, most: list[int]) -> list[int]:
    """Return calls a day: an even share of the contacts, more where some are due."""
    made: list[int] = []
    share = -(-contacts // every)
    for day, limit in enumerate(most):
        overdue = contacts - sum(made[max(0, day - every + 1) :]) if day >= every - 1 else 0
        made.append(min(limit, contacts, max(share, overdue)))
    return made
