"""Small made-up fleets, and two independent ways to look at their plans."""

from __future__ import annotations

from functools import cache
from itertools import combinations, pairwise, permutations, product
from math import inf

import numpy as np

from territory.planning.periodic_fleet import FleetPlan, PeriodicFleet

FREQUENCIES = {1: ((0,), (1,), (2,)), 2: ((0, 1), (1, 2), (0, 2)), 3: ((0, 1, 2),)}
"""Allowed day sets by number of visits in three days."""


def made_up_fleet(
    seed: int, customers: int, vehicles: int, *, capacity: float = inf, limit: float = inf, service: float = 0.0
) -> PeriodicFleet:
    """Return a random fleet in a square around the depot, three days."""
    random = np.random.default_rng(seed)
    place = np.concatenate([[[0.0, 0.0]], random.uniform(-10, 10, (customers, 2))])
    distance = np.hypot(*(place[:, None, :] - place[None, :, :]).transpose(2, 0, 1))
    visits = random.choice([1, 1, 2, 3], customers)
    return PeriodicFleet(
        distance,
        np.full(customers, service),
        random.integers(1, 4, customers).astype(float),
        tuple(FREQUENCIES[int(count)] for count in visits),
        vehicles,
        np.full(3, capacity),
        np.full(3, limit),
    )


def broken_rules(fleet: PeriodicFleet, plan: FleetPlan) -> list[str]:
    """Return the rules a plan breaks and the totals it states wrongly."""
    found = []
    visits: dict[int, list[int]] = {customer: [] for customer in range(fleet.customers)}
    travel = 0.0
    for day, tours in enumerate(plan.tours):
        if len(tours) > fleet.vehicles:
            found.append(f"{len(tours)} vehicles on day {day}")
        for tour in tours:
            stops = [0, *(customer + 1 for customer in tour), 0]
            length = sum(fleet.distance[a, b] for a, b in pairwise(stops))
            travel += length
            if sum(fleet.demand[customer] for customer in tour) > fleet.capacity[day] + 1e-6:
                found.append(f"load on day {day}")
            if length + sum(fleet.service[customer] for customer in tour) > fleet.max_duration[day] + 1e-6:
                found.append(f"duration on day {day}")
            for customer in tour:
                visits[customer].append(day)
    for customer, chosen in visits.items():
        if tuple(sorted(chosen)) not in [tuple(sorted(pattern)) for pattern in fleet.patterns[customer]]:
            found.append(f"customer {customer} on days {chosen}")
    if abs(travel - plan.distance) > 1e-6:
        found.append(f"distance {plan.distance} is {travel}")
    return found


def least_distance(fleet: PeriodicFleet) -> float:
    """Return the distance of an optimal plan by trying every choice of patterns and every division of every day."""

    @cache
    def tour(group: frozenset[int], day: int) -> float:
        if not group:
            return 0.0
        if sum(fleet.demand[customer] for customer in group) > fleet.capacity[day]:
            return inf
        best = min(
            sum(fleet.distance[a, b] for a, b in zip((0, *order), (*order, 0), strict=True))
            for order in permutations([customer + 1 for customer in sorted(group)])
        )
        fits = best + sum(fleet.service[customer] for customer in group) <= fleet.max_duration[day] + 1e-9
        return best if fits else inf

    @cache
    def divided(group: frozenset[int], day: int, vehicles: int) -> float:
        if vehicles == 1 or not group:
            return tour(group, day)
        members = sorted(group)
        return min(
            tour(part, day) + divided(group - part, day, vehicles - 1)
            for size in range(len(members) + 1)
            for part in (frozenset(chosen) for chosen in combinations(members, size))
        )

    return min(
        sum(
            divided(frozenset(c for c, days in enumerate(choice) if day in days), day, fleet.vehicles)
            for day in range(fleet.days)
        )
        for choice in product(*fleet.patterns)
    )
