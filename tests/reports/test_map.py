"""The map is true to scale and survives strange geographies."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.reports import map as territory_map
from territory.reports.map import map_svg, projection
from territory.reports.map_labels import place_labels, places
from tests.reports.builders import some_plan


def moved(plan, lat, lon):
    who, reps = plan.scenario.customers, plan.scenario.reps
    who = dataclasses.replace(who, lat=np.resize(lat, len(who)), lon=np.resize(lon, len(who)))
    reps = dataclasses.replace(reps, home_lat=np.resize(lat, len(reps)), home_lon=np.resize(lon, len(reps)))
    scenario = dataclasses.replace(plan.scenario, customers=who, reps=reps)
    return dataclasses.replace(plan, scenario=scenario)


def test_every_customer_and_home_is_drawn():
    plan = some_plan(30, 12)
    svg = str(map_svg(plan))
    assert svg.count("<title>") == 30 + 12
    assert svg.count("data-rep=") == 12


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ([34.0], [108.0]),
        ([34.0, 34.0], [108.0, 109.0]),
        ([10.0, 11.0, 12.0], [179.5, -179.5, 179.9]),
        ([-33.0, 60.0], [0.0, 100.0]),
    ],
)
def test_points_lie_inside_the_drawing(lat, lon):
    plan = moved(some_plan(6, 1), np.array(lat), np.array(lon))
    who = plan.scenario.customers
    view = projection(who.lat, who.lon)
    x, y = view.x(who.lon), view.y(who.lat)
    assert ((x >= 0) & (x <= territory_map.WIDTH)).all()
    assert ((y >= 0) & (y <= territory_map.HEIGHT)).all()
    assert "km</text>" in str(map_svg(plan))


def test_distances_are_the_same_in_both_directions():
    view = projection(np.array([34.0, 34.5]), np.array([108.0, 109.0]))
    north = float(view.y(np.array([34.2]))[0] - view.y(np.array([34.3]))[0])
    east = float(view.x(np.array([108.6]))[0] - view.x(np.array([108.5]))[0])
    assert east / north == pytest.approx(np.cos(np.radians(view.lat0)), rel=1e-9)


def test_very_many_customers_become_bins(monkeypatch):
    monkeypatch.setattr(territory_map, "MOST_CUSTOMERS", 20)
    svg = str(map_svg(some_plan(400, 2)))
    assert svg.count("<circle") < 400
    assert " × R1" in svg


def placed(plan, city, region):
    return dataclasses.replace(plan.scenario.customers, city=np.array(city), region=np.array(region))


def test_places_are_cities_and_in_the_main_city_its_districts():
    who = placed(some_plan(5, 1), ["西安", "西安", "西安", "咸阳", "宝鸡"], ["未央区", "雁塔区", "", "秦都区", ""])
    assert places(who).tolist() == ["未央区", "雁塔区", "西安", "咸阳", "宝鸡"]


def test_a_label_is_left_out_where_a_bigger_place_already_has_one():
    who = placed(some_plan(4, 1), ["Big", "Big", "Near", "Far"], [""] * 4)
    svg = str(place_labels(who, np.array([100.0, 100.0, 104.0, 400.0]), np.array([50.0, 50.0, 52.0, 50.0])))
    assert [name in svg for name in (">Big<", ">Near<", ">Far<")] == [True, False, True]
