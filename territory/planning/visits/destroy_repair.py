"""The kernel of the calendar search: take many customers out, put each back with its cheapest pattern, annealed.

The days are independent, so the cheapest insertions of a customer are priced one day at a time; a pattern is given up
as soon as its days so far cost more than the best one. A rejected round restores the days it touched. Leaving a
customer out is cheap at the beginning, so that full calendars pass through plans that lack some.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.planning.timing import NEVER, Table, inlined, inner, kernel, whole
from territory.planning.visits.day_stops import (
    DRIVE,
    EDGE,
    FINISH,
    LATEST,
    LENGTH,
    LOAD,
    PLACE,
    SPOT,
    TOUCHED,
    VERSION,
    back_up,
    copy_day,
    day_price,
    insert,
    refresh,
    take_out,
)

State = NDArray[np.uint64]

NEAR_SHARE = 0.6
BLINK = 0.01
STRINGS = 4
SMOOTHING = 1.5
"""Levelling at the beginning, going to the asked one: even days leave room, so that short plans come soon."""
LENIENT, STRICT_FROM = 0.1, 0.8
"""Share of the price of customers left out that counts at the beginning; part of the annealing from which all does."""
LARGEST_SHARE = 0.75
LEFT_OUT_RETRIED = 15
FEES = -1
"""Last column of the fees: whether the customer has any."""


class Task(NamedTuple):
    """What is planned: customers and ways, days, patterns.

    Attributes
    ----------
    places : array of int32
        Customers to plan.
    travel, into, service, starts, gaps : arrays
        See `territory.planning.timing`; `into` is `travel` transposed.
    depart, back, latest : int
        Earliest departure, latest return without and with overtime.
    classes : array of int, shape (days,)
        Window class of each day of the cycle.
    weight : array of float, shape (days,)
        Price of a squared field minute when the load is levelled; negative on days away, which are never routed.
    fee : array of float, shape (places, days + 1)
        What a visit costs on top; the last column tells whether a customer has any fee.
    apart : array, shape (places, most)
        Places never visited on the same day as a place.
    overtime, level : float
        Prices of a minute of overtime and of uneven load.
    first, begin, flat : arrays of int
        Customer -> (first pattern, one after the last), pattern -> first position, position -> day.
    price : array of float, shape (places,)
        Price of leaving a customer out.
    near : array, shape (places, customers)
        Customers by nearness.
    order : array, shape (rules, customers)
        Customers by each fixed order in which they are put back.
    """

    places: Table
    travel: Table
    into: Table
    service: Table
    starts: Table
    gaps: Table
    depart: int
    back: int
    latest: int
    classes: Ints
    weight: Floats
    fee: Floats
    apart: Table
    overtime: float
    level: float
    first: Ints
    begin: Ints
    flat: Ints
    price: Floats
    near: Table
    order: Table


class Plan(NamedTuple):
    """Stops and sums of each day, and the pattern of each place (its global number, -1 for none)."""

    stops: Table
    tally: Ints
    chosen: Ints


class Scratch(NamedTuple):
    """Memory of the search: two more plans, kept prices, marks, and the number of the last version."""

    old: Plan
    top: Plan
    kept: Ints
    gone: Ints
    todo: Ints
    number: Ints


class Annealing(NamedTuple):
    """Part of an annealing from 0 to 1: rounds, where they begin and end, temperatures and sizes at 0 and 1."""

    rounds: int
    begin: float
    end: float
    hot: float
    cooling: float
    most_first: int
    most_last: int


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
            first = 1 + _pick(state, max(1, length - wanted + 1))
            for k in range(first, min(length + 1, first + wanted)):
                place = stops[day, PLACE, k]
                if taken < size and gone[place] != turn:
                    gone[place] = turn
                    todo[taken] = place
                    taken += 1
    limit = taken + LEFT_OUT_RETRIED
    shift = _pick(state, count)
    for k in range(shift, shift + count):
        place = places[k if k < count else k - count]
        if chosen[place] < 0 and taken < limit and gone[place] != turn:
            gone[place] = turn
            todo[taken] = place
            taken += 1
    return taken


@inner
def _left_out(places: Table, chosen: Ints, gone: Ints, turn: int, todo: Ints) -> int:
    """Mark and collect all customers without a pattern; return their number."""
    taken = whole(0)
    for place in places:
        if chosen[place] < 0:
            gone[place] = turn
            todo[taken] = place
            taken += 1
    return taken


@inner
def put_in_order(state: State, order: Table, gone: Ints, turn: int, todo: Ints, taken: int) -> None:
    """Put the marked customers into random order, or into one of the fixed orders."""
    rule = _pick(state, len(order) + 1)
    if rule == len(order):
        for k in range(taken - 1, 0, -1):
            other = _pick(state, k + 1)
            todo[k], todo[other] = todo[other], todo[k]
        return
    filled = whole(0)
    for k in range(order.shape[1]):
        if gone[order[rule, k]] == turn:
            todo[filled] = order[rule, k]
            filled += 1


@inner
def copy_plan(stops: Table, tally: Ints, chosen: Ints, to_stops: Table, to_tally: Ints, to_chosen: Ints) -> None:
    """Copy all patterns, and the days that differ."""
    for day in range(len(tally)):
        if tally[day, VERSION] != to_tally[day, VERSION]:
            copy_day(day, stops, tally, to_stops, to_tally)
    for k in range(len(chosen)):
        to_chosen[k] = chosen[k]


@inner
def _open_days(depart: int, latest: int, stops: Table, tally: Ints, gone: Ints, number: Ints) -> None:
    """Forget the rounds of an earlier run; give days without any stop yet their times and a version."""
    for day in range(len(tally)):
        stops[day, FINISH, 0], stops[day, LATEST, 0], tally[day, TOUCHED] = depart, latest, -1
        if tally[day, VERSION] == 0:
            number[0] += 1
            tally[day, VERSION] = number[0]
            stops[day, LATEST, 1] = latest
    for k in range(len(gone)):
        gone[k] = -1


@inner
def _empty(
    turn: int, taken: int, todo: Ints, chosen: Ints, begin: Ints, flat: Ints, gone: Ints, stops: Table, tally: Ints,
    old_stops: Table, old_tally: Ints, number: Ints, classes: Ints, weight: Floats, travel: Table, service: Table,
    starts: Table, gaps: Table,
) -> None:  # fmt: skip
    """Take the chosen customers out of all their days."""
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


@inner
def put_back(
    place: int, turn: int, earlier: int, level: float, blink: float, state: State, classes: Ints, weight: Floats,
    fee: Floats, apart: Table, first: Ints, begin: Ints, flat: Ints, stops: Table, tally: Ints, old_stops: Table,
    old_tally: Ints, kept: Ints, number: Ints, travel: Table, into: Table, service: Table, starts: Table, gaps: Table,
) -> int:  # fmt: skip
    """Give a customer its cheapest pattern and return it, or -1 where none fits; now and then one is overlooked."""
    best, pattern = float(NEVER), -1
    low, many = first[place, 0], first[place, 1] - first[place, 0]
    overlooked = earlier + (int(draw(state) / blink) if blink > 0.0 else many)
    for k in range(earlier, earlier + many):
        p = low + (k if k < many else k - many)
        if k == overlooked:
            continue
        total = 0.0
        for j in range(begin[p], begin[p + 1]):
            total += day_price(
                place, flat[j], level, classes, weight, fee, apart, stops, tally, kept, travel, into, service, starts,
                gaps,
            )  # fmt: skip
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
                value += overtime * max(0, stops[day, FINISH, last] + stops[day, EDGE, last] - back)
    for place in places:
        p = chosen[place]
        if p < 0:
            lost += price[place]
        elif fee[place, FEES] != 0.0:
            for j in range(begin[p], begin[p + 1]):
                value += fee[place, flat[j]]
    return value, uneven, lost


@inner
def _restore(
    turn: int, taken: int, todo: Ints, old_stops: Table, old_tally: Ints, old_chosen: Ints, stops: Table, tally: Ints,
    chosen: Ints,
) -> None:  # fmt: skip
    """Undo a round: the days it touched, with their versions, and the patterns."""
    for day in range(len(tally)):
        if tally[day, TOUCHED] == turn:
            copy_day(day, old_stops, old_tally, stops, tally)
    for k in range(taken):
        chosen[todo[k]] = old_chosen[todo[k]]


@kernel
def improve(task: Task, annealing: Annealing, state: State, plan: Plan, scratch: Scratch) -> float:
    """Improve a plan in place to the best one found, from any plan on, and return what it costs."""
    (places, travel, into, service, starts, gaps, depart, back, latest, classes, weight, fee, apart, overtime, level,
     first, begin, flat, price, near, order) = task  # fmt: skip
    stops, tally, chosen = plan
    old, top, kept, gone, todo, number = scratch
    old_stops, old_tally, old_chosen = old
    _open_days(depart, latest, stops, tally, gone, number)
    now, now_uneven, now_lost, least = np.inf, 0.0, 0.0, np.inf
    for turn in range(annealing.rounds + 1):
        part = annealing.begin + (annealing.end - annealing.begin) * turn / (annealing.rounds + 1.0)
        eager = max(level, SMOOTHING * (1.0 - part) ** 2)
        lenient = min(1.0, LENIENT ** (1.0 - part / STRICT_FROM))
        if turn == 0:
            taken, blink = _left_out(places, chosen, gone, turn, todo), 0.0
        else:
            most = annealing.most_first + (annealing.most_last - annealing.most_first) * part
            most = max(1, int(min(LARGEST_SHARE * len(places), most)))
            taken, blink = choose_removals(state, places, near, most, stops, tally, chosen, gone, turn, todo), BLINK
            _empty(turn, taken, todo, chosen, begin, flat, gone, stops, tally, old_stops, old_tally, number, classes,
                   weight, travel, service, starts, gaps)  # fmt: skip
        put_in_order(state, order, gone, turn, todo, taken)
        for k in range(taken):
            place = todo[k]
            old_chosen[place] = chosen[place]
            chosen[place] = put_back(
                place, turn, max(whole(0), chosen[place] - first[place, 0]), eager, blink, state, classes, weight, fee,
                apart, first, begin, flat, stops, tally, old_stops, old_tally, kept, number, travel, into, service,
                starts, gaps,
            )  # fmt: skip
        value, uneven, lost = worth(places, chosen, stops, tally, weight, fee, price, begin, flat, back, overtime)
        if value + lost + level * uneven < least:
            least = value + lost + level * uneven
            copy_plan(stops, tally, chosen, top.stops, top.tally, top.chosen)
        heat = annealing.hot * annealing.cooling**part
        allowed = now + lenient * now_lost + eager * now_uneven - heat * np.log(1.0 - draw(state))
        if value + lenient * lost + eager * uneven < allowed:
            now, now_uneven, now_lost = value, uneven, lost
        else:
            _restore(turn, taken, todo, old_stops, old_tally, old_chosen, stops, tally, chosen)
    copy_plan(top.stops, top.tally, top.chosen, stops, tally, chosen)
    return least
