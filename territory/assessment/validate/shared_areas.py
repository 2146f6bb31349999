"""Areas that several reps share: each is spoken of in the notes, and what planning together saves is true (R-A6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, single
from territory.domain.customers import NONE

TOGETHER = "visits.pool.together"


def check_shared_areas(case: Case) -> list[Violation]:
    """Check that the plan says of every shared area whether it is planned together, and that the stated year is right.

    A calendar that was planned again from some day on says nothing of its areas.
    """
    said = case.summary.get("plan") or {}
    areas = case.scenario.reps.shared_area.astype(str)
    if "notes" not in said or int(said.get("rescheduled_from", NONE)) != NONE:
        return []
    notes = {
        str(note["values"]["area"]): note for note in said["notes"] if str(note.get("code")).startswith("visits.pool.")
    }
    found: list[Violation] = []
    for area in sorted(set(areas.tolist()) - {""}):
        if area not in notes:
            found += single("R-A6", "territories", "area.unsaid", area=area)
        elif notes[area]["code"] == TOGETHER:
            found += _untrue(case, area, np.flatnonzero(areas == area), notes[area]["values"])
    return found


def _untrue(case: Case, area: str, members: np.ndarray, values: Mapping[str, Any]) -> list[Violation]:
    """Check what the note says of minutes on the road and visits without a day, and that the area drives less."""
    days, unserved = case.rep_days, case.unserved
    driven = int(days.loc[days["rep"].isin(members), "travel_minutes"].sum())
    lost = int(unserved["rep"].isin(members).sum())
    found: list[Violation] = []
    for name, counted in (("driven_minutes", driven), ("lost", lost)):
        if int(values[name]) != counted:
            found += single("R-A6", "days", "area.differs", area=area, item=name, stated=values[name], counted=counted)
    if int(values["driven_minutes"]) >= int(values["split_minutes"]):
        found += single("R-A6", "days", "area.no_gain", area=area)
    return found
