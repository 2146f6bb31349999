"""Visit calendars where several vehicles share one area: day patterns and tours together."""

from territory.planning.visits.shared_area.engine import EFFORT_ITERATIONS, plan_shared_area
from territory.planning.visits.shared_area.instance import SharedArea, SharedPlan

__all__ = ["EFFORT_ITERATIONS", "SharedArea", "SharedPlan", "plan_shared_area"]
