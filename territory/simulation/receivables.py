"""Orders become cash: prepaid on signing, the rest after acceptance and payment time, some of it never (R-P3, R-P7)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.domain.pipeline_rules import PipelineRules
from territory.simulation.records import WON, Records

NEVER_PAID = -1
"""Delay of an order whose rest is not paid at all."""

Delays = NDArray[np.int32]
Whole = int | np.int64


class Terms(NamedTuple):
    """Terms of payment: share prepaid, days to acceptance, and days a payment is given from then on."""

    prepaid: float
    acceptance_days: int
    payment_days: int


class Receivables(NamedTuple):
    """What was signed, came in and is owed.

    Attributes
    ----------
    ordered : array of int, shape (days,)
        Cents signed by day.
    late : array of int, shape (days + 1,)
        Change of the cents due but unpaid by day, from the payment time a manager would expect.
    receipts : array of int, shape (days, slots + 1), or (days, 1) without a ledger
        Cents received by day and rep slot, the first column for nobody; all in one column without a ledger.
    """

    ordered: Ints
    late: Ints
    receipts: Ints

    def widened(self, slots: int) -> Receivables:
        """Return the same with room for so many slots."""
        more = slots + 1 - self.receipts.shape[1]
        if more <= 0 or self.receipts.shape[1] == 1:
            return self
        return self._replace(receipts=np.pad(self.receipts, ((0, 0), (0, more))))


def terms_of(rules: PipelineRules) -> Terms:
    """Return the scenario's terms of payment."""
    return Terms(rules.prepayment_share, rules.acceptance_days, rules.payment_days)


def open_receivables(days: int, slots: int, *, ledger: bool) -> Receivables:
    """Return empty books; receipts by slot are kept for a ledger alone."""
    width = slots + 1 if ledger else 1
    shapes = (days,), (days + 1,), (days, width)
    return Receivables(*(np.zeros(shape, dtype=np.int64) for shape in shapes))


def payment_delays(draws: Floats, rules: PipelineRules) -> Delays:
    """Return days from invoice to payment: half the mean at least, an exponential rest beyond; `draws` are spent."""
    np.log(draws, out=draws)
    draws *= -0.5
    draws += 0.5
    draws *= rules.payment_days
    return np.rint(draws, out=draws).astype(np.int32)


@njit(cache=True)
def sign(day: Whole, slot: Whole, cents: Whole, delay: Whole, bad: float, terms: Terms, books: Receivables) -> None:
    """Sign an order and let its money come in.

    Parameters
    ----------
    day, slot, cents : int
        When, whose (-1 for nobody) and how much.
    delay : int
        Days from invoice to payment, `NEVER_PAID` where the rest stays out.
    bad : float
        Share of the rest that is never paid, for orders too small to be good or bad as a whole.
    terms, books
        `books` is updated.
    """
    days, column = len(books.ordered), min(slot + 1, books.receipts.shape[1] - 1)
    prepaid = int(np.rint(cents * terms.prepaid))
    rest = cents - prepaid
    invoiced = day + terms.acceptance_days
    due = invoiced + terms.payment_days
    paid = days if delay == NEVER_PAID else invoiced + delay
    books.ordered[day] += cents
    books.receipts[day, column] += prepaid
    if paid > due:
        books.late[min(due, days)] += rest
        books.late[min(paid, days)] -= rest
    if paid < days:
        books.receipts[paid, column] += int(np.rint(rest * (1.0 - bad)))


@njit(cache=True)
def sign_won(deals: Records, delays: Delays, terms: Terms, books: Receivables) -> None:
    """Sign the orders of all deals won."""
    for d in range(len(deals)):
        deal = deals[d]
        if deal["state"] == WON:
            day, slot, delay = np.int64(deal["closed"]), np.int64(deal["owner"]), np.int64(delays[d])
            sign(day, slot, deal["value"], delay, 0.0, terms, books)
