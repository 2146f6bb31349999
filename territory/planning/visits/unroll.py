"""From one cycle to the year: the pattern over the real calendar, with holidays, meetings, hiring dates and trips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints, Strings
from territory.planning.timing import NEVER
from territory.planning.visits.appointments import Bookings, pinned_slots
from territory.planning.visits.last_room import squeeze_in
from territory.planning.visits.patterns import Pattern
from territory.planning.visits.placing import place_slots
from territory.planning.visits.problem import (
    ABSENT,
    CAPACITY,
    HOLIDAY,
    LEFT,
    MEETING,
    NOT_HIRED,
    RepProblem,
    cause_of_day,
)
from territory.planning.visits.search import CyclePlan

SERVED = -1
"""Cause of a slot that has a day."""


@dataclass(frozen=True)
class YearSlots:
    """Every visit the frequencies ask for in the year, sorted by place and planned day.

    Attributes
    ----------
    owner : array of int, shape (slots,)
        Place.
    planned, made : array of int
        Day of the pattern; day of the visit, -1 for none.
    cause : array of int
        Index into `UNSERVED_CAUSES`, or `SERVED`.
    detail : array of str
    rows : array of int, shape (days, stops)
        Slots of each day in the order of the visits.
    lengths : array of int, shape (days,)
    """

    owner: Ints
    planned: Ints
    made: Ints
    cause: Ints
    detail: Strings
    rows: Ints
    lengths: Ints


class _Draft(NamedTuple):
    """Slots and days while visits are being placed, as `place_slots` changes them; `free` is 1 on days it may use."""

    owner: Ints
    planned: Ints
    made: Ints
    rows: Ints
    lengths: Ints
    free: Ints


def slots_of(problem: RepProblem, places: Ints, patterns: list[Pattern]) -> tuple[Ints, Ints]:
    """Return owner and planned day of every slot of the year, sorted by owner and day.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        Ascending.
    patterns : list of Pattern
        Pattern of each place.
    """
    days = problem.days
    offsets = [np.array(sorted((*pattern.days, *pattern.dropped)), dtype=np.int64) for pattern in patterns]
    cycles = np.arange((days.count + days.lead) // days.cycle_days + 1) * days.cycle_days - days.lead
    planned = [(cycles[:, None] + offset[None, :]).ravel() for offset in offsets]
    planned = [day[(day >= 0) & (day < days.count)] for day in planned]
    owner = np.repeat(places, [len(day) for day in planned])
    flat = np.concatenate(planned) if planned else np.zeros(0)
    return owner.astype(np.int64), flat.astype(np.int64)


def unroll(
    problem: RepProblem,
    cycle: CyclePlan,
    places: Ints,
    patterns: list[Pattern],
    away: NDArray[np.bool_],
    bookings: Bookings,
    *,
    hurried: bool = False,
) -> YearSlots:
    """Lay a cycle over the year, appointments first, and move what meets one, a holiday, a meeting or a trip.

    Parameters
    ----------
    problem : RepProblem
    cycle : CyclePlan
        Routes of one cycle.
    places : array of int
        Customers of the cycle, ascending.
    patterns : list of Pattern
        Pattern of each place, also where the cycle has no room for it.
    away : array of bool, shape (days,)
        Days on trips.
    bookings : Bookings
        Appointments; the slots they take have a day but stand in no row, the appointments do.
    hurried : bool
        Leave visits out without a try of every order of the days they may have.
    """
    days = problem.days
    owner, planned = slots_of(problem, places, patterns)
    pinned, regular = pinned_slots(problem, bookings, owner, planned), len(owner)
    owner, planned = np.concatenate([owner, bookings.place]), np.concatenate([planned, bookings.day])
    made = np.full(len(owner), -1, dtype=np.int64)
    rows = np.full((days.count, cycle.rows.shape[1] + 2), -1, dtype=np.int64)
    lengths = np.zeros(days.count, dtype=np.int64)
    hired = (np.arange(days.count) >= days.hired_day) & (np.arange(days.count) <= days.left_day)
    ordinary = hired & ~away & days.worked & (days.of_day == days.ordinary[days.weekday])
    slot_at = np.full((days.count, problem.places), -1, dtype=np.int64)
    slot_at[planned, owner] = np.arange(len(owner))
    free = (hired & ~away & (days.of_day > 0)).astype(np.int64)
    draft = _Draft(owner, planned, made, rows, lengths, free)
    _keep(problem, pinned, regular, draft)
    row_of_offset = np.full(days.cycle_days, -1, dtype=np.int64)
    row_of_offset[cycle.offsets] = np.arange(len(cycle.offsets))
    for day in np.flatnonzero(ordinary).tolist():
        row = int(row_of_offset[(day + days.lead) % days.cycle_days])
        if row >= 0 and cycle.lengths[row]:
            length = int(cycle.lengths[row])
            slots = slot_at[day, cycle.rows[row, :length]]
            if len(bookings):
                slots = _beside(problem, slots, owner, made, planned)
            rows[day, : len(slots)], lengths[day], made[slots] = slots, len(slots), day
    cause, detail = _causes(problem, planned, away, ordinary)
    pressing = (cause != CAPACITY) | away[planned] | np.isin(planned, bookings.day)
    cause[regular:] = SERVED
    waiting = _move(problem, draft, cause, pressing)
    if not hurried:
        squeeze_in(problem, waiting, draft.free, rows, lengths, owner, planned, made)
    planned[regular:][pinned >= 0] = planned[pinned[pinned >= 0]]
    for slot in np.flatnonzero((made < 0) & (cause == MEETING)).tolist():
        cause[slot] = cause_of_day(problem, int(owner[slot]), int(planned[slot]))[0]
    cause[made >= 0] = SERVED
    missing = cause == CAPACITY
    detail[missing] = missing_minutes(problem, owner[missing])
    return YearSlots(owner, planned, made, cause, detail, rows, lengths)


def _causes(
    problem: RepProblem, planned: Ints, away: NDArray[np.bool_], ordinary: NDArray[np.bool_]
) -> tuple[Ints, Strings]:
    """Return why each slot, were it unmade, is."""
    days = problem.days
    names = np.array(days.names, dtype=object)
    before = planned < days.hired_day
    stopped = ~before & ~away[planned] & (names[planned] != "")
    cause = np.full(len(planned), CAPACITY, dtype=np.int64)
    off = stopped & ~days.worked[planned]
    cause[off] = days.off_cause[planned[off]]
    cause[stopped & days.worked[planned] & ~ordinary[planned]] = MEETING
    cause[planned > days.left_day] = LEFT
    cause[before] = NOT_HIRED
    named = (cause == HOLIDAY) | (cause == MEETING) | (cause == ABSENT)
    detail = np.full(len(planned), "", dtype=object)
    detail[named] = names[planned[named]]
    return cause, detail


def _move(problem: RepProblem, draft: _Draft, cause: Ints, pressing: NDArray[np.bool_]) -> Ints:
    """Place the displaced visits, important ones first; then those the cycle had no room for; then all once more.

    Return all of them in the order of their importance.
    """
    owner = draft.owner
    order = np.lexsort((problem.rank[owner], draft.planned, problem.tier[owner]))
    waiting = order[(draft.made[order] < 0) & ~np.isin(cause[order], (NOT_HIRED, LEFT, SERVED))]
    displaced, crowded = waiting[pressing[waiting]], waiting[~pressing[waiting]]
    for todo, may_push in ((displaced, 1), (crowded, 0), (displaced, 1)):
        _place(problem, draft, todo, may_push, problem.shift_days)
    return waiting


def _place(problem: RepProblem, slots: _Draft, todo: Ints, may_push: int, shift: int) -> None:
    days = problem.days
    place_slots(
        todo, may_push, shift, days.cycle_days, days.lead, slots.free, slots.rows, slots.lengths, slots.owner,
        slots.planned, slots.made, problem.least_gap, problem.most_gap, days.of_day, problem.travel, problem.service,
        problem.starts, problem.gaps, problem.depart, problem.back, problem.apart,
        np.zeros((3, slots.rows.shape[1]), dtype=np.int32),
    )  # fmt: skip


def _keep(problem: RepProblem, pinned: Ints, regular: int, draft: _Draft) -> None:
    """Put each appointment into its day; the slot it takes counts as made where that succeeds."""
    todo = regular + np.flatnonzero(pinned >= 0)
    _place(problem, draft, todo, 0, 0)
    kept = draft.made[todo] >= 0
    draft.made[pinned[todo[kept] - regular]] = draft.made[todo[kept]]
    pinned[todo[~kept] - regular] = -1


def _beside(problem: RepProblem, slots: Ints, owner: Ints, made: Ints, planned: Ints) -> Ints:
    """Return the slots of a day, in order, that no appointment takes or comes too near to."""
    kept = []
    for slot in slots.tolist():
        near = True
        for other in (slot - 1, slot + 1):
            if 0 <= other < len(owner) and owner[other] == owner[slot] and made[other] >= 0:
                gap = (made[other] - planned[slot]) * (other - slot)
                near &= problem.least_gap[owner[slot]] <= gap <= problem.most_gap[owner[slot]]
        if near and made[slot] < 0:
            kept.append(slot)
    return np.array(kept, dtype=np.int64)


def missing_minutes(problem: RepProblem, owner: NDArray[np.integer]) -> Strings:
    """Return the minutes a visit would take beside the nearest other customer: what the rep's days lack."""
    travel = np.where(problem.travel < 0, NEVER, problem.travel).astype(np.int64)
    np.fill_diagonal(travel, NEVER)
    nearest = travel.min(axis=1)
    minutes = problem.service + np.where(nearest < NEVER, nearest, 0)
    return np.array([str(int(minutes[place])) for place in owner], dtype=object)
