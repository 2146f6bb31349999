"""Territories for very many customers: load prices balance them round by round, then annealing over short lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.planning.assignment.anneal import LAMBDA_GROWTH, LAMBDA_START, NO_LISTS
from territory.planning.assignment.candidates import Int32s, Lists, centre_costs, medians, nearest
from territory.planning.assignment.clusters import clusters_of
from territory.planning.assignment.connected import FIXED, mark_strays
from territory.planning.assignment.left_out import cheapest
from territory.planning.assignment.prices import Reals, ascend
from territory.planning.assignment.problem import SLACK
from territory.planning.assignment.search import search
from territory.planning.assignment.seeds import bisect_plane
from territory.planning.solver import seed_of

WIDTH = 12
ENOUGH, SPARE = 4.0, 4
"""Shares of units that each territory is listed for at least, and how many columns may be given up for that."""
ROUNDS, RELIST = 24, 8
"""Rounds of prices and centres; lists are made anew in the first rounds and then every few."""
PASSES, LAST_PASSES = 6, 60
WEISZFELD = 3
INNER = 0.25
"""Prices aim this part of the tolerance inside the limits, so that the annealing has room to move."""
BALANCED = 0.02
"""Prices are good once no more than this part of the territories is outside its limits."""
NOTHING_FIXED = np.zeros((0, 0), dtype=np.float32)
SWEEPS = 30
HOT, COLD = 0.02, 0.0004
"""First and last temperature over what a unit pays on average."""
REACH = 2_000
"""Units visited at most to see that a territory still hangs together."""
TRIES = 12
PROOF_WIDTH, PROOF_PASSES, PROOF_TURNS, PROOF_SWEEPS, PROOF_HOT, PROOF_LAMBDA = 16, 200, 4, 200, 0.02, 3.0
PROOF_INSIDE = 1e-4
PROOF_BANDS, PROOF_LOOSE = (1.0, 0.2, 0.1), 0.2
"""Parts of the tolerance in which loads lie near the limits their prices pay for, and the part of the territories,
those with prices near zero, that may lie anywhere."""
INSIDE, INSIDE_MORE, FARTHEST_INSIDE = 0.01, 0.4, 0.8
"""Annealing aims this part of the tolerance inside the limits, so that loads added up anew keep them; where that fails,
it aims ever farther inside, so that the last territories find neighbours who can still give and take."""


Price = Callable[[Ints, Ints], Floats]


@dataclass(frozen=True)
class Task:
    """Points to divide, in shares of the whole; units in map order for speed.

    Attributes
    ----------
    points : array of float, shape (units, 3)
        Km, see `candidates.on_globe`.
    pull : array of float, shape (units,)
        What a km to the centre counts.
    weight : array, shape (units, measures)
    lower, upper : array, shape (territories, measures)
    border : (begin, neighbours)
        Neighbours as adjacency lists; empty lists where territories need not hang together.
    """

    points: Floats
    pull: Floats
    weight: Reals
    lower: Reals
    upper: Reals
    border: tuple[Ints, Int32s]

    @property
    def contiguous(self) -> bool:
        """Whether territories must hang together."""
        return len(self.border[0]) > 1

    def excess(self, owner: Int32s) -> float:
        """Return the sum of what breaks the limits, loads added up anew; nothing up to rounding is nothing."""
        load = loads(owner, self.weight, len(self.lower))
        broken = np.maximum(np.maximum(load - self.upper, self.lower - load), 0.0)
        return float(broken[broken > SLACK / len(self.lower)].sum())

    def strays(self, owner: Int32s, fixed: Int32s) -> int:
        """Return how many units that may move lie outside the main body of their territory."""
        if not self.contiguous:
            return 0
        flags, main = np.zeros(len(owner), dtype=np.uint8), np.zeros(len(self.lower), dtype=np.int32)
        flags[fixed] = FIXED
        work = np.zeros((2, len(owner)), dtype=np.int32)
        return int(mark_strays(*self.border, owner, flags, main, work[0], work[1]))


@dataclass(frozen=True)
class Design:
    """A division with its centres and prices.

    Attributes
    ----------
    owner : array of int32, shape (units,)
    centres : array of float, shape (territories, 3)
    prices : array, shape (territories, measures)
    """

    owner: Int32s
    centres: Floats
    prices: Reals


@dataclass(frozen=True)
class Proven(Design):
    """A division with a proof of how good it is at its centres.

    Attributes
    ----------
    cost : float
    bound : float
        No division within the limits is cheaper at these centres.
    """

    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Part of the cost that could be saved at most."""
        return (self.cost - self.bound) / max(self.cost, 1e-12)


def design(task: Task, *, seed: int, rounds: int = ROUNDS, sweeps: int = SWEEPS) -> Design:
    """Draw compact, balanced and connected territories around free centres.

    Parameters
    ----------
    task : Task
    seed : int
    rounds : int
        Of prices and centres.
    sweeps : int
        Trials per unit in the annealing.
    """
    centres = first_centres(task)
    prices, step = np.zeros(task.lower.shape), None
    lists = list_nearest(task, centres)
    limits = (task.weight, *_inside(task, INNER))
    for turn in range(rounds):
        if turn and (turn < 3 or turn % RELIST == 0):
            lists = list_nearest(task, centres)
        elif turn:
            centre_costs(task.points, task.pull, centres, lists.near, NOTHING_FIXED, lists.cost)
        priced = ascend(lists, *limits, prices, passes=PASSES, enough=BALANCED, step=step)
        prices, step = priced.last, priced.step
        medians(task.points, task.pull, priced.owner, centres, WEISZFELD)
    lists = list_nearest(task, centres)
    owner = ascend(lists, *limits, prices, passes=LAST_PASSES, enough=BALANCED, step=step).owner
    owner = settle(task, lists, owner, seed=seed, sweeps=sweeps, price=plain_price(task, centres))
    return Design(owner, centres, prices)


def prove(task: Task, found: Design, *, seed: int, width: int = PROOF_WIDTH, passes: int = PROOF_PASSES) -> Proven:
    """Improve a design at its centres from the prices that prove the best bound, and return it with the bound."""
    lists, prices, bound = _price_out(task, found.centres, width, passes)
    price = plain_price(task, found.centres)
    rows = np.arange(len(found.owner))
    paid_with = np.array(lists.cost)
    for k, weight in enumerate(task.weight.T):
        paid_with += (weight[:, None] * prices[lists.near, k]).astype(np.float32)

    def with_prices(units: Ints, territories: Ints) -> Floats:
        extra = (task.weight[units] * prices[territories]).sum(axis=1)
        return np.asarray(price(units, territories) + extra, dtype=np.float64)

    cheapest_now = ascend(lists, task.weight, task.lower, task.upper, prices, passes=1).owner
    best, least = found.owner, float(price(rows, found.owner.astype(np.int64)).sum())
    for number, part in enumerate(PROOF_BANDS):
        owner = settle(
            _tied(task, prices, part),
            Lists(lists.near.copy(), paid_with.copy(), lists.omitted),
            cheapest_now,
            seed=seed_of(seed, 22, number),
            sweeps=PROOF_SWEEPS,
            price=with_prices,
            hot=PROOF_HOT,
            level=least / len(rows),
            firm=PROOF_LAMBDA,
            tries=1 if part < 1 else TRIES,
            inside=PROOF_INSIDE,
        )
        cost = float(price(rows, owner.astype(np.int64)).sum())
        if cost < least and _keeps(task, owner, np.zeros(0, dtype=np.int32)):
            best, least = owner, cost
    return Proven(best, found.centres, prices, least, bound)


def _price_out(task: Task, centres: Floats, width: int, passes: int) -> tuple[Lists, Reals, float]:
    """Return lists that hold what every unit wants at the best prices found, these prices, and the bound they prove.

    At each price some unit may want a territory its list leaves out: it is listed then, and prices climb on.
    """
    lists = list_nearest(task, centres, width)
    lists = Lists(lists.near, lists.cost, np.full(len(task.points), np.inf, dtype=np.float32))
    limits, clusters = (task.weight, task.lower, task.upper), clusters_of(centres)
    price, better = plain_price(task, centres), np.empty(len(task.points), dtype=np.int32)
    best, best_prices = -np.inf, np.zeros(task.lower.shape)
    prices = best_prices
    for turn in range(PROOF_TURNS):
        first = ascend(lists, *limits, prices, passes=passes // 2)
        prices = ascend(lists, *limits, first.prices, passes=passes, clusters=clusters).prices
        value = cheapest(task.points, task.pull, centres, lists.near, task.weight, prices, better)
        value -= float(np.where(prices > 0, prices * np.where(prices > 0, task.upper, 0), prices * task.lower).sum())
        if value > best:
            best, best_prices = value, prices
        missing = np.flatnonzero(better >= 0)
        if not len(missing) or width >= len(centres):
            break
        column = width - 1 - turn
        lists.near[missing, column] = better[missing]
        lists.cost[missing, column] = price(missing, better[missing].astype(np.int64))
    return lists, best_prices, best


def _tied(task: Task, prices: Reals, part: float) -> Task:
    """Return the task with limits as narrow as the best division's: loads lie at the limit that a price pays for."""
    room = part * np.where((task.upper < 1e17) & (task.lower > 0), task.upper - task.lower, np.inf)
    clear = np.abs(prices) >= np.quantile(np.abs(prices), PROOF_LOOSE, axis=0)
    lower = np.where(clear & (prices > 0), np.maximum(task.upper - room, task.lower), task.lower)
    upper = np.where(clear & (prices < 0), np.minimum(task.lower + room, task.upper), task.upper)
    return replace(task, lower=lower, upper=upper)


def settle(
    task: Task,
    lists: Lists,
    owner: Int32s,
    *,
    seed: int,
    sweeps: int,
    price: Price,
    hot: float = HOT,
    level: float | None = None,
    firm: float = LAMBDA_START,
    tries: int = TRIES,
    inside: float = INSIDE,
    free: Int32s | None = None,
    use: Reals | None = None,
    cap: Reals | None = None,
    apart: tuple[Ints, Ints] = (NO_LISTS, np.zeros(0, dtype=np.int64)),
) -> Int32s:
    """Anneal over the lists until loads added up anew keep the limits and territories hang together, or tries run out.

    Parameters
    ----------
    task : Task
    lists : Lists
    owner : array of int32, shape (units,)
        Where to start, each a candidate.
    seed : int
    sweeps : int
    price : callable
        Returns what given units pay for given territories.
    hot : float
        First temperature over what a unit pays on average.
    level : float, optional
        What a unit pays on average.
    firm : float
        First price of a broken limit.
    tries : int
    inside : float
        Part of the tolerance by which limits are kept at first.
    free : array of int32, optional
        Units that may move; all when absent.
    use, cap : array, optional
        See `search`.
    apart : adjacency lists, optional
        See `search`.
    """
    units, count = len(owner), len(task.lower)
    free = np.arange(units, dtype=np.int32) if free is None else free
    fixed = np.setdiff1d(np.arange(units, dtype=np.int32), free, assume_unique=True)
    use = np.zeros((0, 1, 1)) if use is None else use
    cap = np.zeros(0) if cap is None else cap
    level = typical_cost(lists, owner) if level is None else level
    begin, border = task.border if task.contiguous else (NO_LISTS, np.zeros(0, dtype=np.int32))
    solved = False
    for number in range(tries if len(free) else 0):
        start, flags = owner.copy(), np.zeros(units, dtype=np.uint8)
        flags[fixed] = FIXED
        first = firm * 4.0**number
        lower, upper = _inside(task, inside if solved else max(inside, min(INSIDE_MORE * number, FARTHEST_INSIDE)))
        if number and not solved:
            _list_neighbours(task, lists, owner, price)
        search(
            lists.cost,
            lists.near,
            task.weight,
            lower,
            upper,
            loads(owner, task.weight, count),
            use,
            cap,
            *apart,
            begin,
            border,
            free,
            start,
            owner := owner.copy(),
            flags,
            np.zeros((1, 0), dtype=np.int32),
            np.zeros(1, dtype=np.int64),
            np.zeros(1, dtype=np.int32),
            np.array(
                [
                    hot * (1 + number) * level,
                    COLD / hot,
                    first * level * max(units / count, 1.0),
                    SLACK / 2,
                    LAMBDA_GROWTH,
                ]
            ),
            np.array([sweeps * len(free), int(task.contiguous), 1, REACH, max(1000, len(free) // 4)], dtype=np.int64),
            np.array([seed_of(seed, 21, number) | 1], dtype=np.uint64),
        )
        if solved or (not number and _keeps(task, owner, fixed)):
            break
        # Once more after aiming far inside: what the limits themselves leave room for.
        solved = _keeps(task, owner, fixed)
    return owner


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
    for number, territory in enumerate(short.tolist()):
        away = np.square(task.points - centres[territory]).sum(axis=1)
        count = min(int(2 * ENOUGH * len(away) / len(centres)) + 1, len(away))
        around = np.argpartition(away, count - 1)[:count]
        around = around[np.argsort(away[around], kind="stable")]
        around = around[: int(np.searchsorted(np.cumsum(share[around]), enough[territory])) + 1]
        new = around[(near[around] != territory).all(axis=1)]
        near[new, width - 1 - number % spare] = territory
        changed[new] = True
    return np.flatnonzero(changed)


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


def plain_price(task: Task, centres: Floats) -> Price:
    """Return the price of distance alone."""

    def price(units: Ints, territories: Ints) -> Floats:
        km = np.linalg.norm(task.points[units] - centres[territories], axis=1)
        return np.asarray(km * task.pull[units], dtype=np.float64)

    return price


def _list_neighbours(task: Task, lists: Lists, owner: Int32s, price: Price) -> None:
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


def loads(owner: Int32s, weight: Reals, count: int) -> Reals:
    """Return the load of every territory, added up anew, shape (territories, measures)."""
    out = np.empty((count, weight.shape[1]))
    for k in range(weight.shape[1]):
        out[:, k] = np.bincount(owner, weight[:, k], count)
    return out


def paid(lists: Lists, owner: Int32s) -> Floats:
    """Return what each unit pays."""
    return np.asarray(
        lists.cost[np.arange(len(owner)), (lists.near == owner[:, None]).argmax(axis=1)], dtype=np.float64
    )


def typical_cost(lists: Lists, owner: Int32s) -> float:
    """Return what a unit pays on average."""
    return float(np.abs(paid(lists, owner)).mean()) + 1e-9


def _keeps(task: Task, owner: Int32s, fixed: Int32s) -> bool:
    return task.excess(owner) <= 0 and not task.strays(owner, fixed)


def _inside(task: Task, part: float) -> tuple[Reals, Reals]:
    """Return limits narrower by a part of the tolerance."""
    room = part * np.where((task.upper < 1e17) & (task.lower > 0), (task.upper - task.lower) / 2, 0.0)
    return task.lower + room, task.upper - room
