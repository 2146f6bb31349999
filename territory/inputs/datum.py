"""Chinese map coordinates to WGS-84: GCJ-02 (Amap, Tencent) and BD-09 (Baidu).

The forward formulas are the published ones; the way back is found by iteration, since they have no closed inverse.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi

import numpy as np
from numpy.typing import NDArray

Degrees = NDArray[np.float64]
Forward = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_SEMI_MAJOR = 6_378_245.0
_ECCENTRICITY2 = 0.006_693_421_622_965_943
_BD_TURN = pi * 3000 / 180
_STEPS = 30
_SOUTH, _NORTH, _WEST, _EAST = 0.8293, 55.8271, 72.004, 137.8347


def to_wgs84(lat: Degrees, lon: Degrees, system: str) -> tuple[Degrees, Degrees]:
    """Return coordinates in WGS-84, within a millimetre of the inverse of the forward formulas.

    Parameters
    ----------
    lat, lon : array of float
        Degrees in `system`.
    system : str
        ``wgs84``, ``gcj02`` or ``bd09``.
    """
    if system == "bd09":
        lat, lon = _inverse(gcj02_to_bd09, lat, lon)
    if system == "wgs84":
        return lat, lon
    back_lat, back_lon = _inverse(_shifted, lat, lon)
    inside = in_china(back_lat, back_lon)
    return np.where(inside, back_lat, lat), np.where(inside, back_lon, lon)


def wgs84_to_gcj02(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    """Return the shifted coordinates of Chinese maps; outside China nothing is shifted."""
    shifted_lat, shifted_lon = _shifted(lat, lon)
    inside = in_china(lat, lon)
    return np.where(inside, shifted_lat, lat), np.where(inside, shifted_lon, lon)


def gcj02_to_bd09(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    """Return the coordinates of Baidu maps."""
    radius = np.hypot(lon, lat) + 0.000_02 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000_003 * np.cos(lon * _BD_TURN)
    return radius * np.sin(angle) + 0.006, radius * np.cos(angle) + 0.0065


def in_china(lat: Degrees, lon: Degrees) -> NDArray[np.bool_]:
    """Return where the shift applies: the box the published code uses."""
    return np.asarray((lat >= _SOUTH) & (lat <= _NORTH) & (lon >= _WEST) & (lon <= _EAST))


def _inverse(forward: Forward, lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    guess_lat, guess_lon = lat.copy(), lon.copy()
    for _ in range(_STEPS):
        there_lat, there_lon = forward(guess_lat, guess_lon)
        guess_lat += lat - there_lat
        guess_lon += lon - there_lon
    return guess_lat, guess_lon


def _shifted(lat: Degrees, lon: Degrees) -> tuple[Degrees, Degrees]:
    x, y = lon - 105.0, lat - 35.0
    ripple = (20 * np.sin(6 * x * pi) + 20 * np.sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + ripple
    north += (20 * np.sin(y * pi) + 40 * np.sin(y / 3 * pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * pi) + 320 * np.sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + ripple
    east += (20 * np.sin(x * pi) + 40 * np.sin(x / 3 * pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * pi) + 300 * np.sin(x / 30 * pi)) * 2 / 3
    radians = lat / 180 * pi
    magic = 1 - _ECCENTRICITY2 * np.sin(radians) ** 2
    metres_lat = _SEMI_MAJOR * (1 - _ECCENTRICITY2) / (magic * np.sqrt(magic)) * pi / 180
    metres_lon = _SEMI_MAJOR / np.sqrt(magic) * np.cos(radians) * pi / 180
    return lat + north / metres_lat, lon + east / metres_lon
