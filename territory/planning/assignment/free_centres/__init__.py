"""Territories whose centres are free: located and allocated at once (R-A1)."""

from territory.planning.assignment.free_centres.engine import FreeCentres, locate_and_allocate
from territory.planning.assignment.free_centres.problem import FreeCentreProblem, free_centre_problem

__all__ = ["FreeCentreProblem", "FreeCentres", "free_centre_problem", "locate_and_allocate"]
