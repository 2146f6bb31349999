"""Choosing a pattern for every customer and an order for every day of the cycle: destroy and repair, annealed.

A large part of the customers (about thirty) is taken out, near each other or along a day's route, and put back one by
one, each with its cheapest pattern: the days are independent, so the sum of the cheapest insertions over a pattern's
days is exact. Travel minutes decide; a mild convex term levels the load, so that days keep room for moved visits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.planning.timing import NEVER, Table, best_insertion, inner, kernel, sweep, whole
from territory.planning.visits.problem import RepProblem

LEVEL = 0.7
"""Minutes of travel that one full day (load = field minutes) may cost to be levelled, per field minute."""
MOVED = 40.0
"""Minutes of travel a visit may cost rather than fall on a day the rep is away on a trip."""
LARGEST_DESTROY = 59
NEAR_SHARE = 0.6
BLINK = 0.01
HOT, COOLING = 1.6, 15.0
"""First temperature in mean drives from the start place; factor down to the last one."""


LEFT_OUT_RETRIED = 15

LENGTH, LOAD, DRIVE = 0, 1, 2
"""Columns of the tally of a day: stops, field minutes, travel minutes."""
PLACE, FINISH, LATEST = 0, 1, 2
"""Layers of the stops of a day: where, earliest finish, latest start."""


@dataclass(frozen=True)
class CyclePlan:
    """Routes of one cycle.

    Attributes
    ----------
    chosen : array of int, shape (places,)
        Index of each customer's pattern in ``problem.patterns[place]``; -1 for place 0 and customers not planned here.
    offsets : array of int, shape (cycle days,)
        Day of the cycle (Monday of its first week 0) of each row of `rows`.
    rows : array of int32, shape (cycle days, stops)
        Places in order of the visits.
    lengths : array of int, shape (cycle days,)
    """

    chosen: Ints
    offsets: Ints
    rows: Table
    lengths: Ints


def plan_cycle(problem: RepProblem, places: Ints, away: frozenset[int], *, seed: int, iterations: int) -> CyclePlan:
    """Choose patterns and routes of one cycle.

    Parameters
    ----------
    problem : RepProblem
    places : array of int
        Customers to plan, as places; each can be visited alone on some day.
    away : frozenset of int
        Days of the cycle that belong to trips.
    seed : int
        Mixed with the rep's id, so that reps do not depend on each other.
    iterations : int
        Destroy-and-repair rounds.
    """
    days = problem.days
    offsets = np.array([7 * week + w for week in range(days.cycle_weeks) for w in days.weekdays], dtype=np.int64)
    row_of = {int(offset): k for k, offset in enumerate(offsets)}
    classes = np.array([days.ordinary[o % 7] for o in offsets], dtype=np.int64)
    blocked = np.array([int(o) in away for o in offsets], dtype=np.bool_)
    first, begin, flat = _pattern_table(problem, places, row_of)
    field = np.where(blocked, 0.0, _field_minutes(problem)[classes])
    mean_drive = max(1.0, float(problem.travel[0, places].mean())) if len(places) else 1.0
    most_stops = min(len(places), int(field.max(initial=0) // max(1, problem.service[places].min(initial=480))) + 2)
    stops = np.zeros((len(offsets), 3, most_stops), dtype=np.int32)
    tally = np.zeros((len(offsets), 3), dtype=np.int64)
    chosen = np.full(problem.places, -1, dtype=np.int64)
    if len(places):
        _search(
            places[np.argsort(problem.rank[places])].astype(np.int32),
            problem.travel,
            problem.service,
            problem.starts,
            problem.gaps,
            problem.depart,
            problem.back,
            classes,
            field,
            first,
            begin,
            flat,
            _neglect_price(problem, places, mean_drive),
            _neighbours(problem, places),
            iterations,
            HOT * mean_drive,
            COOLING ** (-1.0 / max(1, iterations)),
            _stable_seed(problem.rep_id, seed),
            stops,
            tally,
            chosen,
        )
    chosen = np.where(chosen >= 0, chosen - first[:, 0], -1)
    return CyclePlan(chosen, offsets, stops[:, PLACE], tally[:, LENGTH])


def _stable_seed(rep_id: str, seed: int) -> NDArray[np.uint64]:
    digest = hashlib.blake2b(f"{seed}:{rep_id}".encode(), digest_size=8).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def _field_minutes(problem: RepProblem) -> Floats:
    """Return about the minutes of each window class in which some visit may start."""
    spans = np.maximum(problem.starts[..., 1] - problem.starts[..., 0], 0).sum(axis=2).max(axis=1)
    return np.asarray(np.maximum(spans, 1), dtype=np.float64)


def _pattern_table(problem: RepProblem, places: Ints, row_of: dict[int, int]) -> tuple[Ints, Ints, Ints]:
    """Flatten the patterns: customer -> its patterns -> rows of the cycle; customers of one frequency share them."""
    first = np.zeros((problem.places, 2), dtype=np.int64)
    begin, flat = [0], []
    shared: dict[int, tuple[int, int]] = {}
    for place in places.tolist():
        patterns = problem.patterns[place]
        if id(patterns) not in shared:
            low = len(begin) - 1
            for pattern in patterns:
                flat += [row_of[day] for day in pattern.days]
                begin.append(len(flat))
            shared[id(patterns)] = low, len(begin) - 1
        first[place] = shared[id(patterns)]
    return first, np.array(begin, dtype=np.int64), np.array(flat, dtype=np.int64)


def _neglect_price(problem: RepProblem, places: Ints, mean_drive: float) -> Floats:
    """Price of leaving a customer out: a tier outweighs the next one fourfold, value decides inside a tier."""
    price = np.zeros(problem.places)
    for place in places.tolist():
        patterns = problem.patterns[place]
        visits = max((len(pattern.days) for pattern in patterns), default=0)
        better = 1.0 - problem.rank[place] / problem.places
        price[place] = visits * (60.0 + 4.0 * mean_drive) * 4.0 ** (3 - problem.tier[place]) * (1.0 + better)
    return price


def _neighbours(problem: RepProblem, places: Ints) -> Table:
    """Return places by nearness to each place, itself first; the same order for all tied distances."""
    between = problem.travel[np.ix_(places, places)].astype(np.int64)
    between[between < 0] = NEVER
    np.fill_diagonal(between, -1)
    near = np.zeros((problem.places, len(places)), dtype=np.int32)
    near[places] = places[np.argsort(between + between.T, axis=1, kind="stable")]
    return near


@inner
def _draw(state: NDArray[np.uint64]) -> float:
    """Return the next uniform number of a splitmix64 stream."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inner
def _pick(state: NDArray[np.uint64], count: int) -> int:
    return min(count - 1, int(_draw(state) * count))


@inner
def _take(place: int, gone: Table, todo: Table, taken: int) -> int:
    if gone[place]:
        return taken
    gone[place] = 1
    todo[taken] = place
    return taken + 1


@inner
def _choose_removals(
    state: NDArray[np.uint64],
    places: Table,
    near: Table,
    stops: Table,
    tally: Ints,
    chosen: Ints,
    gone: Table,
    todo: Table,
) -> int:
    """Choose the customers to take out, and some of those left out so far; return their number."""
    count = len(places)
    size = 1 + _pick(state, max(1, min(LARGEST_DESTROY, 3 * count // 4)))
    taken = whole(0)
    for place in places:
        gone[place] = 0
    if _draw(state) < NEAR_SHARE:
        centre = places[_pick(state, count)]
        for k in range(size):
            taken = _take(near[centre, k], gone, todo, taken)
    else:
        for _ in range(4):
            day = _pick(state, len(tally))
            length = tally[day, LENGTH]
            wanted = 1 + _pick(state, max(1, length))
            first = _pick(state, length - wanted + 1)
            for k in range(first, min(length, first + wanted)):
                if taken < size:
                    taken = _take(stops[day, PLACE, k], gone, todo, taken)
    limit = taken + LEFT_OUT_RETRIED
    shift = _pick(state, count)
    for k in range(count):
        place = places[(k + shift) % count]
        if chosen[place] < 0 and taken < limit:
            taken = _take(place, gone, todo, taken)
    return taken


@inner
def _order(state: NDArray[np.uint64], travel: Table, price: Floats, todo: Table, taken: int, key: Floats) -> None:
    """Put the customers to insert into random order, or farthest, nearest, dearest first."""
    rule = _pick(state, whole(4))
    for k in range(taken):
        place = todo[k]
        if rule == 0:
            key[place] = _draw(state)
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
def _refresh(
    day: int,
    stops: Table,
    tally: Ints,
    classes: Ints,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
) -> None:
    tally[day, DRIVE] = sweep(
        stops[day, PLACE],
        tally[day, LENGTH],
        classes[day],
        travel,
        service,
        starts,
        gaps,
        depart,
        back,
        stops[day, FINISH],
        stops[day, LATEST],
    )


@inner
def _remove(day: int, gone: Table, stops: Table, tally: Ints, service: Table) -> bool:
    """Take marked customers out of a day; return whether there was any."""
    kept = whole(0)
    for k in range(tally[day, LENGTH]):
        place = stops[day, PLACE, k]
        if gone[place]:
            tally[day, LOAD] -= service[place]
        else:
            stops[day, PLACE, kept] = place
            kept += 1
    changed = kept < tally[day, LENGTH]
    tally[day, LENGTH] = kept
    return bool(changed)


@inner
def _price_days(
    place: int,
    stops: Table,
    tally: Ints,
    classes: Ints,
    field: Floats,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    added: Floats,
    where: Ints,
) -> None:
    """Price the cheapest insertion of a customer on each day of the cycle."""
    for day in range(len(classes)):
        if field[day] == 0.0:
            added[day], where[day] = MOVED, -1
            continue
        added[day] = NEVER
        if tally[day, LENGTH] < stops.shape[2]:
            more, where[day] = best_insertion(
                place,
                stops[day, PLACE],
                tally[day, LENGTH],
                classes[day],
                travel,
                service,
                starts,
                gaps,
                depart,
                back,
                stops[day, FINISH],
                stops[day, LATEST],
            )
            added[day] = more + LEVEL * service[place] * (2.0 * tally[day, LOAD] + service[place]) / field[day]


@inner
def _cheapest(
    place: int, first: Ints, begin: Ints, flat: Ints, added: Floats, state: NDArray[np.uint64], blink: float
) -> int:
    """Return the cheapest pattern of a customer, or -1 where none fits; now and then one is overlooked."""
    best, pattern = float(NEVER), -1
    for p in range(first[place, 0], first[place, 1]):
        total = 0.0
        for j in range(begin[p], begin[p + 1]):
            total += added[flat[j]]
        if total < best and (blink == 0.0 or _draw(state) >= blink):
            best, pattern = total, p
    return pattern


@inner
def _insert(day: int, position: int, place: int, stops: Table, tally: Ints, service: Table) -> None:
    for k in range(tally[day, LENGTH], position, -1):
        stops[day, PLACE, k] = stops[day, PLACE, k - 1]
    stops[day, PLACE, position] = place
    tally[day, LENGTH] += 1
    tally[day, LOAD] += service[place]


@inner
def _value(places: Table, chosen: Ints, tally: Ints, field: Floats, price: Floats, begin: Ints, flat: Ints) -> float:
    value, blocked = 0.0, False
    for day in range(len(tally)):
        if field[day] == 0.0:
            blocked = True
        else:
            value += tally[day, DRIVE] + LEVEL * tally[day, LOAD] * tally[day, LOAD] / field[day]
    for place in places:
        if chosen[place] < 0:
            value += price[place]
        elif blocked:
            p = chosen[place]
            for j in range(begin[p], begin[p + 1]):
                if field[flat[j]] == 0.0:
                    value += MOVED
    return value


@inner
def _copy(stops: Table, tally: Ints, chosen: Ints, to_stops: Table, to_tally: Ints, to_chosen: Ints) -> None:
    for day in range(len(tally)):
        for kind in range(3):
            to_tally[day, kind] = tally[day, kind]
            for k in range(tally[day, LENGTH]):
                to_stops[day, kind, k] = stops[day, kind, k]
    for place in range(len(chosen)):
        to_chosen[place] = chosen[place]


@inner
def _repair(
    todo: Table,
    taken: int,
    stops: Table,
    tally: Ints,
    chosen: Ints,
    classes: Ints,
    field: Floats,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    first: Ints,
    begin: Ints,
    flat: Ints,
    state: NDArray[np.uint64],
    blink: float,
    added: Floats,
    where: Ints,
) -> None:
    """Put customers back one by one, each with its cheapest pattern."""
    for k in range(taken):
        place = whole(todo[k])
        _price_days(place, stops, tally, classes, field, travel, service, starts, gaps, depart, back, added, where)
        pattern = _cheapest(place, first, begin, flat, added, state, blink)
        chosen[place] = pattern
        if pattern < 0:
            continue
        for j in range(begin[pattern], begin[pattern + 1]):
            day = flat[j]
            if where[day] >= 0:
                _insert(day, where[day], place, stops, tally, service)
                _refresh(day, stops, tally, classes, travel, service, starts, gaps, depart, back)


@kernel
def _search(
    places: Table,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    classes: Ints,
    field: Floats,
    first: Ints,
    begin: Ints,
    flat: Ints,
    price: Floats,
    near: Table,
    iterations: int,
    heat: float,
    cooling: float,
    state: NDArray[np.uint64],
    stops: Table,
    tally: Ints,
    chosen: Ints,
) -> None:
    """Improve `stops`, `tally` and `chosen` (global pattern numbers) in place, from nothing to the best plan found."""
    days, count = len(classes), len(places)
    now_stops, now_tally, now_chosen = np.empty_like(stops), np.empty_like(tally), np.empty_like(chosen)
    top_stops, top_tally, top_chosen = np.empty_like(stops), np.empty_like(tally), np.empty_like(chosen)
    key, added, where = np.zeros(len(service)), np.zeros(days), np.zeros(days, dtype=np.int64)
    gone, todo = np.zeros(len(service), dtype=np.int32), np.zeros(len(service), dtype=np.int32)
    now, top = np.inf, np.inf
    for turn in range(iterations + 1):
        if turn == 0:
            taken = count
            for k in range(count):
                todo[k] = places[k]
        else:
            taken = _choose_removals(state, places, near, stops, tally, chosen, gone, todo)
            for day in range(days):
                if _remove(day, gone, stops, tally, service):
                    _refresh(day, stops, tally, classes, travel, service, starts, gaps, depart, back)
            _order(state, travel, price, todo, taken, key)
        _repair(
            todo, taken, stops, tally, chosen, classes, field, travel, service, starts, gaps, depart, back, first,
            begin, flat, state, BLINK if turn else 0.0, added, where,
        )  # fmt: skip
        value = _value(places, chosen, tally, field, price, begin, flat)
        if value < top:
            top = value
            _copy(stops, tally, chosen, top_stops, top_tally, top_chosen)
        if value < now - heat * np.log(1.0 - _draw(state)):
            now = value
            _copy(stops, tally, chosen, now_stops, now_tally, now_chosen)
        else:
            _copy(now_stops, now_tally, now_chosen, stops, tally, chosen)
        heat *= cooling
    _copy(top_stops, top_tally, top_chosen, stops, tally, chosen)


def kernels_are_compiled() -> bool:
    """Return whether the search was compiled before on this machine; the other kernels are compiled along with it."""
    dispatcher: Any = _search
    pattern = f"{Path(__file__).stem}.{dispatcher.py_func.__name__}-*.nbi"
    return any(Path(dispatcher.stats.cache_path).glob(pattern))
