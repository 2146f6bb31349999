"""A plan: grades, targets, headcount, territories and visits, each with its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints, Strings
from territory.domain.scenario import CallPlan, Scenario
from territory.domain.settings import TIERS, WEEKDAYS
from territory.errors import Reason

PARETO_GROUPS = ("protect", "keep", "hand_over")
STEERS = ("direct", "shop_or_dealer")
PLACES = ("base", "lodging")


@dataclass(frozen=True)
class Segments:
    """Grades and profit groups (R-S1..S4).

    Attributes
    ----------
    tier : array of int, shape (customers,)
        0..3 for A..D.
    profit_cents : array of int
        Gross profit of last year's sales after cost to serve.
    pareto_group : array of int
        Index into `PARETO_GROUPS`: top 20 % to protect, bottom 20 % to hand to dealers (R-S3).
    steer : array of int
        Index into `STEERS` (R-S4).
    contribution_cut_cents, potential_cut_cents : int
        The cuts used; 0 where the method has none.
    """

    tier: Ints
    profit_cents: Ints
    pareto_group: Ints
    steer: Ints
    contribution_cut_cents: int
    potential_cut_cents: int


@dataclass(frozen=True)
class Targets:
    """The target of every customer in every week, from which all levels are sums (R-T1).

    Attributes
    ----------
    cents : array of int, shape (customers, periods)
        A period is the part of a calendar week that lies in one month.
    period_month, period_week : array of int, shape (periods,)
        Month of the plan 0..11, and week of the calendar (`WorkingCalendar.week`).
    stretch_cents : int
        Raised target of the year (R-T4).
    """

    cents: Ints
    period_month: Ints
    period_week: Ints
    stretch_cents: int

    @property
    def total_cents(self) -> int:
        """The task of the year."""
        return int(self.cents.sum())

    @property
    def customer_month_cents(self) -> Ints:
        """Targets by customer and month, shape (customers, 12)."""
        starts = np.searchsorted(self.period_month, np.arange(12))
        return np.add.reduceat(self.cents, starts, axis=1)

    def rep_month_cents(self, rep: Ints, reps: int) -> Ints:
        """Targets by rep and month, shape (reps, 12)."""
        out = np.zeros((reps, 12), dtype=np.int64)
        np.add.at(out, rep, self.customer_month_cents)
        return out


@dataclass(frozen=True)
class Headcount:
    """How many people the work needs (R-H1, R-H4).

    Attributes
    ----------
    visits_per_week, face_minutes_per_week : float
        Demand of all customers.
    travel_minutes_per_week : float
        Proven lower bound of travel for the found number.
    capacity_minutes_per_week : float
        Field minutes of one full rep in an average week, after meetings, holidays and absence.
    lower_bound, needed : int
        Proven least number, and the least number for which a plan that serves everything was found or estimated.
    available : float
        Full-rep equivalents in the scenario.
    to_hire : int
        People to hire so that `needed` remain, after cut, attrition, ramp and vacancy.
    carried_share : float
        Share of the demanded visits that the available reps can carry, at most 1.
    reasons : tuple of Reason
        Why, in order of weight.
    """

    visits_per_week: float
    face_minutes_per_week: float
    travel_minutes_per_week: float
    capacity_minutes_per_week: float
    lower_bound: int
    needed: int
    available: float
    to_hire: int
    carried_share: float
    reasons: tuple[Reason, ...] = ()

    def table(self) -> pd.DataFrame:
        """One row a figure: item, value, unit."""
        rows = [
            ("visits_per_week", round(self.visits_per_week, 3), "visits a week"),
            ("face_minutes_per_week", round(self.face_minutes_per_week, 3), "minutes a week"),
            ("travel_minutes_per_week", round(self.travel_minutes_per_week, 1), "minutes a week, lower bound"),
            ("capacity_minutes_per_week", round(self.capacity_minutes_per_week, 1), "minutes a week and rep"),
            ("lower_bound", self.lower_bound, "reps"),
            ("needed", self.needed, "reps"),
            ("available", round(self.available, 2), "full reps"),
            ("to_hire", self.to_hire, "people"),
            ("carried_share", round(self.carried_share, 4), "share of demanded visits"),
        ]
        return pd.DataFrame(rows, columns=["item", "value", "unit"])


@dataclass(frozen=True)
class Lot:
    """A drawn lot between reps who prefer the same region (R-A3)."""

    region: str
    candidates: tuple[str, ...]
    winner: str
    draw: float


@dataclass(frozen=True)
class Territories:
    """Who owns whom (R-A1..A7).

    Attributes
    ----------
    rep : array of int, shape (customers,)
        Index of the one owner.
    workload_minutes : array of float, shape (reps,)
        Face plus estimated travel minutes an average week.
    travel_minutes : array of float, shape (reps,)
        Estimated travel minutes an average week.
    objective, bound : float
        Weighted travel and disruption, km; proven lower bound under the same linear model.
    tolerance : mapping of str to float
        Achieved largest deviation from the fair share by balanced measure.
    lots : tuple of Lot
    oversized : tuple of str
        Ids of customers larger than a whole territory, which no division can balance.
    notes : tuple of Reason
        What the division had to give up, if anything.
    """

    rep: Ints
    workload_minutes: Floats
    travel_minutes: Floats
    objective: float
    bound: float
    tolerance: Mapping[str, float]
    lots: tuple[Lot, ...] = ()
    oversized: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Visits:
    """Every visit of the year, sorted by (day, rep, start).

    Attributes
    ----------
    day, rep, customer : array of int, shape (visits,)
        Day index, rep index, customer index.
    start, end : array of int
        Minutes after midnight.
    travel_minutes, travel_km : array
        Of the leg that leads to the visit.
    planned_day : array of int
        Day the regular pattern asked for; differs from `day` where a holiday or meeting moved the visit.
    trip : array of int
        Number of the trip, `NONE` for day visits.
    """

    day: Ints
    rep: Ints
    customer: Ints
    start: Ints
    end: Ints
    travel_minutes: Ints
    travel_km: Floats
    planned_day: Ints
    trip: Ints

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True)
class Routes:
    """The days of the reps who have visits, sorted by (day, rep).

    Attributes
    ----------
    day, rep : array of int, shape (routes,)
    depart, back : array of int
        Minutes after midnight: leaving the start place, arriving at the end place.
    travel_minutes : array of int
        All driving of the day, the way back included.
    travel_km : array of float
    start_place, end_place : array of int
        Index into `PLACES`; a lodging is at the last customer of the day before the night.
    trip : array of int
        Number of the trip, `NONE` for ordinary days.
    """

    day: Ints
    rep: Ints
    depart: Ints
    back: Ints
    travel_minutes: Ints
    travel_km: Floats
    start_place: Ints
    end_place: Ints
    trip: Ints

    def __len__(self) -> int:
        return len(self.day)


UNSERVED_CAUSES = (
    "holiday",
    "meeting",
    "capacity",
    "closed",
    "unreachable",
    "not_hired",
    "start_of_year",
    "end_of_year",
    "absent",
    "left",
    "unapproved",
)


@dataclass(frozen=True)
class Unserved:
    """Visits the frequency asks for that the plan does not make, each with its cause (MODEL section 4).

    Attributes
    ----------
    customer, rep, planned_day : array of int, shape (unserved,)
        `planned_day` is the day the pattern asked for.
    cause : array of int
        Index into `UNSERVED_CAUSES`.
    detail : array of str
        Name of the holiday, absence or meeting; for capacity the minutes that are missing.
    """

    customer: Ints
    rep: Ints
    planned_day: Ints
    cause: Ints
    detail: Strings

    def __len__(self) -> int:
        return len(self.customer)


@dataclass(frozen=True)
class Plan:
    """A scenario with every decision made.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    effort : str
    segments, calls, targets, headcount, territories, visits, routes, unserved
        The decisions, in the order they are made.
    notes : tuple of Reason
    rescheduled_from : int
        Day from which the calendar was planned again, `NONE` for a plan made in one piece; what lies before it was
        planned for an earlier scenario.
    further_tables : mapping of file stem to DataFrame
        Tables told beside the decisions, such as what a re-planned calendar changes; they stay with the plan wherever
        it is written again.
    """

    scenario: Scenario
    seed: int
    effort: str
    segments: Segments
    calls: CallPlan
    targets: Targets
    headcount: Headcount
    territories: Territories
    visits: Visits
    routes: Routes
    unserved: Unserved
    notes: tuple[Reason, ...] = field(default=())
    rescheduled_from: int = NONE
    further_tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table of the result folder by file stem; text, integers and yuan with two decimals."""
        from territory.domain import plan_tables  # noqa: PLC0415 - the tables need this module's types

        return plan_tables.tables(self)

    def with_tables(self, **tables: pd.DataFrame) -> Plan:
        """Return the plan with further tables by file stem; one of the same name is replaced."""
        return replace(self, further_tables={**self.further_tables, **tables})


def tier_letters(tier: Ints) -> Strings:
    """Return A..D for 0..3."""
    return np.array(TIERS, dtype=object)[tier]


def weekday_names(weekday: NDArray[np.int64]) -> Strings:
    """Return mon..sun for 0..6."""
    return np.array(WEEKDAYS, dtype=object)[weekday]


def clock(minutes: Ints) -> list[str]:
    """Return ``09:30`` for 570, empty text for `NONE`."""
    return ["" if m == NONE else f"{m // 60:02d}:{m % 60:02d}" for m in minutes.tolist()]


def yuan(cents: Ints) -> list[str]:
    """Return ``1234.50`` for 123450 cents, exactly."""
    return [f"{'-' if c < 0 else ''}{abs(c) // 100}.{abs(c) % 100:02d}" for c in np.asarray(cents).tolist()]
