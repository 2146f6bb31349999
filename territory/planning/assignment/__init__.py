"""Customers to reps: fair, compact and stable territories (R-A1..A7)."""

from territory.planning.assignment.engine import assign_territories

__all__ = ["assign_territories"]
