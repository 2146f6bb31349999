"""Travel between places, worked out anew from coordinates and travel rules or from the user's matrix (R-V2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Floats, Ints
from territory.domain.scenario import Scenario

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
    slow = np.minimum(km, rules.city_km)
    minutes_exact = 60 * (slow / rules.city_speed_kmh + (km - slow) / rules.road_speed_kmh)
    stop = np.where(km > 0, rules.stop_minutes, 0)
    least, most = (
        (np.ceil(np.maximum(minutes_exact + slack, 0)) + stop).astype(np.int64)
        for slack in (-MINUTE_SLACK, MINUTE_SLACK * (km > 0))
    )
    return Legs(least, most, km)


def base_places(scenario: Scenario, rep: Ints) -> Ints:
    """Return the place numbers of reps' start places."""
    return len(scenario.customers) + rep


def _unit_vectors(scenario: Scenario) -> Floats:
    who, reps, workday = scenario.customers, scenario.reps, scenario.settings.workday
    start_lat, start_lon = reps.home_lat, reps.home_lon
    if workday.start_from == "office" and workday.office_lat is not None and workday.office_lon is not None:
        start_lat, start_lon = np.full(len(reps), workday.office_lat), np.full(len(reps), workday.office_lon)
    lat, lon = np.radians(np.concatenate([who.lat, start_lat])), np.radians(np.concatenate([who.lon, start_lon]))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
