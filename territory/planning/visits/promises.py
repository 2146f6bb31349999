"""What a rep has promised, and the book in which it is mended: every visit of the year on its day, at its start."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Ints, Strings
from territory.planning.visits.appointments import Bookings
from territory.planning.visits.problem import RepProblem
from territory.planning.visits.repair_kernels import Calendar, take_out

SPARE_STOPS = 12
"""Places left free in every day's row for visits that come from elsewhere."""


@dataclass(frozen=True)
class Promised:
    """What a rep has promised, in places of the changed problem; -1 for customers the rep no longer has.

    Attributes
    ----------
    place, planned, day, start, minutes, trip : array of int, shape (visits,)
        By day and start; `trip` is `NONE` for day visits.
    open_place, open_planned, open_cause : array of int, shape (unserved,)
    open_detail : array of str
        Visits the frequency asked for and the plan did not make.
    """

    place: Ints
    planned: Ints
    day: Ints
    start: Ints
    minutes: Ints
    trip: Ints
    open_place: Ints
    open_planned: Ints
    open_cause: Ints
    open_detail: Strings

    def appointments(self, bookings: Bookings) -> Ints:
        """Return the place of each visit: that of the appointment it keeps, else of its customer."""
        place_of = bookings.place_of()
        keys = zip(self.place.tolist(), self.day.tolist(), self.start.tolist(), strict=True)
        kept = [place_of.get(key, key[0]) for key in keys]
        return np.where(self.trip == NONE, np.array(kept, dtype=np.int64), self.place)


@dataclass
class Book:
    """The slots and days of a rep while they are mended; see `territory.planning.visits.repair_kernels.Calendar`.

    Attributes
    ----------
    owner, place, planned, made, rows, lengths, times : array of int
    listed : array of bool, shape (slots,)
        Whether an unmade slot is told as unserved.
    reasons : mapping of (customer's place, promised day) to str
        Why a promise could not be kept.
    """

    owner: Ints
    place: Ints
    planned: Ints
    made: Ints
    listed: NDArray[np.bool_]
    rows: Ints
    lengths: Ints
    times: Ints
    reasons: dict[tuple[int, int], str] = field(default_factory=dict)

    def calendar(self) -> Calendar:
        """Return the arrays for the kernels, which change them in place."""
        scratch = np.zeros((2, self.rows.shape[1]), dtype=np.int64)
        return Calendar(
            self.rows, self.lengths, self.times, self.owner, self.place, self.planned, self.made, scratch
        )  # fmt: skip

    def add(self, owner: Ints, planned: Ints, made: Ints, *, listed: bool = True) -> None:
        """Append slots."""
        self.owner = np.concatenate([self.owner, owner])
        self.place = np.concatenate([self.place, owner])
        self.planned = np.concatenate([self.planned, planned])
        self.made = np.concatenate([self.made, made])
        self.listed = np.concatenate([self.listed, np.full(len(owner), listed)])

    def drop(self, gone: NDArray[np.bool_]) -> None:
        """Forget slots that lie on no day, and sort the others by customer and planned day."""
        order = np.lexsort((self.made, self.planned, self.owner))
        order = order[~gone[order]]
        new = np.full(len(gone), -1, dtype=np.int64)
        new[order] = np.arange(len(order))
        self.owner, self.place, self.planned = self.owner[order], self.place[order], self.planned[order]
        self.made, self.listed = self.made[order], self.listed[order]
        used = np.arange(self.rows.shape[1])[None, :] < self.lengths[:, None]
        self.rows[used] = new[self.rows[used]]

    def lift(self, slots: Ints) -> None:
        """Take slots off their days; they are no appointments any more."""
        calendar = self.calendar()
        for slot in slots.tolist():
            take_out(slot, calendar)
            self.place[slot] = self.owner[slot]

    def starts(self) -> Ints:
        """Return the start of every slot, -1 for those without a day."""
        starts = np.full(len(self.owner), -1, dtype=np.int64)
        used = np.arange(self.rows.shape[1])[None, :] < self.lengths[:, None]
        starts[self.rows[used]] = self.times[used]
        return starts

    def days(self) -> dict[int, list[tuple[int, int]]]:
        """Return (place, start) of the visits of each day that has any."""
        return {day: list(zip(*(part.tolist() for part in self.day(day)), strict=True)) for day in self.busy()}

    def busy(self) -> list[int]:
        """Return the days with visits."""
        return [int(day) for day in np.flatnonzero(self.lengths)]

    def day(self, day: int) -> tuple[Ints, Ints]:
        """Return places and starts of the visits of a day."""
        count = self.lengths[day]
        return self.place[self.rows[day, :count]], self.times[day, :count]


def book_of(problem: RepProblem, promised: Promised, since: int, fresh: Ints, far: Ints, bookings: Bookings) -> Book:
    """Return the promised day visits and the open ones as slots.

    Parameters
    ----------
    problem : RepProblem
    promised : Promised
    since : int
        First day that may change.
    fresh, far : array of int
        Customers whose visits are planned anew, and those of trips.
    bookings : Bookings
        Appointments from that day on.
    """
    near = (promised.trip == NONE) & (promised.place >= 0)
    near &= (promised.day < since) | ~np.isin(promised.place, far)
    mine = np.flatnonzero(near)
    day, owner = promised.day[mine], promised.place[mine]
    place = promised.appointments(bookings)[mine]
    lengths = np.bincount(day, minlength=problem.days.count)
    rows = np.full((problem.days.count, int(lengths.max(initial=0)) + SPARE_STOPS), -1, dtype=np.int64)
    times = np.zeros_like(rows)
    position = np.arange(len(mine)) - np.searchsorted(day, day)
    rows[day, position] = np.arange(len(mine))
    times[day, position] = promised.start[mine] - bookings.slack * (place != owner)
    planned = within(problem, promised.planned[mine], day, appointment=place != owner)
    book = Book(owner, place, planned, day.copy(), np.ones(len(mine), dtype=np.bool_), rows, lengths, times)
    open_near = np.flatnonzero((promised.open_place >= 0) & ~np.isin(promised.open_place, far))
    for past in (True, False):
        some = open_near[(promised.open_planned[open_near] < since) == past]
        some = some if past else some[~np.isin(promised.open_place[some], fresh)]
        book.add(promised.open_place[some], promised.open_planned[some], np.full(len(some), -1), listed=not past)
    return book


def within(problem: RepProblem, planned: Ints, day: Ints, *, appointment: NDArray[np.bool_]) -> Ints:
    """Return the planned days; the day of the visit where cycles or tolerance of the changed scenario part the two."""
    days = problem.days
    same = (planned + days.lead) // days.cycle_days == (day + days.lead) // days.cycle_days
    near = (np.abs(planned - day) <= problem.shift_days) | appointment
    return np.where(same & near, planned, day)
