"""Orders without a deal: what existing customers buy month by month, through reps, dealers and shops (R-S4, R-T6)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

from territory.domain.customers import Floats, Ints
from territory.simulation.receivables import Delays, Receivables, Terms, sign
from territory.simulation.records import Records
from territory.simulation.streams import Streams, entity_keys
from territory.simulation.tables import YearTables

YEAR_DAYS = 365


class Month(NamedTuple):
    """A month: its first day, its days, and its last working day, on which orders are signed."""

    first: int
    days: int
    pay_day: int


class Habits(NamedTuple):
    """How customers without a deal buy.

    Attributes
    ----------
    erosion : float
        Share of orders lost with all visits missed.
    dip, recovery_days : float, int
        Sales lost on the day of a hand-over, and days until they are back (`handover_dip`).
    bad : float
        Share of what is not prepaid that is never paid.
    discount : float
        What shop or dealer keep of the orders of customers steered to them; negative where none is steered.
    """

    erosion: float
    dip: float
    recovery_days: int
    bad: float
    discount: float


def handover_dip(loss: float, recovery_days: int) -> float:
    """Return the share of sales lost at a hand-over so that, recovering evenly, the year after loses `loss` (R-N4).

    At most everything: a recovery too quick for the loss loses less.
    """
    felt = min(recovery_days, YEAR_DAYS)
    return min(1.0, loss * YEAR_DAYS / (felt - felt**2 / (2 * recovery_days)))


def habits_of(tables: YearTables) -> Habits:
    """Return the habits of a scenario's customers."""
    pipeline, staffing = tables.settings.pipeline, tables.settings.staffing
    return Habits(
        erosion=pipeline.missed_visit_erosion,
        dip=handover_dip(staffing.handover_loss, staffing.handover_days),
        recovery_days=staffing.handover_days,
        bad=pipeline.bad_debt_share,
        discount=pipeline.steered_discount if pipeline.steered else -1.0,
    )


@njit(cache=True)
def lost_share(first_day: int, days: int, handed: int, dip: float, recovery_days: int) -> float:
    """Return the share of sales of `days` days from `first_day` lost to a hand-over, averaged over those days."""
    since = max(first_day - handed, 0)
    until = min(first_day + days - handed, recovery_days)
    length = max(until - since, 0)
    area = length - (until + since) * length / (2 * recovery_days)
    return dip * area / days


@njit(cache=True)
def reorder(
    month: Month,
    habits: Habits,
    terms: Terms,
    customers: Records,
    usual: Floats,
    steered: NDArray[np.bool_],
    target: Ints,
    delays: Delays,
    cents: Ints,
    by_slot: Ints,
    books: Receivables,
) -> None:
    """Let each existing customer order, and add up orders and targets by rep slot (MODEL section 5).

    Orders fall with missed visits, dip after a hand-over, and rise where an advertisement ran the month before (R-B4).
    Small customers steered to shop or dealer order there, visited or not (R-S4); who is lost orders nothing (R-P6).

    Parameters
    ----------
    month, habits, terms
    customers : structured array of `CUSTOMER`
    usual, target : array, shape (customers,)
        Cents of the month at full visiting, with what advertising adds, and of its target.
    steered : array of bool, shape (customers,)
    delays : array of int, shape (customers,)
        Days from invoice to payment.
    cents : array of int, shape (customers,)
        Written: what each orders.
    by_slot : array of int, shape (2, slots + 1)
        Added to: cents ordered and targets, the first column for nobody.
    books : Receivables
        Updated.
    """
    for c in range(len(customers)):
        customer = customers[c]
        slot = np.int64(customer["owner"])  # one type, so that `sign` is compiled once
        by_slot[1, slot + 1] += target[c]
        kept = 1.0 - habits.erosion * (1.0 - customer["served"])
        if customer["handed"] > month.first - habits.recovery_days:
            kept *= 1.0 - lost_share(month.first, month.days, customer["handed"], habits.dip, habits.recovery_days)
        if habits.discount >= 0 and steered[c]:
            kept = 1.0 - habits.discount
        if customer["gone"] == 1:
            kept = 0.0
        cents[c] = int(np.rint(usual[c] * kept))
        if cents[c] != 0:
            by_slot[0, slot + 1] += cents[c]
            sign(month.pay_day, slot, cents[c], np.int64(delays[c]), habits.bad, terms, books)


def channel_orders(tables: YearTables, streams: Streams, month: int) -> list[int]:
    """Return the month's cents of every dealer and shop that sells by then, around their mean (R-T6)."""
    channels = [c for c in tables.settings.pipeline.channels if c.first_month <= month + 1]
    if not channels:
        return []
    sigma = np.array([channel.sigma for channel in channels])
    draw = streams.uniform("channel", entity_keys(channel.name for channel in channels), month)
    mean = np.array([channel.per_month for channel in channels])
    cents: list[int] = np.rint(mean * np.exp(sigma * ndtri(draw) - sigma**2 / 2)).astype(np.int64).tolist()
    return cents


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
