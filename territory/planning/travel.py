"""Minutes and kilometres between places, from coordinates or from the user's matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import Scenario
from territory.domain.travel_rules import TravelRules

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


def zone_of(lat: Coordinates, lon: Coordinates, rules: TravelRules) -> Ints:
    """Return the speed zone each place lies in, `NONE` outside all; the smallest of several, then the first."""
    zone = np.full(np.shape(lat), NONE, dtype=np.int64)
    by_size = sorted(range(len(rules.zones)), key=lambda k: (-rules.zones[k].radius_km, -k))
    for k in by_size:
        disc = rules.zones[k]
        zone[great_circle_km(lat, lon, np.array(disc.lat), np.array(disc.lon)) <= disc.radius_km] = k
    return zone


def smooth_minutes(road_km: Floats, rules: TravelRules, origin: Ints | int = NONE, goal: Ints | int = NONE) -> Floats:
    """Return minutes for road kilometres without rounding up, the stop included.

    Parameters
    ----------
    road_km : array of float
    rules : TravelRules
    origin, goal : array of int, or one for all
        Speed zones of both ends (`zone_of`). Inside one zone its speed holds throughout; otherwise the first `city_km`
        are driven half at the speed of one end, half at that of the other, and the rest at road speed.
    """
    speed = np.array([*(zone.speed_kmh for zone in rules.zones), rules.city_speed_kmh])  # NONE is the last
    city = np.minimum(road_km, rules.city_km)
    half = city / 2
    hours = half / speed[origin] + half / speed[goal] + (road_km - city) / rules.road_speed_kmh
    inside = np.equal(origin, goal) & np.not_equal(origin, NONE)
    hours = np.where(inside, road_km / speed[goal], hours)
    return np.asarray(hours * 60 + rules.stop_minutes * (road_km > 0), dtype=np.float64)


def road_minutes(
    road_km: Floats, rules: TravelRules, origin: Ints | int = NONE, goal: Ints | int = NONE
) -> NDArray[np.int32]:
    """Return whole minutes for road kilometres, rounded up, with the stop; parameters as of `smooth_minutes`."""
    driving = smooth_minutes(road_km, rules, origin, goal) - rules.stop_minutes * (road_km > 0)
    minutes = np.ceil(np.round(driving, 6)) + rules.stop_minutes * (road_km > 0)
    return np.asarray(minutes, dtype=np.int32)


def globe_travel(lat: Coordinates, lon: Coordinates, rules: TravelRules) -> RepTravel:
    """Return travel between all places by distances on the globe, shape (places, places)."""
    road_km = great_circle_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :]) * rules.detour
    np.fill_diagonal(road_km, 0.0)
    zone = zone_of(lat, lon, rules)
    return RepTravel(road_minutes(road_km, rules, zone[:, None], zone[None, :]), road_km.astype(np.float32))


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
    return globe_travel(lat, lon, scenario.settings.travel)


def base_travel(scenario: Scenario) -> RepTravel:
    """Return minutes and km from every rep's start place to every customer, shape (reps, customers)."""
    if scenario.travel is not None:
        customers = len(scenario.customers)
        return RepTravel(scenario.travel.minutes[customers:, :customers], scenario.travel.km[customers:, :customers])
    who, rules = scenario.customers, scenario.settings.travel
    crow_km = great_circle_km(
        scenario.start_lat[:, None], scenario.start_lon[:, None], who.lat[None, :], who.lon[None, :]
    )
    starts = zone_of(scenario.start_lat, scenario.start_lon, rules)
    goals = zone_of(who.lat, who.lon, rules)
    minutes = road_minutes(crow_km * rules.detour, rules, starts[:, None], goals[None, :])
    return RepTravel(minutes, (crow_km * rules.detour).astype(np.float32))
