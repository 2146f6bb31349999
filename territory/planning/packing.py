"""Whole customers into the time of whole reps: how many reps it takes at least, and whether so many are enough.

Customers are not divided among reps, so that a team can be too small although its hours add up to enough. A customer
with more work than one rep has takes up whole reps, and what remains of it is packed like the others.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from territory.domain.customers import Floats
from territory.planning.solver import repeatable_solver

EXACT_UNITS, EXACT_REPS = 60, 20
"""Up to this size a packing that the quick way does not find is searched for until it is refuted."""
EXACT_WORK = 2.0
PARTS = 2**24
ROUNDING = 1e-7
"""Share of a rep's time by which sums may differ from limits."""
Apart = frozenset[tuple[int, int]]
NOBODY_APART: Apart = frozenset()


@dataclass(frozen=True)
class _Rest:
    """What is left to pack once customers with more than a rep's time have taken up whole reps."""

    taken: int
    units: Floats


def least_reps_for(work: Floats, capacity: float, apart: Apart = NOBODY_APART) -> int:
    """Return a number of reps below which nothing can be packed (bounds of Martello and Toth, and pairs kept apart).

    Parameters
    ----------
    work : array of float, shape (units,)
    capacity : float
        Of one rep, more than 0.
    apart : set of (unit, unit)
        Units with different reps.
    """
    rest = _without_whole_reps(work, capacity)
    return max(rest.taken + _bound(rest.units, capacity), _clique(apart))


def packs(work: Floats, capacity: float, reps: float, apart: Apart = NOBODY_APART) -> bool:
    """Return whether every unit can go to one of so many reps; a part of a rep is one with so much of the time.

    The answer is exact up to `EXACT_UNITS` units and `EXACT_REPS` reps; of more it is yes where the quick way, the
    heaviest first and each to the fullest rep with room, packs everything.
    """
    rest = _without_whole_reps(work, capacity)
    left = reps - rest.taken
    total, heaviest = float(rest.units.sum()), float(rest.units.max(initial=0.0))
    if left < 0 or total > left * capacity * (1 + ROUNDING):
        return False
    full = int(left + 1e-9)
    if not apart and total <= full * (capacity - heaviest):
        return True  # whatever the order, somebody always has room for the next one
    bins = [capacity] * min(full, len(rest.units)) + ([(left - full) * capacity] if left - full > 1e-9 else [])
    if _packs_quickly(rest.units, bins, capacity * ROUNDING, apart):
        return True
    if len(rest.units) > EXACT_UNITS or len(bins) > EXACT_REPS:
        return False
    return _packs_exactly(rest.units, bins, capacity, apart)


def _without_whole_reps(work: Floats, capacity: float) -> _Rest:
    whole = np.floor(work / capacity + ROUNDING)
    whole = np.where(work <= capacity * (1 + ROUNDING), 0, whole)
    return _Rest(int(whole.sum()), np.maximum(work - whole * capacity, 0.0))


def _bound(units: Floats, capacity: float) -> int:
    """Return the second bound of Martello and Toth: units over a threshold that cannot share, and what fits nowhere."""
    room = capacity * (1 + ROUNDING)
    best = int(np.ceil(units.sum() / capacity - ROUNDING))
    for threshold in np.unique(units[units <= capacity / 2]).tolist():
        alone = units > room - threshold
        half = ~alone & (units > room / 2)
        small = (units >= threshold) & ~alone & ~half
        free = half.sum() * capacity - units[half].sum()
        more = int(np.ceil((units[small].sum() - free) / capacity - ROUNDING))
        best = max(best, int(alone.sum() + half.sum()) + max(0, more))
    return max(best, int((units > room / 2).sum()))


def _clique(apart: Apart) -> int:
    """Return the size of some set of units that are all kept apart: each needs a rep of its own."""
    near: dict[int, set[int]] = {}
    for one, other in apart:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    best = 1 if near else 0
    for first in sorted(near):
        clique, open_to = 1, set(near[first])
        while open_to:
            unit = min(open_to, key=lambda u: (-len(near[u] & open_to), u))
            clique, open_to = clique + 1, open_to & near[unit]
        best = max(best, clique)
    return best


def _packs_quickly(units: Floats, bins: list[float], slack: float, apart: Apart) -> bool:
    """Put the heaviest unit first, each to the fullest rep that has room and nobody it must not meet."""
    enemies: dict[int, set[int]] = {}
    for one, other in apart:
        enemies.setdefault(one, set()).add(other)
        enemies.setdefault(other, set()).add(one)
    free = sorted((room, number) for number, room in enumerate(bins))
    held: list[set[int]] = [set() for _ in bins]
    for unit in np.lexsort((np.arange(len(units)), -units)).tolist():
        weight, foes = float(units[unit]), enemies.get(unit, set())
        place = bisect_left(free, (weight - slack, -1))
        while place < len(free) and foes & held[free[place][1]]:
            place += 1
        if place == len(free):
            return False
        room, number = free.pop(place)
        held[number].add(unit)
        insort(free, (room - weight, number))
    return True


def _packs_exactly(units: Floats, bins: list[float], capacity: float, apart: Apart) -> bool:
    model = cp_model.CpModel()
    chosen = [[model.new_bool_var("") for _ in bins] for _ in range(len(units))]
    load = np.floor(units / capacity * PARTS * (1 - ROUNDING)).astype(np.int64).tolist()
    for row in chosen:
        model.add_exactly_one(row)
    for number, room in enumerate(bins):
        model.add(sum(w * row[number] for w, row in zip(load, chosen, strict=True)) <= round(room / capacity * PARTS))
        for one, other in sorted(apart):
            model.add_at_most_one(chosen[one][number], chosen[other][number])
    return repeatable_solver(0, EXACT_WORK).solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
