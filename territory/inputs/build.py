"""A draft without problems becomes a scenario: sorted by id, references as indices, coordinates in WGS-84."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import date
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.absences import Absences
from territory.domain.appointments import Appointments
from territory.domain.calendar import build_calendar
from territory.domain.customers import NONE, Customers, Floats, Ints, Opportunities, Strings
from territory.domain.reps import STAYS, Reps
from territory.domain.scenario import Scenario, TravelMatrix
from territory.domain.settings import TIERS, WEEKDAYS, Settings
from territory.domain.territory_rules import MEASURES
from territory.inputs.datum import to_wgs84
from territory.inputs.draft import Draft
from territory.inputs.parse_table import Table

UNREACHABLE = -1


def build_scenario(draft: Draft) -> Scenario:
    """Return the scenario a draft without problems describes."""
    settings = _in_wgs84(draft.settings)
    rep_index = _index(draft.reps.values["rep_id"])
    customer_index = _index(draft.customers.values["customer_id"])
    return Scenario(
        settings=settings,
        customers=_customers(draft.customers, rep_index, settings),
        reps=_reps(draft.reps, settings),
        opportunities=_opportunities(draft.tables["opportunities"], customer_index, settings),
        calendar=build_calendar(settings.scenario.start, settings.workday, overrides(draft.tables["holidays"])),
        travel=_travel(draft.tables["travel"], customer_index, rep_index),
        adjacency=_adjacency(draft.tables["adjacency"], customer_index) if draft.settings.files.adjacency else None,
        absences=_absences(draft.tables["absences"], settings),
        appointments=_appointments(draft.tables["appointments"], customer_index, settings),
        sources=draft.sources,
    )


class _Columns:
    """The columns of a table in the order of its ids, as arrays."""

    def __init__(self, table: Table, key: str) -> None:
        ids = table.values[key]
        self._table = table
        self.order = sorted(range(len(ids)), key=ids.__getitem__)

    def values(self, name: str) -> list[Any]:
        column = self._table.values[name]
        return [column[i] for i in self.order]

    def texts(self, name: str) -> Strings:
        return _objects(value if value is not None else "" for value in self.values(name))

    def ints(self, name: str, default: int = NONE) -> Ints:
        return np.array([default if value is None else value for value in self.values(name)], dtype=np.int64)

    def floats(self, name: str, default: float = np.nan) -> Floats:
        return np.array([default if value is None else value for value in self.values(name)], dtype=np.float64)

    def indices(self, name: str, index: dict[str, int]) -> Ints:
        values = self.values(name)
        return np.array([NONE if value is None else index[value] for value in values], dtype=np.int64)

    def hours(self, name: str) -> Ints:
        given = [(NONE, NONE) if value is None else value for value in self.values(name)]
        return np.array(given, dtype=np.int64).reshape(-1, 2)

    def ordinals(self, name: str) -> Ints:
        values = self.values(name)
        return np.array([NONE if value is None else value.toordinal() for value in values], dtype=np.int64)


def _customers(table: Table, rep_index: dict[str, int], settings: Settings) -> Customers:
    columns = _Columns(table, "customer_id")
    lat, lon = to_wgs84(columns.floats("lat"), columns.floats("lon"), settings.files.coordinate_system)
    sales = columns.ints("annual_sales", 0)
    potential = columns.ints("potential")
    tiers = {tier: i for i, tier in enumerate(TIERS)}
    weekdays = {str(name): i for i, name in enumerate(WEEKDAYS)}
    return Customers(
        customer_id=columns.texts("customer_id"),
        name=columns.texts("name"),
        lat=lat,
        lon=lon,
        city=columns.texts("city"),
        region=columns.texts("region"),
        product_line=columns.texts("product_line"),
        segment=columns.texts("segment"),
        competitor=columns.texts("competitor"),
        given_tier=columns.indices("tier", tiers),
        annual_sales_cents=sales,
        potential_cents=np.where(potential == NONE, sales, potential),
        monthly_demand_cents=columns.ints("monthly_demand"),
        visits=columns.ints("visits"),
        per_weeks=columns.ints("per_weeks"),
        visit_minutes=columns.ints("visit_minutes"),
        window_open=columns.ints("window_open"),
        window_close=columns.ints("window_close"),
        weekday_hours=np.stack([columns.hours(f"open_{day}") for day in WEEKDAYS], axis=1),
        closed_weekday=columns.indices("closed_weekday", weekdays),
        preferred_weekday=columns.indices("preferred_weekday", weekdays),
        current_rep=columns.indices("current_rep", rep_index),
        locked_rep=columns.indices("locked_rep", rep_index),
        since=columns.ordinals("customer_since"),
        decides_by=columns.ordinals("decides_by"),
        measures={name: columns.floats(name, 0.0) for name in settings.territories.balance if name not in MEASURES},
    )


def _reps(table: Table, settings: Settings) -> Reps:
    columns = _Columns(table, "rep_id")
    start = settings.scenario.start
    lat, lon = to_wgs84(columns.floats("home_lat"), columns.floats("home_lon"), settings.files.coordinate_system)
    hired = columns.values("hired")
    new_hire = [
        day is not None and day >= start if new is None else new
        for new, day in zip(columns.values("new_hire"), hired, strict=True)
    ]
    return Reps(
        rep_id=columns.texts("rep_id"),
        name=columns.texts("name"),
        home_lat=lat,
        home_lon=lon,
        is_manager=np.array([bool(value) for value in columns.values("is_manager")], dtype=bool),
        share=columns.floats("share", 1.0),
        hours_per_week=columns.floats("hours_per_week"),
        product_lines=tuple(value or frozenset() for value in columns.values("product_lines")),
        preferred_regions=tuple(value or frozenset() for value in columns.values("preferred_regions")),
        hired_day=_days(hired, start),
        new_hire=np.array(new_hire, dtype=bool),
        monthly_salary_cents=columns.ints("monthly_salary", settings.budget.pay_month),
        shares={
            name: columns.floats(f"share_{name}")
            for name in settings.territories.balance
            if f"share_{name}" in table.present
        },
        left_day=np.array(
            [STAYS if day is None else (day - start).days for day in columns.values("leaves")], dtype=np.int64
        ),
        shared_area=columns.texts("shared_area"),
    )


def _opportunities(table: Table, customer_index: dict[str, int], settings: Settings) -> Opportunities:
    columns = _Columns(table, "opportunity_id")
    return Opportunities(
        opportunity_id=columns.texts("opportunity_id"),
        customer=columns.indices("customer_id", customer_index),
        stage_percent=columns.ints("stage"),
        value_cents=columns.ints("value"),
        opened_day=_days(columns.values("opened"), settings.scenario.start),
    )


def _absences(table: Table, settings: Settings) -> Absences:
    columns = _Columns(table, "rep_id")
    first, start = columns.values("first_day"), settings.scenario.start
    last = [day or begin for day, begin in zip(columns.values("last_day"), first, strict=True)]
    order = sorted(range(len(first)), key=lambda k: (columns.values("rep_id")[k], first[k]))
    return Absences(
        rep_id=columns.texts("rep_id")[order],
        first_day=_days(first, start)[order],
        last_day=_days(last, start)[order],
        reason=_objects(value or "absence" for value in columns.values("reason"))[order],
    )


def _appointments(table: Table, customer_index: dict[str, int], settings: Settings) -> Appointments:
    columns = _Columns(table, "customer_id")
    customer, day = (
        columns.indices("customer_id", customer_index),
        _days(columns.values("date"), settings.scenario.start),
    )
    start = columns.ints("time")
    order = np.lexsort((customer, start, day))
    return Appointments(customer[order], day[order], start[order], columns.ints("minutes")[order])


def overrides(table: Table) -> dict[date, tuple[str, str]]:
    """Return kind and name of the days in the table of holidays."""
    names = (name or "" for name in table.values["name"])
    return dict(zip(table.values["date"], zip(table.values["kind"], names, strict=True), strict=True))


def _travel(table: Table, customer_index: dict[str, int], rep_index: dict[str, int]) -> TravelMatrix | None:
    if not len(table):
        return None
    size = len(customer_index) + len(rep_index)
    place = customer_index | {rep: len(customer_index) + i for rep, i in rep_index.items()}
    minutes = np.full((size, size), UNREACHABLE, dtype=np.int32)
    km = np.full((size, size), UNREACHABLE, dtype=np.float32)
    origin = np.array([place[name] for name in table.values["from_id"]], dtype=np.int64)
    goal = np.array([place[name] for name in table.values["to_id"]], dtype=np.int64)
    minutes[origin, goal] = [UNREACHABLE if x is None else ceil(x) for x in table.values["minutes"]]
    km[origin, goal] = [UNREACHABLE if x is None else x for x in table.values["km"]]
    np.fill_diagonal(minutes, 0)
    np.fill_diagonal(km, 0)
    return TravelMatrix(minutes, km)


def _adjacency(table: Table, customer_index: dict[str, int]) -> Ints:
    ends = [[customer_index[name] for name in table.values[key]] for key in ("customer_id", "neighbour_id")]
    pairs = np.sort(np.array(ends, dtype=np.int64).reshape(2, -1).T, axis=1)
    return np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)


def _in_wgs84(settings: Settings) -> Settings:
    """Return the settings with the office and the speed zones in WGS-84."""
    system, workday, travel = settings.files.coordinate_system, settings.workday, settings.travel
    if workday.office_lat is not None and workday.office_lon is not None:
        lat, lon = to_wgs84(np.array([workday.office_lat]), np.array([workday.office_lon]), system)
        workday = dataclasses.replace(workday, office_lat=float(lat[0]), office_lon=float(lon[0]))
    lat, lon = to_wgs84(
        np.array([zone.lat for zone in travel.zones]), np.array([zone.lon for zone in travel.zones]), system
    )
    zones = tuple(
        dataclasses.replace(zone, lat=float(y), lon=float(x)) for zone, y, x in zip(travel.zones, lat, lon, strict=True)
    )
    travel = dataclasses.replace(travel, zones=zones)
    return dataclasses.replace(settings, workday=workday, travel=travel)


def _days(dates: Sequence[date | None], start: date) -> Ints:
    return np.array([0 if day is None else (day - start).days for day in dates], dtype=np.int64)


def _index(ids: Sequence[str]) -> dict[str, int]:
    return {name: i for i, name in enumerate(sorted(ids))}


def _objects(values: Iterable[str]) -> NDArray[np.object_]:
    found = list(values)
    out = np.empty(len(found), dtype=object)
    out[:] = found
    return out
