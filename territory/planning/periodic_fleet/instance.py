"""What the vehicles of one depot have to visit, and the plan that says which visits whom on which day."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from territory.planning.periodic_fleet.kernels import Floats, Ints
from territory.planning.periodic_fleet.state import Problem

MOST_NEIGHBOURS = 120
"""Near customers stored for each customer."""

DayPattern = tuple[int, ...]


@dataclass(frozen=True)
class PeriodicFleet:
    """Customers of one depot, visited by several vehicles a day on days of their choice.

    Attributes
    ----------
    distance : array of float, shape (customers + 1, customers + 1)
        Symmetric; place 0 is the depot. Minutes where `max_duration` is in minutes.
    service : array of float, shape (customers,)
        Duration of a visit, in units of `distance`.
    demand : array of float, shape (customers,)
        Load a visit adds to its tour; 1 with a capacity of k limits a tour to k visits.
    patterns : tuple
        For each customer the sets of days (0, 1, ...) of which one is chosen; all of the same size.
    vehicles : int
        Tours per day at most.
    capacity, max_duration : array of float, shape (days,)
        Largest load, and largest travel plus service, of a tour; infinite for none.
    """

    distance: Floats
    service: Floats
    demand: Floats
    patterns: tuple[tuple[DayPattern, ...], ...]
    vehicles: int
    capacity: Floats
    max_duration: Floats

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.demand)

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.capacity)


@dataclass(frozen=True)
class FleetPlan:
    """Tours of a fleet.

    Attributes
    ----------
    tours : tuple
        ``tours[day][vehicle]``: customers 0, 1, ... in order.
    distance : float
        Total, without service.
    excess : float
        Load beyond the capacity plus duration beyond the limit, summed; 0 for a valid plan.
    """

    tours: tuple[tuple[tuple[int, ...], ...], ...]
    distance: float
    excess: float


def check_fleet(fleet: PeriodicFleet) -> None:  # noqa: C901 (one check after the other)
    """Raise ValueError, naming the customer or table, for a fleet that cannot be planned."""
    n, days = fleet.customers, fleet.days
    if n < 1 or fleet.vehicles < 1 or not 1 <= days <= 62:
        raise ValueError("a fleet needs customers, vehicles and 1 to 62 days")
    shapes = {"distance": (n + 1, n + 1), "service": (n,), "demand": (n,), "max_duration": (days,)}
    for name, shape in shapes.items():
        if getattr(fleet, name).shape != shape:
            raise ValueError(f"{name} must have the shape {shape}, not {getattr(fleet, name).shape}")
    for name in ("distance", "service", "demand"):
        table = getattr(fleet, name)
        if not np.isfinite(table).all() or (table < 0).any():
            raise ValueError(f"{name} must be finite and not negative")
    if not np.allclose(fleet.distance, fleet.distance.T):
        raise ValueError("distance must be symmetric")
    if len(fleet.patterns) != n:
        raise ValueError(f"{len(fleet.patterns)} lists of patterns for {n} customers")
    for customer, patterns in enumerate(fleet.patterns):
        if not patterns or len({len(set(pattern)) for pattern in patterns}) != 1:
            raise ValueError(f"customer {customer}: needs at least one pattern, all with the same number of days")
        if any(not 0 <= day < days for pattern in patterns for day in pattern):
            raise ValueError(f"customer {customer}: a pattern names a day outside 0..{days - 1}")


def problem_of(fleet: PeriodicFleet) -> Problem:
    """Return the tables of a fleet for the kernels."""
    n, m = fleet.customers, fleet.vehicles
    nodes = n + m
    place = np.concatenate([np.arange(1, n + 1), np.zeros(m, dtype=np.int64)])
    half = np.concatenate([fleet.service, np.zeros(m)]) / 2
    cost = fleet.distance[np.ix_(place, place)] + half[:, None] + half[None, :]
    np.fill_diagonal(cost, 0.0)
    reach = min(n - 1, MOST_NEIGHBOURS)
    among = fleet.distance[1:, 1:].copy()
    np.fill_diagonal(among, -1.0)
    near = np.argsort(among, axis=1, kind="stable")[:, 1 : reach + 1]
    masks = [[sum(1 << day for day in set(pattern)) for pattern in patterns] for patterns in fleet.patterns]
    masks = [sorted(set(row)) for row in masks]
    ints: list[Ints] = [
        near.ravel(),
        np.cumsum([0, *(len(row) for row in masks)]),
        *(np.array(row) for row in masks),
        np.array([np.bitwise_or.reduce(row) for row in masks]),
    ]
    floats = [cost.ravel(), fleet.demand, fleet.capacity, fleet.max_duration, *_places(fleet.distance)]
    at_ints = np.cumsum([0, near.size, n + 1, sum(len(row) for row in masks)]).tolist()
    at_floats = np.cumsum([0, *(len(table) for table in floats[:-1])]).tolist()
    tables = (np.concatenate(ints).astype(np.int64), np.concatenate(floats).astype(np.float64))
    return Problem._make((n, m, fleet.days, nodes, reach, *at_ints, *at_floats, *tables))


def _places(distance: Floats) -> tuple[Floats, Floats]:
    """Return coordinates around the depot that give distances near the given ones; exact for a plane."""
    out = distance[0, 1:]
    far = int(out.argmax())
    if out[far] == 0:
        return np.zeros_like(out), np.zeros_like(out)
    x = (out**2 + out[far] ** 2 - distance[far + 1, 1:] ** 2) / (2 * out[far])
    y = np.sqrt(np.maximum(0.0, out**2 - x**2))
    wide = int(y.argmax())
    same = (x - x[wide]) ** 2 + (y - y[wide]) ** 2
    turned = (x - x[wide]) ** 2 + (y + y[wide]) ** 2
    given = distance[wide + 1, 1:] ** 2
    return x, np.where(np.abs(same - given) <= np.abs(turned - given), y, -y)


def plan_of(fleet: PeriodicFleet, problem: Problem, after: Ints) -> FleetPlan:
    """Return the plan that forward links stand for, costed anew from the given tables."""
    links = after.reshape(fleet.days, problem.nodes)
    days, distance, excess = [], 0.0, 0.0
    for day in range(fleet.days):
        tours = []
        for vehicle in range(fleet.vehicles):
            tour, node = [], int(links[day, fleet.customers + vehicle])
            while node < fleet.customers:
                tour.append(node)
                node = int(links[day, node])
            tours.append(tuple(tour))
            stops = np.array([0, *(customer + 1 for customer in tour), 0])
            travel = float(fleet.distance[stops[:-1], stops[1:]].sum())
            duration = travel + float(fleet.service[tour].sum())
            distance += travel
            excess += _beyond(float(fleet.demand[tour].sum()), float(fleet.capacity[day]))
            excess += _beyond(duration, float(fleet.max_duration[day]))
        days.append(tuple(tours))
    return FleetPlan(tuple(days), distance, excess)


def _beyond(value: float, limit: float) -> float:
    """Return how far a value exceeds its limit; rounding errors do not."""
    over = value - limit if limit < inf and isfinite(value) else 0.0
    return over if over > 1e-6 else 0.0
