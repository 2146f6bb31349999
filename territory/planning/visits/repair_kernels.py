"""Kernels that mend a calendar already promised: hold what still stands, find days for what does not.

A *slot* is one visit the frequency asks for, as in `territory.planning.visits.placing`; `times` holds the start that
was promised for each slot of each day. Whatever can stay keeps its day and its start.
"""

from __future__ import annotations

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


@inner
def _late_stop(
    day: int, rows: Ints, lengths: Ints, times: Ints, owner: Ints, w: int, travel: Table, service: Table,
    starts: Table, gaps: Table, depart: int, back: int, apart: Table, fresh: Ints,
) -> int:  # fmt: skip
    """Write the start of each visit at or after the promised one; return the first that cannot be made, or -1.

    The position `lengths[day]` stands for the way home.
    """
    minute, place = whole(depart), whole(0)
    for k in range(lengths[day]):
        stop = owner[rows[day, k]]
        for other in range(k):
            for j in range(apart.shape[1]):
                if apart[stop, j] == owner[rows[day, other]]:
                    return k
        there = arrive(gaps, w, minute, whole(travel[place, stop]))
        fresh[k] = fit_start(starts, w, stop, max(there, times[day, k]))
        if there >= NEVER or fresh[k] >= NEVER:
            return k
        minute, place = fresh[k] + service[stop], stop
    if lengths[day] and arrive(gaps, w, minute, whole(travel[place, 0])) > back:
        return whole(lengths[day])
    return whole(-1)


@kernel
def hold_days(
    days: Ints, usable: Mask, rows: Ints, lengths: Ints, times: Ints, owner: Ints, made: Ints, classes: Ints,
    travel: Table, service: Table, starts: Table, gaps: Table, depart: int, back: int, apart: Table, rank: Table,
    fresh: Ints,
) -> None:  # fmt: skip
    """Take out of each day what it no longer allows, the least important first; the others keep their starts.

    Parameters
    ----------
    days : array of int
    usable : array of bool, shape (days of the year,)
        Whether the rep works in the field that day.
    rows, times : array of int, shape (days of the year, stops)
        Slots in order and their promised starts; changed in place, as `lengths` and `made`.
    owner, made : array of int, shape (slots,)
        Place, and day or -1.
    classes : array of int
        Window class of each day.
    travel, service, starts, gaps, depart, back, apart
        See `territory.planning.visits.problem.RepProblem`.
    rank : array, shape (places,)
        0 for the most important customer.
    fresh : array of int, shape (stops,)
    """
    for day in days:
        while lengths[day]:
            late = whole(0)
            if usable[day]:
                late = _late_stop(
                    day, rows, lengths, times, owner, classes[day], travel, service, starts, gaps, depart, back, apart,
                    fresh,
                )  # fmt: skip
            if late < 0:
                break
            _take_out(day, _victim(day, late, rows, lengths, owner, classes[day], starts, rank), rows, lengths, times,
                      made)  # fmt: skip
        for k in range(lengths[day]):
            times[day, k] = fresh[k]


@inner
def _victim(day: int, late: int, rows: Ints, lengths: Ints, owner: Ints, w: int, starts: Table, rank: Table) -> int:
    """Return the position to give up: a customer closed that day, else the least important up to the late one."""
    worst = whole(0)
    for k in range(min(late + 1, lengths[day])):
        stop = owner[rows[day, k]]
        if fit_start(starts, w, stop, whole(0)) >= NEVER:
            return k
        if rank[stop] > rank[owner[rows[day, worst]]]:
            worst = whole(k)
    return worst


@inner
def _take_out(day: int, position: int, rows: Ints, lengths: Ints, times: Ints, made: Ints) -> None:
    made[rows[day, position]] = -1
    for k in range(position, lengths[day] - 1):
        rows[day, k], times[day, k] = rows[day, k + 1], times[day, k + 1]
    lengths[day] -= 1


@inner
def _price(
    place: int, day: int, skip: int, rows: Ints, lengths: Ints, times: Ints, owner: Ints, w: int, travel: Table,
    service: Table, starts: Table, gaps: Table, depart: int, back: int, apart: Table, kept: Table,
) -> tuple[float, int]:  # fmt: skip
    """Return (price, position) of a visit on a day from which the slot `skip` is taken out, or (`NEVER`, -1)."""
    count = whole(0)
    for k in range(lengths[day]):
        if rows[day, k] != skip:
            for j in range(apart.shape[1]):
                if apart[place, j] == owner[rows[day, k]]:
                    return float(NEVER), whole(-1)
            kept[0, count], kept[1, count] = owner[rows[day, k]], times[day, k]
            count += 1
    best, where = float(NEVER), whole(-1)
    if count + 1 >= rows.shape[1]:
        return best, where
    before, minute = whole(0), whole(depart)
    for k in range(count + 1):
        after = whole(kept[0, k]) if k < count else whole(0)
        there, onward = whole(travel[before, place]), whole(travel[place, after])
        start = fit_start(starts, w, place, arrive(gaps, w, minute, there))
        if start < NEVER and onward >= 0:
            added = there + onward - (travel[before, after] if count else 0)
            shifted = _shifted(place, start, k, count, kept, w, travel, service, starts, gaps, back)
            if shifted >= 0 and added + TIME_PRICE * shifted < best:
                best, where = added + TIME_PRICE * shifted, whole(k)
        if k < count:
            minute, before = kept[1, k] + whole(service[after]), after
    return best, where


@inner
def _shifted(
    place: int, start: int, position: int, count: int, kept: Table, w: int, travel: Table, service: Table,
    starts: Table, gaps: Table, back: int,
) -> int:  # fmt: skip
    """Return how many later visits start later because of a new one, or -1 where the day is too short."""
    minute, moved = start + service[place], whole(0)
    for k in range(position, count):
        stop = whole(kept[0, k])
        there = arrive(gaps, w, minute, whole(travel[place, stop]))
        begin = fit_start(starts, w, stop, max(there, whole(kept[1, k])))
        if there >= NEVER or begin >= NEVER:
            return whole(-1)
        if begin == kept[1, k]:
            return moved
        moved += 1
        minute, place = begin + service[stop], stop
    return moved if arrive(gaps, w, minute, whole(travel[place, 0])) <= back else whole(-1)


@inner
def _best_day(
    slot: int, avoid: int, shift: int, cycle_days: int, lead: int, usable: Mask, rows: Ints, lengths: Ints,
    times: Ints, owner: Ints, planned: Ints, made: Ints, least: Table, most: Table, classes: Ints, travel: Table,
    service: Table, starts: Table, gaps: Table, depart: int, back: int, apart: Table, kept: Table,
) -> tuple[float, int, int]:  # fmt: skip
    """Return (price, day, position) of the best day for a slot within its shift and cycle, or (`NEVER`, -1, -1)."""
    best, best_day, where = float(NEVER), whole(-1), whole(-1)
    target = planned[slot]
    first = (target + lead) // cycle_days * cycle_days - lead
    for day in range(max(0, target - shift, first), min(len(usable), target + shift + 1, first + cycle_days)):
        far = DAY_PRICE * abs(day - target)
        if not usable[day] or day == avoid or far >= best:
            continue
        if not spacing_holds(slot, day, owner, planned, made, least, most):
            continue
        price, position = _price(
            owner[slot], day, whole(-1), rows, lengths, times, owner, classes[day], travel, service, starts, gaps,
            depart, back, apart, kept,
        )  # fmt: skip
        if price + far < best:
            best, best_day, where = price + far, day, position
    return best, best_day, where


@inner
def _put(
    slot: int, day: int, position: int, rows: Ints, lengths: Ints, times: Ints, owner: Ints, made: Ints, w: int,
    travel: Table, service: Table, starts: Table, gaps: Table, depart: int,
) -> None:  # fmt: skip
    """Put a slot into a day and shift the later starts as far as they have to."""
    for k in range(lengths[day], position, -1):
        rows[day, k], times[day, k] = rows[day, k - 1], times[day, k - 1]
    rows[day, position], times[day, position] = slot, 0
    lengths[day] += 1
    made[slot] = day
    minute, place = whole(depart), whole(0)
    for k in range(lengths[day]):
        stop = owner[rows[day, k]]
        there = arrive(gaps, w, minute, whole(travel[place, stop]))
        if k >= position:
            times[day, k] = fit_start(starts, w, stop, max(there, times[day, k]))
        minute, place = times[day, k] + service[stop], stop


@inner
def _visit_to_push(
    slot: int, shift: int, cycle_days: int, lead: int, usable: Mask, rows: Ints, lengths: Ints, times: Ints,
    owner: Ints, planned: Ints, made: Ints, least: Table, most: Table, classes: Ints, travel: Table, service: Table,
    starts: Table, gaps: Table, depart: int, back: int, apart: Table, kept: Table,
) -> tuple[int, int]:  # fmt: skip
    """Return (position, day) of the visit whose move to another day makes room for `slot`, or (-1, -1)."""
    best, found, found_day = float(NEVER), whole(-1), whole(-1)
    target = planned[slot]
    for day in range(max(0, target - shift), min(len(usable), target + shift + 1)):
        same_cycle = (day + lead) // cycle_days == (target + lead) // cycle_days
        if not (usable[day] and same_cycle and spacing_holds(slot, day, owner, planned, made, least, most)):
            continue
        for k in range(lengths[day]):
            pushed = rows[day, k]
            if owner[pushed] == owner[slot]:
                continue
            price, _ = _price(
                owner[slot], day, pushed, rows, lengths, times, owner, classes[day], travel, service, starts, gaps,
                depart, back, apart, kept,
            )  # fmt: skip
            if price >= best:
                continue
            made[pushed] = -1
            onward, other, _ = _best_day(
                pushed, day, shift, cycle_days, lead, usable, rows, lengths, times, owner, planned, made, least, most,
                classes, travel, service, starts, gaps, depart, back, apart, kept,
            )  # fmt: skip
            made[pushed] = day
            if other >= 0 and price + onward + PUSH_PRICE < best:
                best, found, found_day = price + onward + PUSH_PRICE, whole(k), day
    return found, found_day


@kernel
def settle_slots(
    todo: Ints, may_push: int, shift: int, cycle_days: int, lead: int, usable: Mask, rows: Ints, lengths: Ints,
    times: Ints, owner: Ints, planned: Ints, made: Ints, least: Table, most: Table, classes: Ints, travel: Table,
    service: Table, starts: Table, gaps: Table, depart: int, back: int, apart: Table, kept: Table,
) -> None:  # fmt: skip
    """Give each unmade slot of `todo`, in this order, the day that disturbs least; everything changes in place.

    Parameters
    ----------
    todo : array of int
        Slots without a day.
    may_push : int
        1 where one promised visit may move to another day to make room for one that else could not be made.
    shift : int
        Most days between the planned day and the new one.
    cycle_days, lead : int
        Length of the cycle, and days of cycle 0 before the year; slots stay in their cycle.
    usable, rows, lengths, times, owner, made, classes, travel, service, starts, gaps, depart, back, apart
        As for `hold_days`.
    planned : array of int, shape (slots,)
        Days the frequency asks for; slots are sorted by place and planned day.
    least, most : arrays, shape (places,)
        Bounds of the gaps.
    kept : array of int32, shape (2, stops)
    """
    for slot in todo:
        if made[slot] >= 0:
            continue
        _, day, position = _best_day(
            slot, whole(-1), shift, cycle_days, lead, usable, rows, lengths, times, owner, planned, made, least, most,
            classes, travel, service, starts, gaps, depart, back, apart, kept,
        )  # fmt: skip
        if day >= 0:
            _put(slot, day, position, rows, lengths, times, owner, made, classes[day], travel, service, starts, gaps,
                 depart)  # fmt: skip
        if day >= 0 or not may_push:
            continue
        at, day = _visit_to_push(
            slot, shift, cycle_days, lead, usable, rows, lengths, times, owner, planned, made, least, most, classes,
            travel, service, starts, gaps, depart, back, apart, kept,
        )  # fmt: skip
        if at < 0:
            continue
        pushed = rows[day, at]
        _take_out(day, at, rows, lengths, times, made)
        _, position = _price(
            owner[slot], day, whole(-1), rows, lengths, times, owner, classes[day], travel, service, starts, gaps,
            depart, back, apart, kept,
        )  # fmt: skip
        _put(slot, day, position, rows, lengths, times, owner, made, classes[day], travel, service, starts, gaps,
             depart)  # fmt: skip
        _, other, position = _best_day(
            pushed, day, shift, cycle_days, lead, usable, rows, lengths, times, owner, planned, made, least, most,
            classes, travel, service, starts, gaps, depart, back, apart, kept,
        )  # fmt: skip
        if other >= 0:
            _put(pushed, other, position, rows, lengths, times, owner, made, classes[other], travel, service, starts,
                 gaps, depart)  # fmt: skip


@kernel
def day_prices(
    place: int, usable: Mask, rows: Ints, lengths: Ints, times: Ints, owner: Ints, classes: Ints, travel: Table,
    service: Table, starts: Table, gaps: Table, depart: int, back: int, apart: Table, kept: Table,
    out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Write the price of one more visit to a place on each day, `NEVER` where there is no room.

    Parameters
    ----------
    place : int
    usable, rows, lengths, times, owner, classes, travel, service, starts, gaps, depart, back, apart, kept
        As for `settle_slots`.
    out : array of float, shape (days of the year,)
    """
    for day in range(len(usable)):
        out[day] = float(NEVER)
        if usable[day]:
            out[day], _ = _price(
                place, day, whole(-1), rows, lengths, times, owner, classes[day], travel, service, starts, gaps,
                depart, back, apart, kept,
            )  # fmt: skip
