"""The story of one year: what happened when, as codes and values that the reports put into words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from territory.domain.findings import Happening
from territory.domain.outcome import Year, rep_slot_name
from territory.domain.plan import Plan
from territory.domain.spending import HEADINGS, RESERVE, planned_spending

TOLD_EVENTS = ("resigned", "left", "dismissed", "hired", "cut")
MOST_PER_KIND = 4
QUARTER_ENDS = (2, 5, 8, 11)
FEWEST_MISSED = 5
"""Fewer visits missed in a month are not told."""


def tell(plan: Plan, year: Year) -> tuple[Happening, ...]:
    """Return what happens in a year, by day; departures, attainment, visits missed, cash, overruns.

    Parameters
    ----------
    plan : Plan
    year : Year
        With its ledger, from which the days of low cash and overruns are read.
    """
    parts = (people(plan, year), attainment(plan, year), visits(plan, year), money(plan, year))
    return tuple(sorted((one for part in parts for one in part), key=lambda one: (one.day, one.code)))


def people(plan: Plan, year: Year) -> Iterator[Happening]:
    """Tell who goes and comes; several on one day in one sentence."""
    names = [str(one) for one in plan.scenario.reps.rep_id]
    for kind in TOLD_EVENTS:
        days = sorted({event.day for event in year.staff_events if event.kind == kind and event.day > 0})
        for day in days[: 2 * MOST_PER_KIND]:
            who = [event.rep for event in year.staff_events if (event.kind, event.day) == (kind, day)]
            listed = ", ".join(rep_slot_name(names, slot) for slot in who[:MOST_PER_KIND])
            more = " …" if len(who) > MOST_PER_KIND else ""
            yield Happening(day, f"story.{kind}", {"people": len(who), "who": listed + more})


def attainment(plan: Plan, year: Year) -> Iterator[Happening]:
    """Tell at each quarter's end how much of the task so far is booked."""
    booked, task = year.month("bookings_cents").cumsum(), year.month("target_cents").cumsum()
    for month in QUARTER_ENDS:
        if task[month] > 0:
            values = {
                "booked_cents": int(booked[month]),
                "task_cents": int(task[month]),
                "booked_share": round(float(booked[month] / task[month]), 4),
                "reps": int(year.month("reps_active")[month]),
            }
            yield Happening(_last_day(plan, month), "story.attainment", values)


def visits(plan: Plan, year: Year) -> Iterator[Happening]:
    """Tell the months in which most visits are missed, where fewer are made than must be."""
    planned, done = year.month("visits_planned"), year.month("visits_done")
    missed = planned - done
    short = (done < plan.scenario.settings.verdict.served_share * planned) & (missed >= FEWEST_MISSED)
    for month in np.argsort(-missed, kind="stable")[:MOST_PER_KIND].tolist():
        if short[month]:
            values = {"missed": int(missed[month]), "missed_share": round(float(missed[month] / planned[month]), 4)}
            yield Happening(_last_day(plan, month), "story.visits_missed", values)


def money(plan: Plan, year: Year) -> Iterator[Happening]:
    """Tell the low point of cash, and the headings and months that exceed their budget most."""
    ledger = year.ledger
    if ledger is None or not len(ledger.day):
        return
    days = plan.scenario.calendar.days
    cash = year.opening_cash_cents + np.bincount(ledger.day, ledger.cents, days).cumsum().astype(np.int64)
    lowest = int(cash.argmin())
    code = "story.cash_out" if cash[lowest] < 0 else "story.cash_low"
    yield Happening(lowest, code, {"cash_cents": int(cash[lowest])})
    month = plan.scenario.calendar.month[ledger.day]
    found = []
    for heading, planned in planned_spending(plan).items():
        mine = np.isin(ledger.category.astype(str), HEADINGS[heading])
        excess = np.bincount(month[mine], -ledger.cents[mine], 12) - planned * (1 + RESERVE)
        found += [(int(excess[m]), m, heading) for m in np.flatnonzero(excess > 0).tolist()]
    for cents, m, heading in sorted(found, reverse=True)[:MOST_PER_KIND]:
        yield Happening(_last_day(plan, m), "story.overrun", {"heading": heading, "excess_cents": cents})


def _last_day(plan: Plan, month: int) -> int:
    return int(np.flatnonzero(plan.scenario.calendar.month == month)[-1])
