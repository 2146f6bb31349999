"""Ways to spoil good tables, each with the rule and the code that the checker must name.

Every function takes a `World` and changes it in place; it picks its own place, so that any plan with such a place will
do. `Nowhere` says that a plan has none.
"""

from __future__ import annotations

from tests.assessment import mutations_plan, mutations_rules, mutations_travel, mutations_visits, mutations_years
from tests.assessment.planting import MUTATIONS, Nowhere, World, clock, minutes

__all__ = ["MUTATIONS", "Nowhere", "World", "clock", "minutes", "sources"]

sources = (mutations_visits, mutations_travel, mutations_plan, mutations_years, mutations_rules)
"""Where the faults are written; importing them fills `MUTATIONS`."""
