"""How often and how regularly each customer is visited (R-V1)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE, Ints

HAIR = 1e-9
"""Keeps 0.5 x 3.5 from falling on the wrong side of a whole number."""


def check_frequency(case: Case) -> list[Violation]:
    """Check that in every complete cycle visits made and visits listed as unserved are what the frequency asks for.

    In cycles cut by the start or the end of the year they are no more than that. Cycles that began before the calendar
    was planned again are not held to it, since the frequency may have been another one.
    """
    visits, per_weeks, _ = case.frequency
    asked = np.where(case.owner >= 0, visits * case.cycle_weeks // per_weeks, 0)
    made = _by_cycle(case, case.visits)
    listed_unserved = _by_cycle(case, case.unserved)
    total = made + listed_unserved
    regular = (visits > 0) & (case.owner >= 0)
    held = np.searchsorted(case.cycle_of_day, np.arange(len(case.complete_cycle))) >= case.since
    few = regular[:, None] & (case.complete_cycle & held)[None, :] & (total < asked[:, None])
    many = (case.owner >= 0)[:, None] & held[None, :] & (total > asked[:, None])
    found: list[Violation] = []
    for code, where in (("visits.too_few", few), ("visits.too_many", many)):
        customer, cycle = np.nonzero(where)
        first = np.maximum(cycle * 7 * case.cycle_weeks - case.scenario.calendar.start.weekday(), 0)
        rows = case.customers.iloc[customer].assign(
            cycle_from=case.dates(first),
            made=made[customer, cycle],
            unserved=listed_unserved[customer, cycle],
            asked=asked[customer],
        )
        found += listed("R-V1", "customers", code, rows, ["customer_id", "cycle_from", "made", "unserved", "asked"])
    return found


def check_spacing(case: Case) -> list[Violation]:
    """Check that visits are spread evenly: never two a day, no gap outside the tolerance of the regular gap.

    A long gap is excused where a visit listed as unserved lies in it, where it leads to or from a trip, or where it
    spans the day from which the calendar was planned again.
    """
    v = case.visits.sort_values(["customer", "day"], kind="stable").reset_index(drop=True)
    customer, day = v["customer"].to_numpy(), v["day"].to_numpy()
    if len(v) < 2:
        return []
    planned = np.where(v["moved_from"] != "", v["moved_from_day"], day)
    next_same = np.append(customer[1:] == customer[:-1], False)
    before = np.flatnonzero(next_same)
    after = before + 1
    gap = day[after] - day[before]
    least, most = _gap_limits(case, customer[before])
    trip = v["trip"].to_numpy()
    edge = (trip[before] != trip[after]) & ((trip[before] != NONE) | (trip[after] != NONE))
    begin, end = np.minimum(day, planned)[before], np.maximum(day, planned)[after]
    held = day[after] >= case.since
    edge |= day[before] < case.since
    excused = edge | _unserved_between(case, customer[before], begin, end)
    rows = v.iloc[after].assign(previous=v["date"].to_numpy()[before], gap_days=gap, least=least, most=most)
    columns = ["customer_id", "previous", "date", "gap_days"]
    return [
        *listed("R-V1", "visits", "visit.twice_a_day", rows, ["customer_id", "date"], where=held & (gap == 0)),
        *listed("R-V1", "visits", "visit.too_close", rows, [*columns, "least"], where=held & (gap > 0) & (gap < least)),
        *listed(
            "R-V1", "visits", "visit.too_far_apart", rows, [*columns, "most"], where=held & (gap > most) & ~excused
        ),
    ]


def _by_cycle(case: Case, rows: pd.DataFrame) -> Ints:
    shape = (len(case.scenario.customers), len(case.complete_cycle))
    cell = rows["customer"].to_numpy() * shape[1] + case.cycle_of_day[rows["day"].to_numpy()]
    return np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape)


def _gap_limits(case: Case, customer: Ints) -> tuple[Ints, Ints]:
    visits, per_weeks, _ = case.frequency
    regular = 7 * per_weeks[customer] / np.maximum(visits[customer], 1)
    tolerance = case.scenario.settings.visits.spacing_tolerance
    least = np.ceil((1 - tolerance) * regular - HAIR)
    most = np.floor((1 + tolerance) * regular + HAIR)
    return least.astype(np.int64), most.astype(np.int64)


def _unserved_between(case: Case, customer: Ints, begin: Ints, end: Ints) -> np.ndarray:
    """Whether the customer has an unserved visit planned in [begin, end]."""
    u, span = case.unserved, case.days + 2
    key = np.sort(u["customer"].to_numpy() * span + u["day"].to_numpy())
    low = np.searchsorted(key, customer * span + begin, side="left")
    high = np.searchsorted(key, customer * span + end, side="right")
    return np.asarray(high > low)
