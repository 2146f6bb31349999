"""The kernel of the calendar search: take many customers out, put each back with its cheapest pattern, annealed.

The days are independent, so the cheapest insertions of a customer are priced one day at a time and kept until that day
changes; a pattern is given up as soon as its days so far cost more than the best one. A rejected round restores the
days it touched, and with them their old versions, so that prices computed before are valid again. Leaving a customer
out is cheap at the beginning, so that full calendars pass through plans that lack some. A long run begins with several
short ones and goes on from the best of their plans: the weekdays of whole districts settle early and differently.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.planning.timing import (
    NEVER,
    Table,
    arrive,
    fit_latest,
    fit_start,
    inlined,
    inner,
    kernel,
    leave_by,
    whole,
)

State = NDArray[np.uint64]

narrow = cast(Callable[[int], int], np.int32)
"""Keeps sums at 32 bits: pricing a position takes half the time."""
unsigned = cast(Callable[[int], int], np.uint64)
"""An index that needs no test whether it counts from the end."""

NEAR_SHARE = 0.6
BLINK = 0.01
STRINGS = 4
SMOOTHING = 1.5
"""Levelling at the beginning, going to the asked one: even days leave room, so that short plans come soon."""
LENIENT, STRICT_FROM = 0.1, 0.5
"""Share of the price of customers left out that counts at the beginning; part of a run from which all of it does."""
CONTINUED = 0.4
"""Part of the annealing at which the best of several short runs is taken on."""
LEFT_OUT_RETRIED = 15
FEES = -1
"""Last column of the fees: whether the customer has any."""

LENGTH, LOAD, DRIVE, VERSION, TOUCHED = 0, 1, 2, 3, 4
COLUMNS = 5
"""Columns of the tally of a day: stops, field minutes, travel minutes, number of its state, round of its backup."""
PLACE, FINISH, LATEST, EDGE = 0, 1, 2, 3
LAYERS = 4
"""Layers of the stops of a day, the start place at both ends: where, earliest finish, latest start, way to the next."""
PRICE, SPOT, SEEN = 0, 1, 2
"""Layers of the kept insertions: added travel, position before it, version of the day."""


@inlined
def draw(state: State) -> float:
    """Return the next uniform number of a splitmix64 stream."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def _pick(state: State, count: int) -> int:
    return min(count - 1, int(draw(state) * count))


@inner
def choose_removals(
    state: State, places: Table, near: Table, largest: int, stops: Table, tally: Ints, chosen: Ints, gone: Ints,
    turn: int, todo: Ints,
) -> int:  # fmt: skip
    """Choose the customers to take out, and some of those left out so far; return their number."""
    count = len(places)
    size, taken = 1 + _pick(state, largest), whole(0)
    if draw(state) < NEAR_SHARE:
        centre = places[_pick(state, count)]
        for k in range(size):
            gone[near[centre, k]] = turn
            todo[k] = near[centre, k]
        taken = size
    else:
        for _ in range(STRINGS):
            day = _pick(state, len(tally))
            length = tally[day, LENGTH]
            wanted = 1 + _pick(state, max(1, length))
            first = 1 + _pick(state, length - wanted + 1)
            for k in range(first, min(length + 1, first + wanted)):
                place = stops[day, k, PLACE]
                if taken < size and gone[place] != turn:
                    gone[place] = turn
                    todo[taken] = place
                    taken += 1
    limit = taken + LEFT_OUT_RETRIED
    shift = _pick(state, count)
    for k in range(count):
        place = places[(k + shift) % count]
        if chosen[place] < 0 and taken < limit and gone[place] != turn:
            gone[place] = turn
            todo[taken] = place
            taken += 1
    return taken


@inner
def put_in_order(state: State, travel: Table, price: Floats, todo: Ints, taken: int, key: Floats) -> None:
    """Put the customers to insert into random order, or farthest, nearest, dearest first."""
    rule = _pick(state, whole(4))
    for k in range(taken):
        place = todo[k]
        if rule == 0:
            key[place] = draw(state)
        elif rule == 1:
            key[place] = -travel[0, place]
        elif rule == 2:
            key[place] = travel[0, place]
        else:
            key[place] = -price[place]
    for k in range(1, taken):
        item, j = todo[k], k
        while j > 0 and key[todo[j - 1]] > key[item]:
            todo[j] = todo[j - 1]
            j -= 1
        todo[j] = item


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


@inner
def copy_plan(stops: Table, tally: Ints, chosen: Ints, to_stops: Table, to_tally: Ints, to_chosen: Ints) -> None:
    """Copy all days and patterns."""
    for day in range(len(tally)):
        copy_day(day, stops, tally, to_stops, to_tally)
    for k in range(len(chosen)):
        to_chosen[k] = chosen[k]


@inner
def start_afresh(places: Table, latest: int, stops: Table, tally: Ints, chosen: Ints, todo: Ints, number: Ints) -> None:
    """Empty every day, so that all customers are to be inserted."""
    for k in range(len(places)):
        todo[k] = places[k]
        chosen[places[k]] = -1
    for day in range(len(tally)):
        number[0] += 1
        tally[day, LENGTH], tally[day, LOAD], tally[day, DRIVE], tally[day, VERSION] = 0, 0, 0, number[0]
        stops[day, 1, PLACE], stops[day, 0, EDGE], stops[day, 1, LATEST] = 0, 0, latest


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


@inner
def put_back(
    place: int, turn: int, earlier: int, level: float, blink: float, state: State, classes: Ints, weight: Floats,
    fee: Floats, apart: Table, first: Ints, begin: Ints, flat: Ints, stops: Table, tally: Ints, old_stops: Table,
    old_tally: Ints, kept: Ints, number: Ints, travel: Table, into: Table, service: Table, starts: Table, gaps: Table,
) -> int:  # fmt: skip
    """Give a customer its cheapest pattern and return it, or -1 where none fits; now and then one is overlooked."""
    best, pattern = float(NEVER), -1
    low, many = first[place, 0], first[place, 1] - first[place, 0]
    for k in range(many):
        p = low + (earlier + k) % many
        if blink > 0.0 and draw(state) < blink:
            continue
        total = 0.0
        for j in range(begin[p], begin[p + 1]):
            total += day_price(
                place,
                flat[j],
                level,
                classes,
                weight,
                fee,
                apart,
                stops,
                tally,
                kept,
                travel,
                into,
                service,
                starts,
                gaps,
            )
            if total >= best:
                break
        if total < best:
            best, pattern = total, p
    if pattern < 0:
        return -1
    for j in range(begin[pattern], begin[pattern + 1]):
        day = flat[j]
        if weight[day] >= 0.0:
            back_up(day, turn, stops, tally, old_stops, old_tally)
            insert(place, day, kept[place, day, SPOT], classes[day], stops, tally, travel, into, service, starts, gaps)
            number[0] += 1
            tally[day, VERSION] = number[0]
    return pattern


@inner
def worth(
    places: Table, chosen: Ints, stops: Table, tally: Ints, weight: Floats, fee: Floats, price: Floats, begin: Ints,
    flat: Ints, back: int, overtime: float,
) -> tuple[float, float, float]:  # fmt: skip
    """Return what a plan costs (travel, overtime, fees, customers left out), and how uneven its load is."""
    value, uneven, lost = 0.0, 0.0, 0.0
    for day in range(len(tally)):
        if weight[day] >= 0.0:
            value += tally[day, DRIVE]
            uneven += weight[day] * tally[day, LOAD] * tally[day, LOAD]
            if overtime > 0.0:
                last = tally[day, LENGTH]
                value += overtime * max(0, stops[day, last, FINISH] + stops[day, last, EDGE] - back)
    for place in places:
        p = chosen[place]
        if p < 0:
            lost += price[place]
        elif fee[place, FEES] != 0.0:
            for j in range(begin[p], begin[p + 1]):
                value += fee[place, flat[j]]
    return value, uneven, lost


@kernel
def improve(  # noqa: C901, PLR0912 - a kernel
    places: Table,
    travel: Table,
    into: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    latest: int,
    classes: Ints,
    weight: Floats,
    fee: Floats,
    apart: Table,
    overtime: float,
    level: float,
    first: Ints,
    begin: Ints,
    flat: Ints,
    price: Floats,
    near: Table,
    largest: int,
    smaller: int,
    iterations: int,
    race: int,
    each: int,
    hot: float,
    cooling: float,
    state: State,
    stops: Table,
    tally: Ints,
    chosen: Ints,
    old_stops: Table,
    old_tally: Ints,
    old_chosen: Ints,
    top_stops: Table,
    top_tally: Ints,
    top_chosen: Ints,
    kept: Ints,
    key: Floats,
    gone: Ints,
    todo: Ints,
    number: Ints,
) -> float:
    """Improve `stops`, `tally` and `chosen` (global pattern numbers) in place; from nothing to the best plan found."""
    days, count = len(classes), len(places)
    for day in range(days):
        stops[day, 0, FINISH], stops[day, 0, LATEST], tally[day, TOUCHED] = depart, latest, -1
    now, now_uneven, now_lost, top = np.inf, 0.0, 0.0, np.inf
    for turn in range(iterations + 1):
        if turn < race:
            fresh, part = turn % each == 0, (turn % each) / each
        else:
            fresh = turn == 0
            part = (turn - race) / (iterations + 1.0 - race)
            if race > 0:
                part = CONTINUED + (1.0 - CONTINUED) * part
                if turn == race:
                    now = np.inf
                    copy_plan(top_stops, top_tally, top_chosen, stops, tally, chosen)
        eager = max(level, SMOOTHING * (1.0 - part) ** 2)
        lenient = min(1.0, LENIENT ** (1.0 - part / STRICT_FROM))
        if fresh:
            now, taken = np.inf, count
            start_afresh(places, latest, stops, tally, chosen, todo, number)
            if turn > 0:
                put_in_order(state, travel, price, todo, taken, key)
        else:
            most = max(1, min(3 * count // 4, int(largest + (smaller - largest) * part)))
            taken = choose_removals(state, places, near, most, stops, tally, chosen, gone, turn, todo)
            for k in range(taken):
                p = chosen[todo[k]]
                if p >= 0:
                    for j in range(begin[p], begin[p + 1]):
                        day = flat[j]
                        if tally[day, TOUCHED] != turn and weight[day] >= 0.0:
                            back_up(day, turn, stops, tally, old_stops, old_tally)
                            take_out(day, turn, gone, stops, tally, service)
                            refresh(day, classes[day], stops, tally, travel, service, starts, gaps)
                            number[0] += 1
                            tally[day, VERSION] = number[0]
            put_in_order(state, travel, price, todo, taken, key)
        for k in range(taken):
            place = todo[k]
            old_chosen[place] = chosen[place]
            earlier = max(whole(0), chosen[place] - first[place, 0])
            chosen[place] = put_back(
                place, turn, earlier, eager, 0.0 if fresh else BLINK, state, classes, weight, fee,
                apart, first, begin, flat, stops, tally,
                old_stops, old_tally, kept, number, travel, into, service, starts, gaps,
            )  # fmt: skip
        value, uneven, lost = worth(places, chosen, stops, tally, weight, fee, price, begin, flat, back, overtime)
        if value + lost + level * uneven < top:
            top = value + lost + level * uneven
            copy_plan(stops, tally, chosen, top_stops, top_tally, top_chosen)
        allowed = now + lenient * now_lost + eager * now_uneven - hot * cooling**part * np.log(1.0 - draw(state))
        if value + lenient * lost + eager * uneven < allowed:
            now, now_uneven, now_lost = value, uneven, lost
        else:
            for day in range(days):
                if tally[day, TOUCHED] == turn:
                    copy_day(day, old_stops, old_tally, stops, tally)
            for k in range(taken):
                chosen[todo[k]] = old_chosen[todo[k]]
    copy_plan(top_stops, top_tally, top_chosen, stops, tally, chosen)
    return top
