"""Checks a periodic routing plan against its file; shares no code with any engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import dist

from benchmarks.pvrp_files import PvrpFile

TOLERANCE = 1e-6

Row = tuple[int, int, int, int]
"""Day, vehicle, position, customer; all counted from 1."""


def plan_cost(file: PvrpFile, rows: Iterable[Row]) -> float:
    """Return the total distance of a plan."""
    return sum(_distance(file, tour) for tour in _tours(rows).values())


def violations(file: PvrpFile, rows: Iterable[Row]) -> list[str]:
    """Return every rule a plan breaks, in words; an empty list for a valid plan."""
    rows = list(rows)
    index = {customer: k for k, customer in enumerate(file.customers)}
    days = len(file.capacity)
    found = [f"row {row}: unknown day, vehicle or customer" for row in rows if not _is_known(file, index, row)]
    rows = [row for row in rows if _is_known(file, index, row)]
    visits: dict[int, list[int]] = defaultdict(list)
    for day, _, _, customer in rows:
        visits[customer].append(day)
    for customer, k in index.items():
        chosen = sorted(visits[customer])
        if chosen not in [sorted(pattern) for pattern in file.patterns[k]]:
            found.append(f"customer {customer}: visited on days {chosen}, which is no allowed pattern")
    for (day, vehicle), tour in sorted(_tours(rows).items()):
        load = sum(file.demand[index[customer]] for customer in tour)
        duration = _distance(file, tour) + sum(file.service[index[customer]] for customer in tour)
        if load > file.capacity[day - 1] + TOLERANCE:
            found.append(f"day {day}, vehicle {vehicle}: load {load} above {file.capacity[day - 1]}")
        if duration > file.max_duration[day - 1] + TOLERANCE:
            found.append(f"day {day}, vehicle {vehicle}: duration {duration} above {file.max_duration[day - 1]}")
    for day in range(1, days + 1):
        used = {vehicle for row_day, vehicle, _, _ in rows if row_day == day}
        if len(used) > file.vehicles:
            found.append(f"day {day}: {len(used)} vehicles used of {file.vehicles}")
    return found


def _is_known(file: PvrpFile, index: dict[int, int], row: Row) -> bool:
    day, vehicle, _, customer = row
    return 1 <= day <= len(file.capacity) and 1 <= vehicle <= file.vehicles and customer in index


def _tours(rows: Iterable[Row]) -> dict[tuple[int, int], list[int]]:
    tours: dict[tuple[int, int], list[int]] = defaultdict(list)
    for day, vehicle, _, customer in sorted(rows):
        tours[day, vehicle].append(customer)
    return tours


def _distance(file: PvrpFile, tour: list[int]) -> float:
    place = dict(zip(file.customers, file.place[1:], strict=True))
    stops = [file.place[0], *(place[customer] for customer in tour), file.place[0]]
    return sum(dist(a, b) for a, b in pairwise(stops))
