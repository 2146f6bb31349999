"""The tables the kernels work on: the fixed problem and the changing plan.

A *node* is a customer 0..customers-1 or the depot as seen by one vehicle, ``customers + vehicle``. A *visit* is a node
on a day, number ``day * nodes + node``; a *tour* is a vehicle's round on a day, number ``day * vehicles + vehicle``.
Sets of days are bit masks, day 0 the lowest bit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from territory.planning.periodic_fleet.kernels import Floats, Ints, RandomState, inlined, inner, kernel

TOTAL, LOAD_PRICE, LENGTH_PRICE, BEST, SAVED_TOTAL = 0, 1, 2, 3, 4
"""Cells of `State.f`: penalised cost now, price of excess load and length, best and saved penalised cost."""

VERSION, LOGGED, TOUCHED, STEP, WORK, BLINK, CLOCK = 0, 1, 2, 3, 4, 5, 6
"""Cells of `State.i`: last version, entries in the log, tours touched, steps, effort so far, looks until the next
tour is overlooked, changes in the local search."""

INSERTED, REMOVED, CHANGED = 0, 1, 2
"""Kinds of entries in the undo log."""

TOLERANCE = 1e-6
"""Excess that counts as none."""


class Problem(NamedTuple):
    """What a plan must respect: two tables of numbers, and where in them each array begins.

    Few tables, because each adds to the cost of every call and to the time the compiler needs.

    Attributes
    ----------
    customers, vehicles, days, nodes : int
    reach : int
        Near customers stored for each customer.
    near : offset in `i`, size customers * reach
        The nearest other customers, in order.
    first : offset in `i`, size customers + 1
        Where the patterns of each customer begin.
    pattern : offset in `i`
        Day sets.
    usable : offset in `i`, size customers
        Days in at least one pattern.
    cost : offset in `f`, size nodes * nodes
        Distance plus half the service time of both ends, so that the length of a tour is its duration.
    demand : offset in `f`, size customers
    capacity, limit : offsets in `f`, size days
        Largest load and duration of a tour.
    x, y : offsets in `f`, size customers
        Places around the depot, which is at 0, 0.
    i, f : arrays of int and float
    """

    customers: int
    vehicles: int
    days: int
    nodes: int
    reach: int
    near: int
    first: int
    pattern: int
    usable: int
    cost: int
    demand: int
    capacity: int
    limit: int
    x: int
    y: int
    i: Ints
    f: Floats


class State(NamedTuple):
    """A plan under construction with all that makes its changes cheap: offsets into two tables.

    Attributes
    ----------
    after, before, tour_of : offsets in `i`, size visits
        Next and previous node on the tour; the vehicle, -1 where the customer is not visited that day.
    chosen : offset in `i`, size customers
        Days on which a customer is visited.
    load, length, fine : offsets in `f`, size tours
        Totals of each tour and the penalty they cost.
    version : offset in `i`, size tours
        A number that names the present content of a tour.
    known, known_after, known_cost : offsets in `i`, `i`, `f`, size customers * tours
        Version for which the cheapest insertion of a customer was sought, the node before it, its cost without penalty.
    log_kind, log_day, log_node, log_after, log_mask : offsets in `i`
        Changes since the last `begin_step`.
    touched, stamp, old_version, old_load, old_length, old_fine : offsets in `i` and `f`, size tours
        Tours changed since then, and what they were.
    best_after, best_chosen : offsets in `i`
        The best plan.
    day_after, day_cost, day_fine : offsets in `i`, `f`, `f`, size days
        Place and cost of a customer's visit on each day, and the penalty in this cost.
    near_tours : offset in `i`, size days
        Vehicles that visit near customers, as bits.
    tours, tour_size : offsets in `i`, sizes days * customers and days
        Customers of each day in one line, which the split divides.
    removed, order, weight : offsets in `i`, `i`, `f`, size customers
        Scratch.
    position, checked, load_to, length_to : offsets in `i` and `f`, size nodes
        Along the tours of the day that is searched: position, when a node was last tried, load and length so far.
    changed : offset in `i`, size vehicles
        When a tour last changed in the local search.
    dirty : offset in `i`, size days
        Whether a day changed since its last local search.
    hop : offset in `f`, size visits
        Cost of the edge to the next node.
    value, origin : offsets in `f` and `i`, size (customers + 1) * (vehicles + 1)
        Cheapest division of the first customers of a line into so many tours; where its last tour begins.
    line, angle, tour_order, day_kind, day_order : offsets in `i` and `f`
        Scratch of the crossover.
    i, f : arrays of int and float
        The first of them are the cells above.
    random : array of one uint64
    """

    after: int
    before: int
    tour_of: int
    chosen: int
    version: int
    known: int
    known_after: int
    log_kind: int
    log_day: int
    log_node: int
    log_after: int
    log_mask: int
    touched: int
    stamp: int
    old_version: int
    best_after: int
    best_chosen: int
    day_after: int
    near_tours: int
    tours: int
    tour_size: int
    removed: int
    order: int
    position: int
    checked: int
    changed: int
    dirty: int
    origin: int
    line: int
    tour_order: int
    day_kind: int
    day_order: int
    load: int
    length: int
    fine: int
    known_cost: int
    old_load: int
    old_length: int
    old_fine: int
    day_cost: int
    day_fine: int
    weight: int
    load_to: int
    length_to: int
    hop: int
    value: int
    angle: int
    i: Ints
    f: Floats
    random: RandomState


def new_state(problem: Problem, seed: int) -> State:
    """Return an empty plan; nobody is visited."""
    n, m, days, nodes = problem.customers, problem.vehicles, problem.days, problem.nodes
    visits, tours, log = days * nodes, days * m, 4 * n * (days + 2) + 16
    cells = (n + 1) * (m + 1)
    ints = [8, visits, visits, visits, n, tours, n * tours, n * tours, log, log, log, log, log, tours, tours, tours]
    ints += [visits, n, days, days, days * n, days, n, n, nodes, nodes, m, days, cells, n, m, days, days]
    floats = [8, tours, tours, tours, n * tours, tours, tours, tours, days, days, n, nodes, nodes, visits, cells, m]
    random = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
    tables = (np.zeros(sum(ints), dtype=np.int64), np.zeros(sum(floats)), random)
    state = State._make((*np.cumsum(ints).tolist()[:-1], *np.cumsum(floats).tolist()[:-1], *tables))
    state.i[BLINK] = 1 << 60
    clear(problem, state)
    return state


@inlined
def fine_of(p: Problem, s: State, day: int, load: float, length: float) -> float:
    """Return the penalty of a tour with this load and length."""
    fine = 0.0
    if load > p.f[p.capacity + day]:
        fine = (load - p.f[p.capacity + day]) * s.f[LOAD_PRICE]
    if length > p.f[p.limit + day]:
        fine += (length - p.f[p.limit + day]) * s.f[LENGTH_PRICE]
    return fine


@inlined
def log(s: State, kind: int, day: int, node: int, after: int, mask: int) -> None:
    """Remember a change for `undo_step`."""
    k = s.i[LOGGED]
    s.i[s.log_kind + k], s.i[s.log_day + k], s.i[s.log_node + k], s.i[s.log_after + k], s.i[s.log_mask + k] = (
        kind,
        day,
        node,
        after,
        mask,
    )
    s.i[LOGGED] = k + 1


@inlined
def _set_totals(p: Problem, s: State, day: int, tour: int, load: float, length: float) -> None:
    """Give a tour new totals and a new version."""
    fine = fine_of(p, s, day, load, length)
    s.f[TOTAL] += length - s.f[s.length + tour] + fine - s.f[s.fine + tour]
    s.f[s.load + tour], s.f[s.length + tour], s.f[s.fine + tour] = load, length, fine
    s.i[VERSION] += 1
    s.i[s.version + tour] = s.i[VERSION]
    s.i[s.dirty + day] = 1


@inlined
def settle(p: Problem, s: State, day: int, tour: int, load: float, length: float) -> None:
    """Give a tour new totals and a new version, keeping the old ones for `undo_step`."""
    if s.i[s.stamp + tour] != s.i[STEP]:
        s.i[s.stamp + tour] = s.i[STEP]
        s.i[s.touched + s.i[TOUCHED]] = tour
        s.i[TOUCHED] += 1
        s.f[s.old_load + tour], s.f[s.old_length + tour] = s.f[s.load + tour], s.f[s.length + tour]
        s.f[s.old_fine + tour], s.i[s.old_version + tour] = s.f[s.fine + tour], s.i[s.version + tour]
    _set_totals(p, s, day, tour, load, length)


@inlined
def insert(p: Problem, s: State, day: int, node: int, after: int) -> None:
    """Visit a customer on a day after a node."""
    at, n = day * p.nodes, p.nodes
    following = s.i[s.after + at + after]
    vehicle = s.i[s.tour_of + at + after]
    s.i[s.after + at + after] = node
    s.i[s.before + at + node] = after
    s.i[s.after + at + node] = following
    s.i[s.before + at + following] = node
    s.i[s.tour_of + at + node] = vehicle
    tour = day * p.vehicles + vehicle
    there, onward = p.f[p.cost + after * n + node], p.f[p.cost + node * n + following]
    added = there + onward - s.f[s.hop + at + after]
    s.f[s.hop + at + after], s.f[s.hop + at + node] = there, onward
    settle(p, s, day, tour, s.f[s.load + tour] + p.f[p.demand + node], s.f[s.length + tour] + added)
    log(s, INSERTED, day, node, after, 0)


@inlined
def remove(p: Problem, s: State, day: int, node: int) -> None:
    """Take a customer's visit out of a day."""
    at, n = day * p.nodes, p.nodes
    previous, following = s.i[s.before + at + node], s.i[s.after + at + node]
    tour = day * p.vehicles + s.i[s.tour_of + at + node]
    s.i[s.after + at + previous] = following
    s.i[s.before + at + following] = previous
    s.i[s.tour_of + at + node] = -1
    joined = p.f[p.cost + previous * n + following]
    saved = s.f[s.hop + at + previous] + s.f[s.hop + at + node] - joined
    s.f[s.hop + at + previous] = joined
    if previous == following:
        settle(p, s, day, tour, 0.0, 0.0)
    else:
        settle(p, s, day, tour, s.f[s.load + tour] - p.f[p.demand + node], s.f[s.length + tour] - saved)
    log(s, REMOVED, day, node, previous, 0)


@inlined
def choose(s: State, node: int, mask: int) -> None:
    """Note the days of a customer."""
    log(s, CHANGED, 0, node, 0, s.i[s.chosen + node])
    s.i[s.chosen + node] = mask


@inlined
def begin_step(s: State) -> None:
    """Start a step that `undo_step` can take back."""
    s.i[STEP] += 1
    s.i[LOGGED] = 0
    s.i[TOUCHED] = 0
    s.f[SAVED_TOTAL] = s.f[TOTAL]


@inlined
def undo_step(p: Problem, s: State) -> None:
    """Take back everything since `begin_step`; old insertion costs become valid again with the old versions."""
    for k in range(s.i[LOGGED] - 1, -1, -1):
        node, kind, at, previous = (
            s.i[s.log_node + k],
            s.i[s.log_kind + k],
            s.i[s.log_day + k] * p.nodes,
            s.i[s.log_after + k],
        )
        if kind == CHANGED:
            s.i[s.chosen + node] = s.i[s.log_mask + k]
            continue
        if kind == INSERTED:
            following = s.i[s.after + at + node]
            s.i[s.after + at + previous] = following
            s.i[s.before + at + following] = previous
            s.i[s.tour_of + at + node] = -1
            s.f[s.hop + at + previous] = p.f[p.cost + previous * p.nodes + following]
        else:
            following = s.i[s.after + at + previous]
            s.i[s.after + at + previous] = node
            s.i[s.before + at + node] = previous
            s.i[s.after + at + node] = following
            s.i[s.before + at + following] = node
            s.i[s.tour_of + at + node] = s.i[s.tour_of + at + previous]
            s.f[s.hop + at + previous] = p.f[p.cost + previous * p.nodes + node]
            s.f[s.hop + at + node] = p.f[p.cost + node * p.nodes + following]
    for k in range(s.i[TOUCHED]):
        tour = s.i[s.touched + k]
        s.f[s.load + tour], s.f[s.length + tour] = s.f[s.old_load + tour], s.f[s.old_length + tour]
        s.f[s.fine + tour], s.i[s.version + tour] = s.f[s.old_fine + tour], s.i[s.old_version + tour]
    s.f[TOTAL] = s.f[SAVED_TOTAL]


@inlined
def _mark_all(p: Problem, s: State) -> None:
    for day in range(p.days):
        s.i[s.dirty + day] = 1


@inner
def clear_tours(p: Problem, s: State) -> None:
    """Empty all tours; ``chosen`` stays."""
    for k in range(p.days * p.nodes):
        s.i[s.tour_of + k] = -1
    for day in range(p.days):
        for vehicle in range(p.vehicles):
            depot = p.customers + vehicle
            s.i[s.after + day * p.nodes + depot] = depot
            s.i[s.before + day * p.nodes + depot] = depot
            s.i[s.tour_of + day * p.nodes + depot] = vehicle
            s.f[s.hop + day * p.nodes + depot] = 0.0
    for tour in range(p.days * p.vehicles):
        s.f[s.load + tour], s.f[s.length + tour], s.f[s.fine + tour] = 0.0, 0.0, 0.0
        s.i[VERSION] += 1
        s.i[s.version + tour] = s.i[VERSION]
    _mark_all(p, s)
    s.f[TOTAL] = 0.0
    begin_step(s)


@kernel
def clear(p: Problem, s: State) -> None:
    """Empty the plan."""
    clear_tours(p, s)
    for node in range(p.customers):
        s.i[s.chosen + node] = 0


@inner
def recount(p: Problem, s: State, day: int, vehicle: int) -> None:
    """Bring all else about a tour in line with its forward links, which may end at any vehicle's depot."""
    at, depot, tour = day * p.nodes, p.customers + vehicle, day * p.vehicles + vehicle
    load, length, previous, node = 0.0, 0.0, depot, s.i[s.after + at + depot]
    while node < p.customers:
        s.i[s.before + at + node] = previous
        s.i[s.tour_of + at + node] = vehicle
        load += p.f[p.demand + node]
        s.f[s.hop + at + previous] = p.f[p.cost + previous * p.nodes + node]
        length += s.f[s.hop + at + previous]
        previous, node = node, s.i[s.after + at + node]
    s.i[s.before + at + depot] = previous
    s.i[s.after + at + previous] = depot
    s.f[s.hop + at + previous] = p.f[p.cost + previous * p.nodes + depot]
    length += s.f[s.hop + at + previous]
    _set_totals(p, s, day, tour, load, length)


@kernel
def recall(p: Problem, s: State) -> None:
    """Make the best plan the present one."""
    clear_tours(p, s)
    for day in range(p.days):
        for vehicle in range(p.vehicles):
            at, node = day * p.nodes, p.customers + vehicle
            while True:
                s.i[s.after + at + node] = s.i[s.best_after + at + node]
                node = s.i[s.best_after + at + node]
                if node >= p.customers:
                    break
            recount(p, s, day, vehicle)
    for node in range(p.customers):
        s.i[s.chosen + node] = s.i[s.best_chosen + node]


@kernel
def reprice(p: Problem, s: State, load_price: float, length_price: float) -> None:
    """Change the prices of excess load and length."""
    s.f[LOAD_PRICE], s.f[LENGTH_PRICE] = load_price, length_price
    for day in range(p.days):
        for tour in range(day * p.vehicles, (day + 1) * p.vehicles):
            fine = fine_of(p, s, day, s.f[s.load + tour], s.f[s.length + tour])
            s.f[TOTAL] += fine - s.f[s.fine + tour]
            s.f[s.fine + tour] = fine


@inlined
def keep_best(p: Problem, s: State) -> None:
    """Store the present plan as the best one."""
    s.f[BEST] = s.f[TOTAL]
    for k in range(p.days * p.nodes):
        s.i[s.best_after + k] = s.i[s.after + k]
    for k in range(p.customers):
        s.i[s.best_chosen + k] = s.i[s.chosen + k]


@kernel
def measure(p: Problem, s: State) -> tuple[float, float, float]:
    """Return (length of all tours, excess load, excess length) of the present plan."""
    length, load_excess, length_excess = 0.0, 0.0, 0.0
    for day in range(p.days):
        for tour in range(day * p.vehicles, (day + 1) * p.vehicles):
            length += s.f[s.length + tour]
            load_excess += max(0.0, s.f[s.load + tour] - p.f[p.capacity + day])
            length_excess += max(0.0, s.f[s.length + tour] - p.f[p.limit + day])
    return length, load_excess, length_excess


@kernel
def keep(p: Problem, s: State) -> None:
    """Store the present plan as the best one."""
    keep_best(p, s)


@kernel
def touch_all(p: Problem, s: State) -> None:
    """Let the next local search look at every day."""
    _mark_all(p, s)
