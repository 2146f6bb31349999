"""Tables of one simulated year beyond its months: its monthly reviews, and everybody who worked in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.domain.calendar import WorkingCalendar
from territory.domain.customers import Ints
from territory.domain.outcome import Year, rep_slot_name
from territory.domain.plan import yuan
from territory.domain.year_details import REVIEW_MEASURES, YearDetails


def year_tables(year: Year, calendar: WorkingCalendar, rep_ids: list[str]) -> dict[str, pd.DataFrame]:
    """Return the tables of a year that was lived, by file stem: ``reviews`` and ``people``; none without its details.

    Parameters
    ----------
    year : Year
    calendar : WorkingCalendar
    rep_ids : list of str
        Of the scenario; successors get names of their own.
    """
    if year.details is None:
        return {}
    return {
        "reviews": review_table(year.details, calendar),
        "people": people_table(year.details, calendar, rep_ids),
    }


def review_table(details: YearDetails, calendar: WorkingCalendar) -> pd.DataFrame:
    """Return one row a month: forecasts, coverage, growth, evenness, customers won and lost (R-E3 to R-E7).

    Yuan and shares.
    """
    columns: dict[str, list[str] | list[float] | list[int]] = {"month": [calendar.month_label(m) for m in range(12)]}
    for name in REVIEW_MEASURES:
        values = details.month(name)
        if name.endswith("_cents"):
            columns[name.removesuffix("_cents")] = yuan(values)
        elif name.endswith("_permille"):
            columns[name.removesuffix("_permille")] = (values / 1000).tolist()
        else:
            columns[name] = values.tolist()
    return pd.DataFrame(columns)


def people_table(details: YearDetails, calendar: WorkingCalendar, rep_ids: list[str]) -> pd.DataFrame:
    """Return one row a person: days, sales against target, appraisal, cost, trip efficiency, place in the matrix.

    Rules R-E1, R-B6 and R-N5; yuan.
    """
    people = details.people

    def date(day: int) -> str:
        return str(calendar.date_of(day)) if 0 <= day < calendar.days else ""

    def cents(field: str) -> Ints:
        return np.array([getattr(one, field) for one in people], dtype=np.int64)

    return pd.DataFrame(
        {
            "rep_id": [rep_slot_name(rep_ids, one.slot) for one in people],
            "first_day": [date(max(one.first_day, 0)) for one in people],
            "last_day": [date(one.left_day - 1) for one in people],
            "manager": [one.manager for one in people],
            "bookings": yuan(cents("bookings_cents")),
            "target": yuan(cents("target_cents")),
            "appraisal": [round(one.appraisal, 2) for one in people],
            "cost": yuan(cents("cost_cents")),
            "gross_profit": yuan(cents("profit_cents")),
            "trip_efficiency": [round(one.trip_efficiency, 4) for one in people],
            "quadrant": [one.quadrant for one in people],
        }
    )
