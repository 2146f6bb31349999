"""Visit calendars: day patterns, routes, the real calendar, trips."""

from territory.planning.visits.load_proof import LoadProof, prove_load
from territory.planning.visits.planner import Planning, begin_visits, plan_visits
from territory.planning.visits.regularity import RegularityPrice, price_of_regularity

__all__ = [
    "LoadProof",
    "Planning",
    "RegularityPrice",
    "begin_visits",
    "plan_visits",
    "price_of_regularity",
    "prove_load",
]
