"""Minutes and kilometres between places, from coordinates or from the user's matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.domain.scenario import Scenario
from territory.domain.settings import TravelRules

EARTH_RADIUS_KM = 6371.0088
UNREACHABLE = -1

Coordinates = NDArray[np.float64]


@dataclass(frozen=True)
class RepTravel:
    """Travel inside one territory; place 0 is the rep's start place, place 1 + i the i-th customer.

    Attributes
    ----------
    minutes : array of int32, shape (1 + customers, 1 + customers)
        Whole minutes, rounded up, since field staff plan in minutes; `UNREACHABLE` where there is no way.
    km : array of float32, same shape
    """

    minutes: NDArray[np.int32]
    km: NDArray[np.float32]


def great_circle_km(
    from_lat: Coordinates, from_lon: Coordinates, to_lat: Coordinates, to_lon: Coordinates
) -> NDArray[np.float64]:
    """Return the distance on the globe (haversine) between broadcast coordinates in degrees."""
    lat1, lon1, lat2, lon2 = (np.radians(x) for x in (from_lat, from_lon, to_lat, to_lon))
    half_chord = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half_chord, 0, 1))))


def road_minutes(road_km: NDArray[np.float64], rules: TravelRules) -> NDArray[np.int32]:
    """Return whole minutes for road kilometres: city speed first, road speed beyond, a stop at the end of each leg."""
    city = np.minimum(road_km, rules.city_km)
    hours = city / rules.city_speed_kmh + (road_km - city) / rules.road_speed_kmh
    minutes = np.ceil(np.round(hours * 60, 6)) + rules.stop_minutes * (road_km > 0)
    return np.asarray(minutes, dtype=np.int32)


def rep_travel(scenario: Scenario, rep: int, customers: Ints) -> RepTravel:
    """Return the travel of one rep among the given customers.

    Parameters
    ----------
    scenario : Scenario
    rep : int
        Index of the rep, whose start place becomes place 0.
    customers : array of int
        Indices of the customers, in the order of places 1, 2, ...
    """
    if scenario.travel is not None:
        places = np.concatenate([[len(scenario.customers) + rep], customers]).astype(np.int64)
        block = np.ix_(places, places)
        return RepTravel(scenario.travel.minutes[block], scenario.travel.km[block])
    who = scenario.customers
    lat = np.concatenate([[scenario.start_lat[rep]], who.lat[customers]])
    lon = np.concatenate([[scenario.start_lon[rep]], who.lon[customers]])
    rules = scenario.settings.travel
    road_km = great_circle_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :]) * rules.detour
    np.fill_diagonal(road_km, 0.0)
    return RepTravel(road_minutes(road_km, rules), road_km.astype(np.float32))


def base_travel(scenario: Scenario) -> RepTravel:
    """Return minutes and km from every rep's start place to every customer, shape (reps, customers)."""
    if scenario.travel is not None:
        customers = len(scenario.customers)
        return RepTravel(scenario.travel.minutes[customers:, :customers], scenario.travel.km[customers:, :customers])
    who, rules = scenario.customers, scenario.settings.travel
    crow_km = great_circle_km(
        scenario.start_lat[:, None], scenario.start_lon[:, None], who.lat[None, :], who.lon[None, :]
    )
    return RepTravel(road_minutes(crow_km * rules.detour, rules), (crow_km * rules.detour).astype(np.float32))
