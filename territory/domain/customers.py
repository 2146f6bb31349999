"""The customers of a scenario, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Strings = NDArray[np.object_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
"""Marks an absent value in integer columns."""


NOT_COLUMNS = ("measures", "weekday_hours")
"""Fields of the customers that are more than one column; opening hours become two columns a weekday."""


@dataclass(frozen=True)
class Customers:
    """All customers and prospects, one entry a row in every column, sorted by `customer_id`.

    Attributes
    ----------
    customer_id, name, city, region, product_line, segment, competitor : array of str, shape (customers,)
        Empty text where unknown. `segment` is free (residential, public), `competitor` holds the account now (R-S5).
    lat, lon : array of float
        WGS-84 degrees.
    given_tier : array of int
        0..3 for A..D, `NONE` where the table names none.
    annual_sales_cents, potential_cents, monthly_demand_cents : array of int
        Last year's sales; what the customer could buy in a year; demand a month of a prospect (`NONE` if unknown).
    visits, per_weeks, visit_minutes : array of int
        The customer's own call frequency and visit length, `NONE` where the tier's holds.
    window_open, window_close : array of int
        Opening time in minutes after midnight, `NONE` for always open in field windows.
    weekday_hours : array of int, shape (customers, 7, 2)
        Opening and closing time of each weekday, `NONE` where `window_open` and `window_close` hold; (0, 0) is closed.
    closed_weekday, preferred_weekday : array of int
        Monday 0, `NONE` for none.
    current_rep, locked_rep : array of int
        Index into the reps, `NONE` for none.
    since, decides_by : array of int
        Proleptic Gregorian ordinals of dates, `NONE` for unknown. Neither sales nor `since`: a prospect.
    measures : mapping of str to array of float
        Further numeric columns that territories are balanced by.
    """

    customer_id: Strings
    name: Strings
    lat: Floats
    lon: Floats
    city: Strings
    region: Strings
    product_line: Strings
    segment: Strings
    competitor: Strings
    given_tier: Ints
    annual_sales_cents: Ints
    potential_cents: Ints
    monthly_demand_cents: Ints
    visits: Ints
    per_weeks: Ints
    visit_minutes: Ints
    window_open: Ints
    window_close: Ints
    current_rep: Ints
    locked_rep: Ints
    since: Ints
    decides_by: Ints
    measures: Mapping[str, Floats] = field(default_factory=dict)
    closed_weekday: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    preferred_weekday: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    weekday_hours: Ints = field(default_factory=lambda: np.zeros((0, 7, 2), dtype=np.int64))

    def __post_init__(self) -> None:
        for name in ("closed_weekday", "preferred_weekday"):
            if len(getattr(self, name)) != len(self):
                object.__setattr__(self, name, np.full(len(self), NONE, dtype=np.int64))
        if len(self.weekday_hours) != len(self):
            object.__setattr__(self, "weekday_hours", np.full((len(self), 7, 2), NONE, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.customer_id)

    def table(self) -> pd.DataFrame:
        """One row a customer; amounts in yuan, everything else as in the attributes."""
        columns = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in NOT_COLUMNS}
        table = pd.DataFrame(columns | dict(self.measures))
        for name in ("annual_sales_cents", "potential_cents", "monthly_demand_cents"):
            table[name.removesuffix("_cents")] = table.pop(name) / 100
        return table


@dataclass(frozen=True)
class Opportunities:
    """Deals open at the start of the year (R-P1), sorted by `opportunity_id`.

    Attributes
    ----------
    opportunity_id : array of str, shape (opportunities,)
    customer : array of int
        Index into the customers.
    stage_percent : array of int
        Probability label of the stage, one of the scenario's stages, or 0 for a lead.
    value_cents : array of int
    opened_day : array of int
        Day index, negative before the start.
    """

    opportunity_id: Strings
    customer: Ints
    stage_percent: Ints
    value_cents: Ints
    opened_day: Ints

    def __len__(self) -> int:
        return len(self.opportunity_id)
