"""Planned absences: leave, training, a stay at the works; nobody visits customers then."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from territory.domain.customers import Ints, Strings


def _no_texts() -> Strings:
    return np.zeros(0, dtype=object)


def _no_days() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Absences:
    """Absences by rep and first day; none by default.

    Attributes
    ----------
    rep_id, reason : array of str, shape (absences,)
        Ids, so that absences stay with their reps where a team changes.
    first_day, last_day : array of int
        Day indices, both inclusive; they may lie outside the year.
    """

    rep_id: Strings = field(default_factory=_no_texts)
    first_day: Ints = field(default_factory=_no_days)
    last_day: Ints = field(default_factory=_no_days)
    reason: Strings = field(default_factory=_no_texts)

    def __len__(self) -> int:
        return len(self.rep_id)

    def of_rep(self, rep_id: str, days: int) -> list[str]:
        """Return the reason of a rep's absence on each day of the year, empty on the others; of two the first."""
        reasons = [""] * days
        for k in np.flatnonzero(self.rep_id == rep_id).tolist():
            for day in range(max(0, int(self.first_day[k])), min(days, int(self.last_day[k]) + 1)):
                reasons[day] = reasons[day] or str(self.reason[k])
        return reasons
