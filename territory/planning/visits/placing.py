"""Finding another day for visits that cannot be made on the day of their pattern.

A *slot* is one visit the frequency asks for. The slots of a customer follow each other in time, and stay in that order:
each lies on its own day (or, while unmade, stands on its planned day), strictly between its neighbours.
"""

from __future__ import annotations

from territory.domain.customers import Ints
from territory.planning.timing import NEVER, Table, best_insertion, inner, kernel, sweep, whole

SHIFT_PRICE = 3.0
"""Minutes of travel that a visit may cost rather than move one more day."""


@inner
def spacing_holds(slot: int, day: int, owner: Ints, planned: Ints, made: Ints, least: Table, most: Table) -> bool:
    """Return whether a slot may lie on a day, given the visits made before and after it.

    The longest gap does not bind across an unmade visit, which is listed as unserved.
    """
    place = owner[slot]
    for step in (-1, 1):
        other = slot + step
        adjacent = True
        while 0 <= other < len(owner) and owner[other] == place:
            stands = made[other] if made[other] >= 0 else planned[other]
            gap = (stands - day) * step
            if gap <= 0:
                return False
            if made[other] >= 0:
                if gap < least[place] or (adjacent and gap > most[place]):
                    return False
                break
            adjacent = False
            other += step
    return True


@inner
def _price(
    place: int,
    day: int,
    skip: int,
    rows: Ints,
    lengths: Ints,
    owner: Ints,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    apart: Table,
    scratch: Table,
) -> tuple[int, int]:
    """Return (added minutes, position) of a visit on a day from which the slot `skip` is taken out."""
    kept = whole(0)
    for k in range(lengths[day]):
        if rows[day, k] != skip:
            for j in range(apart.shape[1]):
                if apart[place, j] == owner[rows[day, k]]:
                    return whole(NEVER), whole(-1)
            scratch[0, kept] = owner[rows[day, k]]
            kept += 1
    if kept >= rows.shape[1]:
        return whole(NEVER), whole(-1)
    sweep(scratch[0], kept, classes[day], travel, service, starts, gaps, depart, back, scratch[1], scratch[2])
    return best_insertion(
        place, scratch[0], kept, classes[day], travel, service, starts, gaps, depart, back, scratch[1], scratch[2]
    )


@inner
def _best_day(
    slot: int,
    avoid: int,
    shift: int,
    cycle_days: int,
    lead: int,
    free: Ints,
    rows: Ints,
    lengths: Ints,
    owner: Ints,
    planned: Ints,
    made: Ints,
    least: Table,
    most: Table,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    apart: Table,
    scratch: Table,
) -> tuple[float, int, int]:
    """Return (price, day, position) of the cheapest day for a slot within its shift and cycle, or (`NEVER`, -1, -1)."""
    best, best_day, where = float(NEVER), whole(-1), whole(-1)
    target = planned[slot]
    cycle_first = (target + lead) // cycle_days * cycle_days - lead
    for day in range(max(0, target - shift, cycle_first), min(len(free), target + shift + 1, cycle_first + cycle_days)):
        price = SHIFT_PRICE * abs(day - target)
        if not free[day] or day == avoid or price >= best:
            continue
        if not spacing_holds(slot, day, owner, planned, made, least, most):
            continue
        added, position = _price(
            owner[slot],
            day,
            whole(-1),
            rows,
            lengths,
            owner,
            classes,
            travel,
            service,
            starts,
            gaps,
            depart,
            back,
            apart,
            scratch,
        )
        if added + price < best:
            best, best_day, where = added + price, day, position
    return best, best_day, where


@inner
def _put(slot: int, day: int, position: int, rows: Ints, lengths: Ints, made: Ints) -> None:
    for k in range(lengths[day], position, -1):
        rows[day, k] = rows[day, k - 1]
    rows[day, position] = slot
    lengths[day] += 1
    made[slot] = day


@inner
def _lift(slot: int, rows: Ints, lengths: Ints, made: Ints) -> None:
    day = made[slot]
    kept = whole(0)
    for k in range(lengths[day]):
        if rows[day, k] != slot:
            rows[day, kept] = rows[day, k]
            kept += 1
    lengths[day] = kept
    made[slot] = -1


@inner
def _settle(
    slot: int,
    avoid: int,
    shift: int,
    cycle_days: int,
    lead: int,
    free: Ints,
    rows: Ints,
    lengths: Ints,
    owner: Ints,
    planned: Ints,
    made: Ints,
    least: Table,
    most: Table,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    apart: Table,
    scratch: Table,
) -> bool:
    """Put a slot on its cheapest day; return whether there is one."""
    _, day, position = _best_day(
        slot, avoid, shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most, classes, travel,
        service, starts, gaps, depart, back, apart, scratch,
    )  # fmt: skip
    if day >= 0:
        _put(slot, day, position, rows, lengths, made)
    return bool(day >= 0)


@inner
def _visit_to_push(
    slot: int,
    shift: int,
    cycle_days: int,
    lead: int,
    free: Ints,
    rows: Ints,
    lengths: Ints,
    owner: Ints,
    planned: Ints,
    made: Ints,
    least: Table,
    most: Table,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    apart: Table,
    scratch: Table,
) -> int:
    """Return the slot whose move to another day makes room for `slot` at the least price, or -1."""
    best, found = float(NEVER), whole(-1)
    target = planned[slot]
    for day in range(max(0, target - shift), min(len(free), target + shift + 1)):
        same_cycle = (day + lead) // cycle_days == (target + lead) // cycle_days
        if not (free[day] and same_cycle and spacing_holds(slot, day, owner, planned, made, least, most)):
            continue
        for k in range(lengths[day]):
            pushed = rows[day, k]
            added, _ = _price(
                owner[slot], day, pushed, rows, lengths, owner, classes, travel, service, starts, gaps, depart, back,
                apart, scratch,
            )  # fmt: skip
            if added >= best:
                continue
            made[pushed] = -1
            price, other, _ = _best_day(
                pushed, day, shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most, classes,
                travel, service, starts, gaps, depart, back, apart, scratch,
            )  # fmt: skip
            made[pushed] = day
            if other >= 0 and added + price < best:
                best, found = added + price, pushed
    return found


@kernel
def place_slots(
    todo: Ints,
    may_push: int,
    shift: int,
    cycle_days: int,
    lead: int,
    free: Ints,
    rows: Ints,
    lengths: Ints,
    owner: Ints,
    planned: Ints,
    made: Ints,
    least: Table,
    most: Table,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    apart: Table,
    scratch: Table,
) -> None:
    """Give each unmade slot of `todo`, in this order, the cheapest day it may have; rows and `made` change in place.

    Parameters
    ----------
    todo : array of int
        Slots without a day.
    may_push : int
        1 where a visit of a full day may itself move to another day to make room.
    shift : int
        Most days between the planned day and the new one.
    cycle_days, lead : int
        Length of the cycle, and days of cycle 0 before the year; slots stay in their cycle.
    free : array of int, shape (days,)
        1 for days on which visits may be placed.
    rows : array of int, shape (days, stops)
        Slots of each day in order; `lengths` of them count.
    owner, planned, made : arrays of int, shape (slots,)
        Place, planned day, and day of each slot (-1 for none), sorted by place and planned day.
    least, most : arrays, shape (places,)
        Bounds of the gaps.
    apart : array, shape (places, most)
        Places never visited on the same day as a place.
    scratch : array, shape (3, stops)
    """
    for slot in todo:
        if made[slot] >= 0:
            continue
        settled = _settle(
            slot, whole(-1), shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most,
            classes, travel, service, starts, gaps, depart, back, apart, scratch,
        )  # fmt: skip
        if settled or not may_push:
            continue
        pushed = _visit_to_push(
            slot, shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most, classes,
            travel, service, starts, gaps, depart, back, apart, scratch,
        )  # fmt: skip
        if pushed < 0:
            continue
        day = made[pushed]
        _lift(pushed, rows, lengths, made)
        for moving, avoid in ((slot, whole(-1)), (pushed, day)):
            _settle(
                moving, avoid, shift, cycle_days, lead, free, rows, lengths, owner, planned, made, least, most, classes,
                travel, service, starts, gaps, depart, back, apart, scratch,
            )  # fmt: skip
