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

from territory.domain.budget_rules import BudgetRules
from territory.domain.marks import FORBID_UNKNOWN_KEYS, Cents, Count, Doc, NonNegative, Share
from territory.domain.pipeline_rules import PipelineRules
from territory.domain.review_rules import ReviewRules
from territory.domain.staffing_rules import StaffingRules
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
    absences: Annotated[str, Doc("days off of single reps rep_id, first_day, last_day, reason; empty for none")] = ""
    appointments: Annotated[
        str, Doc("fixed appointments customer_id, date, time, minutes; empty for none", rule="R-H3")
    ] = ""
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
    overtime_minutes: Annotated[Count, Doc("a rep may be back this much after latest_return", "minutes", "R-H2")] = 0
    overtime_price: Annotated[
        Count, Doc("travel that a minute of overtime counts as; such a day is used where it saves more", "minutes")
    ] = 2
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
    appointment_slack: Annotated[Count, Doc("a rep is there this long before an appointment", "minutes", "R-H3")] = 30
    calls_per_day: Annotated[Count, Doc("phone calls a rep makes a day", "calls", "R-H3")] = 30
    call_minutes: Annotated[int, Ge(1), Le(120), Doc("length of a planned phone call", "minutes", "R-H3")] = 3
    call_every_days: Annotated[
        int, Ge(1), Le(30), Doc("days with visits from one call with an a or b prospect to the next", "days", "R-S2")
    ] = 2
    level_load: Annotated[
        NonNegative,
        Doc("travel that one full day may cost to be levelled, per field minute; 0: shortest travel alone", "minutes"),
    ] = 0.7
    preferred_day_price: Annotated[
        NonNegative, Doc("travel that a visit may cost to fall on its customer's preferred weekday", "minutes", "R-V1")
    ] = 20.0
    never_same_day: Annotated[
        tuple[tuple[str, str], ...], Doc("pairs of customer ids that one rep never visits on the same day", rule="R-V1")
    ] = ()
    make_up: Annotated[
        bool,
        Doc("missed visits are tried again in what is left of later days, until the next is due", rule="R-V5"),
    ] = True


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
