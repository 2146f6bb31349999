"""Everything `scenario.toml` can say, as frozen dataclasses: one per table, one field per key.

The annotations are the data dictionary: bounds (annotated-types), unit, meaning and rule id
(`Doc`), and `Money` for amounts, which files may write as ``1,234``, ``"12万"`` or ``"1.2亿"`` and
which are integer cents here. `territory.inputs` validates files against these classes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Len

from territory.domain.marks import FORBID_UNKNOWN_KEYS, Cents, Count, Doc, NonNegative, Positive, Share
from territory.domain.territory_rules import TerritoryRules
from territory.domain.travel_rules import TravelRules

TIERS = ("A", "B", "C", "D")

Tier = Literal["A", "B", "C", "D"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Window = tuple[time, time]

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class About:
    """``[scenario]``: what this plan is."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("short name, used for files")]
    start: Annotated[date, Doc("first day of the planned year; the plan runs 12 months from it")]
    title: Annotated[str, Doc("headline of the report, English")] = ""
    title_zh: Annotated[str, Doc("headline of the report, Chinese")] = ""
    company: Annotated[str, Doc("company name")] = ""
    made_up: Annotated[bool, Doc("true for an invented company; shown in the report")] = False
    seed: Annotated[int, Ge(0), Doc("seed of every random draw, unless the command line gives one")] = 1


@dataclass(frozen=True)
class Files:
    """``[files]``: the tables, as CSV, Parquet or Excel beside scenario.toml."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    customers: Annotated[str, Doc("table of customers")] = "customers.csv"
    reps: Annotated[str, Doc("table of reps")] = "reps.csv"
    opportunities: Annotated[str, Doc("deals open at the start; empty for none", rule="R-P1")] = ""
    travel: Annotated[str, Doc("travel matrix from_id, to_id, minutes, km; empty for distances on the globe")] = ""
    adjacency: Annotated[
        str, Doc("neighbours customer_id, neighbour_id for contiguous territories; empty for those of the map")
    ] = ""
    holidays: Annotated[str, Doc("calendar overrides date, kind (holiday or workday), name; empty for none")] = ""
    coordinate_system: Annotated[
        Literal["wgs84", "gcj02", "bd09"], Doc("datum of every latitude and longitude in the scenario, the office too")
    ] = "wgs84"


@dataclass(frozen=True)
class Frequency:
    """How often and how long a tier is visited (R-H1, R-V1)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    visits: Annotated[int, Ge(0), Le(6), Doc("visits per period; 0 for phone only", "visits", "R-H1")]
    per_weeks: Annotated[int, Ge(1), Le(12), Doc("length of the period", "weeks", "R-H1")]
    minutes: Annotated[int, Ge(1), Le(480), Doc("length of one visit", "minutes", "R-H1")] = 20


@dataclass(frozen=True)
class TierRules:
    """``[tiers]``: how customers are graded and how often each grade is visited."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    method: Annotated[
        Literal["matrix", "given", "prospects"],
        Doc("matrix: contribution x potential (R-S1); given: column tier; prospects: demand x time to close (R-S2)"),
    ] = "matrix"
    contribution_quantile: Annotated[Share, Doc("cut between low and high contribution", "share", "R-S1")] = 0.7
    potential_quantile: Annotated[Share, Doc("cut between low and high potential", "share", "R-S1")] = 0.7
    contribution_cut: Annotated[Cents | None, Ge(0), Doc("fixed cut instead of the quantile", "yuan", "R-S1")] = None
    potential_cut: Annotated[Cents | None, Ge(0), Doc("fixed cut instead of the quantile", "yuan", "R-S1")] = None
    demand_cut: Annotated[Cents, Ge(0), Doc("monthly demand that makes a prospect big", "yuan", "R-S2")] = 5_000_000
    close_cut_days: Annotated[int, Ge(0), Doc("time to close that makes a prospect soon", "days", "R-S2")] = 15
    shop_below: Annotated[
        Cents, Ge(0), Doc("monthly sales under which a customer is steered to shop or dealer", "yuan", "R-S4")
    ] = 1_000_000
    gross_margin: Annotated[
        Share, Doc("gross profit share of sales, for profit after cost to serve", "share", "R-S3")
    ] = 0.3
    a: Annotated[Frequency, Doc("visits to tier A", rule="R-H1")] = Frequency(2, 1)
    b: Annotated[Frequency, Doc("visits to tier B", rule="R-H1")] = Frequency(1, 1)
    c: Annotated[Frequency, Doc("visits to tier C", rule="R-H1")] = Frequency(2, 3)
    d: Annotated[Frequency, Doc("visits to tier D", rule="R-H1")] = Frequency(1, 2)

    def frequencies(self) -> tuple[Frequency, Frequency, Frequency, Frequency]:
        """Return the frequencies in the order of `TIERS`."""
        return self.a, self.b, self.c, self.d


@dataclass(frozen=True)
class Phase:
    """A stretch of months with its own target per rep (R-T6)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("name of the phase")]
    first_month: Annotated[int, Ge(1), Le(12), Doc("first month, counted from the start of the plan", "month")]
    last_month: Annotated[int, Ge(1), Le(12), Doc("last month, counted from the start of the plan", "month")]
    per_rep_month: Annotated[Cents, Ge(0), Doc("target of each rep who is not a manager", "yuan a month", "R-T6")]


@dataclass(frozen=True)
class TargetRules:
    """``[targets]``: the target and how it is split."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    annual: Annotated[Cents | None, Ge(0), Doc("the task of the year; not with phases", "yuan", "R-T5")] = None
    stretch: Annotated[Cents | None, Ge(0), Doc("stretch (raised) target; the task when absent", "yuan", "R-T4")] = None
    phases: Annotated[tuple[Phase, ...], Doc("targets per rep and month by phase, instead of annual", rule="R-T6")] = ()
    seasonality: Annotated[
        tuple[NonNegative, ...], Len(12, 12), Doc("weight of each calendar month, January first", "weights", "R-T2")
    ] = (1.0,) * 12
    by_working_days: Annotated[bool, Doc("weigh months and weeks by their working days too", rule="R-T2")] = True
    potential_weight: Annotated[
        Share, Doc("share of the split that follows potential; the rest follows last year's sales", "share", "R-T3")
    ] = 0.5
    obstacles: Annotated[str, Doc("what stands in the way", rule="R-T7")] = ""
    resources: Annotated[str, Doc("what is needed", rule="R-T7")] = ""
    owner: Annotated[str, Doc("who answers for the target", rule="R-T7")] = ""


@dataclass(frozen=True)
class Meeting:
    """A fixed meeting; nobody visits during it (R-H2)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    name: Annotated[str, Doc("name, English")]
    when: Annotated[
        Literal["daily", "month_end", "mon", "tue", "wed", "thu", "fri", "sat", "sun"],
        Doc("days it is held; month_end is the last working day of a month"),
    ]
    start: Annotated[time, Doc("begin")]
    end: Annotated[time, Doc("end")]
    name_zh: Annotated[str, Doc("name, Chinese")] = ""


MEETINGS = (
    Meeting("morning meeting", "daily", time(9), time(9, 30), "晨会"),
    Meeting("debrief", "daily", time(17), time(17, 30), "总结会"),
    Meeting("weekly review", "sat", time(15), time(17, 30), "周总结会"),
    Meeting("monthly report", "month_end", time(9, 30), time(12, 30), "月末报表"),
    Meeting("monthly meeting", "month_end", time(14), time(17), "月度会议"),
)


@dataclass(frozen=True)
class Workday:
    """``[workday]``: when reps can be with customers (R-H2)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    calendar: Annotated[Literal["china", "none"], Doc("public holidays and make-up days; none: weekdays only")] = (
        "china"
    )
    weekdays: Annotated[tuple[Weekday, ...], Len(1, 7), Doc("regular working days", rule="R-H2")] = WEEKDAYS[:6]
    windows: Annotated[
        tuple[Window, ...], Len(1, 4), Doc("field windows; every visit lies inside one", "hh:mm", "R-V2")
    ] = (
        (time(9, 30), time(12, 30)),
        (time(14), time(17)),
    )
    meetings: Annotated[tuple[Meeting, ...], Doc("meetings; field windows shrink by them", rule="R-H2")] = MEETINGS
    earliest_departure: Annotated[time, Doc("no rep leaves the start place earlier", "hh:mm", "R-H2")] = time(9, 30)
    latest_return: Annotated[time, Doc("every rep is back by then", "hh:mm", "R-H2")] = time(18)
    trip_latest_return: Annotated[time, Doc("back from a trip, or at the lodging, by then", "hh:mm", "R-V3")] = time(22)
    drive_in_lunch: Annotated[bool, Doc("driving between the field windows is allowed", rule="R-V2")] = True
    start_from: Annotated[Literal["home", "office"], Doc("where each day starts and ends")] = "home"
    office_lat: Annotated[float | None, Ge(-90), Le(90), Doc("latitude of the office", "degrees")] = None
    office_lon: Annotated[float | None, Ge(-180), Le(180), Doc("longitude of the office", "degrees")] = None
    absence_share: Annotated[Share, Doc("share of working days lost to leave and illness", "share", "R-E1")] = 0.03


@dataclass(frozen=True)
class VisitRules:
    """``[visits]``: how the calendar may bend (R-V1..V5)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    spacing_tolerance: Annotated[
        Share, Doc("gaps between visits stay within (1 -+ this) x the regular gap", "share", "R-V1")
    ] = 0.5
    shift_days: Annotated[
        Count,
        Doc(
            "a visit that meets a holiday or meeting may move this far, inside its cycle; a trip moves as a whole, "
            "anywhere inside its cycle",
            "days",
            "R-V2",
        ),
    ] = 4
    trip_beyond_km: Annotated[
        NonNegative, Doc("customers farther from the start place are visited on trips; 0: never", "km", "R-V3")
    ] = 0.0
    trip_max_days: Annotated[int, Ge(1), Le(6), Doc("longest trip", "days", "R-V3")] = 5
    calls_per_day: Annotated[Count, Doc("phone calls a rep makes a day", "calls", "R-H3")] = 30
    make_up: Annotated[
        bool, Doc("missed visits are tried again in what is left of later days, before the next one is due", rule="R-V5")
    ] = True


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


@dataclass(frozen=True)
class PipelineRules:
    """``[pipeline]``: how deals arise, move and become cash (R-P1..P7)."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

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
    prospects: Annotated[Count, Doc("prospects found before the start, phoned and invited", "prospects", "R-P4")] = 0
    prospect_meetings: Annotated[Share, Doc("share of the prospects who agree to a first meeting", "share", "R-P4")] = (
        0.15
    )
    prospect_value: Annotated[Cents, Ge(0), Doc("median first-year value of a won prospect", "yuan", "R-P4")] = 0
    prepayment_share: Annotated[Share, Doc("paid on signing", "share", "R-P7")] = 0.3
    acceptance_days: Annotated[Count, Doc("from signing to acceptance and invoice", "days", "R-P7")] = 30
    payment_days: Annotated[Count, Doc("from invoice to payment, mean", "days", "R-P7")] = 45
    bad_debt_share: Annotated[Share, Doc("share of the remainder never collected", "share", "R-P7")] = 0.01


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
    replace_leavers: Annotated[bool, Doc("hire a successor for every resignation", rule="R-N4")] = True
    hiring_lead_days: Annotated[Count, Doc("from vacancy to first day", "days", "R-N4")] = 45
    training_days: Annotated[Count, Doc("working days of training before the first visit", "days", "R-N4")] = 5
    handover_loss: Annotated[Share, Doc("share of sales lost in the year after a hand-over", "share", "R-N4")] = 0.15
    courses: Annotated[
        tuple[date, ...], Doc("days on which the whole team is taught and visits nobody", rule="R-N4")
    ] = ()
    handover_days: Annotated[int, Ge(1), Doc("time until a handed-over customer has recovered", "days", "R-N4")] = 180


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
    policies: Annotated[
        tuple[Literal["extend_probation", "drop_d_visits"], ...], Doc("reactions to review results", rule="R-N2")
    ] = ()


@dataclass(frozen=True)
class VerdictRules:
    """``[verdict]``: when a plan is said to hold."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    feasible_from: Annotated[Share, Doc("joint probability from which the plan is feasible", "share")] = 0.8
    not_feasible_below: Annotated[Share, Doc("joint probability under which it is not", "share")] = 0.5
    served_share: Annotated[Share, Doc("share of the planned visits that must be done", "share", "R-V5")] = 0.95
    confidence: Annotated[float, Gt(0.5), Le(0.999), Doc("confidence of every interval", "share")] = 0.95


@dataclass(frozen=True)
class Settings:
    """The whole of ``scenario.toml``."""

    __pydantic_config__ = FORBID_UNKNOWN_KEYS

    scenario: About
    files: Files = field(default_factory=Files)
    tiers: TierRules = field(default_factory=TierRules)
    targets: TargetRules = field(default_factory=TargetRules)
    workday: Workday = field(default_factory=Workday)
    territories: TerritoryRules = field(default_factory=TerritoryRules)
    visits: VisitRules = field(default_factory=VisitRules)
    travel: TravelRules = field(default_factory=TravelRules)
    pipeline: PipelineRules = field(default_factory=PipelineRules)
    staffing: StaffingRules = field(default_factory=StaffingRules)
    budget: BudgetRules = field(default_factory=BudgetRules)
    reviews: ReviewRules = field(default_factory=ReviewRules)
    verdict: VerdictRules = field(default_factory=VerdictRules)
