"""The page's month grid: one cycle of weeks of every rep, as data for the page's own script."""

from __future__ import annotations

from typing import Any

import numpy as np

from territory.domain.plan import Plan, clock
from territory.domain.settings import TIERS
from territory.reports.messages import holiday_name

MOST_WEEKS = 6
MOST_VISITS = 40_000


def calendar_data(plan: Plan) -> dict[str, Any]:
    """Return the first complete cycle of weeks (at most six) for every rep, while the page stays small.

    Keys: days (date, holiday in both languages, working, provisional), reps (id and name), visits by rep as
    ``[day, start, end, customer, moved]``, customers (id, name, tier), left_out (reps that did not fit).
    """
    calendar = plan.scenario.calendar
    first_week = calendar_weeks(plan)
    weeks = range(first_week, first_week + min(plan.calls.cycle_weeks, MOST_WEEKS))
    days = np.flatnonzero(np.isin(calendar.week, weeks))
    first = int(days[0])
    mine = np.flatnonzero((plan.visits.day >= first) & (plan.visits.day <= days[-1]))
    reps, used, fits = plan.scenario.reps, set(), 0
    by_rep: list[list[list[Any]]] = []
    start, end = clock(plan.visits.start), clock(plan.visits.end)
    for r in range(len(reps)):
        rows = mine[plan.visits.rep[mine] == r].tolist()
        if fits + len(rows) > MOST_VISITS:
            break
        fits += len(rows)
        used |= {int(plan.visits.customer[v]) for v in rows}
        by_rep.append([_visit(plan, v, first, start, end) for v in rows])
    who = plan.scenario.customers
    return {
        "days": [_day(plan, int(d)) for d in days],
        "reps": [[str(reps.rep_id[r]), str(reps.name[r])] for r in range(len(by_rep))],
        "visits": by_rep,
        "customers": {
            str(i): [str(who.customer_id[i]), str(who.name[i]), TIERS[plan.segments.tier[i]]] for i in sorted(used)
        },
        "left_out": len(reps) - len(by_rep),
    }


def calendar_weeks(plan: Plan) -> int:
    """Return the first week of the first complete cycle that has no public holiday, else of the first complete one."""
    calendar, cycle = plan.scenario.calendar, plan.calls.cycle_weeks
    offset = calendar.start.weekday()
    complete = [
        c * cycle
        for c in range(calendar.days // 7 // cycle + 1)
        if 7 * c * cycle - offset >= 0 and 7 * (c + 1) * cycle - offset <= calendar.days
    ]
    quiet = [
        w
        for w in complete
        if not any(calendar.holiday[d] for d in np.flatnonzero(np.isin(calendar.week, range(w, w + cycle))))
    ]
    found = (quiet or complete or [int(calendar.week[0])])[0]
    return int(found)


def _visit(plan: Plan, v: int, first: int, start: list[str], end: list[str]) -> list[Any]:
    visits = plan.visits
    moved = bool(visits.planned_day[v] != visits.day[v])
    return [int(visits.day[v]) - first, start[v], end[v], int(visits.customer[v]), moved]


def _day(plan: Plan, day: int) -> dict[str, Any]:
    calendar = plan.scenario.calendar
    name = calendar.holiday[day]
    return {
        "date": str(calendar.date_of(day)),
        "weekday": int(calendar.weekday[day]),
        "working": bool(calendar.working[day]),
        "zh": holiday_name(name, "zh"),
        "en": holiday_name(name, "en"),
        "provisional": calendar.provisional_from is not None and calendar.date_of(day) >= calendar.provisional_from,
    }
