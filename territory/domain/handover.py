"""Who takes over whom, when, and what it is expected to cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory.domain.customers import Ints, Strings
from territory.domain.plan import Plan, yuan

CAUSES = ("leaves", "joins", "balance")


@dataclass(frozen=True)
class Handovers:
    """Every customer who changes hands, by date and customer.

    Attributes
    ----------
    customer : array of int, shape (handovers,)
        Index into the customers.
    from_rep, to_rep : array of str
        Ids, because the teams before and after differ.
    day : array of int
        Day index: the last day of somebody who leaves; else the next visit of the old rep, who introduces the new one.
    cause : array of int
        Index into `CAUSES`.
    sales_cents, loss_cents : array of int
        Annual sales, and what is expected to be lost of them.
    """

    customer: Ints
    from_rep: Strings
    to_rep: Strings
    day: Ints
    cause: Ints
    sales_cents: Ints
    loss_cents: Ints

    def __len__(self) -> int:
        return len(self.customer)

    def moved_over_own(self, own_cents: int) -> float:
        """Return the sales that change hands over those of the rep who leaves or joins; 1 is the least possible."""
        return float(self.sales_cents.sum()) / max(own_cents, 1)

    def table(self, plan: Plan) -> pd.DataFrame:
        """One row a hand-over: date, customer, from, to, cause, annual sales, expected loss."""
        who, calendar = plan.scenario.customers, plan.scenario.calendar
        return pd.DataFrame(
            {
                "date": [str(calendar.date_of(day)) for day in self.day.tolist()],
                "customer_id": who.customer_id[self.customer],
                "name": who.name[self.customer],
                "from_rep": self.from_rep,
                "to_rep": self.to_rep,
                "cause": np.array(CAUSES, dtype=object)[self.cause],
                "annual_sales": yuan(self.sales_cents),
                "expected_loss": yuan(self.loss_cents),
            }
        )


def handovers(before: Plan, after: Strings, on_day: int, *, leaves: str = "", joins: str = "") -> Handovers:
    """Return the hand-overs from a plan to new owners.

    Parameters
    ----------
    before : Plan
    after : array of str, shape (customers,)
        Ids of the new owners, customers as in `before`.
    on_day : int
        Day index from which hand-overs are made.
    leaves, joins : str
        Id of the rep who leaves or joins.
    """
    who = before.scenario.customers
    old = before.scenario.reps.rep_id[before.territories.rep]
    moved = np.flatnonzero(old != after)
    cause = np.where(old[moved] == leaves, 0, np.where(after[moved] == joins, 1, 2)).astype(np.int64)
    when = np.where(cause == 0, on_day, _next_visit(before, on_day)[moved])
    loss = np.rint(who.annual_sales_cents[moved] * before.scenario.settings.territories.disruption_loss)
    order = np.lexsort((moved, when))
    sales = who.annual_sales_cents[moved]
    return Handovers(
        customer=moved[order],
        from_rep=old[moved][order],
        to_rep=after[moved][order],
        day=when[order].astype(np.int64),
        cause=cause[order],
        sales_cents=sales[order],
        loss_cents=loss.astype(np.int64)[order],
    )


def _next_visit(plan: Plan, on_day: int) -> Ints:
    """Return the day of each customer's next visit from a day on; the day itself where none is planned."""
    far = plan.scenario.calendar.days
    first = np.full(len(plan.scenario.customers), far, dtype=np.int64)
    coming = plan.visits.day >= on_day
    np.minimum.at(first, plan.visits.customer[coming], plan.visits.day[coming])
    return np.where(first == far, on_day, first)
