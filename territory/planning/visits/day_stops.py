"""Kernels of the days of a cycle: price one more visit, insert it, take visits out, keep a day as it was.

A day is a row of stops with its earliest finishes and latest starts, so that an insertion is judged in constant time.
The price of a customer on a day is kept until that day changes; a day that is restored gets its old version back, and
with it prices computed before are valid again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.timing import (
    NEVER,
    Table,
    arrive,
    fit_latest,
    fit_start,
    inlined,
    inner,
    leave_by,
    whole,
)

narrow = cast(Callable[[int], int], np.int32)
"""Keeps sums at 32 bits: pricing a position takes half the time."""
unsigned = cast(Callable[[int], int], np.uint64)
"""An index that needs no test whether it counts from the end."""

LENGTH, LOAD, DRIVE, VERSION, TOUCHED = 0, 1, 2, 3, 4
COLUMNS = 5
"""Columns of the tally of a day: stops, field minutes, travel minutes, number of its state, round of its backup."""
PLACE, FINISH, LATEST, EDGE = 0, 1, 2, 3
LAYERS = 4
"""Layers of the stops of a day, the start place at both ends: where, earliest finish, latest start, way to the next."""
BLOCK = 16
"""Positions priced at once, in vector registers: a row has room for whole blocks and the stop after them."""
MOST_BLOCKS = 15
"""More stops a day are never planned: the position of an insertion takes 8 bits of its code."""
PRICE, SPOT, SEEN = 0, 1, 2
"""Layers of the kept insertions: added travel, position before it, version of the day."""


def row_width(stops: int) -> int:
    """Return the length of a layer with room for some stops, the start place at both ends and a stop after a block."""
    return BLOCK * min(-(-(stops + 1) // BLOCK), MOST_BLOCKS) + 1


@inlined
def finished(stop: int, w: int, minute: int, drive: int, service: Table, starts: Table, gaps: Table) -> int:
    """Return the earliest finish of a visit after a drive that may begin at `minute`, at most `NEVER`."""
    if gaps.shape[1] or starts.shape[2] > 2:
        return min(NEVER, fit_start(starts, w, stop, arrive(gaps, w, minute, drive)) + whole(service[stop]))
    last, minute = starts.shape[2] - 1, minute + drive
    start = NEVER if minute > starts[w, stop, last, 1] else max(minute, whole(starts[w, stop, last, 0]))
    start = start if minute > starts[w, stop, 0, 1] else max(minute, whole(starts[w, stop, 0, 0]))
    return min(NEVER, start + whole(service[stop]))


@inlined
def at_latest(stop: int, w: int, limit: int, drive: int, service: Table, starts: Table, gaps: Table) -> int:
    """Return the latest start of a visit before a drive that must arrive by `limit`, or ``-NEVER``."""
    if gaps.shape[1] or starts.shape[2] > 2:
        return fit_latest(starts, w, stop, leave_by(gaps, w, limit, drive) - whole(service[stop]))
    last, minute = starts.shape[2] - 1, limit - drive - whole(service[stop])
    late = min(minute, whole(starts[w, stop, 0, 1])) if minute >= starts[w, stop, 0, 0] else -NEVER
    return min(minute, whole(starts[w, stop, last, 1])) if minute >= starts[w, stop, last, 0] else late


@inner
def refresh(
    day: int, w: int, stops: Table, tally: Ints, travel: Table, service: Table, starts: Table, gaps: Table
) -> None:
    """Recompute times, edges and travel of a day whose stops changed."""
    length = tally[day, LENGTH]
    base, total = whole(stops[day, PLACE, 0]), whole(0)
    minute, place = whole(stops[day, FINISH, 0]), base
    for k in range(1, length + 1):
        stop = whole(stops[day, PLACE, k])
        there = whole(travel[place, stop])
        stops[day, EDGE, k - 1] = there
        total += there
        minute = finished(stop, w, minute, there, service, starts, gaps)
        stops[day, FINISH, k] = minute
        place = stop
    stops[day, PLACE, length + 1] = base
    home = whole(travel[place, base])
    stops[day, EDGE, length] = home
    tally[day, DRIVE] = total + home
    limit = whole(stops[day, LATEST, 0])
    stops[day, LATEST, length + 1] = limit
    for k in range(length, 0, -1):
        stop = whole(stops[day, PLACE, k])
        onward = whole(stops[day, EDGE, k])
        limit = at_latest(stop, w, limit, onward, service, starts, gaps)
        stops[day, LATEST, k] = limit


@inner
def take_out(day: int, turn: int, gone: Ints, stops: Table, tally: Ints, service: Table) -> None:
    """Take the marked customers out of a day."""
    kept = whole(0)
    for k in range(1, tally[day, LENGTH] + 1):
        place = stops[day, PLACE, k]
        if gone[place] == turn:
            tally[day, LOAD] -= service[place]
        else:
            kept += 1
            stops[day, PLACE, kept] = place
    tally[day, LENGTH] = kept


@inlined
def back_up(day: int, turn: int, stops: Table, tally: Ints, old_stops: Table, old_tally: Ints) -> None:
    """Keep a day as it was before this round, once."""
    if tally[day, TOUCHED] != turn:
        tally[day, TOUCHED] = turn
        copy_day(day, stops, tally, old_stops, old_tally)


@inlined
def copy_day(day: int, stops: Table, tally: Ints, to_stops: Table, to_tally: Ints) -> None:
    """Copy the stops and sums of a day."""
    for column in range(4):
        to_tally[day, column] = tally[day, column]
    for layer in range(LAYERS):
        for k in range(tally[day, LENGTH] + 2):
            to_stops[day, layer, k] = stops[day, layer, k]


@inlined
def cheapest_spot(
    place: int, day: int, w: int, stops: Table, length: int, travel: Table, into: Table, service: Table,
    starts: Table, gaps: Table,
) -> tuple[int, int]:  # fmt: skip
    """Return (added travel, position before it) of the cheapest feasible insertion, or (`NEVER`, -1)."""
    if length + 2 >= stops.shape[2]:
        return whole(NEVER), whole(-1)
    if gaps.shape[1] or starts.shape[2] > 2:
        return _spot_around_gaps(place, day, w, stops, length, travel, into, service, starts, gaps)
    best, lasting, last = narrow(NEVER << 8), service[place], starts.shape[2] - 1
    low, high = starts[w, place, 0, 0], starts[w, place, 0, 1]
    low2, high2 = starts[w, place, last, 0], starts[w, place, last, 1]
    never, first, end = narrow(NEVER), unsigned(0), unsigned(length)
    while first <= end:
        for step in range(BLOCK):
            at = first + unsigned(step)
            after = at + unsigned(1)
            there = into[place, unsigned(stops[day, PLACE, at])]
            onward = travel[place, unsigned(stops[day, PLACE, after])]
            minute = narrow(stops[day, FINISH, at] + there)
            start = never if minute > high2 else max(minute, low2)
            start = start if minute > high else max(minute, low)
            over = narrow(narrow(start + lasting) + onward) > stops[day, LATEST, after]
            added = narrow(narrow(there + onward) - stops[day, EDGE, at])
            code = narrow(NEVER << 8) if over | (at > end) else narrow(narrow(added << 8) | narrow(at))
            best = min(best, code)
        first += unsigned(BLOCK)
    added = whole(best) >> 8
    return added, (whole(best) & 255) if added < NEVER else whole(-1)


@inner
def _spot_around_gaps(
    place: int, day: int, w: int, stops: Table, length: int, travel: Table, into: Table, service: Table,
    starts: Table, gaps: Table,
) -> tuple[int, int]:  # fmt: skip
    """Do the same where no drive may lie in the gaps, or a day has more than two pieces."""
    best, where = whole(NEVER), whole(-1)
    for k in range(length + 1):
        there, onward = whole(into[place, stops[day, PLACE, k]]), whole(travel[place, stops[day, PLACE, k + 1]])
        added = there + onward - stops[day, EDGE, k]
        if added < best:
            start = fit_start(starts, w, place, arrive(gaps, w, whole(stops[day, FINISH, k]), there))
            if arrive(gaps, w, start + service[place], onward) <= stops[day, LATEST, k + 1]:
                best, where = added, k
    return best, where


@inlined
def day_price(
    place: int, day: int, level: float, classes: Ints, weight: Floats, fee: Floats, apart: Table, stops: Table,
    tally: Ints, kept: Ints, travel: Table, into: Table, service: Table, starts: Table, gaps: Table,
) -> float:  # fmt: skip
    """Return the price of one more visit on a day: travel, the load it adds, and the customer's fee for that day."""
    if weight[day] < 0.0:
        return float(fee[place, day])
    if kept[place, day, SEEN] != tally[day, VERSION]:
        added, where = cheapest_spot(
            place, day, classes[day], stops, tally[day, LENGTH], travel, into, service, starts, gaps
        )
        for k in range(apart.shape[1]):
            for at in range(1, tally[day, LENGTH] + 1):
                if apart[place, k] == stops[day, PLACE, at]:
                    added = whole(NEVER)
        kept[place, day, PRICE], kept[place, day, SPOT], kept[place, day, SEEN] = added, where, tally[day, VERSION]
    load = level * weight[day] * service[place] * (2.0 * tally[day, LOAD] + service[place])
    return float(kept[place, day, PRICE] + load + fee[place, day])


@inlined
def insert(
    place: int, day: int, where: int, w: int, stops: Table, tally: Ints, travel: Table, into: Table, service: Table,
    starts: Table, gaps: Table,
) -> None:  # fmt: skip
    """Put a customer behind a position of a day and carry the change of the times as far as it goes."""
    length = tally[day, LENGTH] + 1
    for k in range(length + 1, where + 1, -1):
        to, former = unsigned(k), unsigned(k - 1)
        for layer in range(LAYERS):
            stops[day, layer, to] = stops[day, layer, former]
    at = where + 1
    stops[day, PLACE, at] = place
    before, after = stops[day, PLACE, where], stops[day, PLACE, at + 1]
    tally[day, DRIVE] += whole(into[place, before]) + travel[place, after] - stops[day, EDGE, where]
    stops[day, EDGE, where], stops[day, EDGE, at] = into[place, before], travel[place, after]
    tally[day, LENGTH], tally[day, LOAD] = length, tally[day, LOAD] + service[place]
    minute = whole(stops[day, FINISH, where])
    for k in range(at, length + 1):
        stop = whole(stops[day, PLACE, k])
        there = whole(stops[day, EDGE, k - 1])
        minute = finished(stop, w, minute, there, service, starts, gaps)
        if k > at and stops[day, FINISH, k] == minute:
            break
        stops[day, FINISH, k] = minute
    limit = whole(stops[day, LATEST, at + 1])
    for k in range(at, 0, -1):
        stop = whole(stops[day, PLACE, k])
        onward = whole(stops[day, EDGE, k])
        limit = at_latest(stop, w, limit, onward, service, starts, gaps)
        if k < at and stops[day, LATEST, k] == limit:
            break
        stops[day, LATEST, k] = limit
