"""What a manager forecasts inside the year from what is known then (R-E4, R-E5, R-E7).

Known are the orders booked so far, the open deals with their stage, and how many deals have come up. Re-orders go on at
the level so far, with the season. An open deal is expected when the dwell times of its stages have passed, weighted by
its label. Deals to come are as many and as big as so far, and take the whole way. Nothing drawn for later days is read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.simulation.tables import YearTables

MONTHS = 12


class Outlook(NamedTuple):
    """Forecast cents of each of the twelve months ahead, and what is hoped for on top in each."""

    expected: Floats
    upside: Floats


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
    known = max(float(tables.month_share[: month + 1].sum()), 1e-9)
    level = met_cents * float(tables.stages["label"][1]) / 100
    again = run_rate_so_far * tables.share_ahead[month]
    expected = (again + level * tables.coming_ahead[month]) / known + ahead[0, :MONTHS]
    return Outlook(np.asarray(expected, dtype=np.float64), ahead[1, :MONTHS].astype(np.float64))
