"""Areas that several reps share: each is spoken of in the notes, and what planning together saves is true (R-A6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, single
from territory.domain.customers import NONE

TOGETHER, STOPPED = "visits.pool.together", "plan.stopped"


def check_shared_areas(case: Case) -> list[Violation]:
    """Check that the plan says of every shared area whether it is planned together, and that the stated year is right.

    A calendar that was planned again from some day on says nothing of its areas, nor does a plan that was interrupted.
    """
    said = case.summary.get("plan") or {}
    areas = case.scenario.reps.shared_area.astype(str)
    if "notes" not in said or int(said.get("rescheduled_from", NONE)) != NONE:
        return []
    notes: dict[str, Mapping[str, Any]] = {}
    for note in said["notes"]:
        if str(note.get("code")).startswith("visits.pool."):
            notes.setdefault(str((note.get("values") or {}).get("area")), note)
    stopped = any(note.get("code") == STOPPED for note in said["notes"])
    found: list[Violation] = []
    for area in sorted(set(areas.tolist()) - {""}):
        if area not in notes:
            found += [] if stopped else single("R-A6", "territories", "area.unsaid", area=area)
        elif notes[area]["code"] == TOGETHER:
            found += _untrue(case, area, np.flatnonzero(areas == area), notes[area]["values"])
    return found


def _untrue(case: Case, area: str, members: np.ndarray, values: Mapping[str, Any]) -> list[Violation]:
    """Check what the note says of minutes on the road and visits without a day, and that the area gains."""
    days, unserved = case.rep_days, case.unserved
    driven = int(days.loc[days["rep"].isin(members), "travel_minutes"].sum())
    lost = int(unserved["rep"].isin(members).sum())
    found: list[Violation] = []
    stated = {name: _number(values.get(name)) for name in ("driven_minutes", "split_minutes", "lost", "split_lost")}
    for name, counted in (("driven_minutes", driven), ("lost", lost)):
        if stated[name] != counted:
            shown = f"{stated[name]:g}"
            found += single("R-A6", "days", "area.differs", area=area, item=name, stated=shown, counted=counted)
    if stated["driven_minutes"] >= stated["split_minutes"] and stated["lost"] >= stated["split_lost"]:
        found += single("R-A6", "days", "area.no_gain", area=area)
    return found


def _number(value: Any) -> float:
    """Return a number of a note, plain or as the summary writes it; NaN for anything else."""
    plain = value.get("number") if isinstance(value, Mapping) else value
    return float(plain) if isinstance(plain, int | float) else float("nan")
