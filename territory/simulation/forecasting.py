"""What a manager forecasts inside the year from what is known then (R-E4, R-E5, R-E7).

Known are the orders booked so far, the open deals with their stage, and how many deals have come up. Re-orders go on at
the level so far, with the season. An open deal is expected when the dwell times of its stages have passed, weighted by
its label. Deals to come are as many and as big as so far, and take the whole way. Nothing drawn for later days is read.
"""

from __future__ import annotations

from typing import NamedTuple

from territory.domain.customers import Ints
from territory.simulation.tables import YearTables

MONTHS = 12


class Outlook(NamedTuple):
    """Forecast cents of each of the twelve months ahead, and what is hoped for on top in each."""

    expected: list[float]
    upside: list[int]


def look_ahead(tables: YearTables, month: int, run_rate_so_far: int, ahead: Ints, met_cents: int) -> Outlook:
    """Return what the manager expects of the twelve months after `month`, on its last evening.

    Parameters
    ----------
    tables : YearTables
    month, run_rate_so_far : int
        Cents of re-orders booked until now.
    ahead : array of int, shape (2, 13)
        Of the open deals by month, see `pipeline.scan_deals`.
    met_cents : int
        Value of all deals that arose this year.
    """
    level = met_cents * int(tables.stages["label"][1]) / 100
    known, shares, coming = tables.months_ahead[month]
    open_deals, hoped_for = ahead.tolist()
    expected = [
        (run_rate_so_far * share + level * arriving) / known + deals
        for share, arriving, deals in zip(shares, coming, open_deals, strict=False)
    ]
    return Outlook(expected, hoped_for[:MONTHS])
