"""What a re-planned calendar changes: every promised visit that moves or goes, every one that comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from territory.domain.calendar import WorkingCalendar
from territory.domain.customers import NONE, Ints, Strings
from territory.domain.plan import clock

KINDS = ("moved", "retimed", "added", "cancelled")
IMPOSSIBLE = (
    "holiday",
    "meeting",
    "absent",
    "left",
    "not_hired",
    "closed",
    "customer_lost",
    "other_rep",
    "frequency",
    "unreachable",
    "appointment",
)
"""Reasons for which a promise could not have been kept by any plan."""


@dataclass(frozen=True)
class Changes:
    """The changes of a calendar from a day on, by new day, old day and customer.

    Attributes
    ----------
    since : int
        First day that may change.
    promised, kept : int
        Visits of the earlier plan from that day on, and those at the same day and time still.
    kind : array of int, shape (changes,)
        Index into `KINDS`; a retimed visit stays on its day.
    customer_id, name, rep_id : array of str
    old_day, old_start, new_day, new_start : array of int
        Day indices and minutes after midnight, `NONE` where there is none.
    reason : array of str
        A code, see the reports' catalogue.
    """

    since: int
    promised: int
    kept: int
    kind: Ints
    customer_id: Strings
    name: Strings
    rep_id: Strings
    old_day: Ints
    old_start: Ints
    new_day: Ints
    new_start: Ints
    reason: Strings

    def __len__(self) -> int:
        return len(self.kind)

    def count(self, kind: str) -> int:
        """Return the number of changes of a kind."""
        return int(np.count_nonzero(self.kind == KINDS.index(kind)))

    @property
    def impossible(self) -> int:
        """Promises that no plan could have kept."""
        broken = (self.old_day != NONE) & (self.kind != KINDS.index("retimed"))
        return int(np.count_nonzero(broken & np.isin(self.reason.astype(str), IMPOSSIBLE)))

    @property
    def kept_share(self) -> float:
        """Share of the promises still possible that stay on their day; 1 where there were none."""
        possible = self.promised - self.impossible
        return (self.kept + self.count("retimed")) / possible if possible else 1.0

    def table(self, calendar: WorkingCalendar) -> pd.DataFrame:
        """One row a change: change, customer, rep, old and new date and time, reason."""

        def dates(days: Ints) -> list[str]:
            return ["" if day == NONE else str(calendar.date_of(day)) for day in days.tolist()]

        return pd.DataFrame(
            {
                "change": np.array(KINDS, dtype=object)[self.kind],
                "customer_id": self.customer_id,
                "name": self.name,
                "rep_id": self.rep_id,
                "old_date": dates(self.old_day),
                "old_start": clock(self.old_start),
                "new_date": dates(self.new_day),
                "new_start": clock(self.new_start),
                "reason": self.reason,
            }
        )
