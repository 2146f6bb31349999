"""The cheapest place for a customer: per tour from a cache, per day over tours, and the best day pattern."""

from __future__ import annotations

import math

from territory.planning.visits.shared_area.kernels import inlined, inner, uniform, unsigned
from territory.planning.visits.shared_area.state import (
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
def price_day(p: Problem, s: State, node: int, day: int) -> None:
    """Fill ``day_cost`` and ``day_after`` with the cheapest insertion of a customer on a day, penalties included."""
    best, where, empty_seen = IMPOSSIBLE, -1, False
    demand = p.f[unsigned(p.demand + node)]
    for vehicle in range(p.vehicles):
        tour = day * p.vehicles + vehicle
        if s.i[unsigned(s.after + day * p.nodes + p.customers + vehicle)] >= p.customers:
            if empty_seen:
                continue
            empty_seen = True
        if _overlook(s):
            continue
        key = node * p.days * p.vehicles + tour
        if s.i[unsigned(s.known + key)] != s.i[unsigned(s.version + tour)]:
            _cheapest_on_tour(p, s, node, day, vehicle, key)
        cost = s.f[unsigned(s.known_cost + key)]
        if cost >= best:
            continue
        load, length = s.f[unsigned(s.load + tour)] + demand, s.f[unsigned(s.length + tour)] + cost
        if load > p.f[unsigned(p.capacity + day)]:
            cost += (load - p.f[unsigned(p.capacity + day)]) * s.f[LOAD_PRICE]
        if length > p.f[unsigned(p.limit + day)]:
            cost += (length - p.f[unsigned(p.limit + day)]) * s.f[LENGTH_PRICE]
        cost -= s.f[unsigned(s.fine + tour)]
        if cost < best:
            best, where = cost, s.i[unsigned(s.known_after + key)]
    s.f[unsigned(s.day_cost + day)], s.i[unsigned(s.day_after + day)] = best, where
    s.i[WORK] += p.vehicles


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
    for day in range(p.days):
        if p.i[p.usable + node] >> day & 1:
            if s.i[s.chosen + node] >> day & 1:
                s.f[s.day_cost + day] = saving(p, s, node, day)
            else:
                price_day(p, s, node, day)
    best, mask, present = 0.5 * IMPOSSIBLE, -1, IMPOSSIBLE
    for k in range(p.i[p.first + node], p.i[p.first + node + 1]):
        days, cost = p.i[p.pattern + k], 0.0
        for day in range(p.days):
            if days >> day & 1:
                cost += s.f[s.day_cost + day]
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
    s.i[s.day_after + day] = -1
    while s.i[s.day_after + day] < 0:
        price_day(p, s, node, day)
    insert(p, s, day, node, s.i[s.day_after + day])


@inner
def place(p: Problem, s: State, node: int) -> None:
    """Give a customer its best pattern, however often tours are overlooked."""
    mask = -1
    while mask < 0:
        mask, _ = best_pattern(p, s, node)
    adopt(p, s, node, mask)
