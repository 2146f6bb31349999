"""Customers to reps: fair, compact and with few changes of hands (R-A1..A7)."""

from territory.planning.assignment.alternatives import design_alternatives
from territory.planning.assignment.engine import assign_territories, first_territories

__all__ = ["assign_territories", "design_alternatives", "first_territories"]
