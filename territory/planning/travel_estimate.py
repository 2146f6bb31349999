"""Travel minutes before any route exists: a stem to the area and a tour inside it.

A day with ``v`` visits drives two stems and ``v - 1`` legs. A leg follows Beardwood, Halton and Hammersley,
``0.7124 * sqrt(area per stop)``: the area per customer is measured locally, at the fourth nearest neighbour, so that
towns and empty country each get their own. As visits of mixed frequency cannot all be bundled into one corner a day,
the stops of a day are sparser than the customers; the truth lies between both densities, and the estimate at their
geometric mean. One coefficient, fitted to routed minutes by `refit`, takes what remains.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from territory.domain.customers import NONE, Floats, Ints
from territory.domain.scenario import CallPlan, Scenario
from territory.planning.travel import EARTH_RADIUS_KM, UNREACHABLE, smooth_minutes, zone_of

TOUR_CONSTANT = 0.7124
NEIGHBOURS = 4
REFIT_BOUNDS = (0.2, 5.0)


@dataclass(frozen=True)
class TravelEstimate:
    """What a visit costs on the road.

    Attributes
    ----------
    leg_minutes : array of float, shape (customers,)
        From the stop before, inside the area.
    stem_minutes : array of float, shape (customers,)
        From the nearest start place, one way; for customers reached on trips the share of one day.
    coefficient : float
        Fitted factor on both.
    """

    leg_minutes: Floats
    stem_minutes: Floats
    coefficient: float = 1.0

    def per_visit(self, calls: CallPlan, rep_days_per_week: float) -> Floats:
        """Return minutes of travel that a visit to each customer takes on its share, in days of equal length."""
        visits_per_day = max(1.0, float(calls.visits_per_week.sum()) / max(rep_days_per_week, 1e-9))
        inside = self.leg_minutes * (1 - 1 / visits_per_day)
        return self.coefficient * (inside + 2 * self.stem_minutes / visits_per_day)

    def per_week(self, calls: CallPlan, rep_days_per_week: float) -> Floats:
        """Return minutes of travel a week for each customer."""
        return calls.visits_per_week * self.per_visit(calls, rep_days_per_week)


def estimate_travel(scenario: Scenario, calls: CallPlan, *, coefficient: float = 1.0) -> TravelEstimate:
    """Estimate legs and stems of all customers.

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    coefficient : float
        From an earlier `refit`.
    """
    visited = calls.visits > 0
    visits_per_week = float(calls.visits_per_week.sum())
    days = field_days_per_week(scenario)
    thinning = (max(1.0, visited.sum() * days / visits_per_week) if visits_per_week > 0 else 1.0) ** 0.25
    return TravelEstimate(
        leg_minutes=np.maximum(_tour_legs(scenario, thinning), nearest_leg_minutes(scenario)),
        stem_minutes=_stems(scenario),
        coefficient=coefficient,
    )


def refit(estimate: TravelEstimate, estimated: Floats, routed: Floats) -> TravelEstimate:
    """Return the estimate with its coefficient moved to the median ratio of routed to estimated minutes.

    Parameters
    ----------
    estimate : TravelEstimate
    estimated, routed : array of float, shape (reps,)
        Minutes an average week of each rep, by this estimate and by the routes; reps without either are left out.
    """
    known = (estimated > 0) & (routed > 0)
    if not known.any():
        return estimate
    ratio = float(np.median(routed[known] / estimated[known]))
    return dataclasses.replace(estimate, coefficient=float(np.clip(estimate.coefficient * ratio, *REFIT_BOUNDS)))


def nearest_leg_minutes(scenario: Scenario) -> Floats:
    """Return minutes from the nearest other place to each customer: no visit is reached in less (proven)."""
    if scenario.travel is not None:
        minutes = scenario.travel.minutes[:, : len(scenario.customers)].astype(np.float64)
        minutes[minutes == UNREACHABLE] = np.inf
        np.fill_diagonal(minutes, np.inf)
        nearest = minutes.min(axis=0)
        return np.where(np.isfinite(nearest), nearest, 0.0)
    places = np.vstack([_on_globe(scenario), _starts_on_globe(scenario)])
    chord = _nearest_chord(places, _on_globe(scenario), 2)
    # A micrometre less, because chords and haversines round differently and the bound must stay one.
    rules = scenario.settings.travel
    road_km = np.maximum(_arc_km(chord) - 1e-9, 0.0) * rules.detour
    zone = _zones(scenario)
    origins = (NONE, *range(len(rules.zones)))  # the nearest in km may be in a slow zone: whichever is quickest
    quickest = np.stack([smooth_minutes(road_km, rules, origin, zone) for origin in origins]).min(axis=0)
    return np.asarray(quickest, dtype=np.float64)


def field_days_per_week(scenario: Scenario) -> float:
    """Return the days of an average week on which a rep is at work."""
    calendar = scenario.calendar
    return float(calendar.working.sum()) * 7 / calendar.days * (1 - scenario.settings.workday.absence_share)


def _tour_legs(scenario: Scenario, thinning: float) -> Floats:
    customers = len(scenario.customers)
    neighbours = min(NEIGHBOURS, customers - 1)
    if neighbours < 1:
        return np.zeros(customers)
    factor = TOUR_CONSTANT * np.sqrt(np.pi / neighbours) * thinning
    rules = scenario.settings.travel
    if scenario.travel is not None:
        minutes = scenario.travel.minutes[:customers, :customers].astype(np.float64)
        minutes[minutes == UNREACHABLE] = np.inf
        np.fill_diagonal(minutes, np.inf)
        reach = np.partition(minutes, neighbours - 1, axis=0)[neighbours - 1]
        driving = np.where(np.isfinite(reach), np.maximum(reach - rules.stop_minutes, 0), 0.0)
        return np.asarray(driving * factor + rules.stop_minutes * (driving > 0), dtype=np.float64)
    globe = _on_globe(scenario)
    chord = _nearest_chord(globe, globe, neighbours + 1)
    zone = _zones(scenario)
    return smooth_minutes(_arc_km(chord) * rules.detour * factor, rules, zone, zone)


def _stems(scenario: Scenario) -> Floats:
    rules, visits = scenario.settings.travel, scenario.settings.visits
    if scenario.travel is not None:
        customers = len(scenario.customers)
        minutes = scenario.travel.minutes[customers:, :customers].astype(np.float64)
        reachable = minutes != UNREACHABLE
        nearest = np.where(reachable, minutes, np.inf).min(axis=0)
        km = np.where(reachable, scenario.travel.km[customers:, :customers], np.inf).min(axis=0)
        stems = np.where(np.isfinite(nearest), nearest, 0.0)
    else:
        chord, start = cKDTree(_starts_on_globe(scenario)).query(_on_globe(scenario))
        km = _arc_km(np.asarray(chord, dtype=np.float64)) * rules.detour
        stems = smooth_minutes(
            km, rules, zone_of(scenario.start_lat, scenario.start_lon, rules)[start], _zones(scenario)
        )
    on_trip = (km > visits.trip_beyond_km) & np.isfinite(km) & (visits.trip_beyond_km > 0)
    return np.where(on_trip, stems / visits.trip_max_days, stems)


def _zones(scenario: Scenario) -> Ints:
    return zone_of(scenario.customers.lat, scenario.customers.lon, scenario.settings.travel)


def _on_globe(scenario: Scenario) -> NDArray[np.float64]:
    return _unit_vectors(scenario.customers.lat, scenario.customers.lon)


def _starts_on_globe(scenario: Scenario) -> NDArray[np.float64]:
    return _unit_vectors(scenario.start_lat, scenario.start_lon)


def _unit_vectors(lat: Floats, lon: Floats) -> NDArray[np.float64]:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.column_stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def _nearest_chord(places: NDArray[np.float64], points: NDArray[np.float64], rank: int) -> Floats:
    """Return the straight distance from each point to its `rank`-th nearest place, itself counted where it is one."""
    distance, _ = cKDTree(places).query(points, k=[rank])
    return np.asarray(distance, dtype=np.float64)[:, 0]


def _arc_km(chord: Floats) -> Floats:
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1)))


def travel_by_rep(per_week: Floats, rep: Ints, reps: int) -> Floats:
    """Return minutes of travel a week for each rep from those of the customers."""
    return np.bincount(rep, per_week, reps).astype(np.float64)
