"""Money of a year: the ledger and what each line costs (R-B1..B7, MODEL section 7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.budget_rules import BudgetRules
from territory.domain.customers import Ints
from territory.domain.outcome import Ledger
from territory.domain.spending import HEADINGS, RESERVE
from territory.domain.year_details import Overrun
from territory.simulation.staffing import Person
from territory.simulation.tables import YearTables

HEAD_OFFICE = "head_office"


COLUMNS = {category: place for place, names in enumerate(HEADINGS.values()) for category in names}
"""Column of each category among the payments of a day: those of a heading share one."""

GOODS = len(HEADINGS)
"""Column of the goods, which follow sales and have no budget."""


class Journal:
    """The year's payments: by day and heading, by rep, and line by line where a ledger is asked for.

    Lines that fall after the year are not part of it.

    Parameters
    ----------
    days : int
    approver : str
        Who approves what needs it.
    ledger : bool
        Keep the lines.

    Attributes
    ----------
    paid : array of int, shape (days, headings + 1)
        Cents by day and `COLUMNS`.
    cost : dict of int to int
        Cents by rep slot, -1 for the team.
    lines : list of tuple
        Day, category, slot, cents (negative), who approved, item; empty without a ledger.
    """

    def __init__(self, days: int, approver: str, *, ledger: bool) -> None:
        self.days, self.approver, self.ledger = days, approver, ledger
        self.paid = np.zeros((days, GOODS + 1), dtype=np.int64)
        self.cost: dict[int, int] = {}
        self.lines: list[tuple[int, str, int, int, str, str]] = []
        self._flat = self.paid.reshape(-1).data

    def pay(self, day: int, category: str, cents: int, *, rep: int = -1, approved_by: str = "", item: str = "") -> None:
        """Book a payment of `cents` (negative: money comes back)."""
        if cents and day < self.days:
            self._flat[day * (GOODS + 1) + COLUMNS[category]] += cents
            self.cost[rep] = self.cost.get(rep, 0) + cents
            if self.ledger:
                self.lines.append((day, category, rep, -cents, approved_by, item))

    def pay_goods(self, cents: Ints) -> None:
        """Book payments of goods, one amount a day."""
        self.paid[:, GOODS] += cents
        self.cost[-1] = self.cost.get(-1, 0) + int(cents.sum())
        if self.ledger:
            days = np.flatnonzero(cents)
            self.lines += [
                (d, "goods", -1, -c, "", "") for d, c in zip(days.tolist(), cents[days].tolist(), strict=True)
            ]

    @property
    def spent(self) -> int:
        """All payments so far."""
        return int(self.paid.sum())


def open_journal(tables: YearTables, *, ledger: bool) -> Journal:
    """Return an empty journal; the manager approves, or the head office where there is none."""
    approver = str(tables.reps.rep_id[tables.manager]) if tables.manager >= 0 else HEAD_OFFICE
    return Journal(tables.days, approver, ledger=ledger)


def pay_setup(journal: Journal, tables: YearTables) -> None:
    """Pay the set-up lines on the first working day (R-B1)."""
    day = int(tables.working_days[0]) if len(tables.working_days) else 0
    for line in tables.settings.budget.setup:
        journal.pay(day, line.category, line.amount, item=line.name)


def pay_month_lines(journal: Journal, tables: YearTables, month: int) -> None:
    """Pay the fixed lines of a month on its first working day, and its advertising (R-B2, R-B4)."""
    rules, day = tables.settings.budget, int(tables.pay_first[month])
    for line in rules.monthly:
        if line.category != "entertainment":
            journal.pay(day, line.category, line.amount, item=line.name)
    for campaign in rules.advertising:
        if campaign.month == month + 1:
            journal.pay(day, "advertising", campaign.amount, approved_by=journal.approver, item=campaign.region)


def pay_hire(journal: Journal, rules: BudgetRules, person: Person, day: int) -> None:
    """Pay recruiting and training of a new hire on its first day (R-N4)."""
    journal.pay(day, "recruiting", rules.recruiting, rep=person.slot)
    journal.pay(day, "training", rules.training, rep=person.slot)


def monthly_pay(rules: BudgetRules, salary: int, completion: float, appraisal: float, employed: float) -> int:
    """Return a month's pay: base + completion + appraisal parts, which add up to the whole at 100 % (R-B5).

    Parameters
    ----------
    rules : BudgetRules
    salary : int
        Cents at 100 %.
    completion : float
        Bookings over target; the part is capped at 100 %, the bonus pays beyond.
    appraisal : float
        Points, 0..100 (R-E1).
    employed : float
        Share of the month on the team.
    """
    share = rules.base_share + rules.completion_share * min(max(completion, 0.0), 1.0)
    share += rules.appraisal_share * appraisal / 100
    return round(salary * share * employed)


def bonus(rules: BudgetRules, person: Person, bookings: int, target: int) -> int:
    """Return the bonus on sales above plan; a month's shortfall is made good first (R-B5, R-N2)."""
    person.above_plan += bookings - target
    if person.above_plan <= 0:
        return 0
    reward = round(rules.bonus_rate * person.above_plan)
    person.above_plan = 0
    return reward


def travel_cap(rules: BudgetRules, month: int, bookings: int, employed: float) -> int:
    """Return what a head is refunded at most: a fixed cap in the first months, then by sales (R-B3)."""
    if month < rules.travel_cap_months:
        return round(rules.travel_cap * employed)
    return round(rules.travel_share_of_sales * bookings)


class Claims(NamedTuple):
    """What a rep claims for a month: kilometres, nights away, and the share of the month with a phone."""

    km: float
    nights: int
    employed: float


def refund_travel(journal: Journal, rules: BudgetRules, person: Person, *, day: int, cap: int, claims: Claims) -> int:
    """Refund a month's travel, lodging and phone up to the cap, less an advance not yet settled (R-B3).

    Returns
    -------
    int
        Cents of the lodging.
    """
    travel = min(round(claims.km * rules.km_cost), cap)
    lodging = min(claims.nights * rules.lodging_night, cap - travel)
    phone = min(round(rules.phone_month * claims.employed), cap - travel - lodging)
    journal.pay(day, "travel", travel, rep=person.slot)
    journal.pay(day, "lodging", lodging, rep=person.slot)
    journal.pay(day, "phone", phone, rep=person.slot)
    if person.advance:
        settled = min(person.advance, travel + lodging + phone)
        person.advance -= settled
        journal.pay(day, "advance", -settled, rep=person.slot)
    return lodging


def find_overruns(journal: Journal, tables: YearTables) -> tuple[Overrun, ...]:
    """Return every heading that passes a month's planned payments and the reserve, on the day it first does (R-B7)."""
    order = list(HEADINGS)
    total = np.cumsum(journal.paid[:, :GOODS], axis=0)
    before = np.concatenate([np.zeros((1, GOODS), dtype=np.int64), total])[tables.month_first]
    limit = tables.planned_payments * (1 + RESERVE) + 0.5
    if not (total[tables.month_last] - before > limit).any() and not (journal.paid < 0).any():
        return ()
    spent = total - before[tables.month]
    over_day, over_heading = np.nonzero(spent > limit[tables.month])
    first = np.unique(tables.month[over_day] * len(order) + over_heading, return_index=True)[1]
    return tuple(
        Overrun(d, order[h], round(float(spent[d, h])), round(float(tables.planned_payments[tables.month[d], h])))
        for d, h in sorted(zip(over_day[first].tolist(), over_heading[first].tolist(), strict=True))
    )


def make_ledger(journal: Journal, receipts: Ints) -> Ledger:
    """Return the ledger sorted by day, receipts before payments; receipts by day and rep slot, the first for nobody."""
    day, column = np.nonzero(receipts)
    rep, cents = column - 1, receipts[day, column]
    lines = journal.lines
    days = np.concatenate([day, np.array([line[0] for line in lines], dtype=np.int64)])
    paying = np.concatenate([np.zeros(len(day)), np.ones(len(lines))])
    order = np.lexsort((paying, days))

    def texts_of(first: str, place: int) -> NDArray[np.object_]:
        texts = np.empty(len(days), dtype=object)
        texts[:] = [first] * len(day) + [str(line[place]) for line in lines]
        return np.asarray(texts[order])

    return Ledger(
        day=days[order],
        category=texts_of("collection", 1),
        rep=np.concatenate([rep, np.array([line[2] for line in lines], dtype=np.int64)])[order],
        cents=np.concatenate([cents, np.array([line[3] for line in lines], dtype=np.int64)])[order],
        approved_by=texts_of("", 4),
        item=texts_of("", 5),
    )
