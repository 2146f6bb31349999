"""Fixed appointments: a customer expects the rep on a day, at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from territory.domain.customers import Ints


def _nothing() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Appointments:
    """Appointments by day, time and customer; none by default.

    Attributes
    ----------
    customer : array of int, shape (appointments,)
        Index into the customers.
    day : array of int
        Day index.
    start : array of int
        Minutes after midnight.
    minutes : array of int
        Length, `NONE` for the customer's ordinary visit.
    """

    customer: Ints = field(default_factory=_nothing)
    day: Ints = field(default_factory=_nothing)
    start: Ints = field(default_factory=_nothing)
    minutes: Ints = field(default_factory=_nothing)

    def __len__(self) -> int:
        return len(self.customer)
