"""Ruin and recreate (Schrimpf et al., 2000; strings after Christiaens and Vanden Berghe, 2020) over day patterns."""

from __future__ import annotations

import math

from territory.planning.periodic_fleet.insertion import place, place_on
from territory.planning.periodic_fleet.kernels import below, inlined, inner, kernel, shuffle, uniform
from territory.planning.periodic_fleet.state import (
    BEST,
    BLINK,
    SAVED_TOTAL,
    TOLERANCE,
    TOTAL,
    WORK,
    Problem,
    State,
    begin_step,
    choose,
    keep_best,
    remove,
    undo_step,
)

LONGEST_STRING = 10
MOST_STRINGS = 4
STEP_LOOKS, VISIT_LOOKS = 200, 100
"""What a ruin, and each customer it takes out, counts as effort beside the insertions looked at."""

SKIPPED = 0.25
"""Share of the neighbours that stay when a neighbourhood is removed."""


@inlined
def _remove_whole(p: Problem, s: State, node: int) -> None:
    """Take out all visits of a customer."""
    for day in range(p.days):
        if s.i[s.chosen + node] >> day & 1:
            remove(p, s, day, node)
    choose(s, node, 0)


@inner
def _remove_neighbourhood(p: Problem, s: State, size: int) -> int:
    """Take out a random customer and near ones with all their visits; return how many."""
    seed = below(s.random, p.customers)
    _remove_whole(p, s, seed)
    s.i[s.removed + 0] = seed
    count = 1
    for k in range(p.reach):
        if count >= size:
            break
        if uniform(s.random) >= SKIPPED:
            node = p.i[p.near + seed * p.reach + k]
            _remove_whole(p, s, node)
            s.i[s.removed + count] = node
            count += 1
    return count


@inner
def _remove_strings(p: Problem, s: State, day: int, whole: bool) -> int:
    """Take out strings of neighbouring stops on a day, as visits of that day or as whole customers; return how many."""
    seed, at = below(s.random, p.customers), day * p.nodes
    left, count = 1 + below(s.random, MOST_STRINGS), 0
    most = 1 + below(s.random, LONGEST_STRING)
    for k in range(-1, p.reach):
        node = seed if k < 0 else p.i[p.near + seed * p.reach + k]
        if s.i[s.tour_of + at + node] < 0 or left == 0:
            continue
        length = 1 + below(s.random, most)
        back = below(s.random, length)
        start = node
        while back > 0 and s.i[s.before + at + start] < p.customers:
            start = s.i[s.before + at + start]
            back -= 1
        while length > 0 and start < p.customers:
            following = s.i[s.after + at + start]
            if whole:
                _remove_whole(p, s, start)
            else:
                remove(p, s, day, start)
            s.i[s.removed + count] = start
            count += 1
            start, length = following, length - 1
        left -= 1
    return count


@inner
def _sort_removed(p: Problem, s: State, count: int) -> None:
    """Order the removed customers for their return: random, far from the depot first, near first, or heavy first."""
    rule = below(s.random, 4)
    if rule == 0:
        shuffle(s.random, s.i, s.removed, count)
        return
    for k in range(count):
        node = s.i[s.removed + k]
        key = -p.f[p.demand + node] if rule == 1 else p.f[p.cost + node * p.nodes + p.customers]
        key = -key if rule == 2 else key
        j = k - 1
        while j >= 0 and s.f[s.weight + j] > key:
            s.f[s.weight + j + 1] = s.f[s.weight + j]
            s.i[s.removed + j + 1] = s.i[s.removed + j]
            j -= 1
        s.f[s.weight + j + 1] = key
        s.i[s.removed + j + 1] = node


@kernel
def ruin_and_recreate(p: Problem, s: State, steps: int, hot: float, cold: float, size: float) -> None:
    """Improve the plan by simulated annealing; the best plan met is kept in ``best_after`` and ``best_chosen``.

    Parameters
    ----------
    p, s : Problem, State
    steps : int
    hot, cold : float
        Temperatures at the beginning and the end.
    size : float
        Mean number of customers taken out at a time.
    """
    cooling = (cold / hot) ** (1.0 / max(1, steps - 1))
    temperature = hot
    s.i[BLINK] = 1
    for _ in range(steps):
        begin_step(s)
        kind, day = uniform(s.random), below(s.random, p.days)
        if kind < 0.5:
            spread = size * (0.5 + uniform(s.random))
            count = _remove_neighbourhood(p, s, 1 + below(s.random, int(2.0 * spread)))
        else:
            count = _remove_strings(p, s, day, kind < 0.75)
        _sort_removed(p, s, count)
        for k in range(count):
            if kind < 0.75:
                place(p, s, s.i[s.removed + k])
            else:
                place_on(p, s, s.i[s.removed + k], day)
        s.i[WORK] += STEP_LOOKS + VISIT_LOOKS * count
        change = s.f[TOTAL] - s.f[SAVED_TOTAL]
        if change > 0.0 and change >= -temperature * math.log(1.0 - uniform(s.random)):
            undo_step(p, s)
        elif s.f[TOTAL] < s.f[BEST] - TOLERANCE:
            keep_best(p, s)
        temperature *= cooling
    s.i[BLINK] = 1 << 60
