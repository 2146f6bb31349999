"""The state of a running year, and what happens in it when people come, go and work (MODEL sections 5-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.domain.outcome import MONTH_MEASURES
from territory.domain.year_details import REVIEW_MEASURES
from territory.simulation import approvals, budget, handover, pipeline, policies, reviews, rhythm, staffing
from territory.simulation.field import Duties, Ground, uncompiled, work_days
from territory.simulation.pipeline import Deals, Outlooks, scan_deals
from territory.simulation.receivables import (
    Delays,
    Receivables,
    Terms,
    open_receivables,
    payment_delays,
    terms_of,
)
from territory.simulation.records import Records
from territory.simulation.reorders import Habits, habits_of
from territory.simulation.reviews import Breaches
from territory.simulation.staffing import Person, Team, Vacancy
from territory.simulation.streams import Streams, open_streams
from territory.simulation.tables import YearTables

MORNING, FIELD, WEEK_CLOSE, MONTH_CLOSE, LEAVING = 0.0, 0.25, 0.5, 0.75, 0.8125
"""Order of events within a day; binary fractions, so that clocks stay exact."""

NO_PERIODS = np.zeros(0, dtype=np.int64)

Process = Generator[simpy.Event, Any, None]


class Kernels(NamedTuple):
    """The compiled loops of a year; `PURE` has the same functions uncompiled, with the same results."""

    work_days: Callable[..., Any]
    scan_deals: Callable[..., Any]


COMPILED = Kernels(work_days, scan_deals)
PURE = Kernels(uncompiled(work_days), uncompiled(scan_deals))


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
    office: approvals.Office
    entertaining: approvals.Entertaining
    visits: Records
    routes: Records
    months: dict[str, list[int]]
    breaches: Breaches
    receivables: Receivables
    terms: Terms
    habits: Habits
    delays: Delays
    met: Ints
    won: Ints
    week_needs: list[float]
    month_log: dict[str, list[int]]
    week_rows: list[tuple[int, int, int, float]] = field(default_factory=list)
    commit: int = 0
    pipeline: int = 0
    skip_tier: int = policies.ALL_TIERS
    quota_reached: bool = False
    slot_bookings: dict[int, int] = field(default_factory=dict)
    customer_reorders: list[Ints] = field(default_factory=list)
    hiring: list[Process] = field(default_factory=list)
    applied: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    ahead: Ints = field(default_factory=lambda: np.zeros((2, 13), dtype=np.int64))
    standing: tuple[tuple[int, ...], Duties, Ground] | None = None
    prospecting: int = 0
    upside: int = 0
    lodging: Counter[str] = field(default_factory=Counter)

    def add(self, measure: str, month: int, amount: int) -> None:
        """Add to a monthly measure."""
        self.months[measure][month] += amount

    def review(self, measure: str, month: int, amount: float) -> None:
        """Add to a monthly review measure."""
        self.month_log[measure][month] += round(amount)

    def scan(self, day: int, horizon: int, stale_days: int, ends: Ints = NO_PERIODS) -> list[int]:
        """Add up the pipeline as of the end of a day; with twelve periods also `ahead`; see `pipeline.scan_deals`."""
        rules, tables = self.tables.settings.reviews, self.tables
        outlooks = Outlooks(horizon, stale_days, rules.commit_from, rules.upside_from)
        figures = np.zeros(6, dtype=np.int64)
        self.ahead.fill(0)
        arrays = tables.stages, tables.way, ends, self.team.books, self.deals.listing, self.deals.rows
        self.kernels.scan_deals(day, outlooks, *arrays, figures, self.ahead)
        added: list[int] = figures.tolist()
        return added

    def work(self, days: Ints) -> None:
        """Let the team work on days between which nobody comes or goes and no review is held."""
        duties, ground = self.orders()
        self.months["opened"][int(self.tables.month[days[0]])] += int(self.kernels.work_days(days, duties, ground))

    def orders(self) -> tuple[Duties, Ground]:
        """Return what is asked of the team and what it works on; made anew only when people or policies change."""
        team = self.team
        state = (team.handovers, self.skip_tier, self.prospecting, int(team.orphans))
        if self.standing is None or self.standing[0] != state:
            self.standing = state, self._duties(), self._ground()
        return self.standing[1:]

    def _duties(self) -> Duties:
        rules = self.tables.settings
        return Duties(
            skip_tier=self.skip_tier,
            calls_per_day=rules.visits.calls_per_day,
            make_up=int(rules.visits.make_up),
            prospecting=self.prospecting,
            dip=self.habits.dip,
            recovery_days=self.habits.recovery_days,
            orphans=int(self.team.orphans),
        )

    def _ground(self) -> Ground:
        tables, team, deals = self.tables, self.team, self.deals
        carried, ends = team.carried()
        return Ground(
            attendance=team.attendance,
            productivity=team.productivity,
            carried=carried,
            ends=ends,
            everything=np.arange(tables.books),
            work=team.work,
            routes=self.routes,
            visits=self.visits,
            customers=team.customers,
            books=team.books,
            deals=deals.rows,
            arrived=deals.arrived,
            listing=deals.listing,
            decisions=deals.decisions,
            stages=tables.stages,
            owed_lists=team.owed_lists,
            owed=team.owed,
            pace=tables.pace,
            met=self.met,
            won=self.won,
        )


def open_world(tables: YearTables, seed: int, replication: int, kernels: Kernels, *, ledger: bool = False) -> World:
    """Return the world on the first morning, with every draw of the year made."""
    rules = tables.settings.pipeline
    streams = open_streams(seed, replication)
    deals = pipeline.draw_deals(tables, streams)
    team = staffing.make_team(tables, streams, tables.customers.copy(), deals.start, deals.count)
    journal = budget.open_journal(tables, ledger=ledger)
    office = approvals.Office(tables.settings.budget.approvers)
    world = World(
        tables=tables,
        streams=streams,
        kernels=kernels,
        env=simpy.Environment(),
        deals=deals,
        team=team,
        journal=journal,
        office=office,
        entertaining=approvals.Entertaining(office, journal, tables, streams),
        months={measure: [0] * 12 for measure in MONTH_MEASURES},
        breaches=Breaches(),
        receivables=open_receivables(tables.days, len(team.people), ledger=ledger),
        terms=terms_of(rules),
        habits=habits_of(tables),
        delays=payment_delays(streams.uniform("run_rate_payment", tables.customer_keys, np.arange(12)[:, None]), rules),
        week_needs=reviews.week_needs(tables),
        met=np.zeros(tables.days, dtype=np.int64),
        won=np.zeros(tables.days, dtype=np.int64),
        month_log={measure: [0] * 12 for measure in REVIEW_MEASURES},
        visits=tables.visits,
        routes=tables.routes,
        applied=np.zeros(len(deals.rows), dtype=bool),
    )
    budget.pay_setup(journal, tables)
    for month in range(12):
        budget.pay_month_lines(journal, tables, month)
    world.add("opened", 0, len(tables.opportunities))
    first_week = int(np.searchsorted(tables.week, 0, side="right"))
    start = world.scan(-1, first_week, -1)
    world.commit, world.pipeline = start[pipeline.COMMIT], start[pipeline.PIPELINE]
    world.upside = start[pipeline.UPSIDE]
    return world


def part(world: World, person: Person, day: int, kind: str) -> None:
    """Let a person go and look for a successor (R-N4)."""
    customers = handover.leave(world.team, world.tables, person, day, kind)
    hiring = fill(world, Vacancy(person, customers))
    world.hiring.append(hiring)
    world.env.process(hiring)


def divide_for_good(world: World, customers: Ints, day: int) -> None:
    """Divide customers whose reps are not replaced, and draw the weeks of those who take them anew (R-A5)."""
    handover.divide(world.team, world.tables, customers, day)
    world.visits, world.routes = rhythm.redraw(world.team, world.tables, world.visits, world.routes, customers, day)


def fill(world: World, vacancy: Vacancy) -> Process:
    """Fill a vacancy after the lead time; without a successor its customers are divided (R-N4)."""
    tables, team, env = world.tables, world.team, world.env
    rules = tables.settings.staffing
    team.vacancies.append(vacancy)
    start = tables.next_workday(int(env.now) + 1 + policies.hiring_days(tables.settings))
    yield env.timeout(start + MORNING - env.now)
    if vacancy.cancelled:
        return
    vacancy.cancelled = True
    if not rules.replace_leavers:
        divide_for_good(world, vacancy.customers, start)
        return
    person = staffing.hire(tables, world.streams, team, vacancy.person.book, start, vacancy.person)
    person.promised = vacancy.customers
    budget.pay_hire(world.journal, tables.settings.budget, person, start)
    yield env.timeout(person.field_day + MORNING - env.now)
    if person.left_day < 0:
        handover.take_over(team, tables, person, person.promised)
