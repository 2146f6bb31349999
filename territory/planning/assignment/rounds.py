"""Where territories lie: rounds of balancing prices and centres by turns, from several starts on a coarse map."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from territory.domain.customers import Floats
from territory.planning.assignment.candidates import Int32s, medians
from territory.planning.assignment.listing import list_nearest, paid_with_loads, price_again
from territory.planning.assignment.points import NO_BORDER, Task, plain_price, with_load_prices
from territory.planning.assignment.prices import Reals, ascend
from territory.planning.assignment.seeds import bisect_plane
from territory.planning.assignment.settling import Schedule, settle, typical_cost
from territory.planning.solver import seed_of

ROUNDS, COARSE_ROUNDS, RELIST = 12, 60, 8
"""Rounds of prices and centres, on the map and on a coarse one; lists are made anew in the first rounds and then every
few."""
PASSES, LAST_PASSES = 6, 60
INNER = 0.1
"""Prices aim this part of the tolerance inside the limits, so that the annealing has room to move."""
BALANCED = 0.02
"""Prices are good once no more than this part of the territories is outside its limits."""
WEISZFELD = 3
COARSE = 48
"""Neighbouring units are taken as one on the coarse map, down to about this many a territory."""
STRETCHES, PLAIN_ROUNDS = (1.3, 1.7), 4
"""Centres on the coarse map go farther than the middle of their units, by one factor at every other start and by the
other at the rest, but for the last rounds."""
MOST_STARTS, STARTS_SHARE = 6, 2.6
"""Starts on the coarse map take at most so many times the work of the rounds on the map itself."""


@dataclass(frozen=True)
class Layout:
    """Where centres lie and what load costs at them.

    Attributes
    ----------
    centres : array of float, shape (territories, 3)
    prices : array, shape (territories, measures)
    step : array, shape (territories, measures), optional
        How far prices moved last.
    """

    centres: Floats
    prices: Reals
    step: Reals | None = None


def lay_out(task: Task, *, seed: int, rounds: int = ROUNDS) -> Layout:
    """Return centres and prices that balance the territories.

    Parameters
    ----------
    task : Task
    seed : int
        Of the starts on the coarse map.
    rounds : int
        On the map itself.
    """
    coarse = _coarse(task)
    work = len(coarse.points) * COARSE_ROUNDS
    starts = int(np.clip(STARTS_SHARE * len(task.points) * rounds // max(work, 1), 1, MOST_STARTS))
    best, least = None, np.inf
    for number in range(starts):
        centres = first_centres(coarse) if not number else _drawn_centres(coarse, seed_of(seed, 23, number))
        layout = _turns(
            coarse, Layout(centres, np.zeros(task.lower.shape)), COARSE_ROUNDS, STRETCHES[number % len(STRETCHES)]
        )
        cost = _cost(coarse, layout, divide(coarse, layout, seed=seed)) if starts > 1 else 0.0
        if best is None or cost < least:
            best, least = layout, cost
    assert best is not None
    return _turns(task, best, rounds, 1.0)


def first_centres(task: Task) -> Floats:
    """Return the middles of pieces of the map of equal weight."""
    middle = task.points.mean(axis=0)
    up = middle / max(float(np.linalg.norm(middle)), 1e-9)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= max(float(np.linalg.norm(east)), 1e-9)
    weight = task.weight.mean(axis=1) if task.weight.shape[1] else np.ones(len(task.points))
    piece = bisect_plane(task.points @ east, task.points @ np.cross(up, east), weight, len(task.lower))
    centres = np.tile(middle, (len(task.lower), 1))
    medians(task.points, task.pull, piece.astype(np.int32), centres, WEISZFELD)
    return centres


def divide(task: Task, layout: Layout, *, seed: int, schedule: Schedule | None = None) -> Int32s:
    """Return a division at a layout, annealed until limits and connections hold."""
    lists = list_nearest(task, layout.centres)
    limits = (task.weight, *task.inside(INNER))
    priced = ascend(lists, *limits, layout.prices, passes=LAST_PASSES, enough=BALANCED, step=layout.step)
    schedule = replace(schedule or Schedule(), level=typical_cost(lists, priced.owner))
    # Units that pay for load move along the borders of balanced territories, not back to the nearest centre.
    price = with_load_prices(plain_price(task, layout.centres), task, priced.last)
    return settle(
        task, paid_with_loads(task, lists, priced.last), priced.owner, seed=seed, price=price, schedule=schedule
    )


def _drawn_centres(task: Task, seed: int) -> Floats:
    """Return places of units drawn by weight."""
    weight = task.weight.mean(axis=1) if task.weight.shape[1] else np.ones(len(task.points))
    chance = np.maximum(weight, 1e-12)
    count = len(task.lower)
    drawn = np.random.default_rng(seed).choice(len(chance), count, replace=count > len(chance), p=chance / chance.sum())
    return task.points[drawn].copy()


def _coarse(task: Task) -> Task:
    """Return the task with neighbours in map order taken as one unit each."""
    together = len(task.points) // (len(task.lower) * COARSE)
    if together < 2:
        return replace(task, border=NO_BORDER)
    start = np.arange(0, len(task.points), together)
    pull = np.add.reduceat(task.pull, start)
    points = np.add.reduceat(task.points * task.pull[:, None], start)
    even = np.add.reduceat(task.points, start) / np.diff(np.append(start, len(task.points)))[:, None]
    return replace(
        task,
        points=np.where(pull[:, None] > 0, points / np.where(pull > 0, pull, 1.0)[:, None], even),
        pull=pull,
        weight=np.add.reduceat(task.weight, start, axis=0),
        border=NO_BORDER,
    )


def _turns(task: Task, start: Layout, rounds: int, stretch: float) -> Layout:
    """Balance by prices and move every centre to the middle of its units, by turns."""
    centres, prices, step = start.centres.copy(), start.prices, start.step
    lists = list_nearest(task, centres)
    limits = (task.weight, *task.inside(INNER))
    for turn in range(rounds):
        if turn and (turn < 3 or turn % RELIST == 0):
            lists = list_nearest(task, centres)
        elif turn:
            price_again(task, centres, lists)
        priced = ascend(lists, *limits, prices, passes=PASSES, enough=BALANCED, step=step)
        prices, step, before = priced.last, priced.step, centres.copy()
        medians(task.points, task.pull, priced.owner, centres, WEISZFELD)
        if turn < rounds - PLAIN_ROUNDS:
            centres += (stretch - 1) * (centres - before)
    return Layout(centres, prices, step)


def _cost(task: Task, layout: Layout, owner: Int32s) -> float:
    """Return what a division costs around its own middles; a broken limit is worth a territory at the far end."""
    centres = layout.centres.copy()
    medians(task.points, task.pull, owner, centres, WEISZFELD)
    cost = plain_price(task, centres)(np.arange(len(owner)), owner.astype(np.int64))
    return float(cost.sum() + task.excess(owner) * task.pull.sum() * cost.max(initial=0.0))
