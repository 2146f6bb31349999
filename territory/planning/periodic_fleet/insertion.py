"""The cheapest place for a customer: per tour from a cache, per day over tours, and the best day pattern."""

from __future__ import annotations

import math

from territory.planning.periodic_fleet.kernels import inlined, inner, lowest_bit, uniform, unsigned
from territory.planning.periodic_fleet.state import (
    BLINK,
    LENGTH_PRICE,
    LOAD_PRICE,
    WORK,
    Problem,
    State,
    choose,
    fine_of,
    insert,
    remove,
)

IMPOSSIBLE = 1e30
"""Cost of what cannot be done."""

VEHICLE_BITS = 64
"""Vehicles told apart in one word; farther ones share a bit."""

NEAR_VISITS = 15
"""Visits of near customers, in the mean of the wanted days, whose tours may take a customer in."""

TOUR_LOOKS = 4
"""What asking for the price of a tour counts as effort."""

BLINKS_EVERY = 100.0
"""Mean number of tours looked at before one is overlooked on purpose (Christiaens and Vanden Berghe, 2020)."""


@inlined
def _cheapest_on_tour(p: Problem, s: State, node: int, day: int, vehicle: int, key: int) -> None:
    """Fill the cache entry `key` with the cheapest insertion into a tour, without penalty."""
    depot, row = p.customers + vehicle, p.cost + node * p.nodes
    links, hops = s.after + day * p.nodes, s.hop + day * p.nodes
    previous, best, where, steps = depot, IMPOSSIBLE, depot, 1
    to_previous = p.f[unsigned(row + depot)]
    while True:
        following = s.i[unsigned(links + previous)]
        to_following = p.f[unsigned(row + following)]
        added = to_previous + to_following - s.f[unsigned(hops + previous)]
        if added < best:
            best, where = added, previous
        if following >= p.customers:
            break
        previous, to_previous = following, to_following
        steps += 1
    tour = day * p.vehicles + vehicle
    s.i[s.known + key], s.f[s.known_cost + key], s.i[s.known_after + key] = s.i[s.version + tour], best, where
    s.i[WORK] += steps


@inlined
def _overlook(s: State) -> bool:
    """Return whether the next tour is overlooked."""
    s.i[BLINK] -= 1
    if s.i[BLINK] > 0:
        return False
    s.i[BLINK] = 1 + int(-BLINKS_EVERY * math.log(1.0 - uniform(s.random)))
    return True


@inlined
def _mark_near_tours(p: Problem, s: State, node: int, wanted: int) -> None:
    """Fill ``near_tours`` with the vehicles that visit near customers on each wanted day, `VEHICLE_BITS` to a word."""
    days, most, seen, looks = wanted, 0, 0, 0
    while days:
        s.i[unsigned(s.near_tours + lowest_bit(days))] = 0
        days &= days - 1
        most += NEAR_VISITS
    for k in range(node * p.reach, (node + 1) * p.reach):
        near = p.i[unsigned(p.near + k)]
        days = s.i[unsigned(s.chosen + near)] & wanted
        looks += 1
        while days:
            day = lowest_bit(days)
            days &= days - 1
            vehicle = s.i[unsigned(s.tour_of + day * p.nodes + near)]
            if vehicle >= 0:
                s.i[unsigned(s.near_tours + day)] |= 1 << (vehicle & VEHICLE_BITS - 1)
                seen += 1
        if seen >= most:
            break
    s.i[WORK] += looks + seen


@inlined
def _price_tour(p: Problem, s: State, node: int, day: int, vehicle: int) -> None:
    """Take the cheapest place on a tour for a customer if it is the best of the day so far, penalties included.

    A tour whose excess load alone would cost more is not looked through: a visit hardly ever shortens a tour.
    """
    s.i[WORK] += TOUR_LOOKS
    if _overlook(s):
        return
    tour, most, demand = day * p.vehicles + vehicle, s.f[unsigned(s.day_cost + day)], p.f[unsigned(p.demand + node)]
    over = s.f[unsigned(s.load + tour)] + demand - p.f[unsigned(p.capacity + day)]
    if over > 0.0 and min(over, demand) * s.f[LOAD_PRICE] >= most:
        return
    key = node * p.days * p.vehicles + tour
    if s.i[unsigned(s.known + key)] != s.i[unsigned(s.version + tour)]:
        _cheapest_on_tour(p, s, node, day, vehicle, key)
    cost = s.f[unsigned(s.known_cost + key)]
    if cost >= most:
        return
    length = s.f[unsigned(s.length + tour)] + cost
    fine = over * s.f[LOAD_PRICE] if over > 0.0 else 0.0
    if length > p.f[unsigned(p.limit + day)]:
        fine += (length - p.f[unsigned(p.limit + day)]) * s.f[LENGTH_PRICE]
    fine -= s.f[unsigned(s.fine + tour)]
    if cost + fine < most:
        s.f[unsigned(s.day_cost + day)], s.f[unsigned(s.day_fine + day)] = cost + fine, fine
        s.i[unsigned(s.day_after + day)] = s.i[unsigned(s.known_after + key)]


@inlined
def _price_day(p: Problem, s: State, node: int, day: int) -> None:
    """Price one day, from ``near_tours``, an empty tour, and all other tours where these would break a limit."""
    s.f[unsigned(s.day_cost + day)], s.f[unsigned(s.day_fine + day)] = IMPOSSIBLE, IMPOSSIBLE
    seen = s.i[unsigned(s.near_tours + day)]
    left = seen
    while left:
        for vehicle in range(lowest_bit(left), p.vehicles, VEHICLE_BITS):
            _price_tour(p, s, node, day, vehicle)
        left &= left - 1
    depots = s.after + day * p.nodes + p.customers
    for vehicle in range(p.vehicles):
        if s.i[unsigned(depots + vehicle)] >= p.customers:
            _price_tour(p, s, node, day, vehicle)
            break
    if s.f[unsigned(s.day_fine + day)] > 0.0:
        for vehicle in range(p.vehicles):
            if not seen >> (vehicle & VEHICLE_BITS - 1) & 1 and s.i[unsigned(depots + vehicle)] < p.customers:
                _price_tour(p, s, node, day, vehicle)


@inlined
def price_days(p: Problem, s: State, node: int, wanted: int) -> None:
    """Fill ``day_cost`` and ``day_after`` with the cheapest insertion of a customer on each wanted day.

    Only tours that visit a near customer, and an empty one, are looked at, unless they would break a limit.
    """
    _mark_near_tours(p, s, node, wanted)
    days = wanted
    while days:
        _price_day(p, s, node, lowest_bit(days))
        days &= days - 1


@inlined
def saving(p: Problem, s: State, node: int, day: int) -> float:
    """Return what leaving out a visit saves, penalties included."""
    at, n = day * p.nodes, p.nodes
    previous, following = s.i[s.before + at + node], s.i[s.after + at + node]
    tour = day * p.vehicles + s.i[s.tour_of + at + node]
    saved = (
        p.f[p.cost + previous * n + node] + p.f[p.cost + node * n + following] - p.f[p.cost + previous * n + following]
    )
    if s.f[s.fine + tour] > 0.0:
        saved += s.f[s.fine + tour] - fine_of(
            p, s, day, s.f[s.load + tour] - p.f[p.demand + node], s.f[s.length + tour] - saved
        )
    return float(saved)


@inlined
def best_pattern(p: Problem, s: State, node: int) -> tuple[int, float]:
    """Return (day set, gain over the present one) of a customer's cheapest pattern; visits it keeps stay in place.

    The gain is `IMPOSSIBLE` where the present days are no pattern; the day set is -1 where every tour of a needed day
    was overlooked.
    """
    wanted, kept = p.i[p.usable + node] & ~s.i[s.chosen + node], s.i[s.chosen + node]
    while kept:
        day = lowest_bit(kept)
        kept &= kept - 1
        s.f[s.day_cost + day] = saving(p, s, node, day)
    price_days(p, s, node, wanted)
    best, mask, present = 0.5 * IMPOSSIBLE, -1, IMPOSSIBLE
    for k in range(p.i[p.first + node], p.i[p.first + node + 1]):
        days, cost = p.i[p.pattern + k], 0.0
        left = days
        while left:
            cost += s.f[s.day_cost + lowest_bit(left)]
            left &= left - 1
        if days == s.i[s.chosen + node]:
            present = cost
        if cost < best:
            best, mask = cost, days
    return mask, present - best


@inner
def adopt(p: Problem, s: State, node: int, mask: int) -> None:
    """Visit a customer on these days, new visits where `best_pattern` found them."""
    for day in range(p.days):
        bit = 1 << day
        if s.i[s.chosen + node] & bit and not mask & bit:
            remove(p, s, day, node)
        elif mask & bit and not s.i[s.chosen + node] & bit:
            insert(p, s, day, node, s.i[s.day_after + day])
    choose(s, node, mask)


@inner
def place_on(p: Problem, s: State, node: int, day: int) -> None:
    """Visit a customer on a day at the cheapest place, however often tours are overlooked."""
    s.f[s.day_cost + day] = IMPOSSIBLE
    while s.f[s.day_cost + day] >= IMPOSSIBLE:
        price_days(p, s, node, 1 << day)
    insert(p, s, day, node, s.i[s.day_after + day])


@inner
def place(p: Problem, s: State, node: int) -> None:
    """Give a customer its best pattern, however often tours are overlooked."""
    mask = -1
    while mask < 0:
        mask, _ = best_pattern(p, s, node)
    adopt(p, s, node, mask)
