"""What a simulated year tells beyond its months: weekly reviews, forecasts and their scores, people, overruns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints

WEEK_MEASURES = (
    "commit_cents",  # handed in for the week (R-E4)
    "upside_cents",  # hoped for on top (R-P1)
    "actual_cents",  # deals won in the week
    "target_cents",
    "overdue_cents",  # due but unpaid at the week's end (R-E4)
)
"""Weekly measures in the order of `YearDetails.weeks`' rows."""

REVIEW_MEASURES = (
    "three_months_cents",  # forecast of the next three months, made at month end (R-E7)
    "rolling_cents",  # forecast of the next twelve months (R-E5)
    "landing_cents",  # booked so far and forecast for the rest of the year
    "upside_cents",  # of the next month
    "coverage_permille",  # pipeline over the target of three months (R-E5)
    "growth_permille",  # pipeline against last month (R-E5)
    "linearity_permille",  # evenness of the month's sales over its weeks (R-E6)
    "overdue_cents",
    "new_customers",  # first order ever (R-P6)
    "lost_customers",  # R-P6
    "made_up",  # visits done later than planned
    "nights",  # away on trips (R-E3)
    "reports_missing",  # no report, no refund (R-B3)
    "projects_cents",  # project money granted (R-B2)
    "requests_waiting",  # before the approvers at month end (R-B2)
)
"""Monthly review measures in the order of `YearDetails.months`' rows."""

QUADRANTS = ("A", "B", "C", "D")
"""People matrix culture x performance (R-N5): A keep, B attend to, C improve, D leave."""


@dataclass(frozen=True)
class Employment:
    """What one rep slot did in the year.

    Attributes
    ----------
    slot, first_day, left_day : int
        `left_day` is the first day without, -1 for none.
    manager : bool
    bookings_cents, target_cents : int
        Of the whole months worked.
    appraisal : float
        Mean monthly score, 0..100 (R-E1).
    cost_cents : int
        Pay, bonus, travel, recruiting and training.
    profit_cents : int
        Gross profit of the bookings.
    quadrant : str
        One of `QUADRANTS`.
    """

    slot: int
    first_day: int
    left_day: int
    manager: bool
    bookings_cents: int
    target_cents: int
    appraisal: float
    cost_cents: int
    profit_cents: int
    quadrant: str

    @property
    def trip_efficiency(self) -> float:
        """Gross profit over cost (R-B6); 0 without cost."""
        return self.profit_cents / self.cost_cents if self.cost_cents else 0.0


@dataclass(frozen=True)
class Overrun:
    """A heading that passed its month's budget and reserve, on the day it did (R-B7)."""

    day: int
    heading: str
    spent_cents: int
    planned_cents: int


@dataclass(frozen=True)
class CampaignTest:
    """Advertising judged a month later (R-B4): the region's added sales against the rest of the customers.

    `added_cents` is what the region bought above its share of the month before; `worth_it` whether the gross profit
    on it pays the cost.
    """

    month: int
    region: str
    cost_cents: int
    added_cents: int
    worth_it: bool


@dataclass(frozen=True)
class ForecastScore:
    """How good a year's forecasts were: accuracy 1 is perfect, bias above 0 means too hopeful (R-E7)."""

    accuracy: float
    bias: float


@dataclass(frozen=True, eq=False)
class YearDetails:
    """The reviews of one year.

    Attributes
    ----------
    weeks : array of int, shape (len(WEEK_MEASURES), weeks)
    months : array of int, shape (len(REVIEW_MEASURES), 12)
    people : tuple of Employment
    overruns : tuple of Overrun
        By day.
    campaigns : tuple of CampaignTest
    lowest_cash_day : int
        -1 where cash was never lower than at the opening.
    three_months, landing : ForecastScore
        Of the three-month forecasts made in the first nine months, and of the year's landing from each month.
    linearity : float
        Mean evenness of the months (R-E6).
    approval_wait_days : float
        Mean wait of a request before an approver takes it up (R-B2).
    """

    weeks: Ints
    months: Ints
    people: tuple[Employment, ...]
    overruns: tuple[Overrun, ...]
    campaigns: tuple[CampaignTest, ...]
    lowest_cash_day: int
    three_months: ForecastScore
    landing: ForecastScore
    linearity: float
    approval_wait_days: float

    def __eq__(self, other: object) -> bool:
        """Whether two years were reviewed alike."""
        if not isinstance(other, YearDetails):
            return NotImplemented
        names = self.__dataclass_fields__
        return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]

    def week(self, measure: str) -> Ints:
        """Return the values of a weekly measure."""
        row: Ints = self.weeks[WEEK_MEASURES.index(measure)]
        return row

    def month(self, measure: str) -> Ints:
        """Return the twelve values of a monthly review measure."""
        row: Ints = self.months[REVIEW_MEASURES.index(measure)]
        return row

    def matrix(self) -> dict[str, int]:
        """Return the number of people in each quadrant; many D mean that the firm has a problem (R-N5)."""
        return {name: sum(1 for person in self.people if person.quadrant == name) for name in QUADRANTS}


def score(forecast: Floats, actual: Floats) -> ForecastScore:
    """Score forecasts: accuracy is 1 less the mean absolute error over the mean actual, at least 0; bias is signed."""
    total = float(np.sum(actual))
    if total <= 0:
        return ForecastScore(1.0 if not np.any(forecast) else 0.0, 0.0)
    error = np.asarray(forecast, dtype=np.float64) - actual
    return ForecastScore(max(0.0, 1 - float(np.abs(error).sum()) / total), float(error.sum()) / total)
