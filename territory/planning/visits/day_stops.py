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
PRICE, SPOT, SEEN = 0, 1, 2
"""Layers of the kept insertions: added travel, position before it, version of the day."""


@inner
def refresh(
    day: int, w: int, stops: Table, tally: Ints, travel: Table, service: Table, starts: Table, gaps: Table
) -> None:
    """Recompute times, edges and travel of a day whose stops changed."""
    length = tally[day, LENGTH]
    minute, place, total = whole(stops[day, 0, FINISH]), whole(0), whole(0)
    for k in range(1, length + 1):
        stop = whole(stops[day, k, PLACE])
        there = whole(travel[place, stop])
        stops[day, k - 1, EDGE] = there
        total += there
        minute = min(NEVER, fit_start(starts, w, stop, arrive(gaps, w, minute, there)) + service[stop])
        stops[day, k, FINISH] = minute
        place = stop
    stops[day, length + 1, PLACE] = 0
    home = whole(travel[place, 0])
    stops[day, length, EDGE] = home
    tally[day, DRIVE] = total + home
    limit = whole(stops[day, 0, LATEST])
    stops[day, length + 1, LATEST] = limit
    for k in range(length, 0, -1):
        stop = whole(stops[day, k, PLACE])
        onward = whole(stops[day, k, EDGE])
        limit = fit_latest(starts, w, stop, leave_by(gaps, w, limit, onward) - service[stop])
        stops[day, k, LATEST] = limit


@inner
def take_out(day: int, turn: int, gone: Ints, stops: Table, tally: Ints, service: Table) -> None:
    """Take the marked customers out of a day."""
    kept = whole(0)
    for k in range(1, tally[day, LENGTH] + 1):
        place = stops[day, k, PLACE]
        if gone[place] == turn:
            tally[day, LOAD] -= service[place]
        else:
            kept += 1
            stops[day, kept, PLACE] = place
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
    width = tally[day, LENGTH] + 2
    for k in range(width):
        for layer in range(LAYERS):
            to_stops[day, k, layer] = stops[day, k, layer]


@inlined
def cheapest_spot(
    place: int, day: int, w: int, stops: Table, length: int, travel: Table, into: Table, service: Table,
    starts: Table, gaps: Table,
) -> tuple[int, int]:  # fmt: skip
    """Return (added travel, position before it) of the cheapest feasible insertion, or (`NEVER`, -1)."""
    if length + 2 >= stops.shape[1]:
        return whole(NEVER), whole(-1)
    if gaps.shape[1] or starts.shape[2] > 2:
        return _spot_around_gaps(place, day, w, stops, length, travel, into, service, starts, gaps)
    best, lasting, last = narrow(NEVER << 8), service[place], starts.shape[2] - 1
    low, high = starts[w, place, 0, 0], starts[w, place, 0, 1]
    low2, high2 = starts[w, place, last, 0], starts[w, place, last, 1]
    never = narrow(NEVER)
    for k in range(length + 1):
        at, after = unsigned(k), unsigned(k + 1)
        there, onward = into[place, unsigned(stops[day, at, PLACE])], travel[place, unsigned(stops[day, after, PLACE])]
        minute = narrow(stops[day, at, FINISH] + there)
        start = never if minute > high2 else (low2 if minute < low2 else minute)
        start = start if minute > high else (low if minute < low else minute)
        end = narrow(narrow(start + lasting) + onward)
        added = narrow(narrow(there + onward) - stops[day, at, EDGE])
        code = narrow(narrow(added << 8) | k) if end <= stops[day, after, LATEST] else narrow(NEVER << 8)
        best = code if code < best else best
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
        there, onward = whole(into[place, stops[day, k, PLACE]]), whole(travel[place, stops[day, k + 1, PLACE]])
        added = there + onward - stops[day, k, EDGE]
        if added < best:
            start = fit_start(starts, w, place, arrive(gaps, w, whole(stops[day, k, FINISH]), there))
            if arrive(gaps, w, start + service[place], onward) <= stops[day, k + 1, LATEST]:
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
                if apart[place, k] == stops[day, at, PLACE]:
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
        for layer in range(LAYERS):
            stops[day, k, layer] = stops[day, k - 1, layer]
    at = where + 1
    stops[day, at, PLACE] = place
    before, after = stops[day, where, PLACE], stops[day, at + 1, PLACE]
    tally[day, DRIVE] += whole(into[place, before]) + travel[place, after] - stops[day, where, EDGE]
    stops[day, where, EDGE], stops[day, at, EDGE] = into[place, before], travel[place, after]
    tally[day, LENGTH], tally[day, LOAD] = length, tally[day, LOAD] + service[place]
    minute = whole(stops[day, where, FINISH])
    for k in range(at, length + 1):
        stop = whole(stops[day, k, PLACE])
        there = whole(stops[day, k - 1, EDGE])
        minute = min(NEVER, fit_start(starts, w, stop, arrive(gaps, w, minute, there)) + service[stop])
        if k > at and stops[day, k, FINISH] == minute:
            break
        stops[day, k, FINISH] = minute
    limit = whole(stops[day, at + 1, LATEST])
    for k in range(at, 0, -1):
        stop = whole(stops[day, k, PLACE])
        onward = whole(stops[day, k, EDGE])
        limit = fit_latest(starts, w, stop, leave_by(gaps, w, limit, onward) - service[stop])
        if k < at and stops[day, k, LATEST] == limit:
            break
        stops[day, k, LATEST] = limit
