"""Everything of a plan that its simulated years read, as arrays made once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints, Opportunities, Strings
from territory.domain.plan import STEERS, Plan
from territory.domain.reps import Reps
from territory.domain.settings import Settings
from territory.domain.spending import planned_spending
from territory.simulation.calendar_tables import calendar_tables, month_shares
from territory.simulation.field_tables import field_tables
from territory.simulation.records import CUSTOMER, LONG_AGO, ROUTE, STAGE, VISIT, Records
from territory.simulation.streams import Keys, entity_keys

MEMORY_WEEKS = 8.0
"""How long customers remember visits: the weight of one visit in their average is that of 8 weeks of visits."""


@dataclass(frozen=True)
class YearTables:
    """A plan in the form its years are simulated from; picklable. A book is the territory of one rep of the plan.

    Attributes
    ----------
    settings, reps, opportunities
        Of the scenario.
    days, books : int
    working : array of bool, shape (days,)
    working_days : array of int
        The days of work.
    month, week : array of int, shape (days,)
    month_first, month_last : array of int, shape (12,)
        First and last day of each month.
    pay_first, pay_last : array of int, shape (12,)
        First and last working day of each month (the first and last day where a month has none).
    refund_day : array of int, shape (12,)
        Day on which the claims of each month are refunded; the year's length where it is over by then (R-B3).
    customers : structured array of `CUSTOMER`
        As on the first morning.
    visits, routes : structured arrays of `VISIT`, `ROUTE`
    leg_minutes, leg_km : array, shape (books,)
        Mean leg of each book.
    visits_planned : array of int, shape (12,)
    customer_keys, rep_keys, opportunity_keys, prospect_keys : array of uint64
    prospect_books : array of int
        Books among which prospects are spread: all but the manager's, where there are others.
    stages : structured array of `STAGE`
    season : array of float, shape (days,)
        Cumulative share of the year's demand, rising on working days.
    deal_rate, deal_value : array of float, shape (customers,)
        Deals a year at full visiting; mean cents of one.
    run_rate : array of float, shape (12, customers)
        Cents of orders without a deal, at full visiting.
    advertised : array of float, shape (12, customers), or (12, 1) without any campaign
        Factor of the run-rate from advertising a month before (R-B4).
    target : array of int, shape (12, customers)
    stretch : int
        Raised target of the year (R-T4).
    expected_reorders : float
        Cents of re-orders of a year in which every visit is done, channels included.
    month_share : array of float, shape (12,)
        Share of the year's demand.
    month_target : array of int, shape (12,)
        Target of the team.
    ends_ahead : array of int, shape (12, 12)
        Last days of the twelve months after each month; the next year's months are as long as this one's.
    share_ahead, coming_ahead : array of float, shape (12, 12)
        Share of the demand of the twelve months after each month, by the month in which it arises, and by the month in
        which a deal that arises in it would be signed at the earliest.
    week_last : array of int, shape (weeks,)
        Last day of each week.
    way : array of int, shape (stages,)
        Least days from entering each stage to the signature.
    week_target : array of float, shape (weeks,)
        Target by working days.
    existing, steered : array of bool, shape (customers,)
        Bought last year (R-P6); steered to shop or dealer (R-S4).
    region : array of str, shape (customers,)
    x_km, y_km, minutes : array of float, shape (customers,)
        Place on a plane, and weekly minutes of visits with the mean leg of the book.
    room : array of float, shape (books,)
        Field minutes of the year.
    line : array of int, shape (customers,)
        Product line.
    sells : array of int, shape (lines, books)
        1 where the rep of a book sells a line (R-A6).
    by_book, book_start : array of int, shape (customers,), (books + 1,)
        Customers book by book; those of book b are by_book[book_start[b] : book_start[b + 1]].
    centre_x, centre_y : array of float, shape (books,)
        Mean place of each book's customers.
    owed_start : array of int, shape (books * 4,)
        Where the visits to make up of each book and tier are listed.
    pace : array of float, shape (days,)
        How quickly customers decide on each day (`pipeline.quarter_pace`).
    courses : array of bool, shape (days,)
        Days on which the whole team is taught.
    first_trip : array of int, shape (books,)
        Day of the first trip, -1 for none.
    planned_payments : array of float, shape (12, headings)
        Budget by month and heading, in the order of `territory.domain.spending.HEADINGS`.
    """

    settings: Settings
    reps: Reps
    opportunities: Opportunities
    days: int
    books: int
    working: NDArray[np.bool_]
    working_days: Ints
    month: Ints
    week: Ints
    month_first: Ints
    month_last: Ints
    pay_first: Ints
    pay_last: Ints
    refund_day: Ints
    customers: Records
    visits: Records
    routes: Records
    leg_minutes: Ints
    leg_km: Floats
    visits_planned: Ints
    customer_keys: Keys
    rep_keys: Keys
    opportunity_keys: Keys
    prospect_keys: Keys
    prospect_books: Ints
    stages: Records
    season: Floats
    deal_rate: Floats
    deal_value: Floats
    run_rate: Floats
    advertised: Floats
    target: Ints
    stretch: int
    expected_reorders: float
    month_share: Floats
    month_target: Ints
    ends_ahead: Ints
    share_ahead: Floats
    coming_ahead: Floats
    week_last: Ints
    way: Ints
    week_target: Floats
    existing: NDArray[np.bool_]
    steered: NDArray[np.bool_]
    region: Strings
    x_km: Floats
    y_km: Floats
    minutes: Floats
    room: Floats
    line: Ints
    sells: Ints
    by_book: Ints
    book_start: Ints
    centre_x: Floats
    centre_y: Floats
    owed_start: Ints
    pace: Floats
    courses: NDArray[np.bool_]
    first_trip: Ints
    planned_payments: Floats

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take the record types the kernels know: equal ones, as a pickle brings, are compared at every call."""
        known = {"customers": CUSTOMER, "visits": VISIT, "routes": ROUTE, "stages": STAGE}
        self.__dict__.update(state, **{name: state[name].view(record) for name, record in known.items()})

    def next_workday(self, day: int) -> int:
        """Return the first working day from `day` on; the year's length (or `day`, if later) where there is none."""
        place = int(np.searchsorted(self.working_days, day))
        return int(self.working_days[place]) if place < len(self.working_days) else max(self.days, day)

    @cached_property
    def months_ahead(self) -> list[tuple[float, list[float], list[float]]]:
        """For each month: share of the demand so far, `share_ahead`, `coming_ahead`, as plain numbers."""
        known = [max(float(self.month_share[: month + 1].sum()), 1e-9) for month in range(12)]
        return list(zip(known, self.share_ahead.tolist(), self.coming_ahead.tolist(), strict=True))

    @cached_property
    def month_parts(self) -> tuple[Ints, Floats]:
        """Return the part of its month, a week, in which each day lies, and the working days of each part by month."""
        part = self.week - self.week[self.month_first][self.month]
        place = self.month * (int(part.max()) + 1) + part
        working = np.bincount(place, self.working, 12 * (int(part.max()) + 1))
        return place, working.astype(np.float64).reshape(12, -1)

    @cached_property
    def team_targets(self) -> list[int]:
        """Target of the team by month, as plain numbers."""
        targets: list[int] = self.month_target.tolist()
        return targets

    @cached_property
    def raised_targets(self) -> list[float]:
        """Raised target of the team by month (R-T4), as plain numbers."""
        whole = sum(self.team_targets)
        return [target * (self.stretch / whole if whole else 1.0) for target in self.team_targets]

    @property
    def manager(self) -> int:
        """Book and slot of the manager, -1 for none."""
        return self.reps.manager


def make_tables(plan: Plan) -> YearTables:
    """Return a plan as tables."""
    scenario, settings = plan.scenario, plan.scenario.settings
    stages = make_stages(settings)
    way = np.cumsum(stages["dwell"][::-1])[::-1].astype(np.int64)
    return YearTables(
        settings=settings,
        reps=scenario.reps,
        opportunities=scenario.opportunities,
        books=len(scenario.reps),
        rep_keys=entity_keys(scenario.reps.rep_id),
        opportunity_keys=entity_keys(scenario.opportunities.opportunity_id),
        stages=stages,
        way=way,
        planned_payments=np.stack(list(planned_spending(plan).values()), axis=1),
        **calendar_tables(plan, way=int(way[1])),
        **field_tables(plan),
        **_customer_tables(plan),
        **_prospect_tables(plan),
    )


def make_stages(settings: Settings) -> Records:
    """Return the stages with the lead at 0; a decision is passed with p_j / p_(j+1), so labels are true (R-P1)."""
    rules = settings.pipeline
    labels = np.array([stage.probability for stage in rules.stages], dtype=np.int64)
    stages = np.zeros(len(labels) + 1, dtype=STAGE)
    stages["label"][1:] = labels
    stages["dwell"][1:] = [stage.dwell_days for stage in rules.stages]
    stages["advance"][0] = rules.lead_conversion
    stages["advance"][1:] = labels / np.maximum(np.append(labels[1:], 100), 1)
    return stages


def _customer_tables(plan: Plan) -> dict[str, Any]:
    """Return what customers are asked for and buy."""
    who, rules = plan.scenario.customers, plan.scenario.settings.pipeline
    potential = np.maximum(who.potential_cents, 0)
    potential = np.where((potential == 0) & (who.monthly_demand_cents > 0), who.monthly_demand_cents * 12, potential)
    sales = np.maximum(who.annual_sales_cents, 0)
    target = plan.targets.customer_month_cents.astype(np.int64)
    line, sells = _lines(plan)
    return {
        "customers": _customers(plan),
        "customer_keys": entity_keys(who.customer_id),
        "deal_rate": np.array(rules.leads_per_year, dtype=np.float64)[plan.segments.tier],
        "deal_value": potential * rules.deal_value_share,
        "expected_reorders": float(sales.sum()) * rules.run_rate_share
        + sum(channel.per_month * (13 - channel.first_month) for channel in rules.channels),
        "run_rate": sales[None, :] * rules.run_rate_share * month_shares(plan.scenario)[:, None],
        "advertised": _advertised(plan.scenario.settings, who.region),
        "target": np.ascontiguousarray(target.T),
        "month_target": target.sum(axis=0),
        "stretch": plan.targets.stretch_cents,
        "existing": who.annual_sales_cents > 0,
        "steered": plan.segments.steer == STEERS.index("shop_or_dealer"),
        "region": who.region,
        "line": line,
        "sells": sells,
    }


def _prospect_tables(plan: Plan) -> dict[str, Any]:
    """Return the prospects, and the books among which they are spread."""
    reps = plan.scenario.reps
    spread = np.flatnonzero(~reps.is_manager)
    names = (f"prospect {n}" for n in range(plan.scenario.settings.pipeline.prospects))
    return {
        "prospect_keys": entity_keys(names),
        "prospect_books": (spread if len(spread) else np.arange(len(reps))).astype(np.int64),
    }


def _customers(plan: Plan) -> Records:
    """Return the first morning's customers; those whose rep the plan changes are handed over on day 0."""
    who, rep = plan.scenario.customers, plan.territories.rep
    rows = np.zeros(len(who), dtype=CUSTOMER)
    rows["book"] = rep
    rows["owner"] = rep
    rows["tier"] = plan.segments.tier
    rows["visited"] = LONG_AGO
    moved = (who.current_rep != NONE) & (who.current_rep != rep)
    rows["handed"] = np.where(moved, 0, LONG_AGO)
    remembered = np.maximum(plan.calls.visits_per_week * MEMORY_WEEKS, 1.0)
    rows["memory"] = 1 / remembered
    rows["served"] = 1.0
    rows["selling"] = 1.0
    rows["owed"] = -1
    return rows


def _lines(plan: Plan) -> tuple[Ints, Ints]:
    """Return each customer's product line, and which book's rep sells which line; an empty set sells all (R-A6)."""
    names, line = np.unique(plan.scenario.customers.product_line.astype(str), return_inverse=True)
    sold = plan.scenario.reps.product_lines
    sells = np.array([[int(not lines or str(name) in lines) for lines in sold] for name in names], dtype=np.int64)
    return line.astype(np.int64), sells.reshape(len(names), len(sold))


def _advertised(settings: Settings, region: Strings) -> Floats:
    """Factor of each month's run-rate: a campaign lifts its region in the month after (R-B4)."""
    if not settings.budget.advertising:
        return np.ones((12, 1))
    factor = np.ones((12, len(region)))
    for campaign in settings.budget.advertising:
        if campaign.month < 12:
            factor[campaign.month, region == campaign.region] += campaign.lift
    return factor
