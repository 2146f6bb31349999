"""The keys of ``[reviews]``: thresholds of the weekly and monthly reviews, and reactions (R-E1..E8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Count, Doc, NonNegative, Positive, Share


@dataclass(frozen=True)
class ReviewRules:
    """``[reviews]``: thresholds of the weekly and monthly reviews (R-E1..E8)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    commit_low: Annotated[Positive, Doc("last week's actual over commit, least", "share", "R-E4")] = 0.95
    commit_high: Annotated[Positive, Doc("last week's actual over commit, most", "share", "R-E4")] = 1.10
    commit_from: Annotated[int, Ge(0), Le(100), Doc("deals from this stage count as commit", "percent", "R-P1")] = 90
    unbooked_share: Annotated[Share, Doc("unbooked orders over all orders, most", "share", "R-E4")] = 0.05
    growth_normal: Annotated[float, Doc("month-on-month pipeline growth that is normal", "share", "R-E5")] = 0.10
    growth_least: Annotated[float, Doc("month-on-month pipeline growth, least", "share", "R-E5")] = 0.05
    coverage: Annotated[
        Positive, Doc("open pipeline over the target of the next three months, least", "share", "R-E5")
    ] = 1.5
    absent_day_points: Annotated[NonNegative, Doc("attendance points lost per day absent", "points", "R-E1")] = 4.0
    daily_work_share: Annotated[Share, Doc("weight of daily work in the appraisal", "share", "R-E1")] = 0.7
    upside_from: Annotated[
        int, Ge(0), Le(100), Doc("open deals from this stage count as upside", "percent", "R-P1")
    ] = 70
    outlook_least: Annotated[
        Positive, Doc("this week's commit and upside over the week's target, least", "share", "R-E4")
    ] = 0.95
    linearity_least: Annotated[
        Share, Doc("evenness of a month's sales over its weeks, least; 1: in step with working days", "share", "R-E6")
    ] = 0.7
    performance_from: Annotated[
        NonNegative, Doc("attainment from which performance is high in the people matrix", "share", "R-N5")
    ] = 1.0
    culture_from: Annotated[
        NonNegative, Doc("appraisal from which culture is high in the people matrix", "points", "R-N5")
    ] = 85.0
    prospecting_minutes: Annotated[
        Count, Doc("minutes a day and rep for prospects under policy prospect_when_thin", "minutes", "R-E5")
    ] = 60
    policies: Annotated[
        tuple[Literal["extend_probation", "drop_d_visits", "prospect_when_thin", "talent_reserve"], ...],
        Doc("reactions to review results", rule="R-N2"),
    ] = ()
