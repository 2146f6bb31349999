"""The sales pipeline of a year: how deals arise, wait, go stale and become cash (R-P1..P7, MODEL section 5).

A stage label is the true probability of winning: a decision at stage j is passed with p_j / p_(j+1). All candidates of
the year are drawn before it starts; whether one arises is decided on its day by the visits the customer had lately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.special import ndtri

from territory.domain.customers import Floats, Ints
from territory.simulation.receivables import NEVER_PAID, Delays, payment_delays
from territory.simulation.records import DEAL, LONG_AGO, LOST, OPEN, WAITING, Records
from territory.simulation.streams import Keys, Streams, child_keys, poisson_counts
from territory.simulation.tables import YearTables

PIPELINE, FORECAST, COMMIT, OPEN_DEALS, GONE_STALE, UPSIDE = range(6)
"""Figures of `scan_deals`."""

FOR_EVER = 2**31 - 1
"""Weeks of patience beyond every year."""

MEETINGS_FROM_DAY, MEETINGS_UNTIL_DAY = 5, 25
"""Prospects are found in 3 days and phoned in 2 (R-P4); their first meetings follow on the next 20 working days."""


@dataclass(frozen=True)
class Deals:
    """All candidate deals of one year, sorted by the day they arise.

    Attributes
    ----------
    rows : structured array of `DEAL`
        Deals open at the start come first.
    keys : array of uint64
        Of each deal.
    decisions : array of float, shape (deals, stages)
        Uniform draw of the decision at each stage.
    arrived : array of int, shape (days + 1,)
        Deals that may have arisen before each day.
    listing : array of int, shape (deals,)
        Room for the open deals of each book, from `start` on.
    start, count : array of int, shape (books,)
        Where each book's list begins, and how many are open at the start.
    delays : array of int, shape (deals,)
        Days from invoice to payment once won, `NEVER_PAID` for a bad debt.
    """

    rows: Records
    keys: Keys
    decisions: Floats
    arrived: Ints
    listing: Ints
    start: Ints
    count: Ints
    delays: Delays


class Candidates(NamedTuple):
    """Deals of one source that might arise: key, customer (-1 for a prospect), book, cents, day."""

    keys: Keys
    customer: Ints
    book: Ints
    value: Ints
    arrives: Ints


_NONE = np.zeros(0, dtype=np.int64)
NO_CANDIDATES = Candidates(_NONE.astype(np.uint64), _NONE, _NONE, _NONE, _NONE)


def draw_deals(tables: YearTables, streams: Streams) -> Deals:
    """Draw every deal the year could bring: those open at the start, those of customers, those of prospects."""
    sought = _sought_deals(tables, streams)
    sources = _opening_deals(tables), _customer_deals(tables, streams), _prospect_deals(tables, streams), sought
    found = [source for source in sources if len(source.keys)] or [sought]
    together = Candidates._make(np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(together.arrives, kind="stable")
    drawn = Candidates._make(column[order] for column in together)
    rows = _waiting(drawn, tables)
    _draw_tempers(rows, drawn.keys, tables, streams)
    if len(sought.keys):
        rows["sought"] = order >= len(order) - len(sought.keys)
    by_book = np.bincount(drawn.book, minlength=tables.books)
    start = np.cumsum(by_book) - by_book
    listing, count = _list_by_book(drawn.book[: len(tables.opportunities)], start, len(rows))
    return Deals(
        rows=rows,
        keys=drawn.keys,
        decisions=streams.uniform("decision", drawn.keys[:, None], np.arange(len(tables.stages))),
        arrived=np.searchsorted(drawn.arrives, np.arange(tables.days + 1)),
        listing=listing,
        start=start,
        count=count,
        delays=_draw_delays(drawn.keys, tables, streams),
    )


def _waiting(drawn: Candidates, tables: YearTables) -> Records:
    """Return the rows of candidates by day; the first are those open at the start.

    The day each of these entered its stage is unknown, so the day it was opened stands for it.
    """
    rows = np.zeros(len(drawn.keys), dtype=DEAL)
    rows["customer"], rows["book"], rows["value"] = drawn.customer, drawn.book, drawn.value
    rows["arrives"] = drawn.arrives
    rows["state"], rows["owner"], rows["closed"] = WAITING, -1, LONG_AGO
    opportunities = tables.opportunities
    if len(opportunities):
        known = rows[: len(opportunities)]
        known["state"] = OPEN
        known["stage"] = np.searchsorted(tables.stages["label"], opportunities.stage_percent, side="right") - 1
        known["since"] = np.minimum(opportunities.opened_day, -1)
    return rows


def _list_by_book(known: Ints, start: Ints, room: int) -> tuple[Ints, Ints]:
    """Return the listing of the deals open at the start, by their books, and how many each book has."""
    listing = np.zeros(room, dtype=np.int64)
    count = np.bincount(known, minlength=len(start))
    if len(known):
        rank = np.arange(len(known)) - np.repeat(np.cumsum(count) - count, count)
        listing[np.repeat(start, count) + rank] = np.argsort(known, kind="stable")
    return listing, count


def _opening_deals(tables: YearTables) -> Candidates:
    """Deals open at the start."""
    known = tables.opportunities
    book, before = tables.customers["book"][known.customer], np.full(len(known), -1)
    return Candidates(tables.opportunity_keys, known.customer, book, known.value_cents, before)


def _customer_deals(tables: YearTables, streams: Streams) -> Candidates:
    """Candidates of the customers: Poisson by tier, over working days by season, values log-normal."""
    counts = poisson_counts(tables.deal_rate, streams.uniform("deal_count", tables.customer_keys))
    who, nth = _repeated(counts)
    keys = child_keys(tables.customer_keys[who], nth)
    day = np.searchsorted(tables.season, streams.uniform("deal_day", keys), side="left")
    sigma = tables.settings.pipeline.deal_value_sigma
    spread = np.exp(sigma * ndtri(streams.uniform("deal_value", keys)) - sigma**2 / 2)
    value = np.rint(tables.deal_value[who] * spread).astype(np.int64)
    return Candidates(keys, who, tables.customers["book"][who], value, day)


def _repeated(counts: Ints) -> tuple[Ints, Ints]:
    """Return the owner of each of so many things, and the how manieth of its owner it is."""
    who = np.repeat(np.arange(len(counts)), counts)
    return who, np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)


def _prospect_deals(tables: YearTables, streams: Streams) -> Candidates:
    """Candidates of the prospecting funnel (R-P4): those who agree to meet, in the first working weeks."""
    rules, entities = tables.settings.pipeline, tables.prospect_keys
    if len(entities) == 0 or not len(tables.prospect_books):
        return NO_CANDIDATES
    keys = entities[streams.uniform("prospect_meeting", entities) < rules.prospect_meetings]
    workdays = tables.working_days[MEETINGS_FROM_DAY:MEETINGS_UNTIL_DAY]
    if not len(workdays):
        workdays = tables.working_days[-1:]
    chance = streams.uniform("prospect_book", keys[:, None] ^ tables.rep_keys[tables.prospect_books][None, :])
    book = tables.prospect_books[chance.argmax(axis=1)]
    day = workdays[(streams.uniform("prospect_day", keys) * len(workdays)).astype(np.int64)]
    return Candidates(
        keys, np.full(len(keys), -1), book, _values(rules.prospect_value, "deal_value", keys, tables, streams), day
    )


def _sought_deals(tables: YearTables, streams: Streams) -> Candidates:
    """Candidates that come up only while the team prospects (policy prospect_when_thin): Poisson by rep (R-P4)."""
    rules, reviews = tables.settings.pipeline, tables.settings.reviews
    books, workdays = tables.prospect_books, tables.working_days
    if "prospect_when_thin" not in reviews.policies or not len(books) or not len(workdays):
        return NO_CANDIDATES
    mean = rules.meetings_per_hour * reviews.prospecting_minutes / 60 * len(workdays)
    counts = poisson_counts(np.full(len(books), mean), streams.uniform("sought_count", tables.rep_keys[books]))
    who, nth = _repeated(counts)
    keys = child_keys(tables.rep_keys[books[who]], nth)
    day = workdays[(streams.uniform("sought_day", keys) * len(workdays)).astype(np.int64)]
    usual = rules.prospect_value or float(np.median(tables.deal_value))
    return Candidates(
        keys, np.full(len(keys), -1), books[who], _values(usual, "sought_value", keys, tables, streams), day
    )


def _values(usual: float, purpose: str, keys: Keys, tables: YearTables, streams: Streams) -> Ints:
    """Draw what deals of prospects are worth, log-normal around what is usual."""
    spread = np.exp(tables.settings.pipeline.deal_value_sigma * ndtri(streams.uniform(purpose, keys)))
    return np.asarray(np.rint(usual * spread).astype(np.int64))


def _draw_delays(keys: Keys, tables: YearTables, streams: Streams) -> Delays:
    """Draw when each deal would be paid, and whether it is bad debt."""
    rules = tables.settings.pipeline
    delays = payment_delays(streams.uniform("deal_payment", keys), rules)
    delays[streams.uniform("deal_default", keys) < rules.bad_debt_share] = NEVER_PAID
    return delays


def _draw_tempers(rows: Records, keys: Keys, tables: YearTables, streams: Streams) -> None:
    """Draw how much visiting, loyalty and patience each deal needs."""
    rules = tables.settings.pipeline
    if rules.visit_response > 0:
        rows["response"] = streams.uniform("response", keys) ** (1 / rules.visit_response)
    rows["loyalty"] = streams.uniform("loyalty", keys)
    rows["patience"] = FOR_EVER
    if 0 < rules.stale_loss_per_week < 1:
        weeks = np.log(streams.uniform("patience", keys)) / np.log1p(-rules.stale_loss_per_week)
        rows["patience"] = np.minimum(np.ceil(weeks), FOR_EVER)
    elif rules.stale_loss_per_week == 1:
        rows["patience"] = 1


class Outlooks(NamedTuple):
    """What a scan of the pipeline looks at: labels that count as commit and upside (R-E4, R-P1), and the horizon.

    `horizon` is the days ahead that the commit looks; deals untouched for more than `stale_days` are stale, none where
    it is negative.
    """

    horizon: int
    stale_days: int
    commit_from: int
    upside_from: int


@njit(cache=True)
def scan_deals(  # noqa: C901 - one pass over the open deals fills every figure
    day: int,
    outlooks: Outlooks,
    stages: Records,
    way: Ints,
    ends: Ints,
    books: Records,
    listing: Ints,
    deals: Records,
    figures: Ints,
    ahead: Ints,
) -> None:
    """Add up the open pipeline as of the end of a day; at a week's close also lose what went stale.

    Parameters
    ----------
    day, outlooks
    stages, books, deals
        See `territory.simulation.records`.
    way : array of int, shape (stages,)
        Least days from entering each stage to the signature.
    ends : array of int, shape (periods,)
        Last days of the periods ahead.
    listing : array of int
        Open deals by book.
    figures : array of int, shape (6,)
        Added to: pipeline, forecast and commit cents, open deals, deals gone stale, upside cents.
        The commit is what a manager would promise: deals far enough whose dwell time ends within the horizon,
        weighted by their label.
    ahead : array of int, shape (2, periods + 1)
        Added to: weighted cents expected in each period and after the last, and what is hoped for on top.
    """
    for b in range(len(books)):
        first = books[b]["start"]
        for k in range(first, first + books[b]["count"]):
            deal = deals[listing[k]]
            if deal["state"] != OPEN:
                continue
            if outlooks.stale_days >= 0 and day - deal["touched"] > outlooks.stale_days:
                deal["stale_weeks"] += 1
                if deal["stale_weeks"] >= deal["patience"]:
                    deal["state"] = LOST
                    deal["closed"] = day
                    figures[GONE_STALE] += 1
                    continue
            stage = stages[deal["stage"]]
            value = deal["value"]
            weighted = value * stage["label"] // 100
            figures[PIPELINE] += value
            figures[FORECAST] += weighted
            figures[OPEN_DEALS] += 1
            if len(ends) > 0:
                signed = max(deal["since"] + way[deal["stage"]], day + 1)
                period = 0
                while period < len(ends) and ends[period] < signed:
                    period += 1
                ahead[0, period] += weighted
                if stage["label"] >= outlooks.upside_from:
                    ahead[1, period] += value - weighted
            if deal["since"] + stage["dwell"] > day + outlooks.horizon:
                continue
            if stage["label"] >= outlooks.commit_from:
                figures[COMMIT] += weighted
                figures[UPSIDE] += value - weighted
            elif stage["label"] >= outlooks.upside_from:
                figures[UPSIDE] += value
