"""Requests for money that wait for an approver (R-B2): a queue beside the field, in a SimPy world of its own.

Nobody in the field waits for an answer, so the office may run behind the field and catch up when its books are closed.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from territory.domain.budget_rules import BudgetRules
from territory.domain.customers import Floats, Ints
from territory.simulation.budget import Journal
from territory.simulation.pipeline import Deals
from territory.simulation.records import OPEN
from territory.simulation.streams import Streams, entity_keys
from territory.simulation.tables import YearTables

ITEM_SIGMA = 0.5
"""Spread of entertainment items (log standard deviation)."""
REST = "gifts and small items"
NIGHT = 0.875
"""The office closes its day after the month is closed in the field."""


class Office:
    """The approvers and the requests before them, answered in the order in which they came.

    Parameters
    ----------
    approvers : int
    """

    def __init__(self, approvers: int) -> None:
        self.capacity = approvers
        self.answered = 0
        self.submitted = False
        self.waited_days = 0.0

    @cached_property
    def env(self) -> simpy.Environment:
        """The office's own clock; most teams' years need none."""
        return simpy.Environment()

    @cached_property
    def approvers(self) -> simpy.Resource:
        """Who approves, one request at a time each."""
        return simpy.Resource(self.env, capacity=self.capacity)

    @property
    def waiting(self) -> int:
        """Requests that no approver has taken up yet."""
        return len(self.approvers.queue) if self.submitted else 0

    @property
    def mean_wait(self) -> float:
        """Mean days a request waited before an approver took it up; 0 where there was none."""
        return self.waited_days / self.answered if self.answered else 0.0

    def submit(self, when: float, takes: float, answer: Callable[[float], None]) -> None:
        """Hand in a request at a time not yet passed; `answer` is told when it is decided.

        Parameters
        ----------
        when, takes : float
            Days: when it comes, and how long an approver is busy with it.
        answer : callable
        """
        self.submitted = True
        self.env.process(self._wait(when, takes, answer))

    def work_until(self, when: float) -> None:
        """Let the office work up to a time."""
        if self.submitted and when > self.env.now:
            self.env.run(until=when)

    def _wait(self, when: float, takes: float, answer: Callable[[float], None]) -> Generator[simpy.Event, Any, None]:
        yield self.env.timeout(max(when - self.env.now, 0.0))
        came = self.env.now
        with self.approvers.request() as turn:
            yield turn
            self.answered += 1
            self.waited_days += self.env.now - came
            yield self.env.timeout(takes)
        answer(self.env.now)


@dataclass(frozen=True)
class Treats:
    """The year's entertainment items as they are wished for, row a month: day, cents, approver's days, refusal."""

    day: Ints
    cents: Ints
    takes: Floats
    refused: NDArray[np.bool_]


def draw_treats(tables: YearTables, streams: Streams) -> Treats | None:
    """Draw entertainment items, log-normal around the scenario's median; None where nothing is budgeted (R-B2)."""
    rules = tables.settings.budget
    budget = entertainment_budget(rules)
    if not budget or not rules.entertainment_item:
        return None
    count = min(int(2 * budget / rules.entertainment_item) + 5, 500)
    month = entity_keys(f"month {m}" for m in range(12))[:, None]
    nth = np.arange(count)[None, :]
    # a sum of two uniforms is near enough to normal here and needs no tables
    spread = streams.uniform("entertainment_size", month, nth) + streams.uniform(
        "entertainment_size", month, nth + count
    )
    cents = np.rint(rules.entertainment_item * np.exp(ITEM_SIGMA * np.sqrt(6) * (spread - 1)) / 100) * 100
    first, last = tables.pay_first[:, None], tables.pay_last[:, None]
    when = first + streams.uniform("entertainment_day", month, nth) * (last - first + 1)
    workday = tables.working_days if len(tables.working_days) else np.arange(tables.days)
    day = workday[np.searchsorted(workday, when.astype(np.int64).ravel(), side="right") - 1].reshape(when.shape)
    order = np.argsort(day, axis=1, kind="stable")
    return Treats(
        day=np.take_along_axis(np.maximum(day, first), order, 1),
        cents=np.take_along_axis(cents.astype(np.int64), order, 1),
        takes=approval_days(rules, streams.uniform("approval_time", month, nth)),
        refused=streams.uniform("refusal", month, nth) < rules.refusal_share,
    )


def approval_days(rules: BudgetRules, draws: Floats) -> Floats:
    """Return how long an approver is busy with each request, exponential around the scenario's mean."""
    return np.asarray(-rules.approval_days * np.log(draws))


def entertainment_budget(rules: BudgetRules) -> int:
    """Return the month's cents for entertainment and gifts."""
    return sum(line.amount for line in rules.monthly if line.category == "entertainment")


class Entertaining:
    """Spends each month's entertainment budget exactly (R-B2).

    Small items are paid on their day. Those above the limit wait for an approver, are refused at times, and lapse at
    the month's last working day. What is left then goes into small gifts, so that a month costs what is budgeted.
    """

    def __init__(self, office: Office, journal: Journal, tables: YearTables, streams: Streams) -> None:
        self.journal, self.tables = journal, tables
        self.budget = entertainment_budget(tables.settings.budget)
        self.spent = [0] * 12
        treats = draw_treats(tables, streams)
        for month in range(12 if treats else 0):
            assert treats is not None
            self._wish(office, month, treats)

    def _wish(self, office: Office, month: int, treats: Treats) -> None:
        limit = self.tables.settings.budget.approval_above
        inside = int(np.searchsorted(np.cumsum(treats.cents[month]), self.budget, side="right"))
        rows = (column[month, :inside].tolist() for column in (treats.day, treats.cents, treats.takes, treats.refused))
        for day, cents, takes, refused in zip(*rows, strict=True):
            if cents <= limit:
                self._pay(month, day, cents, "")
            elif not refused:
                office.submit(day, takes, self._granted(month, cents))
            else:
                office.submit(day, takes, lambda _now: None)

    def _granted(self, month: int, cents: int) -> Callable[[float], None]:
        def answer(now: float) -> None:
            day = self.tables.next_workday(ceil(now))
            if day <= int(self.tables.pay_last[month]):
                self._pay(month, day, cents, self.journal.approver)

        return answer

    def _pay(self, month: int, day: int, cents: int, approved_by: str) -> None:
        self.journal.pay(day, "entertainment", cents, approved_by=approved_by)
        self.spent[month] += cents

    def close_month(self, month: int) -> None:
        """Spend the rest of a month on its last working day; the office must have worked until then."""
        limit = self.tables.settings.budget.approval_above
        for cents in _pieces(self.budget - self.spent[month], limit):
            approver = self.journal.approver if cents > limit else ""
            self.journal.pay(int(self.tables.pay_last[month]), "entertainment", cents, approved_by=approver, item=REST)


def _pieces(cents: int, limit: int) -> Iterable[int]:
    """Split an amount into items that need no approval; one item where everything does."""
    if limit <= 0:
        return [cents] if cents else []
    whole, rest = divmod(cents, limit)
    return [limit] * whole + ([rest] if rest else [])


def apply_for_projects(
    office: Office,
    journal: Journal,
    tables: YearTables,
    deals: Deals,
    applied: NDArray[np.bool_],
    streams: Streams,
    day: int,
) -> None:
    """Apply on a Sunday for the project money of deals that came far enough; what is granted is paid (R-B2).

    `applied` marks the deals that did, and is updated.
    """
    rules = tables.settings.budget
    if rules.project_share <= 0:
        return
    upto = int(deals.arrived[day + 1])
    rows = deals.rows[:upto]
    far = tables.stages["label"][rows["stage"]] >= rules.project_from
    new = np.flatnonzero((rows["state"] == OPEN) & far & ~applied[:upto])
    if not len(new):
        return
    applied[new] = True
    takes = approval_days(rules, streams.uniform("project_time", deals.keys[new]))
    refused = streams.uniform("project_refusal", deals.keys[new]) < rules.refusal_share
    cents = np.rint(rows["value"][new] * rules.project_share).astype(np.int64)
    office.work_until(day)
    for time, no, amount in zip(takes.tolist(), refused.tolist(), cents.tolist(), strict=True):
        office.submit(day, time, _project_answer(journal, tables, 0 if no else amount))


def _project_answer(journal: Journal, tables: YearTables, cents: int) -> Callable[[float], None]:
    def answer(now: float) -> None:
        day = tables.next_workday(ceil(now))
        journal.pay(day, "project", cents, approved_by=journal.approver)

    return answer
