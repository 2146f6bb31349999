"""Travel between places, worked out anew from coordinates and travel rules or from the user's matrix (R-V2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.scenario import Scenario
from territory.domain.travel_rules import TravelRules

EARTH_KM = 6371.0088
MINUTE_SLACK = 1e-5
"""Part of a minute by which two correct formulas may differ before rounding up."""


@dataclass(frozen=True)
class Legs:
    """Legs between pairs of places.

    Attributes
    ----------
    least, most : array of int
        Whole minutes; they differ only where rounding up is a matter of the last digit. -1: no way.
    km : array of float
    """

    least: Ints
    most: Ints
    km: Floats

    def right(self, minutes: Ints) -> np.ndarray:
        """Whether given minutes are those of the legs."""
        return np.asarray((minutes >= self.least) & (minutes <= self.most))


def travel_legs(scenario: Scenario, origin: Ints, destination: Ints) -> Legs:
    """Return the legs between places: customers by index, then the reps' start places, ``customers + rep``."""
    if scenario.travel is not None:
        minutes = scenario.travel.minutes[origin, destination].astype(np.int64)
        return Legs(minutes, minutes, scenario.travel.km[origin, destination].astype(np.float64))
    rules = scenario.settings.travel
    place = _unit_vectors(scenario)
    chord = np.linalg.norm(place[origin] - place[destination], axis=1)
    km = 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0)) * rules.detour
    minutes_exact = 60 * _driving_hours(rules, km, *(_zone_of(rules, place[ends]) for ends in (origin, destination)))
    stop = np.where(km > 0, rules.stop_minutes, 0)
    least, most = (
        (np.ceil(np.maximum(minutes_exact + slack, 0)) + stop).astype(np.int64)
        for slack in (-MINUTE_SLACK, MINUTE_SLACK * (km > 0))
    )
    return Legs(least, most, km)


def base_places(scenario: Scenario, rep: Ints) -> Ints:
    """Return the place numbers of reps' start places."""
    return len(scenario.customers) + rep


def _zone_of(rules: TravelRules, place: Floats) -> Ints:
    """Return the smallest speed zone around each place, the first of several; -1 where there is none."""
    found, size = np.full(len(place), -1, dtype=np.int64), np.full(len(place), np.inf)
    for number, zone in enumerate(rules.zones):
        chord = np.linalg.norm(place - _on_sphere(np.array([zone.lat]), np.array([zone.lon])), axis=1)
        inside = (2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1.0)) <= zone.radius_km) & (zone.radius_km < size)
        found[inside], size[inside] = number, zone.radius_km
    return found


def _driving_hours(rules: TravelRules, km: Floats, origin: Ints, destination: Ints) -> Floats:
    """Return hours on the road: one zone's speed inside it, else the city part by halves and the rest at road speed."""
    slow = np.minimum(km, rules.city_km)
    pace = 1 / np.array([*(zone.speed_kmh for zone in rules.zones), rules.city_speed_kmh])
    hours = slow * (pace[origin] + pace[destination]) / 2 + (km - slow) / rules.road_speed_kmh
    return np.where((origin == destination) & (origin >= 0), km * pace[origin], hours)


def _unit_vectors(scenario: Scenario) -> Floats:
    who, reps, workday = scenario.customers, scenario.reps, scenario.settings.workday
    start_lat, start_lon = reps.home_lat, reps.home_lon
    if workday.start_from == "office" and workday.office_lat is not None and workday.office_lon is not None:
        start_lat, start_lon = np.full(len(reps), workday.office_lat), np.full(len(reps), workday.office_lon)
    return _on_sphere(np.concatenate([who.lat, start_lat]), np.concatenate([who.lon, start_lon]))


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
