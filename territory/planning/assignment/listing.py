"""Which territories each unit looks at: the nearest ones, and those that would else be out of everybody's sight."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.candidates import Int32s, Lists, centre_costs, nearest
from territory.planning.assignment.points import Price, Task, loads
from territory.planning.assignment.prices import Reals

WIDTH = 12
ENOUGH, SPARE = 4.0, 4
"""Shares of units that each territory is listed for at least, and how many columns may be given up for that."""
NOTHING_FIXED = np.zeros((0, 0), dtype=np.float32)


def list_nearest(task: Task, centres: Floats, width: int = WIDTH) -> Lists:
    """Return the nearest territories of every unit with their costs."""
    near, reach = nearest(task.points, centres, width)
    if near.shape[1] < len(centres):
        # The nearest candidate that can be dropped bounds what is left out.
        spare = min(SPARE, near.shape[1] - 1)
        kept = near[:, near.shape[1] - spare].copy() if spare else near[:, 0].copy()
        changed = _reach_out(task, centres, near, spare)
        reach[changed] = np.linalg.norm(task.points[changed] - centres[kept[changed]], axis=1)
    cost = np.empty(near.shape, dtype=np.float32)
    centre_costs(task.points, task.pull, centres, near, NOTHING_FIXED, cost)
    return Lists(near, cost, np.asarray(reach * task.pull, dtype=np.float32))


def price_again(task: Task, centres: Floats, lists: Lists) -> None:
    """Bring the costs of lists up to date with centres that have moved, in place."""
    centre_costs(task.points, task.pull, centres, lists.near, NOTHING_FIXED, lists.cost)


def paid_with_loads(task: Task, lists: Lists, prices: Reals) -> Lists:
    """Return lists whose costs hold what loads cost at the territories, `prices` of shape (territories, measures)."""
    cost = lists.cost.copy()
    for k, weight in enumerate(task.weight.T):
        cost += (weight[:, None] * prices[lists.near, k]).astype(np.float32)
    return Lists(lists.near.copy(), cost, lists.omitted)


def list_owners(lists: Lists, owner: Int32s, price: Price) -> None:
    """List the owner of every unit, in place of its farthest candidate where it is not listed."""
    far = np.flatnonzero((lists.near != owner[:, None]).all(axis=1))
    lists.near[far, -1] = owner[far]
    lists.cost[far, -1] = price(far, owner[far].astype(np.int64))


def list_neighbours(task: Task, lists: Lists, owner: Int32s, price: Price) -> None:
    """List the territories that break a limit for all units next to them or to their neighbours, in place."""
    load = loads(owner, task.weight, len(task.lower))
    broken = np.asarray(((load > task.upper) | (load < task.lower)).any(axis=1), dtype=np.bool_).reshape(-1)
    begin, border = task.border
    first = np.repeat(np.arange(len(owner)), np.diff(begin)) if task.contiguous else np.zeros(0, dtype=np.int64)
    near_broken = broken.copy()
    near_broken[owner[first[broken[owner[border]]]]] = True
    between = (owner[first] != owner[border]) & (near_broken[owner[border]] | broken[owner[first]])
    units, territories = first[between], owner[border[between]]
    missing = (lists.near[units] != territories[:, None]).all(axis=1)
    units, territories = units[missing], territories[missing]
    usable = np.isfinite(lists.cost[units, -1]) & (lists.near[units, -1] != owner[units])
    units, territories = units[usable], territories[usable]
    lists.near[units, -1] = territories
    lists.cost[units, -1] = price(units, lists.near[units, -1].astype(np.int64))


def _reach_out(task: Task, centres: Floats, near: Int32s, spare: int) -> Ints:
    """List every territory for enough units around it, in place of their farthest candidates; return these units.

    A territory out in the country can be nobody's near choice, because all towns around it are full of others; without
    more units that may join it, it could never be filled.
    """
    width, share = near.shape[1], np.maximum(task.weight.mean(axis=1), 1e-12)
    enough = ENOUGH * (task.lower.mean(axis=1) if task.lower.any() else np.full(len(centres), 1 / len(centres)))
    listed = np.zeros(len(centres))
    for column in range(width):
        listed += np.bincount(near[:, column], share, len(centres))
    short = np.flatnonzero(listed < enough) if spare else np.zeros(0, dtype=np.int64)
    changed = np.zeros(len(near), dtype=bool)
    if len(short):
        count = min(int(2 * ENOUGH * len(near) / len(centres)) + 1, len(near))
        found = cKDTree(task.points).query(centres[short], k=count)
        away, around = (np.asarray(table).reshape(len(short), -1) for table in found)
        for number, territory in enumerate(short.tolist()):
            closest = around[number][np.lexsort((around[number], away[number]))]
            closest = closest[: int(np.searchsorted(np.cumsum(share[closest]), enough[territory])) + 1]
            new = closest[(near[closest] != territory).all(axis=1)]
            near[new, width - 1 - number % spare] = territory
            changed[new] = True
    return np.flatnonzero(changed)
