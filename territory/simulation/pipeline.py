"""The sales pipeline of a year: how deals arise, wait, go stale and become cash (R-P1..P7, MODEL section 5).

A stage label is the true probability of winning: a decision at stage j is passed with p_j / p_(j+1). All candidates of
the year are drawn before it starts; whether one arises is decided on its day by the visits the customer had lately.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from scipy.special import ndtri

from territory.domain.customers import Floats, Ints
from territory.domain.pipeline_rules import PipelineRules
from territory.simulation.records import DEAL, LONG_AGO, LOST, NEVER, OPEN, WAITING, WON, Records
from territory.simulation.streams import Keys, Streams, child_keys, entity_keys, poisson_counts
from territory.simulation.tables import YearTables

PIPELINE, FORECAST, COMMIT, OPEN_DEALS, WON_LATELY, GONE_STALE, UPSIDE, MET = range(8)
"""Figures of `scan_deals`."""

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
    payment, default : array of float, shape (deals,)
        Draws of payment time and of non-payment.
    """

    rows: Records
    keys: Keys
    decisions: Floats
    arrived: Ints
    listing: Ints
    start: Ints
    count: Ints
    payment: Floats
    default: Floats


def draw_deals(tables: YearTables, streams: Streams) -> Deals:
    """Draw every deal the year could bring: those open at the start, those of customers, those of prospects."""
    known, known_keys = _opening_deals(tables)
    grown, grown_keys = _customer_deals(tables, streams)
    found, found_keys = _prospect_deals(tables, streams)
    sought, sought_keys = _sought_deals(tables, streams)
    rows = np.concatenate([known, grown, found, sought])
    keys = np.concatenate([known_keys, grown_keys, found_keys, sought_keys])
    del grown, found, sought
    order = np.argsort(rows["arrives"], kind="stable")
    rows, keys = rows[order], keys[order]
    _draw_tempers(rows, keys, tables, streams)
    start = np.searchsorted(np.sort(rows["book"]), np.arange(tables.books))
    count = np.bincount(known["book"], minlength=tables.books)
    listing = np.zeros(len(rows), dtype=np.int64)
    by_book = np.argsort(rows["book"][: len(known)], kind="stable")
    rank = np.arange(len(known)) - np.repeat(np.cumsum(count) - count, count)
    listing[np.repeat(start, count) + rank] = by_book
    return Deals(
        rows=rows,
        keys=keys,
        decisions=_draw_decisions(keys, len(tables.stages), streams),
        arrived=np.searchsorted(rows["arrives"], np.arange(tables.days + 1)),
        listing=listing,
        start=start,
        count=count,
        payment=streams.uniform("deal_payment", keys),
        default=streams.uniform("deal_default", keys),
    )


def _draw_decisions(keys: Keys, stages: int, streams: Streams) -> Floats:
    """Draw the decision of every deal at every stage; stage by stage, because big teams have many deals."""
    decisions = np.empty((len(keys), stages))
    for stage in range(stages):
        decisions[:, stage] = streams.uniform("decision", keys, stage)
    return decisions


def _opening_deals(tables: YearTables) -> tuple[Records, Any]:
    """Deals open at the start; the day each entered its stage is unknown, so the day it was opened stands for it."""
    opportunities = tables.opportunities
    rows = _blank(len(opportunities))
    rows["customer"] = opportunities.customer
    rows["book"] = tables.customers["book"][opportunities.customer]
    rows["value"] = opportunities.value_cents
    rows["state"] = OPEN
    rows["stage"] = np.searchsorted(tables.stages["label"], opportunities.stage_percent, side="right") - 1
    rows["arrives"] = -1
    rows["since"] = np.minimum(opportunities.opened_day, -1)
    return rows, tables.opportunity_keys


def _customer_deals(tables: YearTables, streams: Streams) -> tuple[Records, Any]:
    """Candidates of the customers: Poisson by tier, over working days by season, values log-normal."""
    rules = tables.settings.pipeline
    counts = poisson_counts(tables.deal_rate, streams.uniform("deal_count", tables.customer_keys))
    who = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = child_keys(tables.customer_keys[who], nth) if len(who) else np.zeros(0, dtype=np.uint64)
    rows = _blank(len(who))
    rows["customer"] = who
    rows["book"] = tables.customers["book"][who]
    rows["arrives"] = np.searchsorted(tables.season, streams.uniform("deal_day", keys), side="left")
    sigma = rules.deal_value_sigma
    spread = np.exp(sigma * ndtri(streams.uniform("deal_value", keys)) - sigma**2 / 2)
    rows["value"] = np.rint(tables.deal_value[who] * spread).astype(np.int64)
    return rows, keys


def _prospect_deals(tables: YearTables, streams: Streams) -> tuple[Records, Any]:
    """Candidates of the prospecting funnel (R-P4): those who agree to meet, in the first working weeks."""
    rules = tables.settings.pipeline
    entities = tables.prospect_keys
    agreed = streams.uniform("prospect_meeting", entities) < rules.prospect_meetings
    keys = entities[agreed]
    rows = _blank(len(keys))
    if len(keys) == 0 or not len(tables.prospect_books):
        return rows[:0], keys[:0]
    workdays = tables.working_days[MEETINGS_FROM_DAY:MEETINGS_UNTIL_DAY]
    if not len(workdays):
        workdays = tables.working_days[-1:]
    rows["customer"] = -1
    chance = streams.uniform("prospect_book", keys[:, None] ^ tables.rep_keys[tables.prospect_books][None, :])
    rows["book"] = tables.prospect_books[chance.argmax(axis=1)]
    rows["arrives"] = workdays[(streams.uniform("prospect_day", keys) * len(workdays)).astype(np.int64)]
    spread = np.exp(rules.deal_value_sigma * ndtri(streams.uniform("deal_value", keys)))
    rows["value"] = np.rint(rules.prospect_value * spread).astype(np.int64)
    return rows, keys


def _sought_deals(tables: YearTables, streams: Streams) -> tuple[Records, Any]:
    """Candidates that come up only while the team prospects (policy prospect_when_thin): Poisson by rep (R-P4)."""
    rules, reviews = tables.settings.pipeline, tables.settings.reviews
    books = tables.prospect_books
    if "prospect_when_thin" not in reviews.policies or not len(books) or not len(tables.working_days):
        return _blank(0), tables.rep_keys[:0]
    mean = rules.meetings_per_hour * reviews.prospecting_minutes / 60 * len(tables.working_days)
    counts = poisson_counts(np.full(len(books), mean), streams.uniform("sought_count", tables.rep_keys[books]))
    who = np.repeat(books, counts)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = child_keys(tables.rep_keys[who], nth) if len(who) else tables.rep_keys[:0]
    rows = _blank(len(who))
    rows["customer"], rows["book"], rows["sought"] = -1, who, 1
    day = (streams.uniform("sought_day", keys) * len(tables.working_days)).astype(np.int64)
    rows["arrives"] = tables.working_days[day]
    spread = np.exp(rules.deal_value_sigma * ndtri(streams.uniform("sought_value", keys)))
    usual = rules.prospect_value or float(np.median(tables.deal_value))
    rows["value"] = np.rint(usual * spread).astype(np.int64)
    return rows, keys


def _blank(count: int) -> Records:
    rows = np.zeros(count, dtype=DEAL)
    rows["state"] = WAITING
    rows["owner"] = -1
    rows["closed"] = LONG_AGO
    return rows


def _draw_tempers(rows: Records, keys: Any, tables: YearTables, streams: Streams) -> None:
    """Draw how much visiting, loyalty and patience each deal needs."""
    rules = tables.settings.pipeline
    if rules.visit_response > 0:
        rows["response"] = streams.uniform("response", keys) ** (1 / rules.visit_response)
    rows["loyalty"] = streams.uniform("loyalty", keys)
    rows["patience"] = np.iinfo(np.int32).max
    if 0 < rules.stale_loss_per_week < 1:
        weeks = np.log(streams.uniform("patience", keys)) / np.log1p(-rules.stale_loss_per_week)
        rows["patience"] = np.ceil(weeks).astype(np.int64)
    elif rules.stale_loss_per_week == 1:
        rows["patience"] = 1


@njit(cache=True)
def scan_deals(  # noqa: C901 - one pass over the deals fills every figure
    day: int,
    upto: int,
    horizon: int,
    stale_days: int,
    commit_from: int,
    upside_from: int,
    stages: Records,
    way: Ints,
    ends: Ints,
    deals: Records,
    figures: Ints,
    ahead: Ints,
) -> None:
    """Add up the open pipeline; at a week's close also lose what went stale (stale_days >= 0).

    Parameters
    ----------
    day, upto : int
        Deals before `upto` may have arisen.
    horizon : int
        Days ahead that the commit looks.
    stale_days : int
        Days without touch after which a deal is stale; negative: not a week's close.
    commit_from : int
        Least label that counts as commit (R-E4).
    upside_from : int
        Least label that counts as upside (R-P1).
    stages, deals
        See `territory.simulation.records`.
    way : array of int, shape (stages,)
        Least days from entering each stage to the signature.
    ends : array of int, shape (periods,)
        Last days of the periods ahead.
    figures : array of int, shape (8,)
        Written: pipeline, forecast and commit cents, open deals, cents won in the last 7 days, deals gone stale, upside
        cents, cents of all deals that arose this year.
        The commit is what a manager would promise: deals far enough whose dwell time ends within the horizon,
        weighted by their label.
    ahead : array of int, shape (2, periods + 1)
        Written: weighted cents expected in each period and after the last, and what is hoped for on top.
    """
    figures[:] = 0
    ahead[:] = 0
    for d in range(upto):
        deal = deals[d]
        if deal["arrives"] >= 0 and deal["state"] != NEVER:
            figures[MET] += deal["value"]
        if deal["state"] == WON:
            if deal["closed"] > day - 7:
                figures[WON_LATELY] += deal["value"]
            continue
        if deal["state"] != OPEN:
            continue
        if stale_days >= 0 and day - deal["touched"] > stale_days:
            deal["stale_weeks"] += 1
            if deal["stale_weeks"] >= deal["patience"]:
                deal["state"] = LOST
                deal["closed"] = day
                figures[GONE_STALE] += 1
                continue
        stage = stages[deal["stage"]]
        weighted = deal["value"] * stage["label"] // 100
        figures[PIPELINE] += deal["value"]
        figures[FORECAST] += weighted
        figures[OPEN_DEALS] += 1
        signed = max(deal["since"] + way[deal["stage"]], day + 1)
        period = 0
        while period < len(ends) and ends[period] < signed:
            period += 1
        ahead[0, period] += weighted
        if stage["label"] >= upside_from:
            ahead[1, period] += deal["value"] - weighted
        if deal["since"] + stage["dwell"] > day + horizon:
            continue
        if stage["label"] >= commit_from:
            figures[COMMIT] += weighted
            figures[UPSIDE] += deal["value"] - weighted
        elif stage["label"] >= upside_from:
            figures[UPSIDE] += deal["value"]


def handover_dip(loss: float, recovery_days: int) -> float:
    """Return the share of sales lost at a hand-over so that, recovering evenly, the year after loses `loss` (R-N4).

    At most everything: a recovery too quick for the loss loses less.
    """
    felt = min(recovery_days, 365)
    return min(1.0, loss * 365 / (felt - felt**2 / (2 * recovery_days)))


def lost_share(first_day: int, days: int, handed: Ints, dip: float, recovery_days: int) -> Floats:
    """Return the share of sales of `days` days from `first_day` lost to hand-overs, averaged over those days."""
    since = np.maximum(first_day - handed, 0)
    until = np.minimum(first_day + days - handed, recovery_days)
    length = np.maximum(until - since, 0)
    area = length - (until + since) * length / (2 * recovery_days)
    return np.asarray(dip * area / days)


def run_rate_orders(tables: YearTables, month: int, customers: Records) -> Ints:
    """Return the cents each existing customer orders in a month without a deal (MODEL section 5).

    Orders fall with missed visits, dip after a hand-over, and rise where an advertisement ran the month before (R-B4).
    Small customers steered to shop or dealer order there, visited or not (R-S4); who is lost orders nothing (R-P6).
    """
    pipeline, staffing = tables.settings.pipeline, tables.settings.staffing
    first, last = int(tables.month_first[month]), int(tables.month_last[month])
    handed = customers["handed"]
    kept = 1 - pipeline.missed_visit_erosion * (1 - customers["served"])
    if handed.max(initial=LONG_AGO) > first - staffing.handover_days:
        dip = handover_dip(staffing.handover_loss, staffing.handover_days)
        kept *= 1 - lost_share(first, last - first + 1, handed, dip, staffing.handover_days)
    if pipeline.steered:
        kept = np.where(tables.steered, 1 - pipeline.steered_discount, kept)
    if pipeline.churn > 0:
        kept *= 1 - customers["gone"]
    return np.asarray(np.rint(tables.run_rate[:, month] * tables.advertised[month] * kept).astype(np.int64))


def lose_customers(tables: YearTables, streams: Streams, month: int, customers: Records) -> int:
    """Let existing customers go elsewhere at a month's end, the sooner the fewer visits are done; count them (R-P6)."""
    rules = tables.settings.pipeline
    if rules.churn <= 0:
        return 0
    calm = (1 - rules.churn) ** (1 / 12) if rules.churn < 1 else 0.0
    hazard = 1 - calm ** (1 + rules.churn_unserved * (1 - customers["served"]))
    draw = streams.uniform("churn", tables.customer_keys, month)
    lost = (draw < hazard) & tables.existing & (customers["gone"] == 0)
    customers["gone"][lost] = 1
    return int(lost.sum())


def channel_orders(tables: YearTables, streams: Streams, month: int) -> Ints:
    """Return the month's cents of every dealer and shop that sells by then, around their mean (R-T6)."""
    channels = [c for c in tables.settings.pipeline.channels if c.first_month <= month + 1]
    if not channels:
        return np.zeros(0, dtype=np.int64)
    sigma = np.array([channel.sigma for channel in channels])
    draw = streams.uniform("channel", entity_keys(channel.name for channel in channels), month)
    mean = np.array([channel.per_month for channel in channels])
    return np.asarray(np.rint(mean * np.exp(sigma * ndtri(draw) - sigma**2 / 2)).astype(np.int64))


@dataclass(frozen=True)
class Orders:
    """Signed orders: day, rep slot, cents, draws of payment time and non-payment (NaN: the share itself is lost)."""

    day: Ints
    owner: Ints
    cents: Ints
    payment: Floats
    default: Floats


def won_orders(deals: Deals) -> Orders:
    """Return the orders of the deals won so far."""
    won = np.flatnonzero(deals.rows["state"] == WON)
    rows = deals.rows[won]
    return Orders(rows["closed"], rows["owner"], rows["value"], deals.payment[won], deals.default[won])


def join_orders(parts: Sequence[Orders]) -> Orders:
    """Return several orders as one."""
    names = Orders.__dataclass_fields__
    return Orders(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


@dataclass(frozen=True)
class Receipts:
    """Money received for orders: day, rep slot, cents; and the orders' due days with what was due."""

    day: Ints
    owner: Ints
    cents: Ints
    overdue: Ints


def collect(orders: Orders, rules: PipelineRules, days: int) -> Receipts:
    """Turn orders into cash: prepayment on signing, the rest after acceptance and payment time (R-P3, R-P7).

    Payment takes half its mean at least, an exponential rest beyond. `overdue` is the cents due but unpaid by day,
    from the mean payment time a manager would expect.
    """
    prepaid = np.rint(orders.cents * rules.prepayment_share).astype(np.int64)
    bad = np.isnan(orders.default)
    rest = orders.cents - prepaid
    owed = np.where(bad, np.rint(rest * (1 - rules.bad_debt_share)).astype(np.int64), rest)
    pays = bad | (orders.default >= rules.bad_debt_share)
    delay = np.rint(rules.payment_days * (0.5 - 0.5 * np.log(orders.payment))).astype(np.int64)
    invoiced = orders.day + rules.acceptance_days
    paid = np.where(pays, invoiced + delay, days)
    due = invoiced + rules.payment_days
    late = paid > due
    change = np.bincount(np.minimum(due[late], days), rest[late], days + 1)
    change -= np.bincount(np.minimum(paid[late], days), rest[late], days + 1)
    inside = paid < days
    return Receipts(
        day=np.concatenate([orders.day, paid[inside]]),
        owner=np.concatenate([orders.owner, orders.owner[inside]]),
        cents=np.concatenate([prepaid, owed[inside]]),
        overdue=np.cumsum(change[:days]).astype(np.int64),
    )
