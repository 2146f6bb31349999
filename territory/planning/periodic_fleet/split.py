"""Dividing a day's line of customers into tours at the least penalised cost (Prins, 2004), and placing the rest."""

from __future__ import annotations

from territory.planning.periodic_fleet.insertion import IMPOSSIBLE, place
from territory.planning.periodic_fleet.kernels import inner, kernel, shuffle
from territory.planning.periodic_fleet.state import Problem, State, begin_step, clear_tours, fine_of, recount

LARGEST_EXCESS = 1.5
"""A tour of the split carries at most this many times the capacity, or the mean load of the day's tours if more."""


@inner
def _fill_potentials(p: Problem, s: State, day: int, bound: float) -> None:
    """Find for each number of customers and of tours the cheapest division, and where its last tour begins."""
    base, size, n, depot = day * p.customers, s.i[s.tour_size + day], p.nodes, p.customers
    width = p.vehicles + 1
    for cell in range((size + 1) * width):
        s.f[s.value + cell] = IMPOSSIBLE
    s.f[s.value] = 0.0
    for begin in range(size + 1):
        row = begin * width
        for tours in range(p.vehicles):
            if s.f[s.value + row + tours] < s.f[s.value + row + tours + 1]:
                s.f[s.value + row + tours + 1] = s.f[s.value + row + tours]
                s.i[s.origin + row + tours + 1] = begin
        load, length, previous = 0.0, 0.0, depot
        for end in range(begin, size):
            node = s.i[s.tours + base + end]
            load += p.f[p.demand + node]
            length += p.f[p.cost + previous * n + node]
            previous = node
            if load > bound and end > begin:
                break
            whole = length + p.f[p.cost + node * n + depot]
            whole += fine_of(p, s, day, load, whole)
            cell = (end + 1) * width + 1
            for tours in range(p.vehicles):
                cost = s.f[s.value + row + tours] + whole
                if cost < s.f[s.value + cell + tours]:
                    s.f[s.value + cell + tours], s.i[s.origin + cell + tours] = cost, begin


@inner
def _split_day(p: Problem, s: State, day: int) -> None:
    base, size, at = day * p.customers, s.i[s.tour_size + day], day * p.nodes
    width, load = p.vehicles + 1, 0.0
    for k in range(size):
        load += p.f[p.demand + s.i[s.tours + base + k]]
    bound = LARGEST_EXCESS * max(p.f[p.capacity + day], load / p.vehicles)
    _fill_potentials(p, s, day, bound)
    if s.f[s.value + size * width + p.vehicles] >= IMPOSSIBLE:
        _fill_potentials(p, s, day, load + 1.0)
    end = size
    for vehicle in range(p.vehicles - 1, -1, -1):
        begin = s.i[s.origin + end * width + vehicle + 1]
        following = p.customers + vehicle
        for k in range(end - 1, begin - 1, -1):
            node = s.i[s.tours + base + k]
            s.i[s.after + at + node] = following
            following = node
        s.i[s.after + at + p.customers + vehicle] = following
        recount(p, s, day, vehicle)
        end = begin


@inner
def split_all(p: Problem, s: State) -> None:
    """Empty the plan and build it from the lines in `tours`; ``chosen`` stays."""
    clear_tours(p, s)
    for day in range(p.days):
        _split_day(p, s, day)


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
