"""Fixed appointments: kept at their time with slack before, or named as given up (R-H3)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.journeys import base_places, travel_legs
from territory.assessment.validate.violation import Violation, listed, single
from territory.domain.customers import NONE

WHO = ["date", "rep_id", "customer_id", "start"]


def check_appointments(case: Case) -> list[Violation]:
    """Check that every appointment is kept, or named among the notes of the plan, and has its slack before it."""
    v, a = case.visits, case.scenario.appointments
    if not len(a):
        return []
    slack = case.scenario.settings.visits.appointment_slack
    kept = case.appointment_of(v) != NONE
    room = v["start_minute"].to_numpy() - _ready(case, v)
    late = kept & (room < slack) & (v["day"].to_numpy() >= case.since)
    return [
        *listed("R-H3", "visits", "appointment.no_slack", v, WHO, where=late, room=room, asked=slack),
        *_unnamed(case, v[kept]),
    ]


def _ready(case: Case, v: pd.DataFrame) -> np.ndarray:
    """Earliest minute at which the rep may be at each visit, after the one before or from the start place."""
    d = case.rep_days.drop_duplicates(["rep", "day"])
    depart = np.zeros((len(case.scenario.reps), case.days), dtype=np.int64)
    depart[d["rep"], d["day"]] = d["depart_minute"]
    rep, day, customer = (v[name].to_numpy() for name in ("rep", "day", "customer"))
    first = np.append(True, (rep[1:] != rep[:-1]) | (day[1:] != day[:-1]))[: len(v)]
    origin = np.where(first, base_places(case.scenario, rep), np.roll(customer, 1))
    left = np.where(first, depart[rep, day], np.roll(v["end_minute"].to_numpy(), 1))
    return np.asarray(left + travel_legs(case.scenario, origin, customer).least)


def _unnamed(case: Case, kept: pd.DataFrame) -> list[Violation]:
    a, ids = case.scenario.appointments, case.scenario.customers.customer_id
    made = set(zip(kept["customer"].tolist(), kept["day"].tolist(), strict=True))
    notes = (case.summary.get("plan") or {}).get("notes") or []
    named = {
        (values.get("customer"), values.get("date"))
        for values in (note.get("values") or {} for note in notes if "appointment" in str(note.get("code")))
    }
    found: list[Violation] = []
    for customer, day, date in zip(a.customer.tolist(), a.day.tolist(), case.dates(a.day).tolist(), strict=True):
        if (customer, day) not in made and (ids[customer], date) not in named and "plan" in case.summary:
            found += single("R-H3", "visits", "appointment.missed", customer_id=str(ids[customer]), date=str(date))
    return found
