"""Rewrite the tables of the bundled scenarios: ``python benchmarks/make_scenarios.py [SCENARIOS_FOLDER]``.

Companies, people, shops and projects are invented; cities and districts are real (WGS-84, a degree's
thousandth or so). Every scenario has its own seed and draws in one fixed order, so the same numpy gives the
same files. ``scenario.toml`` and ``README.md`` of each folder are written by hand and left alone.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import NamedTuple

import numpy as np

Row = dict[str, object]
Tables = Mapping[str, list[Row]]

KM_PER_DEGREE = 111.2


class Area(NamedTuple):
    """A disc on land that customers are scattered over."""

    city: str
    region: str
    lat: float
    lon: float
    radius_km: float
    weight: float


class Person(NamedTuple):
    """A rep or manager and where he or she lives."""

    name: str
    lat: float
    lon: float


XIAN = (
    Area("西安", "新城区", 34.2660, 108.9600, 1.2, 8),
    Area("西安", "碑林区", 34.2520, 108.9430, 1.2, 8),
    Area("西安", "莲湖区", 34.2660, 108.9250, 1.5, 10),
    Area("西安", "雁塔区", 34.2140, 108.9450, 1.8, 26),
    Area("西安", "曲江新区", 34.2020, 108.9880, 1.2, 16),
    Area("西安", "高新区", 34.2230, 108.8800, 2.0, 34),
    Area("西安", "未央区", 34.3100, 108.9400, 1.8, 24),
    Area("西安", "经开区", 34.3480, 108.9420, 1.5, 14),
    Area("西安", "灞桥区", 34.2730, 109.0640, 1.5, 14),
    Area("西安", "国际港务区", 34.3700, 109.0700, 1.2, 8),
    Area("西安", "长安区", 34.1600, 108.9300, 2.0, 20),
    Area("西安", "临潼区", 34.3850, 109.2100, 1.2, 5),
    Area("西安", "高陵区", 34.5350, 109.0880, 1.5, 5),
    Area("西安", "鄠邑区", 34.1090, 108.6050, 1.5, 5),
    Area("咸阳", "秦都区", 34.3450, 108.7050, 1.2, 12),
)

CHENGDU = (
    Area("成都", "锦江区", 30.6480, 104.0900, 1.5, 18),
    Area("成都", "青羊区", 30.6710, 104.0420, 1.5, 16),
    Area("成都", "金牛区", 30.6990, 104.0480, 1.5, 17),
    Area("成都", "武侯区", 30.6350, 104.0430, 1.5, 18),
    Area("成都", "成华区", 30.6710, 104.1080, 1.5, 17),
    Area("成都", "高新区", 30.5980, 104.0620, 1.5, 14),
)

SUZHOU = (
    Area("苏州", "姑苏区", 31.3130, 120.6230, 1.8, 36),
    Area("苏州", "园区湖西", 31.3260, 120.6720, 0.8, 14),
    Area("苏州", "园区湖东", 31.3090, 120.7380, 1.0, 12),
    Area("苏州", "高新区", 31.3010, 120.5640, 1.2, 12),
    Area("苏州", "吴中区", 31.2680, 120.6360, 1.0, 9),
    Area("苏州", "相城区", 31.3710, 120.6460, 1.2, 7),
)

EAST_CHINA_NEAR = (
    Area("上海", "静安区", 31.2350, 121.4500, 1.5, 2),
    Area("上海", "徐汇区", 31.1880, 121.4300, 1.2, 2),
    Area("上海", "闵行区", 31.1120, 121.3800, 1.5, 3),
    Area("上海", "嘉定区", 31.3800, 121.2500, 1.5, 2),
    Area("上海", "松江区", 31.0300, 121.2250, 1.5, 1),
    Area("苏州", "吴江区", 31.1550, 120.6480, 1.2, 6),
    Area("苏州", "相城区", 31.3750, 120.6450, 1.5, 6),
    Area("苏州", "常熟", 31.6500, 120.7550, 1.5, 6),
    Area("昆山", "昆山", 31.3850, 120.9550, 1.5, 10),
    Area("昆山", "太仓", 31.4550, 121.1100, 1.5, 6),
    Area("无锡", "新吴区", 31.5200, 120.3700, 1.5, 8),
    Area("无锡", "惠山区", 31.6800, 120.2950, 1.5, 5),
    Area("无锡", "江阴", 31.8800, 120.2700, 1.2, 5),
    Area("嘉兴", "南湖区", 30.7550, 120.7700, 1.5, 6),
    Area("嘉兴", "海宁", 30.5250, 120.6850, 1.2, 6),
    Area("嘉兴", "桐乡", 30.6350, 120.5600, 1.5, 5),
    Area("嘉兴", "平湖", 30.6850, 121.0150, 1.2, 4),
)

EAST_CHINA_FAR = (
    Area("南京", "江宁区", 31.9550, 118.8400, 1.5, 6),
    Area("杭州", "萧山区", 30.1700, 120.2700, 1.5, 5),
    Area("宁波", "鄞州区", 29.8200, 121.5500, 1.5, 5),
    Area("合肥", "经开区", 31.7800, 117.2200, 1.5, 4),
    Area("徐州", "经开区", 34.2700, 117.2700, 1.2, 3),
)

CENTRAL_CHINA = (
    Area("武汉", "沌口", 30.4900, 114.1700, 1.0, 9),
    Area("武汉", "光谷", 30.4800, 114.4150, 1.0, 9),
    Area("武汉", "青山区", 30.6300, 114.3850, 0.8, 6),
    Area("武汉", "吴家山", 30.6200, 114.1350, 1.2, 7),
    Area("武汉", "江夏区", 30.3500, 114.3200, 0.9, 4),
    Area("长沙", "星沙", 28.2450, 113.0800, 1.5, 7),
    Area("长沙", "岳麓高新区", 28.2200, 112.8800, 1.2, 4),
    Area("株洲", "天元区", 27.8250, 113.0850, 1.0, 2),
    Area("南昌", "小蓝", 28.5500, 115.9200, 1.2, 5),
    Area("南昌", "昌北", 28.7450, 115.8400, 1.0, 4),
    Area("南昌", "青山湖区", 28.6600, 115.9450, 0.8, 3),
)

FIRST = "澜岚沁栖珩屿砚苒笙菡霖翊珞昱绮芮"
SECOND = "和庭景川序合远语泽舟野禾光云汀原"


def scatter(rng: np.random.Generator, areas: Sequence[Area], total: int) -> list[tuple[Area, float, float]]:
    """Spread `total` points over the areas by weight, evenly inside each disc, in a shuffled order."""
    weights = np.array([area.weight for area in areas], dtype=float)
    exact = weights / weights.sum() * total
    counts = np.floor(exact).astype(int)
    counts[np.argsort(counts - exact, kind="stable")[: total - counts.sum()]] += 1
    points = []
    for area, count in zip(areas, counts, strict=True):
        distance = area.radius_km * np.sqrt(rng.random(count)) / KM_PER_DEGREE
        angle = 2 * np.pi * rng.random(count)
        lat = area.lat + distance * np.sin(angle)
        lon = area.lon + distance * np.cos(angle) / np.cos(np.radians(area.lat))
        points += [(area, round(float(y), 5), round(float(x), 5)) for y, x in zip(lat, lon, strict=True)]
    return [points[i] for i in rng.permutation(total)]


def invented_names(rng: np.random.Generator) -> Iterator[str]:
    """Yield two-character words in a random order, each once."""
    words = [first + second for first, second in product(FIRST, SECOND)]
    for i in rng.permutation(len(words)):
        yield words[i]


def amounts(rng: np.random.Generator, count: int, *, median: float, sigma: float, step: int, most: float) -> list[int]:
    """Draw log-normal amounts in whole steps of yuan, between one step and `most`."""
    drawn = median * np.exp(sigma * rng.standard_normal(count))
    return [max(1, round(float(x) / step)) * step for x in np.minimum(drawn, most)]


def nearest(lat: float, lon: float, people: Sequence[Person]) -> int:
    """Return the index of the person who lives nearest."""
    east = np.cos(np.radians(lat))
    return int(np.argmin([(p.lat - lat) ** 2 + ((p.lon - lon) * east) ** 2 for p in people]))


def owners(rng: np.random.Generator, rows: Iterable[Row], people: Sequence[Person], *, stray_share: float) -> None:
    """Fill `current_rep`: the nearest rep, but for a share of strays, as grown books of business have them."""
    for row in rows:
        own = nearest(float(str(row["lat"])), float(str(row["lon"])), people)
        if rng.random() < stray_share:
            own = (own + int(rng.integers(1, len(people)))) % len(people)
        row["current_rep"] = f"R{own + 1:02d}"


def rep_rows(people: Sequence[Person], prefix: str = "R", **columns: object) -> list[Row]:
    """Return one row a person with the same further columns."""
    return [
        {"rep_id": f"{prefix}{i:02d}", "name": p.name, "home_lat": p.lat, "home_lon": p.lon, **columns}
        for i, p in enumerate(people, 1)
    ]


def customer_rows(points: Sequence[tuple[Area, float, float]], names: Sequence[str], prefix: str) -> list[Row]:
    """Return the rows with id, name and place."""
    places = ({"lat": lat, "lon": lon, "city": area.city, "region": area.region} for area, lat, lon in points)
    return [
        {"customer_id": f"{prefix}{i:03d}", "name": name, **place}
        for i, (place, name) in enumerate(zip(places, names, strict=True), 1)
    ]


def xian_office() -> Tables:
    """171 residential and 28 public projects, eight new hires and a manager (R-S5, R-H4)."""
    rng = np.random.default_rng(20260101)
    start = date(2026, 1, 1)
    words = invented_names(rng)
    kinds = ["residential"] * 171 + ["public"] * 28
    suffixes = {
        "residential": ("府", "苑", "湾", "里", "花园"),
        "public": ("医院", "学校", "体育馆", "办公楼", "文化中心"),
    }
    names = [f"{next(words)}{suffixes[kind][int(rng.integers(5))]}项目" for kind in kinds]
    rows = customer_rows(scatter(rng, XIAN, len(kinds)), names, "X")
    potential = amounts(rng, 171, median=1_700_000, sigma=0.75, step=10_000, most=9_000_000)
    potential += amounts(rng, 28, median=3_200_000, sigma=0.7, step=10_000, most=15_000_000)
    horizons = ((14, 90), (91, 240), (241, 480))  # short, mid and long term, days from the start
    for row, kind, amount in zip(rows, kinds, potential, strict=True):
        first, last = horizons[int(rng.choice(3, p=[0.3, 0.45, 0.25]))]
        row["segment"] = kind
        row["competitor"] = str(rng.choice(["", "竞品甲", "竞品乙", "竞品丙"], p=[0.2, 0.35, 0.25, 0.2]))
        row["potential"] = amount
        row["decides_by"] = start + timedelta(days=int(rng.integers(first, last + 1)))
        through_dealer = rng.random() < 0.22
        row["annual_sales"] = int(amount * rng.uniform(0.06, 0.16)) // 1000 * 1000 if through_dealer else 0
        row["customer_since"] = date(2024, 1, 1) + timedelta(days=int(rng.integers(700))) if through_dealer else ""
    hires = [
        Person("陈立航", 34.2310, 108.9020),
        Person("杜若溪", 34.2550, 108.9700),
        Person("范子墨", 34.3200, 108.9480),
        Person("高一诺", 34.1700, 108.9350),
        Person("韩书宁", 34.2750, 109.0500),
        Person("康明远", 34.2200, 108.8700),
        Person("鲁青禾", 34.2700, 108.9180),
        Person("唐予安", 34.3420, 108.7300),
    ]
    new = rep_rows(hires, is_manager="false", share=1, hired=start, new_hire="true", monthly_salary=7000)
    boss = rep_rows([Person("魏长青", 34.2400, 108.9150)], "M", is_manager="true", share=0.4, hired="2024-03-01",
                    new_hire="false", monthly_salary=14000)  # fmt: skip
    return {"customers": rows, "reps": boss + new}


def east_china_adhesives() -> Tables:
    """Factories graded by demand and time to close, five distant cities for trips (R-S2, R-V3)."""
    rng = np.random.default_rng(20260701)
    start = date(2026, 7, 1)
    words = invented_names(rng)
    near, far = scatter(rng, EAST_CHINA_NEAR, 89), scatter(rng, EAST_CHINA_FAR, 23)
    suffixes = ("家具厂", "包装厂", "鞋业", "木业", "汽配", "电子")
    points = near + far
    rows = customer_rows(points, [f"{next(words)}{suffixes[int(rng.integers(6))]}" for _ in points], "E")
    big = rng.random(len(rows)) < 0.36
    large = amounts(rng, len(rows), median=110_000, sigma=0.4, step=1_000, most=320_000)
    small = amounts(rng, len(rows), median=21_000, sigma=0.6, step=1_000, most=49_000)
    for i, row in enumerate(rows):
        demand = max(large[i], 50_000) if big[i] else small[i]
        soon = rng.random() < 0.45
        row["segment"] = "end customer"
        row["monthly_demand"] = demand
        row["potential"] = demand * 12
        row["decides_by"] = start + timedelta(days=int(rng.integers(0, 16) if soon else rng.integers(25, 200)))
        buys = rng.random() < 0.5
        row["annual_sales"] = int(demand * 12 * rng.uniform(0.2, 0.5)) // 1000 * 1000 if buys else 0
        row["customer_since"] = date(2023, 1, 1) + timedelta(days=int(rng.integers(1000))) if buys else ""
        if i >= len(near):
            row["visits"], row["per_weeks"], row["visit_minutes"] = 1, 6, 60
        if row["city"] == "徐州":
            row["locked_rep"] = "R03"  # nobody else can get there in a day
    for row, kind in zip(rows[:: len(rows) // 6], ("dealer",) * 4 + ("company shop",) * 2, strict=False):
        row["segment"] = kind
    team = [
        Person("陆景行", 31.3050, 120.6300),
        Person("钱思齐", 31.3800, 120.9500),
        Person("沈嘉木", 31.5600, 120.3200),
        Person("姚望舒", 30.7500, 120.7600),
    ]
    grown = [row for row in rows[: len(near)] if row["city"] != "上海" and row["annual_sales"]]
    owners(rng, grown, team, stray_share=0.1)  # the two new reps inherit their predecessors' customers
    reps = rep_rows(team, is_manager="false", share=1, monthly_salary=8000)
    wishes = ("苏州;昆山", "苏州", "无锡", "嘉兴")
    regions = {"苏州": ("吴江区", "相城区", "常熟"), "昆山": ("昆山", "太仓"), "无锡": ("新吴区", "惠山区", "江阴"),
               "嘉兴": ("南湖区", "海宁", "桐乡", "平湖")}  # fmt: skip
    for i, (rep, wish) in enumerate(zip(reps, wishes, strict=True)):
        rep["preferred_regions"] = ";".join(region for city in wish.split(";") for region in regions[city])
        rep["hired"] = "2024-09-02" if i < 2 else start
        rep["new_hire"] = "false" if i < 2 else "true"
    boss = rep_rows([Person("顾明轩", 31.2000, 121.4000)], "M", is_manager="true", share=0.6, monthly_salary=16000,
                    hired="2022-05-09", new_hire="false")  # fmt: skip
    days: list[Row] = [
        {"date": "2027-02-10", "kind": "holiday", "name": "春节（公司放假）"},
        {"date": "2027-02-11", "kind": "holiday", "name": "春节（公司放假）"},
        {"date": "2027-02-21", "kind": "workday", "name": "春节调休上班"},
    ]
    return {"customers": rows, "reps": boss + reps, "holidays": days}


def outlets_100() -> Tables:
    """Return the golden case: 10 A, 20 B, 30 C and 40 D outlets (R-H1)."""
    rng = np.random.default_rng(100)
    words = invented_names(rng)
    tiers = "A" * 10 + "B" * 20 + "C" * 30 + "D" * 40
    suffixes = ("便利店", "超市", "食品店", "副食店", "生鲜店")
    points = scatter(rng, CHENGDU, 100)
    rows = customer_rows(points, [f"{next(words)}{suffixes[int(rng.integers(5))]}" for _ in points], "K")
    sales = {"A": 260_000, "B": 70_000, "C": 150_000, "D": 40_000}
    grown = {"A": 1.5, "B": 4.0, "C": 1.2, "D": 1.6}  # potential over sales: B and A still have room (R-S1)
    for row, tier in zip(rows, tiers, strict=True):
        bought = amounts(rng, 1, median=sales[tier], sigma=0.25, step=1_000, most=500_000)[0]
        row["tier"] = tier
        row["annual_sales"] = bought
        row["potential"] = int(bought * grown[tier] * rng.uniform(0.9, 1.1)) // 1000 * 1000
        row["customer_since"] = date(2021, 1, 1) + timedelta(days=int(rng.integers(1500)))
    team = [Person("蒋知夏", 30.6550, 104.1000), Person("罗一川", 30.6600, 104.0300)]
    owners(rng, rows, team, stray_share=0.0)
    for row in rows:  # the first rep's book has outgrown the second's
        if row["current_rep"] == "R02" and rng.random() < 0.35:
            row["current_rep"] = "R01"
    return {"customers": rows, "reps": rep_rows(team, hired="2023-02-06", new_hire="false", monthly_salary=6500)}


def jewellery_counter() -> Tables:
    """90 named customers of one counter: A weekly, B half-monthly, C monthly (R-S6)."""
    rng = np.random.default_rng(300)
    words = invented_names(rng)
    tiers = "A" * 15 + "B" * 30 + "C" * 45
    surnames = "王李张刘陈杨黄赵周吴徐孙朱马胡郭何高林郑"
    points = scatter(rng, SUZHOU, 90)
    titles = ("女士", "先生")
    names = [f"{surnames[int(rng.integers(20))]}{next(words)[0]}{titles[int(rng.random() < 0.3)]}" for _ in points]
    rows = customer_rows(points, names, "J")
    spend = {"A": 90_000, "B": 38_000, "C": 14_000}
    for row, tier in zip(rows, tiers, strict=True):
        bought = amounts(rng, 1, median=spend[tier], sigma=0.35, step=100, most=300_000)[0]
        row["tier"] = tier
        row["annual_sales"] = bought
        row["potential"] = int(bought * rng.uniform(1.6, 2.6)) // 100 * 100
        row["customer_since"] = date(2020, 1, 1) + timedelta(days=int(rng.integers(2000)))
    team = [
        Person("苏念慈", 31.3200, 120.6100),
        Person("叶清欢", 31.3150, 120.6850),
        Person("俞晓棠", 31.2900, 120.5900),
    ]
    owners(rng, rows, team, stray_share=0.2)
    return {"customers": rows, "reps": rep_rows(team, hired="2022-03-07", new_hire="false", monthly_salary=7500)}


STAGE_DEALS = {0: 12, 25: 16, 50: 12, 60: 8, 70: 5, 80: 4, 90: 3}
"""Open deals by probability label: a healthy funnel, wide at the top (R-P1)."""


def equipment_pipeline() -> Tables:
    """60 plants in three cities, two product lines, 60 open deals at every stage (R-P1, R-A6)."""
    rng = np.random.default_rng(150)
    start = date(2026, 1, 1)
    words = invented_names(rng)
    points = scatter(rng, CENTRAL_CHINA, 60)
    phases = ("preliminary design", "tender", "detailed design", "operation")
    suffixes = ("化工", "水务", "造纸", "食品", "钢构", "制药")
    rows = customer_rows(points, [f"{next(words)}{suffixes[int(rng.integers(6))]}" for _ in points], "P")
    potential = amounts(rng, 60, median=2_300_000, sigma=0.55, step=10_000, most=9_000_000)
    for row, amount in zip(rows, potential, strict=True):
        row["product_line"] = str(rng.choice(["pumps", "drives"]))
        row["segment"] = str(rng.choice(phases, p=[0.2, 0.2, 0.2, 0.4]))
        row["competitor"] = str(rng.choice(["", "竞品甲", "竞品乙"], p=[0.3, 0.4, 0.3]))
        row["potential"] = amount
        row["annual_sales"] = int(amount * rng.uniform(0.15, 0.5)) // 1000 * 1000
        row["customer_since"] = date(2018, 1, 1) + timedelta(days=int(rng.integers(2500)))
        row["visits"], row["per_weeks"] = 1, 1 if row["segment"] == "preliminary design" else 2  # R-S7
    team = [
        Person("程亦凡", 30.5050, 114.2000),
        Person("贺云舟", 30.5100, 114.4000),
        Person("骆嘉树", 30.6100, 114.3000),
        Person("欧阳澍", 28.2100, 113.0200),
        Person("万里川", 28.6500, 115.9000),
    ]
    lines = ("pumps", "drives", "pumps;drives", "pumps;drives", "pumps;drives")
    owners(rng, rows, team, stray_share=0.0)
    _mislay(rng, rows, lines)
    reps = rep_rows(team, is_manager="false", share=1, hired="2021-04-06", new_hire="false", monthly_salary=11000)
    for rep, line in zip(reps, lines, strict=True):
        rep["product_lines"] = line
    boss = rep_rows([Person("夏侯敬", 30.5800, 114.2700)], "M", is_manager="true", share=0.4, hired="2017-06-05",
                    new_hire="false", monthly_salary=20000, product_lines="")  # fmt: skip
    return {"customers": rows, "reps": boss + reps, "opportunities": _open_deals(rng, rows, start)}


def _mislay(rng: np.random.Generator, rows: list[Row], lines: Sequence[str]) -> None:
    """Give Wuhan's accounts to the right line, leave one in five where history put it, lock the biggest."""
    for row in rows:
        if row["city"] != "武汉":
            continue
        row["current_rep"] = ("R01" if row["product_line"] == "pumps" else "R02") if rng.random() < 0.55 else "R03"
        if rng.random() < 0.2:
            fits = [i for i, line in enumerate(lines[:3]) if str(row["product_line"]) in line]
            row["current_rep"] = f"R{int(rng.choice(fits)) + 1:02d}"
    biggest = sorted(rows, key=lambda row: (-int(str(row["potential"])), row["customer_id"]))[:3]
    for row in biggest:
        row["locked_rep"] = row["current_rep"]


def _open_deals(rng: np.random.Generator, rows: list[Row], start: date) -> list[Row]:
    labels = [label for label, count in STAGE_DEALS.items() for _ in range(count)]
    whose = rng.permutation(len(rows))[: len(labels)]
    deals: list[Row] = []
    for i, (label, row) in enumerate(zip(labels, (rows[k] for k in whose), strict=True), 1):
        value = int(int(str(row["potential"])) * 0.35 * np.exp(0.4 * rng.standard_normal())) // 10_000 * 10_000
        opened = start - timedelta(days=10 + 2 * label // 3 + int(rng.integers(60)))
        deals.append({"opportunity_id": f"D{i:03d}", "customer_id": row["customer_id"], "stage": label,
                      "value": max(value, 50_000), "opened": opened})  # fmt: skip
    return deals


SCENARIOS: Mapping[str, Callable[[], Tables]] = {
    "xian_office": xian_office,
    "east_china_adhesives": east_china_adhesives,
    "outlets_100": outlets_100,
    "jewellery_counter": jewellery_counter,
    "equipment_pipeline": equipment_pipeline,
}


def csv_lines(rows: Sequence[Row]) -> list[list[str]]:
    """Return header and cells; a column is there when any row has it, in order of first appearance."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [columns, *([str(row.get(column, "")) for column in columns] for row in rows)]


def write_scenarios(folder: Path) -> None:
    """Write the tables of every scenario below `folder`."""
    for name, make in SCENARIOS.items():
        target = folder / name
        target.mkdir(parents=True, exist_ok=True)
        for table, rows in make().items():
            with (target / f"{table}.csv").open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows(csv_lines(rows))


if __name__ == "__main__":
    write_scenarios(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "scenarios")
