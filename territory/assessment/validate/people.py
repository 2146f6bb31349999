"""Headcount: the work recomputed, and no answer below its own bound (R-H1, R-H2)."""

from __future__ import annotations

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Value, Violation, single

ITEMS = (
    "visits_per_week",
    "face_minutes_per_week",
    "travel_minutes_per_week",
    "capacity_minutes_per_week",
    "lower_bound",
    "needed",
    "available",
    "to_hire",
    "carried_share",
)


def check_headcount(case: Case) -> list[Violation]:
    """Check that visits, face minutes and capacity are right, and needed is at least what they ask for."""
    sheet = case.sheets["headcount"]
    stated = dict(zip(sheet["item"], sheet["value"], strict=True))
    missing = [name for name in ITEMS if name not in stated]
    if missing:
        return [v for name in missing for v in single("R-H1", "headcount", "headcount.missing", item=name)]
    visits, per_weeks, minutes = case.frequency
    known = case.owner >= 0
    face = float((visits * minutes / per_weeks)[known].sum())
    field = float(case.hours.minutes().sum()) * 7 / case.days
    facts = {
        "visits_per_week": (float((visits / per_weeks)[known].sum()), 0.00051),
        "face_minutes_per_week": (face, 0.00051),
        "capacity_minutes_per_week": (field * (1 - case.scenario.settings.workday.absence_share), 0.051),
    }
    found: list[Violation] = []
    for item, (recomputed, slack) in facts.items():
        if abs(stated[item] - recomputed) > slack:
            values: dict[str, Value] = {"item": item, "stated": float(stated[item]), "recomputed": round(recomputed, 3)}
            found += single("R-H2" if "capacity" in item else "R-H1", "headcount", "headcount.differs", **values)
    capacity, bound, needed = (stated[name] for name in ("capacity_minutes_per_week", "lower_bound", "needed"))
    if needed < bound:
        found += single("R-H1", "headcount", "headcount.below_bound", needed=int(needed), lower_bound=int(bound))
    if capacity > 0 and needed < np.ceil(face / (capacity + 0.051) - 1e-6):
        found += single("R-H1", "headcount", "headcount.too_few", needed=int(needed), face_minutes=round(face, 1))
    if not 0 <= stated["carried_share"] <= 1:
        found += single("R-H1", "headcount", "headcount.share", carried_share=float(stated["carried_share"]))
    return found
