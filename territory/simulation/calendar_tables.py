"""The calendar of a plan as its years read it: months, weeks, season and targets by them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.calendar import WorkingCalendar
from territory.domain.customers import Floats, Ints
from territory.domain.plan import Plan
from territory.domain.scenario import Scenario

CLAIM_DAY = 5
"""Day of the month by which the month before is claimed (R-B3)."""


def calendar_tables(plan: Plan, way: int) -> dict[str, Any]:
    """Return days, weeks and months; `way` is the days from a first meeting to the signature at least."""
    scenario, calendar = plan.scenario, plan.scenario.calendar
    first, last, pay_first, pay_last = _month_edges(calendar.month, calendar.working)
    month_share = month_shares(scenario)
    after = np.arange(12)[:, None] + np.arange(1, 13)[None, :]
    ends_ahead = np.concatenate([last, last + calendar.days])[after]
    share_ahead = month_share[after % 12]
    working_days = np.flatnonzero(calendar.working).astype(np.int64)
    month_target = plan.targets.customer_month_cents.astype(np.int64).sum(axis=0)
    return {
        "days": calendar.days,
        "working": calendar.working,
        "working_days": working_days,
        "month": calendar.month,
        "week": calendar.week,
        "month_first": first,
        "month_last": last,
        "pay_first": pay_first,
        "pay_last": pay_last,
        "refund_day": _refund_days(first, working_days, scenario.settings.budget.refund_working_days, calendar.days),
        "season": _cumulative(season_days(scenario)),
        "month_share": month_share,
        "week_last": np.searchsorted(calendar.week, np.arange(int(calendar.week[-1]) + 1), side="right") - 1,
        "ends_ahead": ends_ahead,
        "share_ahead": share_ahead,
        "coming_ahead": _coming(ends_ahead, last, share_ahead, way),
        "week_target": _week_targets(calendar, month_target),
        "pace": np.array(scenario.settings.pipeline.quarter_pace)[_month_of_quarter(scenario)],
        "courses": _course_days(scenario),
    }


def month_shares(scenario: Scenario) -> Floats:
    """Return the share of the year's demand in each month."""
    return np.bincount(scenario.calendar.month, season_days(scenario), 12).astype(np.float64)


def season_days(scenario: Scenario) -> Floats:
    """Share of the year's demand on each day, by season and, where the targets say so, by working days (R-T2)."""
    rules, calendar = scenario.settings.targets, scenario.calendar
    weight = np.array([rules.seasonality[calendar.calendar_month(m) - 1] for m in range(12)], dtype=np.float64)
    worked = np.bincount(calendar.month, calendar.working, 12)
    if not rules.by_working_days:
        weight = weight / np.maximum(worked, 1)
    share = weight[calendar.month] * calendar.working
    if share.sum() <= 0:
        share = calendar.working.astype(np.float64)
    return np.asarray(share / max(share.sum(), 1e-300))


def _month_edges(month: Ints, working: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, Ints]:
    """First and last day, first and last working day of each month of the plan."""
    edges = np.zeros((4, 12), dtype=np.int64)
    for m in range(12):
        days = np.flatnonzero(month == m)
        worked = days[working[days]]
        paid = worked if len(worked) else days
        edges[:, m] = days[0], days[-1], paid[0], paid[-1]
    return edges[0], edges[1], edges[2], edges[3]


def _refund_days(month_first: Ints, working_days: Ints, wait: int, days: int) -> Ints:
    """Return the day on which the claims of each month are refunded."""
    refund = np.full(12, days)
    for month in range(11):
        after = working_days[np.searchsorted(working_days, month_first[month + 1] + CLAIM_DAY - 1) :]
        if wait < len(after):
            refund[month] = after[wait]
    return refund


def _week_targets(calendar: WorkingCalendar, month_target: Ints) -> Floats:
    """Split each month's target over its weeks by working days, or by days where it has none."""
    worked = np.bincount(calendar.month, calendar.working, 12)
    weight = np.where(worked[calendar.month] > 0, calendar.working, 1.0)
    daily = month_target[calendar.month] * weight / np.bincount(calendar.month, weight, 12)[calendar.month]
    return np.asarray(np.bincount(calendar.week, daily), dtype=np.float64)


def _coming(ends: Ints, month_last: Ints, share: Floats, way: int) -> Floats:
    """Move the demand of the months ahead by the way from a first meeting to the signature."""
    coming = np.zeros((12, 12))
    for month in range(12):
        begins = np.append(month_last[month], ends[month, :-1])
        signed = np.searchsorted(ends[month], (begins + ends[month]) // 2 + way)
        coming[month] = np.bincount(signed, share[month], 13)[:12]
    return coming


def _cumulative(share: Floats) -> Floats:
    total = np.cumsum(share)
    busy = np.flatnonzero(share > 0)
    if len(busy):
        total[busy[-1] :] = 1.0
    return total


def _month_of_quarter(scenario: Scenario) -> Ints:
    """Return 0, 1 or 2 for each day: the month inside its calendar quarter."""
    calendar = scenario.calendar
    return np.array([(calendar.calendar_month(m) - 1) % 3 for m in range(12)])[calendar.month]


def _course_days(scenario: Scenario) -> NDArray[np.bool_]:
    """Mark the days of the scenario's courses (R-N4)."""
    calendar = scenario.calendar
    taught = np.zeros(calendar.days, dtype=bool)
    days = [calendar.day_of(day) for day in scenario.settings.staffing.courses]
    taught[[day for day in days if 0 <= day < calendar.days]] = True
    return taught
