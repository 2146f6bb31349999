"""The kernels of a search over the days of several reps: one rep's search, with a start place for each day and shares.

A day of a rep is a day of its own, and a pattern of a customer lies on the days of one rep: choosing a pattern chooses
the rep. What a rep carries beyond its share, or short of it, has a price, so that customers change hands in both
directions on the way to a fair division.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.timing import NEVER, Table, inlined, inner, kernel, whole
from territory.planning.visits.day_stops import (
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
from territory.planning.visits.destroy_repair import (
    BLINK,
    LARGEST_SHARE,
    LENIENT,
    SMOOTHING,
    STRICT_FROM,
    Annealing,
    Plan,
    Scratch,
    State,
    Task,
    choose_removals,
    copy_plan,
    draw,
    put_in_order,
    worth,
)


class Shares(NamedTuple):
    """What every rep should carry.

    Attributes
    ----------
    home : array of int, shape (days,)
        Place where each day starts and ends.
    owner : array of int, shape (days,)
        Rep of each day.
    load : array of float, shape (places, measures)
        What a customer adds to its rep.
    base : array of float, shape (reps, measures)
        What a rep carries in any case.
    least, most : array of float, shape (reps, measures)
    price : float
        Minutes of travel for each unit beyond a bound.
    work : array of float, shape (reps, measures)
        Scratch: what each rep carries now.
    """

    home: Ints
    owner: Ints
    load: Floats
    base: Floats
    least: Floats
    most: Floats
    price: float
    work: Floats


@kernel
def lay_out(task: Task, shares: Shares, plan: Plan, number: Ints) -> None:
    """Bring times and sums of all days in line with their stops."""
    stops, tally = plan.stops, plan.tally
    for day in range(len(tally)):
        stops[day, FINISH, 0], stops[day, LATEST, 0], tally[day, TOUCHED] = task.depart, task.latest, -1
        number[0] += 1
        tally[day, VERSION], tally[day, LOAD] = number[0], 0
        for k in range(1, tally[day, LENGTH] + 1):
            tally[day, LOAD] += task.service[stops[day, PLACE, k]]
        stops[day, PLACE, 0] = shares.home[day]
        refresh(day, task.classes[day], stops, tally, task.travel, task.service, task.starts, task.gaps)


@inlined
def _beyond(carried: float, least: float, most: float) -> float:
    return max(0.0, carried - most) + max(0.0, least - carried)


@inner
def _carried(shares: Shares, places: Table, chosen: Ints, begin: Ints, flat: Ints) -> float:
    """Count what each rep carries; return the price of what lies beyond the bounds."""
    work = shares.work
    for rep in range(work.shape[0]):
        for k in range(work.shape[1]):
            work[rep, k] = shares.base[rep, k]
    for place in places:
        if chosen[place] >= 0:
            rep = shares.owner[flat[begin[chosen[place]]]]
            for k in range(work.shape[1]):
                work[rep, k] += shares.load[place, k]
    beyond = 0.0
    for rep in range(work.shape[0]):
        for k in range(work.shape[1]):
            beyond += _beyond(work[rep, k], shares.least[rep, k], shares.most[rep, k])
    return shares.price * beyond


@inner
def _cheapest(
    place: int, earlier: int, level: float, blink: float, state: State, task: Task, shares: Shares, plan: Plan,
    kept: Ints,
) -> int:  # fmt: skip
    """Return the cheapest pattern of a customer, its rep's share included, or -1; now and then one is overlooked."""
    best, pattern, known, burden = float(NEVER), -1, -1, 0.0
    low, many = task.first[place, 0], task.first[place, 1] - task.first[place, 0]
    overlooked = earlier + (int(draw(state) / blink) if blink > 0.0 else many)
    for k in range(earlier, earlier + many):
        p = low + (k if k < many else k - many)
        if k == overlooked:
            continue
        rep = shares.owner[task.flat[task.begin[p]]]
        if rep != known:
            known, burden = rep, 0.0
            for m in range(shares.load.shape[1]):
                carried, least, most = shares.work[rep, m], shares.least[rep, m], shares.most[rep, m]
                burden += _beyond(carried + shares.load[place, m], least, most) - _beyond(carried, least, most)
        total = shares.price * burden
        for j in range(task.begin[p], task.begin[p + 1]):
            if total >= best:
                break
            total += day_price(
                place, task.flat[j], level, task.classes, task.weight, task.fee, task.apart, plan.stops, plan.tally,
                kept, task.travel, task.into, task.service, task.starts, task.gaps,
            )  # fmt: skip
        if total < best:
            best, pattern = total, p
    return pattern


@inner
def _put_back(
    place: int, pattern: int, turn: int, task: Task, shares: Shares, plan: Plan, old: Plan, kept: Ints, number: Ints
) -> None:
    """Visit a customer on the days of a pattern."""
    stops, tally = plan.stops, plan.tally
    for j in range(task.begin[pattern], task.begin[pattern + 1]):
        day = task.flat[j]
        if task.weight[day] >= 0.0:
            back_up(day, turn, stops, tally, old.stops, old.tally)
            insert(
                place, day, kept[place, day, SPOT], task.classes[day], stops, tally, task.travel, task.into,
                task.service, task.starts, task.gaps,
            )  # fmt: skip
            number[0] += 1
            tally[day, VERSION] = number[0]
    rep = shares.owner[task.flat[task.begin[pattern]]]
    for m in range(shares.load.shape[1]):
        shares.work[rep, m] += shares.load[place, m]


@inner
def _empty(turn: int, taken: int, todo: Ints, task: Task, plan: Plan, old: Plan, gone: Ints, number: Ints) -> None:
    """Take the chosen customers out of all their days."""
    stops, tally, chosen = plan
    for k in range(taken):
        p = chosen[todo[k]]
        if p >= 0:
            for j in range(task.begin[p], task.begin[p + 1]):
                day = task.flat[j]
                if tally[day, TOUCHED] != turn and task.weight[day] >= 0.0:
                    back_up(day, turn, stops, tally, old.stops, old.tally)
                    take_out(day, turn, gone, stops, tally, task.service)
                    refresh(day, task.classes[day], stops, tally, task.travel, task.service, task.starts, task.gaps)
                    number[0] += 1
                    tally[day, VERSION] = number[0]
    for k in range(taken):
        old.chosen[todo[k]] = chosen[todo[k]]
        chosen[todo[k]] = -1


@inner
def _left_out(places: Table, plan: Plan, old: Plan, gone: Ints, turn: int, todo: Ints) -> int:
    """Mark and collect all customers without a pattern; return their number."""
    taken = whole(0)
    for place in places:
        if plan.chosen[place] < 0:
            old.chosen[place], gone[place] = -1, turn
            todo[taken] = place
            taken += 1
    return taken


@kernel
def improve_together(  # noqa: C901 (one loop, whose state stays in registers)
    task: Task, shares: Shares, annealing: Annealing, state: State, plan: Plan, scratch: Scratch
) -> float:
    """Improve a plan that `lay_out` prepared, in place, to the best one found; return what it costs."""
    stops, tally, chosen = plan
    old, top, kept, gone, todo, number = scratch
    for k in range(len(gone)):
        gone[k] = -1
    for day in range(len(tally)):
        tally[day, TOUCHED] = -1
    now, now_uneven, now_lost, least = np.inf, 0.0, 0.0, np.inf
    for turn in range(annealing.rounds + 1):
        part = annealing.begin + (annealing.end - annealing.begin) * turn / (annealing.rounds + 1.0)
        eager = max(task.level, SMOOTHING * (1.0 - part) ** 2)
        lenient = min(1.0, LENIENT ** (1.0 - part / STRICT_FROM))
        if turn == 0:
            taken, blink = _left_out(task.places, plan, old, gone, turn, todo), 0.0
        else:
            most = annealing.most_first + (annealing.most_last - annealing.most_first) * part
            most = max(1, int(min(LARGEST_SHARE * len(task.places), most)))
            taken, blink = choose_removals(
                state, task.places, task.near, most, stops, tally, chosen, gone, turn, todo
            ), BLINK  # fmt: skip
            _empty(turn, taken, todo, task, plan, old, gone, number)
        put_in_order(state, task.order, gone, turn, todo, taken)
        _carried(shares, task.places, chosen, task.begin, task.flat)
        for k in range(taken):
            place = todo[k]
            earlier = max(whole(0), old.chosen[place] - task.first[place, 0])
            chosen[place] = _cheapest(place, earlier, eager, blink, state, task, shares, plan, kept)
            if chosen[place] >= 0:
                _put_back(place, chosen[place], turn, task, shares, plan, old, kept, number)
        value, uneven, lost = worth(
            task.places, chosen, stops, tally, task.weight, task.fee, task.price, task.begin, task.flat, task.back,
            task.overtime,
        )  # fmt: skip
        value += _carried(shares, task.places, chosen, task.begin, task.flat)
        if value + lost + task.level * uneven < least:
            least = value + lost + task.level * uneven
            copy_plan(stops, tally, chosen, top.stops, top.tally, top.chosen)
        heat = annealing.hot * annealing.cooling**part
        allowed = now + lenient * now_lost + eager * now_uneven - heat * np.log(1.0 - draw(state))
        if value + lenient * lost + eager * uneven < allowed:
            now, now_uneven, now_lost = value, uneven, lost
            continue
        for day in range(len(tally)):
            if tally[day, TOUCHED] == turn:
                copy_day(day, old.stops, old.tally, stops, tally)
        for k in range(taken):
            chosen[todo[k]] = old.chosen[todo[k]]
    copy_plan(top.stops, top.tally, top.chosen, stops, tally, chosen)
    return least
