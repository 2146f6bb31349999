"""Kernels that mend a calendar already promised: hold what still stands, find days for what does not.

A *slot* is one visit the frequency asks for, as in `territory.planning.visits.placing`. Whatever can stay keeps its day
and its start.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.planning.timing import NEVER, Table, arrive, fit_start, inner, kernel, whole
from territory.planning.visits.placing import spacing_holds

Mask = NDArray[np.bool_]

DAY_PRICE = 3.0
"""Minutes of travel that a visit may cost rather than move one more day."""
TIME_PRICE = 20.0
"""Minutes of travel that a visit may cost rather than shift the start of another one."""
PUSH_PRICE = 60.0
"""Minutes of travel that a visit may cost rather than send another one to another day."""


class Limits(NamedTuple):
    """What days and customers allow; see `territory.planning.visits.problem.RepProblem`.

    Attributes
    ----------
    usable : array of bool, shape (days of the year,)
        Whether the rep works in the field that day.
    classes : array of int, shape (days of the year,)
        Window class of each day.
    travel, service, starts, gaps, depart, back, apart, least, most
        Of the problem; `least` and `most` bound the gaps of each place.
    rank : array, shape (places,)
        The least rank is the most important.
    shift : int
        Most days between the planned day and another one.
    cycle_days, lead : int
        Length of the cycle, and days of cycle 0 before the year; slots stay in their cycle.
    """

    usable: Mask
    classes: Ints
    travel: Table
    service: Table
    starts: Table
    gaps: Table
    depart: int
    back: int
    apart: Table
    least: Table
    most: Table
    rank: Table
    shift: int
    cycle_days: int
    lead: int


class Calendar(NamedTuple):
    """Slots and days of a rep; the kernels change them in place.

    Attributes
    ----------
    rows, times : array of int, shape (days of the year, stops)
        Slots in order and their starts.
    lengths : array of int, shape (days of the year,)
    owner, place, planned, made : array of int, shape (slots,)
        Customer, place of the visit (the customer, or an appointment with it), day the frequency asks for, and day of
        the visit or -1; sorted by customer and planned day.
    scratch : array of int, shape (2, stops)
    """

    rows: Ints
    lengths: Ints
    times: Ints
    owner: Ints
    place: Ints
    planned: Ints
    made: Ints
    scratch: Ints


@inner
def _late_stop(day: int, limits: Limits, calendar: Calendar) -> int:
    """Write the start of each visit at or after the promised one; return the first that cannot be made, or -1.

    The position `lengths[day]` stands for the way home.
    """
    rows, fresh, w = calendar.rows, calendar.scratch[0], limits.classes[day]
    minute, place, apart = whole(limits.depart), whole(0), limits.apart
    for k in range(calendar.lengths[day]):
        stop = calendar.place[rows[day, k]]
        for other in range(k):
            for j in range(apart.shape[1]):
                if apart[stop, j] == calendar.place[rows[day, other]]:
                    return k
        there = arrive(limits.gaps, w, minute, whole(limits.travel[place, stop]))
        fresh[k] = fit_start(limits.starts, w, stop, max(there, calendar.times[day, k]))
        if there >= NEVER or fresh[k] >= NEVER:
            return k
        minute, place = fresh[k] + limits.service[stop], stop
    if calendar.lengths[day] and arrive(limits.gaps, w, minute, whole(limits.travel[place, 0])) > limits.back:
        return whole(calendar.lengths[day])
    return whole(-1)


@kernel
def hold_days(days: Ints, limits: Limits, calendar: Calendar) -> None:
    """Take out of each day what it no longer allows, the least important first; the others keep their starts.

    Parameters
    ----------
    days : array of int
    limits : Limits
    calendar : Calendar
        A visit taken out is no appointment any more.
    """
    for day in days:
        while calendar.lengths[day]:
            late = _late_stop(day, limits, calendar) if limits.usable[day] else whole(0)
            if late < 0:
                break
            slot = calendar.rows[day, _victim(day, late, limits, calendar)]
            take_out(slot, calendar)
            calendar.place[slot] = calendar.owner[slot]
        for k in range(calendar.lengths[day]):
            calendar.times[day, k] = calendar.scratch[0, k]


@inner
def _victim(day: int, late: int, limits: Limits, calendar: Calendar) -> int:
    """Return the position to give up: a customer closed that day, else the least important up to the late one."""
    worst, last = whole(0), whole(-1)
    for k in range(min(late + 1, calendar.lengths[day])):
        stop = calendar.place[calendar.rows[day, k]]
        if fit_start(limits.starts, limits.classes[day], stop, whole(0)) >= NEVER:
            return k
        if limits.rank[stop] > last:
            worst, last = whole(k), whole(limits.rank[stop])
    return worst


@kernel
def take_out(slot: int, calendar: Calendar) -> None:
    """Take a slot off its day."""
    day, kept = calendar.made[slot], whole(0)
    for k in range(calendar.lengths[day]):
        if calendar.rows[day, k] != slot:
            calendar.rows[day, kept], calendar.times[day, kept] = calendar.rows[day, k], calendar.times[day, k]
            kept += 1
    calendar.lengths[day] = kept
    calendar.made[slot] = -1


@inner
def _price(place: int, day: int, skip: int, limits: Limits, calendar: Calendar) -> tuple[float, int]:
    """Return (price, position) of a visit on a day from which the slot `skip` is taken out, or (`NEVER`, -1)."""
    kept, apart, travel, w = calendar.scratch, limits.apart, limits.travel, limits.classes[day]
    count = whole(0)
    for k in range(calendar.lengths[day]):
        slot = calendar.rows[day, k]
        if slot != skip:
            for j in range(apart.shape[1]):
                if apart[place, j] == calendar.place[slot]:
                    return float(NEVER), whole(-1)
            kept[0, count], kept[1, count] = calendar.place[slot], calendar.times[day, k]
            count += 1
    best, where = float(NEVER), whole(-1)
    if count + 1 >= calendar.rows.shape[1]:
        return best, where
    before, minute = whole(0), whole(limits.depart)
    for k in range(count + 1):
        after = kept[0, k] if k < count else whole(0)
        there, onward = whole(travel[before, place]), whole(travel[place, after])
        start = fit_start(limits.starts, w, place, arrive(limits.gaps, w, minute, there))
        if start < NEVER and onward >= 0:
            added = there + onward - (travel[before, after] if count else 0)
            shifted = _shifted(place, start, k, count, w, limits, kept)
            if shifted >= 0 and added + TIME_PRICE * shifted < best:
                best, where = added + TIME_PRICE * shifted, whole(k)
        if k < count:
            minute, before = kept[1, k] + whole(limits.service[after]), after
    return best, where


@inner
def _shifted(place: int, start: int, position: int, count: int, w: int, limits: Limits, kept: Ints) -> int:
    """Return how many later visits start later because of a new one, or -1 where the day is too short."""
    minute, moved = start + limits.service[place], whole(0)
    for k in range(position, count):
        stop = kept[0, k]
        there = arrive(limits.gaps, w, minute, whole(limits.travel[place, stop]))
        begin = fit_start(limits.starts, w, stop, max(there, kept[1, k]))
        if there >= NEVER or begin >= NEVER:
            return whole(-1)
        if begin == kept[1, k]:
            return moved
        moved += 1
        minute, place = begin + limits.service[stop], stop
    return moved if arrive(limits.gaps, w, minute, whole(limits.travel[place, 0])) <= limits.back else whole(-1)


@inner
def _reach(slot: int, limits: Limits, calendar: Calendar) -> tuple[int, int]:
    """Return the first day a slot may lie on and the one after the last: within its shift, all within its cycle.

    An appointment has one day alone, wherever in the cycle.
    """
    target = calendar.planned[slot]
    shift = limits.shift if calendar.place[slot] == calendar.owner[slot] else limits.cycle_days
    first = (target + limits.lead) // limits.cycle_days * limits.cycle_days - limits.lead
    last = min(len(limits.usable), target + shift + 1, first + limits.cycle_days)
    return max(whole(0), target - shift, first), last


@inner
def _allowed(slot: int, day: int, limits: Limits, calendar: Calendar) -> bool:
    """Return whether the rep works on a day, and a visit of the slot keeps the spacing there."""
    if not limits.usable[day]:
        return False
    return spacing_holds(slot, day, calendar.owner, calendar.planned, calendar.made, limits.least, limits.most)


@inner
def _best_day(slot: int, avoid: int, limits: Limits, calendar: Calendar) -> tuple[float, int, int]:
    """Return (price, day, position) of the best day for a slot but `avoid`, or (`NEVER`, -1, -1)."""
    best, best_day, where = float(NEVER), whole(-1), whole(-1)
    first, last = _reach(slot, limits, calendar)
    for day in range(first, last):
        far = DAY_PRICE * abs(day - calendar.planned[slot])
        if day == avoid or far >= best or not _allowed(slot, day, limits, calendar):
            continue
        price, position = _price(calendar.place[slot], day, whole(-1), limits, calendar)
        if price + far < best:
            best, best_day, where = price + far, day, position
    return best, best_day, where


@inner
def _put(slot: int, day: int, position: int, limits: Limits, calendar: Calendar) -> None:
    """Put a slot into a day and shift the later starts as far as they have to."""
    rows, times, w = calendar.rows, calendar.times, limits.classes[day]
    for k in range(calendar.lengths[day], position, -1):
        rows[day, k], times[day, k] = rows[day, k - 1], times[day, k - 1]
    rows[day, position], times[day, position] = slot, 0
    calendar.lengths[day] += 1
    calendar.made[slot] = day
    minute, place = whole(limits.depart), whole(0)
    for k in range(calendar.lengths[day]):
        stop = calendar.place[rows[day, k]]
        there = arrive(limits.gaps, w, minute, whole(limits.travel[place, stop]))
        if k >= position:
            times[day, k] = fit_start(limits.starts, w, stop, max(there, times[day, k]))
        minute, place = times[day, k] + limits.service[stop], stop


@inner
def _settle(slot: int, avoid: int, limits: Limits, calendar: Calendar) -> bool:
    """Put a slot on its best day but `avoid`; return whether there is one."""
    _, day, position = _best_day(slot, avoid, limits, calendar)
    if day >= 0:
        _put(slot, day, position, limits, calendar)
    return bool(day >= 0)


@inner
def _visit_to_push(slot: int, limits: Limits, calendar: Calendar) -> int:
    """Return the slot whose move to another day makes room for `slot`, or -1."""
    best, found = float(NEVER), whole(-1)
    first, last = _reach(slot, limits, calendar)
    for day in range(first, last):
        if not _allowed(slot, day, limits, calendar):
            continue
        for k in range(calendar.lengths[day]):
            pushed = calendar.rows[day, k]
            if calendar.owner[pushed] == calendar.owner[slot]:
                continue
            price, _ = _price(calendar.place[slot], day, pushed, limits, calendar)
            if price >= best:
                continue
            calendar.made[pushed] = -1
            onward, other, _ = _best_day(pushed, day, limits, calendar)
            calendar.made[pushed] = day
            if other >= 0 and price + onward + PUSH_PRICE < best:
                best, found = price + onward + PUSH_PRICE, pushed
    return found


@kernel
def settle_slots(todo: Ints, may_push: int, limits: Limits, calendar: Calendar) -> None:
    """Give each unmade slot of `todo`, in this order, the day that disturbs least.

    Parameters
    ----------
    todo : array of int
        Slots without a day.
    may_push : int
        1 where one promised visit may move to another day to make room for one that else could not be made.
    limits : Limits
    calendar : Calendar
    """
    for slot in todo:
        if calendar.made[slot] >= 0 or _settle(slot, whole(-1), limits, calendar) or not may_push:
            continue
        pushed = _visit_to_push(slot, limits, calendar)
        if pushed >= 0:
            day = calendar.made[pushed]
            take_out(pushed, calendar)
            _, position = _price(calendar.place[slot], day, whole(-1), limits, calendar)
            _put(slot, day, position, limits, calendar)
            _settle(pushed, day, limits, calendar)


@kernel
def day_prices(place: int, limits: Limits, calendar: Calendar, out: NDArray[np.float64]) -> None:
    """Write the price of one more visit to a place on each day, `NEVER` where there is no room.

    Parameters
    ----------
    place : int
    limits : Limits
    calendar : Calendar
    out : array of float, shape (days of the year,)
    """
    for day in range(len(limits.usable)):
        out[day] = float(NEVER)
        if limits.usable[day]:
            out[day], _ = _price(place, day, whole(-1), limits, calendar)
