"""Years made by hand, so that a verdict can be told without a simulation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from territory.domain.outcome import BREACHES, MONTH_MEASURES, Ledger, Outcome, Year
from territory.domain.plan import Plan
from tests.assessment.good import good_plan

TASK = 1_000_000_000
OPENING = 300_000_000


def a_plan(**headcount: Any) -> Plan:
    """The good plan, with figures of its headcount changed; by default its team can do the work."""
    plan = good_plan()
    figures = {"needed": 3, "lower_bound": 1, "available": 3.0, "to_hire": 0, "carried_share": 1.0, **headcount}
    return dataclasses.replace(plan, headcount=dataclasses.replace(plan.headcount, **figures))


def a_year(
    replication: int = 0,
    *,
    bookings: int = TASK,
    spent: int = 1_000,
    lowest: int = 1_000,
    done: float = 1.0,
    reps: int = 3,
    thin_months: int = 0,
    **changes: Any,
) -> Year:
    """A year that goes well, save for what is changed; every month takes an equal share."""
    months = np.zeros((len(MONTH_MEASURES), 12), dtype=np.int64)
    breaches = np.zeros(len(BREACHES), dtype=np.int64)
    breaches[BREACHES.index("coverage")] = thin_months

    def spread(name: str, total: int) -> None:
        months[MONTH_MEASURES.index(name)] = total // 12
        months[MONTH_MEASURES.index(name), 0] += total % 12

    spread("bookings_cents", bookings)
    spread("visits_planned", 1_200)
    spread("visits_done", round(1_200 * done))
    spread("target_cents", TASK)
    spread("pipeline_cents", 12 * TASK // 4)
    months[MONTH_MEASURES.index("reps_active")] = reps
    months[MONTH_MEASURES.index("cash_cents")] = OPENING
    months[MONTH_MEASURES.index("cash_cents"), 6] = lowest
    year = Year(
        replication=replication,
        months=months,
        breaches=breaches,
        lowest_cash_cents=lowest,
        spent_cents=spent,
        rep_bookings_cents=np.array([bookings]),
        staff_events=(),
        opened=0,
        won=0,
        lost=0,
        still_open=0,
        opening_cash_cents=OPENING,
        closing_cash_cents=OPENING,
    )
    return dataclasses.replace(year, **changes)


def lived(years: Sequence[Year], plan: Plan | None = None, ledger: Ledger | None = None) -> Outcome:
    """An outcome of these years, the first one as the sample."""
    return Outcome(plan or a_plan(), 1, tuple(years), dataclasses.replace(years[0], ledger=ledger))
