"""Periodic crossover with insertions (PIX; Vidal et al., 2012)."""

from __future__ import annotations

import math

import numpy as np

from territory.planning.visits.shared_area.kernels import Floats, Ints, below, inlined, inner, kernel, shuffle
from territory.planning.visits.shared_area.split import complete, split_all
from territory.planning.visits.shared_area.state import Problem, State

FIRST, SECOND, BOTH = 0, 1, 2
"""Whose visits a day inherits."""


@inner
def _line_of(p: Problem, after: Ints, day: int, angle: Floats, tour_order: Ints, line: Ints) -> int:
    """Write a day's customers in one line, tours by their direction from the depot; return how many."""
    at = day * p.nodes
    for vehicle in range(p.vehicles):
        x, y, node = 0.0, 0.0, after[at + p.customers + vehicle]
        while node < p.customers:
            x, y, node = x + p.f[p.x + node], y + p.f[p.y + node], after[at + node]
        angle[vehicle] = math.atan2(y, x)
        k = vehicle
        while k > 0 and angle[tour_order[k - 1]] > angle[vehicle]:
            tour_order[k] = tour_order[k - 1]
            k -= 1
        tour_order[k] = vehicle
    size = 0
    for k in range(p.vehicles):
        node = after[at + p.customers + tour_order[k]]
        while node < p.customers:
            line[size] = node
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


@inner
def _share_days(p: Problem, s: State, kind: Ints) -> None:
    """Give each day to the first parent, the second, or both."""
    first, second = below(s.random, p.days + 1), below(s.random, p.days + 1)
    order = np.arange(p.days)
    shuffle(s.random, order, 0, p.days)
    for k in range(p.days):
        kind[order[k]] = FIRST if k < min(first, second) else SECOND if k < max(first, second) else BOTH


@kernel
def cross(p: Problem, s: State, after_1: Ints, after_2: Ints) -> None:
    """Make the present plan a child of two.

    Parameters
    ----------
    p, s : Problem, State
    after_1, after_2 : array of int, shape (visits,)
        Forward links of the parents.
    """
    angle, tour_order = np.empty(p.vehicles), np.empty(p.vehicles, dtype=np.int64)
    line, kind = np.empty(p.customers, dtype=np.int64), np.empty(p.days, dtype=np.int64)
    _share_days(p, s, kind)
    s.i[s.chosen : s.chosen + p.customers] = 0
    for day in range(p.days):
        s.i[s.tour_size + day] = 0
        if kind[day] == SECOND:
            continue
        size = _line_of(p, after_1, day, angle, tour_order, line)
        begin, count = 0, size
        if kind[day] == BOTH and size > 0:
            begin, count = below(s.random, size), 1 + below(s.random, size)
        for k in range(count):
            node = line[(begin + k) % size]
            s.i[s.tours + day * p.customers + k] = node
            s.i[s.chosen + node] |= 1 << day
        s.i[s.tour_size + day] = count
    days = np.arange(p.days)
    shuffle(s.random, days, 0, p.days)
    for k in range(p.days):
        day = days[k]
        if kind[day] == FIRST:
            continue
        size = _line_of(p, after_2, day, angle, tour_order, line)
        for j in range(size):
            node = line[j]
            if not s.i[s.chosen + node] >> day & 1 and _fits(p, node, s.i[s.chosen + node] | 1 << day):
                s.i[s.tours + day * p.customers + s.i[s.tour_size + day]] = node
                s.i[s.tour_size + day] += 1
                s.i[s.chosen + node] |= 1 << day
    value = np.empty((p.vehicles + 1) * (p.customers + 1))
    split_all(p, s, value, np.zeros(len(value), dtype=np.int64))
    complete(p, s)
