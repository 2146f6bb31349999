"""Weekly and monthly reviews: what is measured, and when a threshold is breached (R-E1..E6, MODEL section 8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.review_rules import ReviewRules
from territory.simulation.tables import YearTables

VISITS_WEIGHT, REPORTS_WEIGHT = 0.6, 0.4
"""Daily work is 60 % visits and conduct, 40 % reports (R-E2)."""
MONTH_REPORT = 0.25
"""The monthly report is one of four (R-E2)."""

COVERED_MONTHS = 3


@dataclass
class Breaches:
    """Counts of missed thresholds, in the order of `territory.domain.outcome.BREACHES`."""

    commit_accuracy: int = 0
    unbooked: int = 0
    coverage: int = 0
    growth: int = 0
    budget_overrun: int = 0
    week_outlook: int = 0
    month_outlook: int = 0
    quarter_outlook: int = 0
    rolling_forecast: int = 0
    linearity: int = 0


def appraise(rules: ReviewRules, planned: int, done: int, days: int, absent: int, *, reported: bool = True) -> float:
    """Return a month's appraisal, 0..100: daily work and attendance (R-E1, R-E2).

    Daily work is visits done over planned and reports handed in, which are due on every working day and missing on
    days of absence; without the monthly report a quarter of them is lost. Attendance is 100 less the points
    per day absent.
    """
    visits = min(done / planned, 1.0) if planned else 1.0
    reports = (1 - absent / days if days else 1.0) - (0.0 if reported else MONTH_REPORT)
    daily = 100 * (VISITS_WEIGHT * visits + REPORTS_WEIGHT * max(reports, 0.0))
    attendance = max(0.0, 100 - rules.absent_day_points * absent)
    return rules.daily_work_share * daily + (1 - rules.daily_work_share) * attendance


def week_needs(tables: YearTables) -> list[float]:
    """Return the least commit and upside of each week: its target less the re-orders of the season (R-E4)."""
    least = tables.settings.reviews.outlook_least * tables.week_target
    share = np.diff(tables.season[tables.week_last], prepend=0.0)
    needs: list[float] = (least - share * tables.expected_reorders).tolist()
    return needs


def commit_missed(rules: ReviewRules, commit: int, actual: int) -> bool:
    """Whether last week's actual over commit is outside the band (R-E4); a week without either is fine."""
    if commit == 0:
        return actual > 0
    return not rules.commit_low <= actual / commit <= rules.commit_high


def coverage(month_target: list[int], month: int, pipeline: int) -> float:
    """Return the open pipeline over the target of the next three months (R-E5).

    Near the end of the year the months that remain stand for three; after the last one, the mean month.
    """
    ahead = month_target[month + 1 : month + 1 + COVERED_MONTHS]
    due = sum(ahead) / len(ahead) if ahead else sum(month_target) / 12
    return pipeline / (due * COVERED_MONTHS) if due > 0 else float("inf")


def growth_missed(rules: ReviewRules, before: int, now: int) -> bool:
    """Whether the pipeline grew less than the least growth against last month (R-E5)."""
    return before > 0 and now / before - 1 < rules.growth_least


def unbooked_weeks(rules: ReviewRules, orders_by_day: Ints, overdue_by_day: Ints, week_ends: Ints) -> int:
    """Return the weeks in which orders due but unpaid exceed the allowed share of all orders so far (R-E4)."""
    signed = np.cumsum(orders_by_day)[week_ends]
    return int((overdue_by_day[week_ends] > rules.unbooked_share * signed).sum())


def linearity(cents: Floats, working: Floats) -> Floats:
    """Return how evenly each period's sales fall on its parts: 1 less the share that lies in the wrong part (R-E6).

    Parameters
    ----------
    cents, working : array of float, shape (periods, parts)
        Sales and working days of each part; 1 is returned for periods without either.
    """
    sold, worked = cents.sum(axis=1), working.sum(axis=1)
    empty = (sold <= 0) | (worked <= 0)
    share = cents / np.where(empty, 1.0, sold)[:, None] - working / np.where(empty, 1.0, worked)[:, None]
    return np.asarray(np.where(empty, 1.0, 1 - np.abs(share).sum(axis=1) / 2))
