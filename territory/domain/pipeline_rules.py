"""The keys of ``[pipeline]``: stages, deals, customers and cash (R-P1..P7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le, Len

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Cents, Count, Doc, NonNegative, Positive, Share


@dataclass(frozen=True)
class Stage:
    """One stage of the sales pipeline (R-P1)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("name, English")]
    probability: Annotated[int, Ge(0), Le(100), Doc("true chance to win from here", "percent", "R-P1")]
    dwell_days: Annotated[Count, Doc("least time in the stage before the next decision", "days", "R-P1")] = 7
    name_zh: Annotated[str, Doc("name, Chinese")] = ""


STAGES = (
    Stage("met the customer", 25, 7, "见到客户"),
    Stage("intent, budget and decision path confirmed", 50, 14, "确认意向、预算和决策流程"),
    Stage("demo done, final proposal", 60, 10, "演示完成、提交最终方案"),
    Stage("proposal accepted", 70, 10, "方案通过"),
    Stage("customer has chosen", 80, 10, "客户选定"),
    Stage("terms negotiated", 90, 10, "商务谈判"),
)


PRESETS: dict[str, tuple[Stage, ...]] = {
    "probability": STAGES,
    "coarse": (
        Stage("contact", 25, 7, "接触"),
        Stage("acceptance", 50, 14, "认可"),
        Stage("negotiation", 70, 14, "洽谈"),
        Stage("breakthrough", 90, 7, "突破"),
    ),
    "project": (
        Stage("preliminary design", 20, 45, "初步设计"),
        Stage("tender", 40, 30, "招投标"),
        Stage("detailed design", 70, 45, "施工图设计"),
        Stage("stocking and execution", 90, 30, "备货与执行"),
    ),
    "foreign_trade": (
        Stage("first contact", 15, 45, "初次联系"),
        Stage("samples and quote", 30, 60, "样品与报价"),
        Stage("audit of the factory", 50, 60, "验厂"),
        Stage("trial order", 75, 60, "试订单"),
        Stage("terms negotiated", 90, 30, "商务谈判"),
    ),
}
"""Lists of stages: R-P1, coarser R-P2, project sales R-P3, and foreign trade, where a win takes 6-12 months R-P5."""


@dataclass(frozen=True)
class Channel:
    """Sales that need no visits: a dealer or the company shop (R-S4, R-T6)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("name of the dealer or shop")]
    kind: Annotated[Literal["dealer", "shop"], Doc("dealer, or the company's own shop", rule="R-T6")]
    per_month: Annotated[Cents, Ge(0), Doc("mean orders of a month", "yuan a month", "R-T6")]
    first_month: Annotated[int, Ge(1), Le(12), Doc("month of the plan from which it sells", "month", "R-T6")] = 1
    sigma: Annotated[NonNegative, Doc("spread of a month's orders (log standard deviation)")] = 0.2


@dataclass(frozen=True)
class PipelineRules:
    """``[pipeline]``: how deals arise, move and become cash (R-P1..P7)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    preset: Annotated[
        Literal["probability", "coarse", "project", "foreign_trade"],
        Doc("list of stages, where `stages` gives none of its own", rule="R-P1..P5"),
    ] = "probability"
    stages: Annotated[
        tuple[Stage, ...], Len(1, 12), Doc("stages in order, without lead (0) and signed (100)", rule="R-P1")
    ] = STAGES
    lead_conversion: Annotated[Share, Doc("share of leads that lead to a first meeting", "share", "R-P4")] = 0.15
    leads_per_year: Annotated[
        tuple[NonNegative, NonNegative, NonNegative, NonNegative],
        Doc("first meetings that open a deal, per customer and year by tier A-D", "deals a year", "R-P1"),
    ] = (4.0, 3.0, 2.0, 1.0)
    deal_value_share: Annotated[
        Positive, Doc("mean value of a deal over the customer's potential of the year", "share")
    ] = 0.25
    deal_value_sigma: Annotated[NonNegative, Doc("spread of deal values (log standard deviation)")] = 0.6
    visit_response: Annotated[Share, Doc("exponent of the concave response to visits; 0: visits do not matter")] = 0.4
    stale_days: Annotated[int, Ge(1), Doc("days without touch after which a deal is stale", "days")] = 45
    stale_loss_per_week: Annotated[Share, Doc("weekly chance that a stale deal is lost", "share a week")] = 0.05
    run_rate_share: Annotated[Share, Doc("share of last year's sales that repeats as run-rate orders", "share")] = 0.6
    missed_visit_erosion: Annotated[Share, Doc("run-rate share at stake when no planned visit is done", "share")] = 0.3
    quarter_pace: Annotated[
        tuple[Positive, Positive, Positive],
        Doc("how quickly customers decide in the 1st, 2nd and 3rd month of a quarter; 2: dwell times halved", "factor"),
    ] = (1.0, 1.0, 1.0)
    churn: Annotated[Share, Doc("existing customers lost in a year although every visit is done", "share", "R-P6")] = (
        0.0
    )
    churn_unserved: Annotated[
        NonNegative, Doc("rise of that hazard when no planned visit is done", "factor", "R-P6")
    ] = 3.0
    channels: Annotated[tuple[Channel, ...], Doc("dealers and company shops", rule="R-T6")] = ()
    steered: Annotated[
        bool, Doc("customers under the shop limit order through shop or dealer, visited or not", rule="R-S4")
    ] = False
    steered_discount: Annotated[Share, Doc("what shop or dealer keep of such orders", "share", "R-S4")] = 0.0
    meetings_per_hour: Annotated[
        NonNegative, Doc("first meetings an hour of prospecting brings; 30 from 35 hours", "meetings", "R-P4")
    ] = 0.85
    prospects: Annotated[Count, Doc("prospects found before the start, phoned and invited", "prospects", "R-P4")] = 0
    prospect_meetings: Annotated[Share, Doc("share of the prospects who agree to a first meeting", "share", "R-P4")] = (
        0.15
    )
    prospect_value: Annotated[Cents, Ge(0), Doc("median first-year value of a won prospect", "yuan", "R-P4")] = 0
    prepayment_share: Annotated[Share, Doc("paid on signing", "share", "R-P7")] = 0.3
    acceptance_days: Annotated[Count, Doc("from signing to acceptance and invoice", "days", "R-P7")] = 30
    payment_days: Annotated[Count, Doc("from invoice to payment, mean", "days", "R-P7")] = 45
    bad_debt_share: Annotated[Share, Doc("share of the remainder never collected", "share", "R-P7")] = 0.01

    def __post_init__(self) -> None:
        """Take the stages of the preset, unless the scenario has its own."""
        if self.stages in PRESETS.values():
            object.__setattr__(self, "stages", PRESETS[self.preset])
