"""The keys of ``[staffing]``: who stays, who goes, how fast people grow (R-N1..N6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from annotated_types import Ge, Le, Len

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Count, Doc, NonNegative, Share


@dataclass(frozen=True)
class StaffingRules:
    """``[staffing]``: who stays, who goes, how fast people grow (R-N1..N6)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    cut_mode: Annotated[
        Literal["none", "ranked", "drawn"],
        Doc(
            "at the review: none; ranked: keep the best by appraisal; drawn: each stays with chance keep/hired",
            rule="R-N1",
        ),
    ] = "none"
    keep: Annotated[Count, Doc("reps kept at the review", "reps", "R-H4")] = 0
    review_month: Annotated[
        int, Ge(1), Le(12), Doc("month of the plan after which the cut is made", "month", "R-N1")
    ] = 3
    probation_months: Annotated[Count, Doc("length of probation of a new hire", "months", "R-N2")] = 2
    extension_attainment: Annotated[
        Share, Doc("attainment under which probation is extended a month", "share", "R-N2")
    ] = 0.8
    dismiss_attainment: Annotated[
        Share, Doc("three-month attainment under which a rep is dismissed; 0: never", "share", "R-N2")
    ] = 0.0
    annual_attrition: Annotated[
        Share, Doc("share of reps who resign in a year at full attainment", "share", "R-N4")
    ] = 0.2
    attainment_effect: Annotated[
        NonNegative, Doc("rise of the resignation hazard per missing attainment", "factor", "R-N4")
    ] = 1.0
    peer_contagion: Annotated[
        NonNegative, Doc("rise of the hazard per share of peers gone in the last quarter", "factor", "R-N4")
    ] = 1.0
    ramp: Annotated[tuple[Share, ...], Len(1, 12), Doc("productivity of a new rep by quarter", "share", "R-N4")] = (
        0.2,
        0.3,
        0.5,
        0.65,
        0.7,
        0.95,
    )
    reserve_lead_days: Annotated[
        Count, Doc("the same under policy talent_reserve: known candidates wait", "days", "R-H4")
    ] = 10
    report_missing: Annotated[
        Share, Doc("chance that a rep hands in no report in a month: no report, no refund", "share", "R-B3")
    ] = 0.0
    replace_leavers: Annotated[bool, Doc("hire a successor for every resignation", rule="R-N4")] = True
    hiring_lead_days: Annotated[Count, Doc("from vacancy to first day", "days", "R-N4")] = 45
    training_days: Annotated[Count, Doc("working days of training before the first visit", "days", "R-N4")] = 5
    handover_loss: Annotated[Share, Doc("share of sales lost in the year after a hand-over", "share", "R-N4")] = 0.15
    courses: Annotated[
        tuple[date, ...], Doc("days on which the whole team is taught and visits nobody", rule="R-N4")
    ] = ()
    handover_days: Annotated[int, Ge(1), Doc("time until a handed-over customer has recovered", "days", "R-N4")] = 180
