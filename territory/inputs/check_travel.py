"""Checks of what a scenario says about travel: speed zones, and the places of the travel matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import asin, cos, radians, sin, sqrt

from territory.errors import Problem
from territory.inputs.draft import Draft, cell_problem
from territory.inputs.parse_table import ALIKE_SHOWN, Table
from territory.inputs.problems import problem

EARTH_KM = 6371.0088


def check_travel(draft: Draft) -> Iterator[Problem]:
    """Run every check of this file."""
    for check in CHECKS:
        yield from check(draft)


def check_zones_known(draft: Draft) -> Iterator[Problem]:
    """Require a name of its own for each speed zone, and a customer or rep inside it."""
    zones = draft.settings.travel.zones
    if not zones or draft.document.is_broken("travel.zones") or not draft.customers.readable or not draft.reps.readable:
        return
    places = [*_places(draft.customers, "lat", "lon"), *_places(draft.reps, "home_lat", "home_lon")]
    for i, zone in enumerate(zones):
        path = f"travel.zones.{i}"
        if any(zone.name == other.name for other in zones[:i]):
            yield draft.document.problem("twice_in_list", f"{path}.name", zone.name, item=zone.name)
        if places and not any(_km(zone.lat, zone.lon, lat, lon) <= zone.radius_km for lat, lon in places):
            yield draft.document.problem("zone_empty", f"{path}.lat", f"{zone.lat:g}, {zone.lon:g}", name=zone.name)


def check_matrix_places(draft: Draft) -> Iterator[Problem]:
    """Require every customer and rep in the travel matrix; a pair without a row has no way."""
    table = draft.tables["travel"]
    named = set(table.values["from_id"]) | set(table.values["to_id"])
    if not len(table) or table.torn_cells or not draft.customers.readable or not draft.reps.readable:
        return
    if not named <= draft.customer_ids.keys() | draft.rep_ids.keys():
        return  # a misspelt place is told by itself
    for home, key in ((draft.customers, "customer_id"), (draft.reps, "rep_id")):
        absent = [(i, name) for i, name in home.given(key) if name not in named]
        for i, name in absent[:ALIKE_SHOWN]:
            yield cell_problem("travel_place_missing", home, i, key, name, id=name, matrix=table.file)
        if len(absent) > ALIKE_SHOWN:
            yield problem("more_alike", file=home.file, column=key, count=len(absent) - ALIKE_SHOWN)


def _places(table: Table, lat: str, lon: str) -> list[tuple[float, float]]:
    pairs = zip(table.values[lat], table.values[lon], strict=True)
    return [(y, x) for y, x in pairs if y is not None and x is not None]


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    one, two, east = radians(lat), radians(other_lat), radians(other_lon - lon)
    half_chord = sin((two - one) / 2) ** 2 + cos(one) * cos(two) * sin(east / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half_chord)))


CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (check_zones_known, check_matrix_places)
