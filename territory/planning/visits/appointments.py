"""Fixed appointments in a rep's year: the visit of the period is made at the agreed time, with slack before (R-H3).

An appointment becomes a place of its own that is open at one minute of one day, and whose visit begins with the slack.
So every search and router keeps it without knowing of appointments.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Ints
from territory.domain.plan import Visits
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason
from territory.planning.timing import NEVER, Table
from territory.planning.visits.problem import Booking, RepProblem, repeated, works_on

VisitRow = tuple[int, int, int, int, int, float, int, int]
"""day, place, start, end, travel minutes, km, planned day, trip of the rep or `NONE`."""


@dataclass(frozen=True)
class Bookings:
    """Appointments that may be kept, as places of a problem.

    Attributes
    ----------
    place, day, start, owner : array of int, shape (bookings,)
        Place of the appointment, its day, the minute at which it begins, and the place of its customer.
    slack : int
        Minutes at the beginning of its visit that are slack.
    """

    place: Ints
    day: Ints
    start: Ints
    owner: Ints
    slack: int

    def __len__(self) -> int:
        return len(self.place)

    def place_of(self) -> dict[tuple[int, int, int], int]:
        """Return the place of each appointment by (place of the customer, day, minute at which it begins)."""
        keys = zip(self.owner.tolist(), self.day.tolist(), self.start.tolist(), strict=True)
        return dict(zip(keys, self.place.tolist(), strict=True))


def with_bookings(problem: RepProblem, near: Ints, away: NDArray[np.bool_]) -> tuple[RepProblem, Bookings]:
    """Add a place for every appointment of some customers on a day the rep works at home.

    Parameters
    ----------
    problem : RepProblem
    near : array of int
        Customers of the cycle; those of trips have no appointments.
    away : array of bool, shape (days,)
        Days on trips.
    """
    wanted = [b for b in problem.bookings if b.place in near and not away[b.day] and _open(problem, b)]
    owner = np.array([b.place for b in wanted], dtype=np.int64)
    place = problem.places + np.arange(len(wanted))
    day = np.array([b.day for b in wanted], dtype=np.int64)
    start = np.array([b.start for b in wanted], dtype=np.int64)
    bookings = Bookings(place, day, start, owner, problem.slack)
    if not wanted:
        return problem, bookings
    of = np.concatenate([np.arange(problem.places), owner])
    made = repeated(problem, of)
    travel = made.travel.copy()
    travel[place, owner] = travel[owner, place] = -1
    service = made.service.copy()
    service[place] = [problem.slack + b.minutes for b in wanted]
    booked = sorted(set(day.tolist()))
    of_day = problem.days.of_day.copy()
    of_day[booked] = len(problem.starts) + np.arange(len(booked))
    return dataclasses.replace(
        made,
        travel=travel,
        service=service,
        starts=_starts(made, place, wanted, booked),
        gaps=np.concatenate([problem.gaps, problem.gaps[problem.days.of_day[booked]]]),
        days=dataclasses.replace(problem.days, of_day=of_day),
    ), bookings


def _open(problem: RepProblem, booking: Booking) -> bool:
    """Return whether the rep is in the field and the customer open for the whole of an appointment."""
    if not works_on(problem, booking.day):
        return False
    pieces = problem.starts[problem.days.of_day[booking.day], booking.place]
    last_end = pieces[:, 1] + problem.service[booking.place]
    return bool(((pieces[:, 0] <= booking.start) & (booking.start + booking.minutes <= last_end)).any())


def _starts(problem: RepProblem, place: Ints, wanted: list[Booking], booked: list[int]) -> Table:
    """Open a class of windows for every day with appointments, and each appointment at one minute of its day."""
    starts = np.concatenate([problem.starts, problem.starts[problem.days.of_day[booked]]])
    first = len(problem.starts)
    starts[:, place] = NEVER, -1
    for k, booking in zip(place.tolist(), wanted, strict=True):
        starts[first + booked.index(booking.day), k, 0] = booking.start - problem.slack
    return starts


def pinned_slots(problem: RepProblem, bookings: Bookings, owner: Ints, planned: Ints) -> Ints:
    """Return the slot that each appointment takes: of its customer and cycle the nearest one that keeps the spacing.

    Parameters
    ----------
    problem : RepProblem
    bookings : Bookings
    owner, planned : arrays of int, shape (slots,)
        Sorted by owner and planned day.

    Returns
    -------
    array of int, shape (bookings,)
        -1 where there is none.
    """
    days = problem.days
    cycle = (planned + days.lead) // days.cycle_days
    pinned = np.full(len(bookings), -1, dtype=np.int64)
    last: dict[int, tuple[int, int]] = {}
    for k in np.argsort(bookings.day, kind="stable").tolist():
        place, day = int(bookings.owner[k]), int(bookings.day[k])
        slot, before = last.get(place, (-1, -NEVER))
        fits = (owner == place) & (cycle == (day + days.lead) // days.cycle_days)
        fits[: slot + 1] = False
        if not fits.any() or day - before < problem.least_gap[place]:
            continue
        found = np.flatnonzero(fits)
        pinned[k] = found[np.argmin(np.abs(planned[found] - day))]
        last[place] = int(pinned[k]), day
    return pinned


def at_customers(visits: list[VisitRow], bookings: Bookings) -> list[VisitRow]:
    """Return the visits with appointments as visits of their customers, without the slack before."""
    owner = dict(zip(bookings.place.tolist(), bookings.owner.tolist(), strict=True))
    return [
        (day, owner.get(place, place), start + bookings.slack * (place in owner), *rest)
        for day, place, start, *rest in visits
    ]


def missed_appointments(scenario: Scenario, calls: CallPlan, rep: Ints, visits: Visits) -> Iterator[Reason]:
    """Yield one reason for every appointment that no visit keeps.

    Parameters
    ----------
    scenario, calls, rep
        As for `plan_visits`.
    visits : Visits
    """
    kept = set(zip(visits.customer.tolist(), visits.day.tolist(), visits.start.tolist(), strict=True))
    on_trips = set(visits.customer[visits.trip != NONE].tolist())
    a, who, reps = scenario.appointments, scenario.customers, scenario.reps
    for key in zip(a.customer.tolist(), a.day.tolist(), a.start.tolist(), strict=True):
        if key in kept:
            continue
        customer, day, start = key
        owner = int(rep[customer])
        absent = scenario.absences.of_rep(str(reps.rep_id[owner]), scenario.calendar.days)[day]
        if calls.visits[customer] == 0:
            cause = "no_visits"
        elif absent or not reps.hired_day[owner] <= day <= reps.left_day[owner]:
            cause = "rep_away"
        elif customer in on_trips:
            cause = "trip"
        else:
            cause = "no_room"
        values = {
            "customer": str(who.customer_id[customer]),
            "date": str(scenario.calendar.date_of(day)),
            "time": f"{start // 60:02d}:{start % 60:02d}",
            "rep": str(reps.rep_id[owner]),
        }
        yield Reason(f"visits.appointment.{cause}", values, "R-H3")
