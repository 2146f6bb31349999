"""The keys of ``[budget]``: what is spent, when, and with whose approval (R-B1..B7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Cents, Count, Doc, NonNegative, Share


@dataclass(frozen=True)
class CostLine:
    """A line of the budget (R-B1, R-B2)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("what is paid, English")]
    amount: Annotated[Cents, Ge(0), Doc("amount", "yuan")]
    category: Annotated[
        Literal["setup", "rent", "office", "vehicles", "entertainment", "salary", "advertising", "training", "other"],
        Doc("category of the ledger", rule="R-B7"),
    ] = "other"
    name_zh: Annotated[str, Doc("what is paid, Chinese")] = ""


@dataclass(frozen=True)
class Advertising:
    """Advertising around a shop, tested one month later (R-B4)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    month: Annotated[int, Ge(1), Le(12), Doc("month of the plan", "month", "R-B4")]
    amount: Annotated[Cents, Ge(0), Doc("cost", "yuan", "R-B4")]
    region: Annotated[str, Doc("region whose customers see it", rule="R-B4")]
    lift: Annotated[NonNegative, Doc("added run-rate sales of the region in the month after", "share", "R-B4")] = 0.05


@dataclass(frozen=True)
class BudgetRules:
    """``[budget]``: what is spent, when, and with whose approval (R-B1..B7)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    opening_cash: Annotated[Cents, Doc("cash on the first day", "yuan")] = 0
    annual: Annotated[
        Cents | None, Ge(0), Doc("budget of the year; absent: the planned lines with 5 % reserve", "yuan", "R-B7")
    ] = None
    setup: Annotated[tuple[CostLine, ...], Doc("paid on the first working day", rule="R-B1")] = ()
    monthly: Annotated[tuple[CostLine, ...], Doc("paid every month", rule="R-B2")] = ()
    approval_above: Annotated[Cents, Ge(0), Doc("entertainment items above need approval", "yuan", "R-B2")] = 50_000
    entertainment_item: Annotated[Cents, Ge(0), Doc("median cost of one entertainment item", "yuan", "R-B2")] = 30_000
    approval_days: Annotated[Count, Doc("time an approver takes for a request, mean", "days", "R-B2")] = 3
    approvers: Annotated[
        int, Ge(1), Doc("people who approve, one request at a time each; requests queue before them", "people", "R-B2")
    ] = 1
    refusal_share: Annotated[Share, Doc("share of requests refused", "share", "R-B2")] = 0.1
    project_share: Annotated[
        Share, Doc("project money applied for, over the deal's value; 0: none", "share", "R-B2")
    ] = 0.0
    project_from: Annotated[
        int, Ge(0), Le(100), Doc("stage from which project money is applied for", "percent", "R-B2")
    ] = 60
    travel_cap: Annotated[Cents, Ge(0), Doc("refund per head and month in the first months", "yuan", "R-B3")] = 500_000
    travel_cap_months: Annotated[Count, Doc("months with the fixed cap", "months", "R-B3")] = 2
    travel_share_of_sales: Annotated[
        Share, Doc("afterwards refunds up to this share of the rep's sales", "share", "R-B3")
    ] = 0.02
    travel_advance: Annotated[
        Cents, Ge(0), Doc("advance before the first trip, settled with the first claims", "yuan", "R-B3")
    ] = 0
    refund_working_days: Annotated[Count, Doc("working days from claim (by the 5th) to refund", "days", "R-B3")] = 3
    km_cost: Annotated[Cents, Ge(0), Doc("cost of a kilometre on the road", "yuan")] = 80
    lodging_night: Annotated[Cents, Ge(0), Doc("cost of a night away", "yuan", "R-V3")] = 25_000
    phone_month: Annotated[Cents, Ge(0), Doc("phone cost per head and month", "yuan", "R-B3")] = 10_000
    pay_month: Annotated[Cents, Ge(0), Doc("monthly pay at 100 %, where the rep table gives none", "yuan", "R-B5")] = (
        800_000
    )
    base_share: Annotated[Share, Doc("fixed part of pay", "share", "R-B5")] = 0.5
    completion_share: Annotated[Share, Doc("part that follows plan completion", "share", "R-B5")] = 0.35
    appraisal_share: Annotated[Share, Doc("part that follows the appraisal score", "share", "R-B5")] = 0.15
    bonus_rate: Annotated[Share, Doc("bonus on sales above plan", "share", "R-B5")] = 0.01
    first_quota_bonus: Annotated[
        Cents, Ge(0), Doc("to the first rep of the region who reaches the quota", "yuan", "R-N3")
    ] = 100_000
    recruiting: Annotated[Cents, Ge(0), Doc("cost of one hire", "yuan", "R-N4")] = 300_000
    training: Annotated[Cents, Ge(0), Doc("training cost of one hire", "yuan", "R-N4")] = 100_000
    advertising: Annotated[tuple[Advertising, ...], Doc("campaigns around a shop", rule="R-B4")] = ()
    sales_cost_share: Annotated[
        Share, Doc("cost of goods paid when collected, over sales; 0: outside this plan's cash", "share")
    ] = 0.0
