"""Visit calendars: day patterns, routes, the real calendar, trips."""

from territory.planning.visits.planner import plan_visits

__all__ = ["plan_visits"]
