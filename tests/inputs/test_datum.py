from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from territory.inputs.datum import gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from territory.planning.travel import great_circle_km

lats, lons = st.floats(18, 53), st.floats(74, 134)


def metres(a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray]) -> float:
    return float(great_circle_km(*a, *b).max() * 1000)


@settings(deadline=None)
@given(st.lists(st.tuples(lats, lons), min_size=1, max_size=20))
def test_the_way_back_is_exact_to_a_decimetre(places: list[tuple[float, float]]) -> None:
    lat, lon = np.array(places).T
    gcj = wgs84_to_gcj02(lat, lon)
    bd = gcj02_to_bd09(*gcj)
    assert metres(to_wgs84(*gcj, "gcj02"), (lat, lon)) < 0.1
    assert metres(to_wgs84(*bd, "bd09"), (lat, lon)) < 0.1


def test_the_shift_is_the_published_one() -> None:
    """Tiananmen, as published with the formulas: WGS-84 39.90734, 116.39089."""
    lat, lon = np.array([39.90734]), np.array([116.39089])
    gcj = wgs84_to_gcj02(lat, lon)
    assert (round(float(gcj[0][0]), 5), round(float(gcj[1][0]), 5)) == (39.90874, 116.39713)
    bd = gcj02_to_bd09(*gcj)
    assert 300 < metres(gcj, (lat, lon)) < 700
    assert 500 < metres(bd, gcj) < 1_100


@pytest.mark.parametrize("place", [(48.8566, 2.3522), (-33.87, 151.2), (1.35, 103.82 - 60)])
def test_outside_china_gcj02_is_wgs84(place: tuple[float, float]) -> None:
    lat, lon = np.array([place[0]]), np.array([place[1]])
    back = to_wgs84(lat, lon, "gcj02")
    assert (back[0][0], back[1][0]) == place


def test_wgs84_stays() -> None:
    lat, lon = np.array([34.26]), np.array([108.94])
    assert to_wgs84(lat, lon, "wgs84") == (lat, lon)
