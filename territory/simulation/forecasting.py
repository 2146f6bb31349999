"""What a manager forecasts inside the year from what is known then (R-E4, R-E5, R-E7).

Known are the orders booked so far, the open deals with their stage, and how many deals have come up. Re-orders go on at
the level so far, with the season. An open deal is expected when the dwell times of its stages have passed, weighted by
its label. Deals to come are as many and as big as so far, and take the whole way. Nothing drawn for later days is read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.simulation.pipeline import Deals
from territory.simulation.records import NEVER, OPEN, Records
from territory.simulation.tables import YearTables

MONTHS = 12


class Outlook(NamedTuple):
    """Forecast cents of each of the twelve months ahead, and what is hoped for on top in each."""

    expected: Floats
    upside: Floats


def look_ahead(tables: YearTables, deals: Deals, month: int, run_rate_so_far: int) -> Outlook:
    """Return what the manager expects of the twelve months after `month`, on its last evening.

    Parameters
    ----------
    tables, deals
    month : int
    run_rate_so_far : int
        Cents of re-orders booked until now.
    """
    day = int(tables.month_last[month])
    ahead = (np.arange(MONTHS) + month + 1) % MONTHS
    known_share = max(float(tables.month_share[: month + 1].sum()), 1e-9)
    expected = run_rate_so_far / known_share * tables.month_share[ahead]
    ends = _month_ends(tables, month)
    rows = deals.rows[: int(deals.arrived[day + 1])]
    way = _way_to_signing(tables)
    live = rows[rows["state"] == OPEN]
    label = tables.stages["label"][live["stage"]] / 100
    closes = day + np.maximum(way[live["stage"]] - (day - live["since"]), 1)
    month_of = np.searchsorted(ends, closes)
    expected = expected + np.bincount(month_of, live["value"] * label, MONTHS + 1)[:MONTHS]
    hoped = label >= tables.settings.reviews.upside_from / 100
    upside = np.bincount(month_of[hoped], (live["value"] * (1 - label))[hoped], MONTHS + 1)[:MONTHS]
    expected = np.asarray(expected + _deals_to_come(tables, rows, month, ends, int(way[1])), dtype=np.float64)
    return Outlook(expected, upside.astype(np.float64))


def _month_ends(tables: YearTables, month: int) -> Ints:
    """Return the last days of the twelve months ahead; the next year's months are as long as this one's."""
    both = np.concatenate([tables.month_last, tables.month_last + tables.days])
    return np.asarray(both[month + 1 : month + 1 + MONTHS])


def _way_to_signing(tables: YearTables) -> Ints:
    """Return the least days from entering each stage to the signature."""
    dwell = tables.stages["dwell"]
    return np.asarray(np.cumsum(dwell[::-1])[::-1])


def _deals_to_come(tables: YearTables, rows: Records, month: int, ends: Ints, way: int) -> Floats:
    """Return the weighted value of deals not yet met, by the month in which they would be signed."""
    met = (rows["arrives"] >= 0) & (rows["state"] != NEVER)
    label = tables.stages["label"][1] / 100
    known_share = max(float(tables.month_share[: month + 1].sum()), 1e-9)
    level = float(rows["value"][met].sum()) * label / known_share
    begins = np.append(tables.month_last[month], ends[:-1])
    signed = np.searchsorted(ends, (begins + ends) // 2 + way)
    share = tables.month_share[(np.arange(MONTHS) + month + 1) % MONTHS]
    return np.asarray(level * np.bincount(signed, share, MONTHS + 1)[:MONTHS])
