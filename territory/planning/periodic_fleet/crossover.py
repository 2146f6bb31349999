"""Periodic crossover with insertions (PIX; Vidal et al., 2012)."""

from __future__ import annotations

import math

from territory.planning.periodic_fleet.kernels import Ints, below, inlined, inner, kernel, shuffle
from territory.planning.periodic_fleet.split import complete, split_all
from territory.planning.periodic_fleet.state import Problem, State

FIRST, SECOND, BOTH = 0, 1, 2
"""Whose visits a day inherits."""


@inner
def _line_of(p: Problem, s: State, after: Ints, day: int) -> int:
    """Write a day's customers in one line, tours by their direction from the depot; return how many."""
    at = day * p.nodes
    for vehicle in range(p.vehicles):
        x, y, node = 0.0, 0.0, after[at + p.customers + vehicle]
        while node < p.customers:
            x, y, node = x + p.f[p.x + node], y + p.f[p.y + node], after[at + node]
        s.f[s.angle + vehicle] = math.atan2(y, x)
        k = vehicle
        while k > 0 and s.f[s.angle + s.i[s.tour_order + k - 1]] > s.f[s.angle + vehicle]:
            s.i[s.tour_order + k] = s.i[s.tour_order + k - 1]
            k -= 1
        s.i[s.tour_order + k] = vehicle
    size = 0
    for k in range(p.vehicles):
        node = after[at + p.customers + s.i[s.tour_order + k]]
        while node < p.customers:
            s.i[s.line + size] = node
            node = after[at + node]
            size += 1
    return size


@inlined
def _fits(p: Problem, node: int, days: int) -> bool:
    """Return whether a pattern of the customer contains these days."""
    for k in range(p.i[p.first + node], p.i[p.first + node + 1]):  # noqa: SIM110 (kernels have no generators)
        if p.i[p.pattern + k] & days == days:
            return True
    return False


@inlined
def _shuffle_days(p: Problem, s: State) -> None:
    for day in range(p.days):
        s.i[s.day_order + day] = day
    shuffle(s.random, s.i, s.day_order, p.days)


@inner
def _share_days(p: Problem, s: State) -> None:
    """Give each day to the first parent, the second, or both."""
    first, second = below(s.random, p.days + 1), below(s.random, p.days + 1)
    _shuffle_days(p, s)
    for k in range(p.days):
        s.i[s.day_kind + s.i[s.day_order + k]] = (
            FIRST if k < min(first, second) else SECOND if k < max(first, second) else BOTH
        )


@kernel
def cross(p: Problem, s: State, after_1: Ints, after_2: Ints) -> None:
    """Make the present plan a child of two.

    Parameters
    ----------
    p, s : Problem, State
    after_1, after_2 : array of int, shape (visits,)
        Forward links of the parents.
    """
    _share_days(p, s)
    for node in range(p.customers):
        s.i[s.chosen + node] = 0
    for day in range(p.days):
        s.i[s.tour_size + day] = 0
        if s.i[s.day_kind + day] == SECOND:
            continue
        size = _line_of(p, s, after_1, day)
        begin, count = 0, size
        if s.i[s.day_kind + day] == BOTH and size > 0:
            begin, count = below(s.random, size), 1 + below(s.random, size)
        for k in range(count):
            node = s.i[s.line + (begin + k) % size]
            s.i[s.tours + day * p.customers + k] = node
            s.i[s.chosen + node] |= 1 << day
        s.i[s.tour_size + day] = count
    _shuffle_days(p, s)
    for k in range(p.days):
        day = s.i[s.day_order + k]
        if s.i[s.day_kind + day] == FIRST:
            continue
        size = _line_of(p, s, after_2, day)
        for j in range(size):
            node = s.i[s.line + j]
            if not s.i[s.chosen + node] >> day & 1 and _fits(p, node, s.i[s.chosen + node] | 1 << day):
                s.i[s.tours + day * p.customers + s.i[s.tour_size + day]] = node
                s.i[s.tour_size + day] += 1
                s.i[s.chosen + node] |= 1 << day
    split_all(p, s)
    complete(p, s)
