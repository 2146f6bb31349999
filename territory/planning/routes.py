"""The order and the times of one rep's day: OR-Tools routes it, `time_route` gives the minutes of a fixed order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp

from territory.planning.timing import NEVER, Table, schedule

DROP_PENALTY = 1_000_000
"""Minutes; leaving a stop out is always worse than any drive."""
TRIED_OUT = 3
"""Most stops whose orders are all tried."""


@dataclass(frozen=True)
class Day:
    """What a day allows; tables as in `territory.planning.timing`, places of one territory.

    Attributes
    ----------
    travel, service, starts, gaps : arrays
    window_class : int
    depart, back : int
        Earliest departure and latest return, minutes after midnight.
    overtime, overtime_price : int
        Minutes the return may be later than that, and the travel minutes that each counts as.
    """

    travel: Table
    service: Table
    starts: Table
    gaps: Table
    window_class: int
    depart: int
    back: int
    overtime: int = 0
    overtime_price: int = 0


@dataclass(frozen=True)
class TimedRoute:
    """A day's visits in order, at their earliest times.

    Attributes
    ----------
    places : tuple of int
    start : tuple of int
        Start of each visit, minutes after midnight.
    legs : tuple of int
        Travel minutes of the leg that leads to each visit, and of the way to the end place.
    depart, back : int
    """

    places: tuple[int, ...]
    start: tuple[int, ...]
    legs: tuple[int, ...]
    depart: int
    back: int


def time_route(day: Day, places: Sequence[int], *, first: int = 0, last: int = 0) -> TimedRoute | None:
    """Schedule an order exactly: earliest starts, waiting for windows, the departure as late as the first visit allows.

    Parameters
    ----------
    day : Day
    places : sequence of int
        At least one, in order.
    first, last : int
        Places where the day begins and ends; `last` -1 ends it with the last visit.

    Returns
    -------
    TimedRoute or None
        None where the order does not fit the day.
    """
    row = np.array(places, dtype=np.int32)
    minutes = np.full(len(row) + 2, NEVER, dtype=np.int64)
    schedule(row, day.window_class, first, last, day.travel, day.service, day.starts, day.gaps, day.depart, minutes)
    times = minutes.tolist()
    if times[-1] > day.back + day.overtime:
        return None
    stops = [first, *places, *([last] if last >= 0 else [])]
    legs = tuple(int(day.travel[a, b]) for a, b in pairwise(stops))
    if last < 0:
        legs += (0,)
    return TimedRoute(tuple(int(place) for place in places), tuple(times[1:-1]), legs, times[0], times[-1])


def best_route(day: Day, places: Sequence[int], *, solutions: int) -> tuple[TimedRoute | None, tuple[int, ...]]:
    """Route one day from and to the start place with OR-Tools, starting from the given order.

    Of a few stops that fit every order is tried instead, which is exact and takes less time than to build a model.

    Parameters
    ----------
    day : Day
    places : sequence of int
        Customers of the day in a promising order.
    solutions : int
        Solutions tried; the answer never depends on the speed of the machine. With 0 the given order stays if it fits.

    Returns
    -------
    (TimedRoute or None, tuple of int)
        The route, and the places that do not fit into the day.
    """
    given = time_route(day, places)
    if given and not solutions:
        return given, ()
    if given and len(places) <= TRIED_OUT:
        routes = [time_route(day, order) for order in permutations(places)]
        return min((route for route in routes if route), key=lambda route: _cost(day, route)), ()
    order = _solve(day, places, max(solutions, 1))
    timed = time_route(day, order) if order else None
    if given and (timed is None or len(timed.places) < len(given.places) or _cost(day, timed) >= _cost(day, given)):
        timed = given
    if timed is None and order:
        timed = _longest_start(day, order)
    served = set(timed.places) if timed else set()
    return timed, tuple(place for place in places if place not in served)


def _cost(day: Day, route: TimedRoute) -> int:
    return sum(route.legs) + day.overtime_price * max(0, route.back - day.back)


def shortest_tour(travel: Table, *, solutions: int) -> list[int]:
    """Return the places 1, 2, ... in the order of a short round tour from place 0, without regard to times."""
    nodes = len(travel)
    manager = pywrapcp.RoutingIndexManager(nodes, 1, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(_passable(travel).tolist()))
    return _order(manager, model, model.SolveWithParameters(_parameters(max(solutions, 1))))


def _solve(day: Day, places: Sequence[int], solutions: int) -> list[int]:
    """Return the best order found; stops that do not fit are missing from it."""
    stops = [0, *places]
    travel = _passable(day.travel[np.ix_(stops, stops)])
    manager = pywrapcp.RoutingIndexManager(len(stops), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(travel.tolist()))
    lasting = travel + day.service[stops][:, None]
    horizon = max(day.back + day.overtime, day.depart)
    model.AddDimension(model.RegisterTransitMatrix(lasting.tolist()), horizon, horizon, False, "minute")
    minute = model.GetDimensionOrDie("minute")
    minute.CumulVar(model.Start(0)).SetRange(day.depart, horizon)
    minute.CumulVar(model.End(0)).SetRange(day.depart, horizon)
    if day.overtime and day.overtime_price:
        minute.SetCumulVarSoftUpperBound(model.End(0), day.back, day.overtime_price)
    for node, place in enumerate(places, start=1):
        index = manager.NodeToIndex(node)
        model.AddDisjunction([index], DROP_PENALTY)
        pieces = [(low, high) for low, high in day.starts[day.window_class, place].tolist() if low < NEVER]
        if not pieces:
            model.solver().Add(model.ActiveVar(index) == 0)
            continue
        start = minute.CumulVar(index)
        start.SetRange(pieces[0][0], pieces[-1][1])
        for before, after in pairwise(pieces):
            if before[1] + 1 < after[0]:
                start.RemoveInterval(before[1] + 1, after[0] - 1)
    parameters = _parameters(solutions)
    model.CloseModelWithParameters(parameters)
    warm = model.ReadAssignmentFromRoutes([list(range(1, len(stops)))], True)
    found = model.SolveFromAssignmentWithParameters(warm, parameters) if warm else model.SolveWithParameters(parameters)
    return [places[node - 1] for node in _order(manager, model, found)]


def _parameters(solutions: int) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.solution_limit = solutions
    return parameters


def _passable(travel: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.where(travel < 0, 10 * DROP_PENALTY, travel.astype(np.int64))


def _order(
    manager: pywrapcp.RoutingIndexManager, model: pywrapcp.RoutingModel, found: pywrapcp.Assignment
) -> list[int]:
    if found is None:
        return []
    nodes, index = [], found.Value(model.NextVar(model.Start(0)))
    while not model.IsEnd(index):
        nodes.append(manager.IndexToNode(index))
        index = found.Value(model.NextVar(index))
    return nodes


def _longest_start(day: Day, order: Sequence[int]) -> TimedRoute | None:
    """Return the route of the longest feasible beginning of an order that as a whole breaks the lunch rule."""
    for length in range(len(order) - 1, 0, -1):
        timed = time_route(day, order[:length])
        if timed:
            return timed
    return None
