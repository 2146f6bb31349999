"""Small scenarios built in memory, for the tests of every layer."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import numpy as np

from territory.domain.calendar import build_calendar
from territory.domain.customers import NONE, Customers, Opportunities
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.domain.settings import About, Settings, TargetRules

XIAN = 34.26, 108.94
"""Latitude and longitude of the bell tower."""

START = date(2026, 1, 1)
ANNUAL_TARGET_CENTS = 1_000_000_000


def small_scenario(customers: int = 20, reps: int = 2, seed: int = 0, **settings_changes: Any) -> Scenario:
    """Return a scenario around Xi'an: start 2026-01-01, ten million yuan to sell, no travel matrix, no open deals.

    Parameters
    ----------
    customers, reps : int
        Their ids are C001, C002, ... and R1, R2, ...; nobody is the manager, nobody owns a customer yet.
    seed : int
        Of the places, sales and potentials.
    **settings_changes
        Tables of the settings: a whole table, or a dict of the keys to change, as ``targets={"annual": 1_00}``.
    """
    settings = settings_with(**settings_changes)
    return Scenario(
        settings=settings,
        customers=some_customers(customers, seed),
        reps=some_reps(reps, seed),
        opportunities=no_opportunities(),
        calendar=build_calendar(settings.scenario.start, settings.workday),
    )


def settings_with(**changes: Any) -> Settings:
    """Return the default settings with tables, or single keys of tables, changed."""
    settings = Settings(scenario=About(name="small", start=START), targets=TargetRules(annual=ANNUAL_TARGET_CENTS))
    for table, change in changes.items():
        new = dataclasses.replace(getattr(settings, table), **change) if isinstance(change, dict) else change
        settings = dataclasses.replace(settings, **{table: new})
    return settings


def some_customers(count: int, seed: int = 0) -> Customers:
    """Return customers within some 15 km of the centre, in four regions, two in five sold by line `paint`."""
    rng = np.random.default_rng([seed, 1])
    width = max(3, len(str(count)))
    number = np.arange(count)
    lat = XIAN[0] + rng.uniform(-0.12, 0.12, count).round(6)
    lon = XIAN[1] + rng.uniform(-0.15, 0.15, count).round(6)
    region = np.where(lat > XIAN[0], "north", "south").astype(object) + np.where(lon > XIAN[1], "-east", "-west")
    potential = (rng.lognormal(12.0, 0.8, count) * 100).astype(np.int64)
    sales = (potential * rng.beta(2, 3, count)).astype(np.int64)
    none = np.full(count, NONE, dtype=np.int64)
    return Customers(
        customer_id=texts(f"C{i + 1:0{width}d}" for i in number),
        name=texts(f"Shop {i + 1}" for i in number),
        lat=lat,
        lon=lon,
        city=texts("Xi'an" for _ in number),
        region=region.astype(object),
        product_line=texts("paint" if i % 5 < 2 else "adhesive" for i in number),
        segment=texts("residential" if i % 4 else "public" for i in number),
        competitor=texts("" for _ in number),
        given_tier=(number % 4).astype(np.int64),
        annual_sales_cents=sales,
        potential_cents=potential,
        monthly_demand_cents=none,
        visits=none,
        per_weeks=none,
        visit_minutes=none,
        window_open=none,
        window_close=none,
        current_rep=none,
        locked_rep=none,
        since=np.full(count, date(2020, 1, 1).toordinal(), dtype=np.int64),
        decides_by=none,
    )


def some_reps(count: int, seed: int = 0) -> Reps:
    """Return full-time reps who sell every line, prefer no region and were there before the start."""
    rng = np.random.default_rng([seed, 2])
    width = len(str(count))
    everything: frozenset[str] = frozenset()
    return Reps(
        rep_id=texts(f"R{i + 1:0{width}d}" for i in range(count)),
        name=texts(f"Rep {i + 1}" for i in range(count)),
        home_lat=XIAN[0] + rng.uniform(-0.08, 0.08, count).round(6),
        home_lon=XIAN[1] + rng.uniform(-0.1, 0.1, count).round(6),
        is_manager=np.zeros(count, dtype=bool),
        share=np.ones(count),
        hours_per_week=np.full(count, np.nan),
        product_lines=(everything,) * count,
        preferred_regions=(everything,) * count,
        hired_day=np.zeros(count, dtype=np.int64),
        new_hire=np.zeros(count, dtype=bool),
        monthly_salary_cents=np.full(count, 800_000, dtype=np.int64),
    )


def no_opportunities() -> Opportunities:
    """Return an empty list of open deals."""
    nothing = np.zeros(0, dtype=np.int64)
    return Opportunities(np.zeros(0, dtype=object), nothing, nothing, nothing, nothing)


def texts(values: Any) -> np.ndarray:
    """Return texts as an array of objects."""
    out = list(values)
    array = np.empty(len(out), dtype=object)
    array[:] = out
    return array
