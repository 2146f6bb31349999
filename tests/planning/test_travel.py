"""Minutes and kilometres from coordinates or a matrix, and the estimate before routes exist."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.domain.scenario import TravelMatrix, call_plan
from territory.domain.travel_rules import SpeedZone, TravelRules
from territory.planning.travel import (
    UNREACHABLE,
    base_travel,
    great_circle_km,
    rep_travel,
    road_minutes,
    smooth_minutes,
    zone_of,
)
from territory.planning.travel_estimate import (
    REFIT_BOUNDS,
    estimate_travel,
    nearest_leg_minutes,
    refit,
    travel_by_rep,
)
from tests.factories import settings_with, small_scenario


def test_xian_to_beijing_is_some_910_km():
    km = great_circle_km(np.array(34.26), np.array(108.94), np.array(39.9), np.array(116.4))
    assert 900 < float(km) < 920


def test_minutes_use_city_speed_first_then_road_speed_then_the_stop():
    rules = TravelRules(city_speed_kmh=30, road_speed_kmh=60, city_km=10, stop_minutes=3)
    assert road_minutes(np.array([0.0, 5.0, 40.0]), rules).tolist() == [0, 13, 53]


@given(st.floats(0, 500), st.floats(0, 500))
def test_farther_never_takes_less_and_the_smooth_form_rounds_nothing_up(one, two):
    rules = TravelRules()
    near, far = sorted([one, two])
    minutes = road_minutes(np.array([near, far]), rules)
    assert minutes[0] <= minutes[1]
    smooth = smooth_minutes(np.array([near, far]), rules)
    assert ((smooth <= minutes + 1e-5) & (minutes < smooth + 1 + 1e-5)).all()


CENTRE = SpeedZone("centre", 34.26, 108.94, radius_km=5, speed_kmh=12)
RING = SpeedZone("ring", 34.26, 108.94, radius_km=20, speed_kmh=40)


def test_the_smallest_zone_around_a_place_counts():
    rules = TravelRules(zones=(RING, CENTRE))
    lat = np.array([34.26, 34.35, 35.0])
    assert zone_of(lat, np.full(3, 108.94), rules).tolist() == [1, 0, -1]


def test_a_leg_inside_a_zone_takes_its_speed_and_a_leg_across_takes_half_of_its_city_km_at_each_end():
    rules = TravelRules(city_speed_kmh=30, road_speed_kmh=60, city_km=10, stop_minutes=3, zones=(RING, CENTRE))
    km = np.array([12.0])
    assert road_minutes(km, rules, 1, 1).tolist() == [63]
    assert road_minutes(km, rules, 1, 0).tolist() == [25 + 8 + 2 + 3]  # 5 km at 12, 5 km at 40, 2 km at 60 km/h
    assert road_minutes(km, rules, 0, -1).tolist() == [8 + 10 + 2 + 3]
    assert road_minutes(km, rules, -1, -1).tolist() == road_minutes(km, TravelRules(city_speed_kmh=30)).tolist()


def test_a_slow_centre_makes_no_leg_shorter_and_leaves_legs_outside_alone():
    plain = small_scenario(30, 2)
    slowed = plain.replace(travel={"zones": (CENTRE,)})
    before, after = (rep_travel(s, 0, np.arange(30)).minutes for s in (plain.replace(travel={}), slowed))
    inside = zone_of(plain.customers.lat, plain.customers.lon, slowed.settings.travel)
    assert (after >= before).all()
    away = np.flatnonzero(inside == -1) + 1
    assert (after[np.ix_(away, away)] == before[np.ix_(away, away)]).all()
    centre = np.flatnonzero(inside == 0) + 1
    assert (after[np.ix_(centre, centre)] > before[np.ix_(centre, centre)])[~np.eye(len(centre), dtype=bool)].all()


@given(
    st.lists(st.tuples(st.floats(33.9, 34.6), st.floats(108.5, 109.4)), min_size=2, max_size=12),
    st.lists(
        st.builds(
            SpeedZone,
            st.just("zone"),
            st.floats(34.0, 34.5),
            st.floats(108.6, 109.2),
            radius_km=st.floats(1, 30),
            speed_kmh=st.floats(5, 120),
        ),
        max_size=3,
    ),
)
def test_no_visit_is_reached_in_less_than_the_bound_whatever_the_zones(points, zones):
    lat, lon = np.array(points).T
    scenario = small_scenario(len(lat), 1)
    customers = dataclasses.replace(scenario.customers, lat=lat, lon=lon)
    scenario = scenario.replace(customers=customers, settings=settings_with(travel={"zones": tuple(zones)}))
    minutes = rep_travel(scenario, 0, np.arange(len(lat))).minutes
    np.fill_diagonal(minutes, np.iinfo(np.int32).max)
    assert (nearest_leg_minutes(scenario) <= minutes.min(axis=0)[1:] + 1e-9).all()


def test_a_rep_travels_from_the_start_place_through_own_customers():
    scenario = small_scenario(6, 2)
    travel = rep_travel(scenario, 1, np.array([4, 2]))
    base = base_travel(scenario)
    assert travel.minutes.shape == (3, 3)
    assert travel.minutes[0, 1:].tolist() == base.minutes[1, [4, 2]].tolist()
    assert (np.diag(travel.minutes) == 0).all()


def with_matrix(scenario, minutes):
    minutes = np.array(minutes, dtype=np.int32)
    return scenario.replace(travel=TravelMatrix(minutes, minutes.astype(np.float32) / 2))


def test_a_given_matrix_is_used_as_it_is():
    scenario = with_matrix(small_scenario(2, 1), [[0, 5, 6], [7, 0, 8], [9, 10, 0]])
    assert rep_travel(scenario, 0, np.array([1, 0])).minutes.tolist() == [[0, 10, 9], [8, 0, 7], [6, 5, 0]]
    assert base_travel(scenario).minutes.tolist() == [[9, 10]]
    assert nearest_leg_minutes(scenario).tolist() == [7, 5]


def test_a_customer_without_any_way_has_no_leg():
    no = UNREACHABLE
    scenario = with_matrix(small_scenario(2, 1), [[0, no, no], [no, 0, 8], [no, 10, 0]])
    assert nearest_leg_minutes(scenario).tolist() == [0, 10]
    estimate = estimate_travel(scenario, call_plan(scenario, np.zeros(2, dtype=np.int64)))
    assert np.isfinite(estimate.leg_minutes).all()
    assert estimate.stem_minutes.tolist() == [0, 10]


def test_customers_at_one_point_take_no_legs():
    scenario = small_scenario(5, 1)
    customers = dataclasses.replace(scenario.customers, lat=np.full(5, 34.0), lon=np.full(5, 109.0))
    estimate = estimate_travel(scenario.replace(customers=customers), call_plan(scenario, np.zeros(5, dtype=np.int64)))
    assert estimate.leg_minutes.tolist() == [0] * 5


def test_one_customer_alone_is_two_stems_away():
    scenario = small_scenario(1, 1)
    calls = call_plan(scenario, np.zeros(1, dtype=np.int64))
    estimate = estimate_travel(scenario, calls)
    assert estimate.per_visit(calls, 6.0)[0] == pytest.approx(2 * estimate.stem_minutes[0])


def test_sparser_customers_take_longer_legs():
    near, far = small_scenario(200, 2), small_scenario(200, 2)
    customers = far.customers
    wide = dataclasses.replace(
        customers, lat=34.26 + (customers.lat - 34.26) * 5, lon=108.94 + (customers.lon - 108.94) * 5
    )
    far = far.replace(customers=wide)
    tier = np.ones(200, dtype=np.int64)
    legs = [estimate_travel(s, call_plan(s, tier)).leg_minutes.mean() for s in (near, far)]
    assert legs[1] > 2 * legs[0]


def test_refit_meets_routed_minutes_and_stays_in_bounds():
    scenario = small_scenario(30, 3)
    calls = call_plan(scenario, np.ones(30, dtype=np.int64))
    estimate = estimate_travel(scenario, calls)
    rep = np.arange(30) % 3
    before = travel_by_rep(estimate.per_week(calls, 17.0), rep, 3)
    after = refit(estimate, before, before * 1.3)
    assert travel_by_rep(after.per_week(calls, 17.0), rep, 3) == pytest.approx(before * 1.3)
    assert refit(estimate, before, before * 1e6).coefficient == REFIT_BOUNDS[1]
    assert refit(estimate, before, before * 0) is estimate
