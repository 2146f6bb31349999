"""Everything of a plan that its simulated years read, as arrays made once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.calendar import WorkingCalendar, field_windows
from territory.domain.customers import NONE, Floats, Ints, Opportunities, Strings
from territory.domain.plan import PLACES, STEERS, Plan
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.domain.settings import TIERS, Settings
from territory.domain.spending import planned_spending
from territory.simulation.records import CUSTOMER, LONG_AGO, ROUTE, STAGE, VISIT, Records
from territory.simulation.streams import Keys, entity_keys

FULL_WEEK_HOURS = 42.0
"""Hours of the full week (R-H2)."""

MEMORY_WEEKS = 8.0
"""How long customers remember visits: the weight of one visit in their average is that of 8 weeks of visits."""

KM_PER_DEGREE = 111.2


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
    scenario = plan.scenario
    settings, calendar, who = scenario.settings, scenario.calendar, scenario.customers
    months = _month_edges(calendar.month, calendar.working)
    season_day = _season(scenario)
    potential = np.maximum(who.potential_cents, 0)
    potential = np.where((potential == 0) & (who.monthly_demand_cents > 0), who.monthly_demand_cents * 12, potential)
    rules = settings.pipeline
    month_share = np.bincount(calendar.month, season_day, 12).astype(np.float64)
    lon_scale = np.cos(np.radians(who.lat.mean())) if len(who) else 1.0
    target = plan.targets.customer_month_cents.astype(np.int64)
    visits, routes = _visits_and_routes(plan)
    legs = _mean_legs(plan)
    x_km, y_km = (who.lon - who.lon.min(initial=180.0)) * KM_PER_DEGREE * lon_scale, who.lat * KM_PER_DEGREE
    line, sells = _lines(plan)
    stages = make_stages(settings)
    way = np.cumsum(stages["dwell"][::-1])[::-1].astype(np.int64)
    after = np.arange(12)[:, None] + np.arange(1, 13)[None, :]
    ends_ahead = np.concatenate([months[1], months[1] + calendar.days])[after]
    share_ahead = month_share[after % 12]
    book = plan.territories.rep
    members = np.maximum(np.bincount(book, minlength=len(scenario.reps)), 1)
    spread = np.flatnonzero(~scenario.reps.is_manager)
    return YearTables(
        settings=settings,
        reps=scenario.reps,
        opportunities=scenario.opportunities,
        days=calendar.days,
        books=len(scenario.reps),
        working=calendar.working,
        working_days=np.flatnonzero(calendar.working).astype(np.int64),
        month=calendar.month,
        week=calendar.week,
        month_first=months[0],
        month_last=months[1],
        pay_first=months[2],
        pay_last=months[3],
        customers=_customers(plan),
        visits=visits,
        routes=routes,
        leg_minutes=np.ceil(legs[0]).astype(np.int64),
        leg_km=legs[1],
        visits_planned=np.bincount(calendar.month[plan.visits.day], minlength=12).astype(np.int64),
        customer_keys=entity_keys(who.customer_id),
        rep_keys=entity_keys(scenario.reps.rep_id),
        opportunity_keys=entity_keys(scenario.opportunities.opportunity_id),
        prospect_keys=entity_keys(f"prospect {n}" for n in range(rules.prospects)),
        prospect_books=(spread if len(spread) else np.arange(len(scenario.reps))).astype(np.int64),
        stages=stages,
        season=_cumulative(season_day),
        deal_rate=np.array(rules.leads_per_year, dtype=np.float64)[plan.segments.tier],
        deal_value=potential * rules.deal_value_share,
        expected_reorders=float(np.maximum(who.annual_sales_cents, 0).sum()) * rules.run_rate_share
        + sum(channel.per_month * (13 - channel.first_month) for channel in rules.channels),
        run_rate=np.maximum(who.annual_sales_cents, 0)[None, :] * rules.run_rate_share * month_share[:, None],
        advertised=_advertised(settings, who.region),
        target=np.ascontiguousarray(target.T),
        stretch=plan.targets.stretch_cents,
        month_share=month_share,
        week_last=np.searchsorted(calendar.week, np.arange(int(calendar.week[-1]) + 1), side="right") - 1,
        way=way,
        month_target=target.sum(axis=0),
        ends_ahead=ends_ahead,
        share_ahead=share_ahead,
        coming_ahead=_coming(ends_ahead, months[1], share_ahead, int(way[1])),
        week_target=_week_targets(calendar, target.sum(axis=0)),
        existing=who.annual_sales_cents > 0,
        steered=plan.segments.steer == STEERS.index("shop_or_dealer"),
        region=who.region,
        x_km=x_km,
        y_km=y_km,
        minutes=plan.calls.visits_per_week * (plan.calls.minutes + legs[0][book]),
        room=routes["minutes"].reshape(-1, len(scenario.reps)).sum(axis=0).astype(np.float64),
        line=line,
        sells=sells,
        by_book=np.argsort(book, kind="stable"),
        book_start=np.append(0, np.cumsum(np.bincount(book, minlength=len(scenario.reps)))),
        centre_x=np.bincount(book, x_km, len(scenario.reps)) / members,
        centre_y=np.bincount(book, y_km, len(scenario.reps)) / members,
        owed_start=_owed_starts(book, plan.segments.tier, len(scenario.reps)),
        pace=np.array(rules.quarter_pace)[_month_of_quarter(scenario)],
        courses=_course_days(scenario),
        first_trip=_first_trips(plan),
        planned_payments=np.stack(list(planned_spending(plan).values()), axis=1),
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


def _month_edges(month: Ints, working: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints, Ints]:
    """First and last day, first and last working day of each month of the plan."""
    edges = np.zeros((4, 12), dtype=np.int64)
    for m in range(12):
        days = np.flatnonzero(month == m)
        worked = days[working[days]]
        paid = worked if len(worked) else days
        edges[:, m] = days[0], days[-1], paid[0], paid[-1]
    return edges[0], edges[1], edges[2], edges[3]


def _season(scenario: Scenario) -> Floats:
    """Share of the year's demand on each day, by season and, where the targets say so, by working days (R-T2)."""
    rules, calendar = scenario.settings.targets, scenario.calendar
    weight = np.array([rules.seasonality[calendar.calendar_month(m) - 1] for m in range(12)], dtype=np.float64)
    worked = np.bincount(calendar.month, calendar.working, 12)
    if not rules.by_working_days:
        weight = weight / np.maximum(worked, 1)
    share = weight[calendar.month] * calendar.working
    if share.sum() <= 0:
        share = calendar.working.astype(np.float64)
    return np.asarray(share / max(share.sum(), 1e-300))


def _week_targets(calendar: WorkingCalendar, month_target: Ints) -> Floats:
    """Split each month's target over its weeks by working days, or by days where it has none."""
    worked = np.bincount(calendar.month, calendar.working, 12)
    weight = np.where(worked[calendar.month] > 0, calendar.working, 1.0)
    daily = month_target[calendar.month] * weight / np.bincount(calendar.month, weight, 12)[calendar.month]
    return np.asarray(np.bincount(calendar.week, daily), dtype=np.float64)


def _coming(ends: Ints, month_last: Ints, share: Floats, way: int) -> Floats:
    """Move the demand of the months ahead by the way from a first meeting to the signature."""
    coming = np.zeros((12, 12))
    for month in range(12):
        begins = np.append(month_last[month], ends[month, :-1])
        signed = np.searchsorted(ends[month], (begins + ends[month]) // 2 + way)
        coming[month] = np.bincount(signed, share[month], 13)[:12]
    return coming


def _cumulative(share: Floats) -> Floats:
    total = np.cumsum(share)
    busy = np.flatnonzero(share > 0)
    if len(busy):
        total[busy[-1] :] = 1.0
    return total


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


def _owed_starts(book: Ints, tier: Ints, books: int) -> Ints:
    """Return where the list of each book and tier begins, with room for all its customers."""
    count = np.bincount(book * len(TIERS) + tier, minlength=books * len(TIERS))
    return np.asarray(np.cumsum(count) - count, dtype=np.int64)


def _month_of_quarter(scenario: Scenario) -> Ints:
    """Return 0, 1 or 2 for each day: the month inside its calendar quarter."""
    calendar = scenario.calendar
    return np.array([(calendar.calendar_month(m) - 1) % 3 for m in range(12)])[calendar.month]


def _course_days(scenario: Scenario) -> NDArray[np.bool_]:
    """Mark the days of the scenario's courses (R-N4)."""
    calendar = scenario.calendar
    taught = np.zeros(calendar.days, dtype=bool)
    days = [calendar.day_of(day) for day in scenario.settings.staffing.courses]
    taught[[day for day in days if 0 <= day < calendar.days]] = True
    return taught


def _visits_and_routes(plan: Plan) -> tuple[Records, Records]:
    scenario, visits = plan.scenario, plan.visits
    days, books = scenario.calendar.days, len(scenario.reps)
    place = visits.day * books + visits.rep
    order = np.lexsort((visits.start, place))
    rows = np.zeros(len(visits), dtype=VISIT)
    rows["customer"] = visits.customer[order]
    rows["minutes"] = (visits.end - visits.start + visits.travel_minutes)[order]
    rows["km"] = visits.travel_km[order]
    routes = np.zeros(days * books, dtype=ROUTE)
    edges = np.searchsorted(place[order], np.arange(days * books + 1))
    routes["first"], routes["last"] = edges[:-1], edges[1:]
    planned = np.bincount(place[order], rows["minutes"], days * books)
    routes["minutes"] = np.maximum(_field_minutes(scenario).ravel(), planned)
    at = plan.routes.day * books + plan.routes.rep
    legs_km = np.bincount(place[order], rows["km"], days * books)
    routes["back_km"][at] = np.maximum(plan.routes.travel_km - legs_km[at], 0.0)
    routes["nights"][at] = plan.routes.end_place == PLACES.index("lodging")
    routes["away"][at] = plan.routes.trip != NONE
    return rows, routes


def _field_minutes(scenario: Scenario) -> Ints:
    """Field minutes by day and rep; part-timers have their share of the 42 hours (R-H2)."""
    workday, calendar = scenario.settings.workday, scenario.calendar
    minutes = np.array(
        [sum(end - begin for begin, end in field_windows(workday, calendar, day)) for day in range(calendar.days)]
    )
    hours = scenario.reps.hours_per_week
    share = np.where(np.isnan(hours), 1.0, np.minimum(hours / FULL_WEEK_HOURS, 1.0))
    return np.asarray(np.rint(minutes[:, None] * share[None, :]).astype(np.int64))


def _mean_legs(plan: Plan) -> tuple[Floats, Floats]:
    books = len(plan.scenario.reps)
    count = np.maximum(np.bincount(plan.visits.rep, minlength=books), 1)
    minutes = np.bincount(plan.visits.rep, plan.visits.travel_minutes, books) / count
    return minutes, np.bincount(plan.visits.rep, plan.visits.travel_km, books) / count


def _first_trips(plan: Plan) -> Ints:
    first = np.full(len(plan.scenario.reps), -1, dtype=np.int64)
    away = np.flatnonzero(plan.routes.trip != NONE)[::-1]
    first[plan.routes.rep[away]] = plan.routes.day[away]
    return first


def _advertised(settings: Settings, region: Strings) -> Floats:
    """Factor of each month's run-rate: a campaign lifts its region in the month after (R-B4)."""
    if not settings.budget.advertising:
        return np.ones((12, 1))
    factor = np.ones((12, len(region)))
    for campaign in settings.budget.advertising:
        if campaign.month < 12:
            factor[campaign.month, region == campaign.region] += campaign.lift
    return factor
