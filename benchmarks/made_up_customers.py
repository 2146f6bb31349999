"""Made-up customers around real cities: clustered, some scattered over the country, log-normal sales.

Coordinates (WGS-84, to a tenth of a degree or so) and populations (millions, urban area, rounded) of the cities are
public knowledge; every customer is invented.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CITIES = (
    ("上海", 31.23, 121.47, 24.9), ("北京", 39.90, 116.41, 21.9), ("深圳", 22.54, 114.06, 17.6),
    ("广州", 23.13, 113.26, 18.7), ("成都", 30.66, 104.07, 16.0), ("重庆", 29.56, 106.55, 16.3),
    ("天津", 39.13, 117.20, 13.9), ("武汉", 30.59, 114.31, 12.3), ("西安", 34.27, 108.95, 12.0),
    ("杭州", 30.27, 120.16, 11.9), ("东莞", 23.02, 113.75, 10.5), ("南京", 32.06, 118.80, 9.3),
    ("佛山", 23.02, 113.12, 9.5), ("沈阳", 41.80, 123.43, 9.1), ("青岛", 36.07, 120.38, 10.1),
    ("济南", 36.65, 117.12, 9.2), ("郑州", 34.75, 113.63, 12.6), ("长沙", 28.23, 112.94, 10.0),
    ("哈尔滨", 45.80, 126.53, 10.0), ("昆明", 25.04, 102.71, 8.5), ("大连", 38.91, 121.61, 7.5),
    ("苏州", 31.30, 120.59, 12.7), ("长春", 43.82, 125.32, 9.1), ("合肥", 31.82, 117.23, 9.4),
    ("宁波", 29.87, 121.55, 9.4), ("厦门", 24.48, 118.09, 5.2), ("福州", 26.07, 119.30, 8.3),
    ("南宁", 22.82, 108.37, 8.7), ("石家庄", 38.04, 114.51, 11.2), ("太原", 37.87, 112.55, 5.3),
    ("南昌", 28.68, 115.86, 6.3), ("贵阳", 26.65, 106.63, 6.0), ("乌鲁木齐", 43.83, 87.62, 4.1),
    ("兰州", 36.06, 103.83, 4.4), ("温州", 28.00, 120.70, 9.6), ("无锡", 31.49, 120.31, 7.5),
    ("常州", 31.81, 119.97, 5.3), ("烟台", 37.46, 121.45, 7.1), ("潍坊", 36.71, 119.16, 9.4),
    ("临沂", 35.10, 118.36, 11.0), ("徐州", 34.21, 117.28, 9.1), ("洛阳", 34.62, 112.45, 7.1),
    ("唐山", 39.63, 118.18, 7.7), ("保定", 38.87, 115.46, 9.2), ("呼和浩特", 40.84, 111.75, 3.5),
    ("包头", 40.66, 109.84, 2.7), ("银川", 38.49, 106.23, 2.9), ("西宁", 36.62, 101.78, 2.5),
    ("海口", 20.04, 110.32, 2.9), ("拉萨", 29.65, 91.14, 0.9), ("汕头", 23.35, 116.68, 5.5),
    ("惠州", 23.11, 114.42, 6.1), ("泉州", 24.87, 118.68, 8.8), ("金华", 29.08, 119.65, 7.1),
    ("台州", 28.66, 121.42, 6.6), ("嘉兴", 30.75, 120.76, 5.4), ("绍兴", 30.03, 120.58, 5.3),
    ("南通", 31.98, 120.89, 7.7), ("扬州", 32.39, 119.41, 4.6), ("盐城", 33.35, 120.16, 6.7),
    ("襄阳", 32.01, 112.12, 5.3), ("宜昌", 30.69, 111.29, 4.0), ("岳阳", 29.36, 113.13, 5.1),
    ("衡阳", 26.89, 112.57, 6.6), ("桂林", 25.27, 110.29, 4.9), ("柳州", 24.33, 109.43, 4.2),
    ("遵义", 27.73, 106.93, 6.6), ("绵阳", 31.47, 104.68, 4.9), ("宜宾", 28.75, 104.64, 4.6),
    ("吉林", 43.84, 126.55, 3.6), ("齐齐哈尔", 47.35, 123.92, 4.1), ("大庆", 46.59, 125.10, 2.8),
    ("鞍山", 41.11, 122.99, 3.3), ("邯郸", 36.63, 114.54, 9.4), ("济宁", 35.41, 116.59, 8.4),
    ("淄博", 36.81, 118.05, 4.7), ("南阳", 32.99, 112.53, 9.7), ("新乡", 35.30, 113.93, 6.3),
    ("赣州", 25.83, 114.93, 9.0), ("九江", 29.71, 116.00, 4.6),
)  # fmt: skip
LAND = ((34.5, 108.5, 5.5, 8.0), (29.5, 112.5, 5.0, 7.5), (25.5, 110.0, 3.0, 6.0), (38.5, 116.0, 3.5, 4.0))
"""Rough boxes of settled country: middle, half height and half width in degrees."""
SCATTERED = 0.15
SIGMA = 0.6
KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class MadeUp:
    """Places, what each counts for in up to three measures, and where the reps live."""

    lat: Floats
    lon: Floats
    measures: Floats
    home_lat: Floats
    home_lon: Floats


def made_up(customers: int, reps: int, *, measures: int = 1, seed: int = 7) -> MadeUp:
    """Return customers over the cities by population, with log-normal workload, sales and potential.

    Parameters
    ----------
    customers, reps : int
    measures : int
        One to three; correlated, as large customers are large in all of them.
    seed : int
    """
    rng = np.random.default_rng([seed, customers, reps])
    lat, lon = _places(rng, customers)
    own = rng.normal(0, SIGMA, customers)
    columns = [own] + [0.7 * own + np.sqrt(1 - 0.49) * rng.normal(0, SIGMA, customers) for _ in range(measures - 1)]
    home_lat, home_lon = _places(rng, reps)
    return MadeUp(lat, lon, np.exp(np.column_stack(columns)), home_lat, home_lon)


def _places(rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    people = np.array([city[3] for city in CITIES])
    city = rng.choice(len(CITIES), count, p=people / people.sum())
    # A town thins out from its centre; larger ones reach further.
    radius_km = 2.5 * np.sqrt(people[city]) * rng.gamma(1.5, 1.0, count)
    angle = rng.uniform(0, 2 * np.pi, count)
    lat = np.array([c[1] for c in CITIES])[city] + radius_km * np.sin(angle) / KM_PER_DEGREE
    lon = np.array([c[2] for c in CITIES])[city] + radius_km * np.cos(angle) / KM_PER_DEGREE / np.cos(np.radians(lat))
    wide = rng.random(count) < SCATTERED
    box = np.array(LAND)[rng.integers(len(LAND), size=count)]
    lat = np.where(wide, box[:, 0] + box[:, 2] * rng.uniform(-1, 1, count), lat)
    lon = np.where(wide, box[:, 1] + box[:, 3] * rng.uniform(-1, 1, count), lon)
    return lat, lon
