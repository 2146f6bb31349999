"""Interchangeable vehicles of one depot: day patterns for customers and tours for every vehicle and day, together.

The periodic vehicle routing problem. Reps are not interchangeable, each has its start place, hours and share of the
work, so their shared areas are planned by `territory.planning.visits.pool`.
"""

from territory.planning.periodic_fleet.engine import EFFORT_ITERATIONS, plan_fleet
from territory.planning.periodic_fleet.instance import FleetPlan, PeriodicFleet

__all__ = ["EFFORT_ITERATIONS", "FleetPlan", "PeriodicFleet", "plan_fleet"]
