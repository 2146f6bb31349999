"""Dividing a day's line of customers into tours at the least penalised cost (Prins, 2004), and placing the rest."""

from __future__ import annotations

from territory.planning.visits.shared_area.insertion import IMPOSSIBLE, place
from territory.planning.visits.shared_area.kernels import Floats, Ints, inner, kernel, shuffle
from territory.planning.visits.shared_area.state import Problem, State, begin_step, clear, fine_of, recount

LARGEST_EXCESS = 1.5
"""A tour of the split carries at most this many times the capacity, or the mean load of the day's tours if more."""


@inner
def _fill_potentials(p: Problem, s: State, day: int, bound: float, value: Floats, origin: Ints) -> None:
    """Find for each number of tours and of customers the cheapest division, and where its last tour begins."""
    base, size, n, depot = day * p.customers, s.i[s.tour_size + day], p.nodes, p.customers
    width = p.customers + 1
    value[:] = IMPOSSIBLE
    value[0] = 0.0
    for tour in range(p.vehicles):
        for begin in range(size + 1):
            start = value[tour * width + begin]
            if start >= IMPOSSIBLE:
                continue
            cell = (tour + 1) * width + begin
            if start < value[cell]:
                value[cell], origin[cell] = start, begin
            load, length, previous = 0.0, 0.0, depot
            for end in range(begin, size):
                node = s.i[s.tours + base + end]
                load += p.f[p.demand + node]
                length += p.f[p.cost + previous * n + node]
                previous = node
                if load > bound and end > begin:
                    break
                whole = length + p.f[p.cost + node * n + depot]
                cost = start + whole + fine_of(p, s, day, load, whole)
                cell = (tour + 1) * width + end + 1
                if cost < value[cell]:
                    value[cell], origin[cell] = cost, begin


@inner
def _split_day(p: Problem, s: State, day: int, value: Floats, origin: Ints) -> None:
    base, size, at = day * p.customers, s.i[s.tour_size + day], day * p.nodes
    width, load = p.customers + 1, 0.0
    for k in range(size):
        load += p.f[p.demand + s.i[s.tours + base + k]]
    bound = LARGEST_EXCESS * max(p.f[p.capacity + day], load / p.vehicles)
    _fill_potentials(p, s, day, bound, value, origin)
    if value[p.vehicles * width + size] >= IMPOSSIBLE:
        _fill_potentials(p, s, day, load + 1.0, value, origin)
    end = size
    for vehicle in range(p.vehicles - 1, -1, -1):
        begin = origin[(vehicle + 1) * width + end]
        following = p.customers + vehicle
        for k in range(end - 1, begin - 1, -1):
            node = s.i[s.tours + base + k]
            s.i[s.after + at + node] = following
            following = node
        s.i[s.after + at + p.customers + vehicle] = following
        recount(p, s, day, vehicle)
        end = begin


@inner
def split_all(p: Problem, s: State, value: Floats, origin: Ints) -> None:
    """Empty the plan and build it from the lines in `tours`; ``chosen`` stays."""
    chosen = s.i[s.chosen : s.chosen + p.customers].copy()
    clear(p, s)
    s.i[s.chosen : s.chosen + p.customers] = chosen
    for day in range(p.days):
        _split_day(p, s, day, value, origin)


@inner
def _is_pattern(p: Problem, s: State, node: int) -> bool:
    for k in range(p.i[p.first + node], p.i[p.first + node + 1]):  # noqa: SIM110 (kernels have no generators)
        if p.i[p.pattern + k] == s.i[s.chosen + node]:
            return True
    return False


@kernel
def complete(p: Problem, s: State) -> None:
    """Insert customers whose days are not yet a pattern, in random order, each as cheaply as can be."""
    count = 0
    for node in range(p.customers):
        if not _is_pattern(p, s, node):
            s.i[s.removed + count] = node
            count += 1
    shuffle(s.random, s.i, s.removed, count)
    for k in range(count):
        begin_step(s)
        place(p, s, s.i[s.removed + k])
    begin_step(s)
