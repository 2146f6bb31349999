"""One simulated year: SimPy keeps the calendar, kernels do the days (MODEL sections 5-8).

Within a day: people come in the morning, deals arise and reps work, weeks close, months close.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.domain.outcome import BREACHES, MONTH_MEASURES, Year
from territory.domain.plan import Plan
from territory.simulation import budget, pipeline, policies, reviews, staffing
from territory.simulation.field import uncompiled, work_team
from territory.simulation.pipeline import Deals, Orders, open_deals, scan_deals
from territory.simulation.records import ABSENT, LOST, OPEN, WON
from territory.simulation.reviews import Breaches
from territory.simulation.staffing import EXITS, Person, Team, Vacancy
from territory.simulation.streams import Streams, open_streams
from territory.simulation.tables import YearTables, make_tables

MORNING, FIELD, WEEK_CLOSE, MONTH_CLOSE = 0.0, 0.25, 0.5, 0.75
"""Order of events within a day; binary fractions, so that clocks stay exact."""

Process = Generator[simpy.Event, Any, None]


class Kernels(NamedTuple):
    """The compiled loops of a year; `PURE` has the same functions uncompiled, with the same results."""

    work_team: Callable[..., Any]
    open_deals: Callable[..., Any]
    scan_deals: Callable[..., Any]


COMPILED = Kernels(work_team, open_deals, scan_deals)
PURE = Kernels(uncompiled(work_team), uncompiled(open_deals), uncompiled(scan_deals))


@dataclass
class World:
    """The state of a running year."""

    tables: YearTables
    streams: Streams
    kernels: Kernels
    env: simpy.Environment
    deals: Deals
    team: Team
    journal: budget.Journal
    months: Ints
    breaches: Breaches
    commit: int = 0
    pipeline: int = 0
    skip_tier: int = policies.ALL_TIERS
    quota_reached: bool = False
    slot_bookings: dict[int, int] = field(default_factory=dict)
    run_rate: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    figures: Ints = field(default_factory=lambda: np.zeros(6, dtype=np.int64))

    def add(self, measure: str, month: int, amount: int) -> None:
        """Add to a monthly measure."""
        self.months[MONTH_MEASURES.index(measure), month] += amount

    def scan(self, day: int, horizon: int, stale_days: int) -> list[int]:
        """Add up the pipeline as of the end of a day; see `pipeline.scan_deals`."""
        upto = int(self.deals.arrived[day + 1])
        commit_from = self.tables.settings.reviews.commit_from
        arrays = self.tables.stages, self.deals.rows, self.figures
        self.kernels.scan_deals(day, upto, horizon, stale_days, commit_from, *arrays)
        figures: list[int] = self.figures.tolist()
        return figures


def simulate_year(
    plan: Plan,
    replication: int = 0,
    *,
    seed: int | None = None,
    tables: YearTables | None = None,
    ledger: bool = False,
) -> Year:
    """Live one year of a plan.

    Parameters
    ----------
    plan : Plan
    replication : int
        Which of the years; the same number meets the same customers, deals and people under every plan.
    seed : int, optional
        The plan's seed by default.
    tables : YearTables, optional
        From `prepare`, to save making them again.
    ledger : bool
        Keep the ledger; everything else is the same with and without.

    Returns
    -------
    Year
    """
    return run_year(tables or prepare(plan), plan.seed if seed is None else seed, replication, ledger=ledger)


def prepare(plan: Plan) -> YearTables:
    """Make the tables from which every year of the plan is simulated; they depend on the plan alone."""
    return make_tables(plan)


def run_year(
    tables: YearTables, seed: int, replication: int, *, ledger: bool = False, kernels: Kernels = COMPILED
) -> Year:
    """Live one year from prepared tables; see `simulate_year`."""
    world = open_world(tables, seed, replication, kernels)
    run_world(world)
    return close_books(world, replication, ledger)


def run_world(world: World) -> None:
    """Let the year go by."""
    tables, env = world.tables, world.env
    env.process(working_days(world))
    env.process(weeks(world))
    env.process(months(world))
    treats = budget.draw_treats(tables, world.streams)
    env.process(budget.entertain(env, world.journal, tables, treats, FIELD))
    for person in list(world.team.people):
        if tables.reps.new_hire[person.slot] and 0 <= person.first_day < tables.days:
            budget.pay_hire(world.journal, tables.settings.budget, person, person.first_day)
    env.run(until=tables.days)


def open_world(tables: YearTables, seed: int, replication: int, kernels: Kernels) -> World:
    """Return the world on the first morning, with every draw of the year made."""
    streams = open_streams(seed, replication)
    deals = pipeline.draw_deals(tables, streams)
    team = staffing.make_team(tables, streams, tables.customers.copy(), deals.start, deals.count)
    journal = budget.make_journal(tables)
    world = World(
        tables=tables,
        streams=streams,
        kernels=kernels,
        env=simpy.Environment(),
        deals=deals,
        team=team,
        journal=journal,
        months=np.zeros((len(MONTH_MEASURES), 12), dtype=np.int64),
        breaches=Breaches(),
    )
    budget.pay_setup(journal, tables)
    for month in range(12):
        budget.pay_month_lines(journal, tables, month)
    world.add("opened", 0, len(tables.opportunities))
    first_week = int(np.searchsorted(tables.week, 0, side="right"))
    start = world.scan(-1, first_week, -1)
    world.commit, world.pipeline = start[pipeline.COMMIT], start[pipeline.PIPELINE]
    return world


def working_days(world: World) -> Process:
    """Each working day new deals arise and everybody who is there works, in the order of the slots: one event a day."""
    tables, env, team = world.tables, world.env, world.team
    trips_start = set(tables.first_trip.tolist()) if tables.settings.budget.travel_advance else set()
    everything, nobody = np.arange(tables.books, dtype=np.int64), np.array([-1])
    open_today, work = market(world), field_work(world)
    known: tuple[int, list[int]] | None = None
    for day in tables.working_days.tolist():
        yield env.timeout(day + FIELD - env.now)
        open_today(day)
        if team.orphans:
            work(day, nobody, np.array([ABSENT]), np.zeros(1), everything, np.array([tables.books]))
        there = [person for person in team.people if person.left_day < 0 and person.first_day <= day]
        if not there:
            continue
        if day in trips_start:
            _advance(world, there, day)
        state = team.handovers, [person.slot for person in there]
        if state != known:
            known, roster = state, staffing.make_roster(tables, there)
        work(day, roster.slots, roster.attendance[day], roster.productivity[day], roster.carried, roster.ends)


def market(world: World) -> Callable[[int], None]:
    """Return the function that opens the deals of a day."""
    tables, deals, team = world.tables, world.deals, world.team
    staff = tables.settings.staffing
    dip = pipeline.handover_dip(staff.handover_loss, staff.handover_days)
    arrived = deals.arrived.tolist()
    fixed = dip, staff.handover_days, team.customers, team.books, deals.rows, deals.listing

    def open_today(day: int) -> None:
        if arrived[day + 1] > arrived[day]:
            opened = world.kernels.open_deals(day, arrived[day], arrived[day + 1], *fixed)
            world.add("opened", int(tables.month[day]), opened)

    return open_today


def _advance(world: World, there: list[Person], day: int) -> None:
    """Pay the advance to everybody whose first trip starts today (R-B3)."""
    amount = world.tables.settings.budget.travel_advance
    for person in there:
        if int(world.tables.first_trip[person.book]) == day:
            person.advance = amount
            world.journal.pay(day, "advance", amount, rep=person.slot, approved_by=world.journal.approver)


def field_work(world: World) -> Callable[..., Any]:
    """Return the team's day kernel with everything given that stays the same all year."""
    tables, team, deals = world.tables, world.team, world.deals
    fixed = (
        tables.settings.visits.calls_per_day,
        tables.routes,
        tables.visits,
        team.customers,
        team.books,
        deals.rows,
        deals.listing,
        deals.decisions,
        tables.stages,
    )
    kernel = world.kernels.work_team
    return lambda *day: kernel(*day, world.skip_tier, team.work, *fixed)


def weeks(world: World) -> Process:
    """Each Sunday: stale deals, last week's commit against what came, next week's commit, resignations (R-E4, R-N4)."""
    tables, env, team = world.tables, world.env, world.team
    rules = tables.settings
    for week in range(int(tables.week[-1]) + 1):
        day = int(np.searchsorted(tables.week, week, side="right")) - 1
        yield env.timeout(day + WEEK_CLOSE - env.now)
        figures = world.scan(day, 7, rules.pipeline.stale_days)
        if reviews.commit_missed(rules.reviews, world.commit, figures[pipeline.WON_LATELY]):
            world.breaches.commit_accuracy += 1
        world.commit = figures[pipeline.COMMIT]
        for person in staffing.choose_leavers(team, day, week, rules.staffing):
            part(world, person, day, "resigned")


def part(world: World, person: Person, day: int, kind: str) -> None:
    """Let a person go and look for a successor (R-N4)."""
    customers = staffing.leave(world.team, world.tables, person, day, kind)
    world.env.process(fill(world, Vacancy(person, customers)))


def fill(world: World, vacancy: Vacancy) -> Process:
    """Fill a vacancy after the lead time; without a successor its customers are divided (R-N4)."""
    tables, team, env = world.tables, world.team, world.env
    rules = tables.settings.staffing
    team.vacancies.append(vacancy)
    start = tables.next_workday(int(env.now) + 1 + rules.hiring_lead_days)
    yield env.timeout(start + MORNING - env.now)
    if vacancy.cancelled:
        return
    vacancy.cancelled = True
    if not rules.replace_leavers:
        staffing.divide(team, tables, vacancy.customers, start)
        return
    person = staffing.hire(tables, world.streams, team, vacancy.person.book, start, vacancy.person)
    person.promised = vacancy.customers
    budget.pay_hire(world.journal, tables.settings.budget, person, start)
    yield env.timeout(person.field_day + MORNING - env.now)
    if person.left_day < 0:
        staffing.take_over(team, person, person.promised)


def months(world: World) -> Process:
    """Each month's last evening: run-rate orders, pay and claims, reviews, probation and the cut."""
    tables, env = world.tables, world.env
    rules = tables.settings
    for month in range(12):
        day = int(tables.month_last[month])
        yield env.timeout(day + MONTH_CLOSE - env.now)
        bookings, targets = book_month(world, month)
        settle_people(world, month, day, bookings, targets)
        figures = world.scan(day, 0, -1)
        note_month(world, month, figures)
        covered = reviews.coverage(tables, month, figures[pipeline.PIPELINE])
        world.breaches.coverage += covered < rules.reviews.coverage
        world.breaches.growth += reviews.growth_missed(rules.reviews, world.pipeline, figures[pipeline.PIPELINE])
        world.pipeline = figures[pipeline.PIPELINE]
        world.skip_tier = policies.drop_d_visits(rules, covered)
        if month + 1 == rules.staffing.review_month:
            cut_team(world, day)
        review_probation(world, day)
        world.team.work[:] = np.zeros((), dtype=world.team.work.dtype)


def book_month(world: World, month: int) -> tuple[list[int], list[int]]:
    """Book the month's run-rate orders; return bookings and targets by rep slot."""
    tables, team = world.tables, world.team
    cents = pipeline.run_rate_orders(tables, month, team.customers)
    owner = team.customers["owner"]
    world.run_rate.append((int(tables.pay_last[month]), owner.copy(), cents))
    slots = len(team.people)
    by_slot = np.bincount(owner + 1, cents, slots + 1)[1:].astype(np.int64) + team.work["bookings"][:slots]
    targets = np.bincount(owner + 1, tables.target[:, month], slots + 1)[1:].astype(np.int64)
    world.add("run_rate_cents", month, int(cents.sum()))
    world.add("bookings_cents", month, int(cents.sum()) + int(team.work["bookings"].sum()))
    return by_slot.tolist(), targets.tolist()


def settle_people(world: World, month: int, day: int, bookings: list[int], targets: list[int]) -> None:
    """Appraise, pay and refund everybody who was there this month (R-E1, R-B3, R-B5, R-N3)."""
    tables, team, journal = world.tables, world.team, world.journal
    rules = tables.settings.budget
    first, length = int(tables.month_first[month]), day + 1 - int(tables.month_first[month])
    pay_day, refund_day = int(tables.pay_last[month]), budget.refund_day(tables, month)
    team_completion = sum(bookings) / sum(targets) if sum(targets) else 1.0
    reached: list[tuple[float, int]] = []
    appraisals: list[float] = []
    for person, row in zip(team.people, team.work.tolist(), strict=False):
        work = dict(zip(team.work.dtype.names or (), row, strict=True))
        sold, target = bookings[person.slot], targets[person.slot]
        world.slot_bookings[person.slot] = world.slot_bookings.get(person.slot, 0) + sold
        employed_days = person.days_employed(first, day)
        if not employed_days:
            continue
        employed = employed_days / length
        person.bookings += sold
        person.target += target
        person.probation_closes += employed_days >= staffing.WHOLE_MONTH_DAYS
        points = reviews.appraise(tables.settings.reviews, work["planned"], work["done"], work["days"], work["absent"])
        person.appraisals.append(points)
        appraisals.append(points)
        own = sold / target if target else team_completion
        completion = team_completion if person.manager else own
        wage = budget.monthly_pay(rules, person.salary, completion, points, employed)
        journal.pay(pay_day, "pay", wage, rep=person.slot)
        journal.pay(pay_day, "bonus", budget.bonus(rules, person, sold, target), rep=person.slot)
        cap = budget.travel_cap(rules, month, sold, employed)
        budget.refund_travel(
            journal, rules, person, day=refund_day, cap=cap, km=work["km"], nights=work["nights"], employed=employed
        )
        if target > 0 and sold >= target and not person.manager:
            reached.append((-own, person.slot))
    world.add("appraisal_points", month, round(100 * sum(appraisals) / len(appraisals)) if appraisals else 0)
    if reached and not world.quota_reached:
        world.quota_reached = True
        first_slot = min(reached)[1]
        journal.pay(
            pay_day, "bonus", rules.first_quota_bonus, rep=first_slot, approved_by=journal.approver, item="first quota"
        )


def review_probation(world: World, day: int) -> None:
    """Confirm, extend or dismiss new hires by their cumulative attainment (R-N2)."""
    rules = world.tables.settings
    for person in world.team.present(day + 1):
        if not person.new_hire or person.manager:
            continue
        closes, attainment = person.probation_closes, person.attainment
        if closes == staffing.DISMISSAL_MONTHS and attainment < rules.staffing.dismiss_attainment:
            part(world, person, day, "dismissed")
        elif person.on_probation and closes >= rules.staffing.probation_months + person.extended:
            if not person.extended and policies.extend_probation(rules, attainment):
                person.extended = True
                world.team.note(day, person, "extended")
            else:
                person.on_probation = False
                world.team.note(day, person, "confirmed")


def cut_team(world: World, day: int) -> None:
    """Make the cut of the review and divide the customers among those kept (R-N1, R-A5).

    A position that is vacant at the review is not filled any more, as long as enough people stay.
    """
    tables, team = world.tables, world.team
    rules = tables.settings.staffing
    gone = staffing.choose_cut(team, day, rules, world.streams, staffing.cohort_size(tables))
    if not gone:
        return
    behind = [staffing.depart(team, person, day, "cut")[1] for person in gone]
    for vacancy in team.vacancies:
        if not vacancy.cancelled:
            vacancy.cancelled = True
            behind.append(vacancy.customers)
    staffing.divide(team, tables, np.unique(np.concatenate(behind)), day + 1)


def note_month(world: World, month: int, figures: list[int]) -> None:
    """Write down the month's counts and the state of the pipeline."""
    work = world.team.work
    world.add("visits_planned", month, int(world.tables.visits_planned[month]))
    world.add("visits_done", month, int(work["done"].sum()))
    world.add("calls_done", month, int(work["calls"].sum()))
    world.add("open_deals", month, figures[pipeline.OPEN_DEALS])
    world.add("pipeline_cents", month, figures[pipeline.PIPELINE])
    world.add("forecast_cents", month, figures[pipeline.FORECAST])
    world.add("target_cents", month, int(world.tables.target[:, month].sum()))


def close_books(world: World, replication: int, ledger: bool) -> Year:
    """Collect what the year brought, check that nothing was lost, and return it."""
    tables, journal = world.tables, world.journal
    count_people(world)
    counts = count_deals(world)
    orders = all_orders(world)
    receipts = pipeline.collect(orders, tables.settings.pipeline, tables.days)
    by_day = np.bincount(receipts.day, receipts.cents, tables.days).astype(np.int64)
    share = tables.settings.budget.sales_cost_share
    if share:
        for day in np.flatnonzero(by_day).tolist():
            journal.pay(day, "goods", round(int(by_day[day]) * share))
    cash = close_cash(world, by_day)
    ordered = np.bincount(orders.day, orders.cents, tables.days).astype(np.int64)
    week_ends = np.searchsorted(tables.week, np.arange(int(tables.week[-1]) + 1), side="right") - 1
    breaches = world.breaches
    breaches.unbooked = reviews.unbooked_weeks(tables.settings.reviews, ordered, receipts.overdue, week_ends)
    breaches.budget_overrun = budget.count_overruns(journal, tables)
    slots = len(world.team.people)
    received = budget.merge_receipts(receipts.day, receipts.owner, receipts.cents, slots) if ledger else None
    return Year(
        replication=replication,
        months=world.months,
        breaches=np.array([int(getattr(breaches, name)) for name in BREACHES], dtype=np.int64),
        lowest_cash_cents=int(cash.min()),
        spent_cents=-sum(line[3] for line in journal.lines),
        rep_bookings_cents=np.array([world.slot_bookings.get(slot, 0) for slot in range(slots)], dtype=np.int64),
        staff_events=tuple(sorted(world.team.events, key=lambda event: event.day)),
        **counts,
        opening_cash_cents=tables.settings.budget.opening_cash,
        closing_cash_cents=int(cash[-1]),
        ledger=budget.make_ledger(journal, received) if received else None,
    )


def count_people(world: World) -> None:
    """Fill the monthly headcount: start + hired - left = end of every month."""
    tables, people = world.tables, world.team.people
    for event in world.team.events:
        measure = "hired" if event.kind == "hired" else "left" if event.kind in EXITS else ""
        if measure:
            world.add(measure, int(tables.month[event.day]), 1)
    for month, last in enumerate(tables.month_last.tolist()):
        active = sum(1 for p in people if p.first_day <= last and not 0 <= p.left_day <= last + 1)
        world.add("reps_active", month, active)


def count_deals(world: World) -> dict[str, int]:
    """Fill the monthly wins and losses; return the year's counts, which add up."""
    rows, month = world.deals.rows, world.tables.month
    won, lost = rows["state"] == WON, rows["state"] == LOST
    world.months[MONTH_MEASURES.index("won")] = np.bincount(month[rows["closed"][won]], minlength=12)
    world.months[MONTH_MEASURES.index("lost")] = np.bincount(month[rows["closed"][lost]], minlength=12)
    counts = {
        "opened": int(world.months[MONTH_MEASURES.index("opened")].sum()),
        "won": int(won.sum()),
        "lost": int(lost.sum()),
        "still_open": int((rows["state"] == OPEN).sum()),
    }
    assert counts["opened"] == counts["won"] + counts["lost"] + counts["still_open"]
    return counts


def all_orders(world: World) -> Orders:
    """Return every order signed in the year: won deals, then run-rate month by month."""
    won = pipeline.won_orders(world.deals)
    parts = [won]
    for month, (day, owner, cents) in enumerate(world.run_rate):
        bought = np.flatnonzero(cents)
        payment = world.streams.uniform("run_rate_payment", world.tables.customer_keys, month)
        parts.append(
            Orders(
                np.full(len(bought), day),
                owner[bought],
                cents[bought],
                payment[bought],
                np.full(len(bought), np.nan),
            )
        )
    return pipeline.join_orders(parts)


def close_cash(world: World, received: Ints) -> NDArray[np.int64]:
    """Fill the monthly money; return the cash at the end of every day."""
    tables = world.tables
    lines = np.array([(line[0], line[3]) for line in world.journal.lines], dtype=np.int64).reshape(-1, 2)
    spent = -np.bincount(lines[:, 0], lines[:, 1], tables.days).astype(np.int64)
    cash = tables.settings.budget.opening_cash + np.cumsum(received - spent)
    world.months[MONTH_MEASURES.index("collections_cents")] = np.bincount(tables.month, received, 12)
    world.months[MONTH_MEASURES.index("payments_cents")] = np.bincount(tables.month, spent, 12)
    world.months[MONTH_MEASURES.index("cash_cents")] = cash[tables.month_last]
    return cash
