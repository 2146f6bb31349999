"""Made-up reps for the calendar benchmarks: customers scattered around a home, the same for the same seed."""

from __future__ import annotations

from dataclasses import MISSING
from datetime import date
from typing import Any

import numpy as np

from territory.domain.calendar import build_calendar
from territory.domain.customers import NONE, Customers, Opportunities
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.domain.settings import About, Settings, TravelRules, VisitRules, Workday

KM_PER_DEGREE = 111.19
CENTRE = 34.26, 108.94
MIX_80 = (8, 24, 24, 24)
MIX_100 = (10, 20, 30, 40)


def made_up_team(
    reps: int, mix: tuple[int, int, int, int] = MIX_80, *, seed: int = 0, side_km: float = 40.0, **visits: Any
) -> Scenario:
    """Return a team with a square of its own for every rep, homes near the middles, half of the customers in towns.

    Parameters
    ----------
    reps : int
    mix : four ints
        Customers of tier A, B, C, D of each rep, owned by it.
    seed : int
    side_km : float
        Side of a square; straight drives at 40 km/h, visits of 20 minutes, six equal days with a split field day.
    **visits
        Keys of ``[visits]`` to change.
    """
    rng = np.random.default_rng([seed, 80])
    each = sum(mix)
    squares = int(np.ceil(np.sqrt(reps)))
    corner = np.array([(k % squares, k // squares) for k in range(reps)]) * side_km * 1.05
    home = corner + side_km * rng.uniform(0.4, 0.6, (reps, 2))
    spots = np.concatenate([corner[r] + _scatter(rng, each, side_km) for r in range(reps)])
    tier = np.concatenate([rng.permutation(np.repeat(np.arange(4), mix)) for _ in range(reps)])
    settings = Settings(
        scenario=About(name="made-up-reps", start=date(2026, 1, 5), made_up=True),
        workday=Workday(calendar="none", meetings=()),
        travel=TravelRules(detour=1.0, city_speed_kmh=40.0, road_speed_kmh=40.0, stop_minutes=0),
        visits=VisitRules(**visits),
    )
    return Scenario(
        settings=settings,
        customers=_customers(rng, spots, tier, np.repeat(np.arange(reps), each)),
        reps=_reps(home),
        opportunities=Opportunities(_texts(0, "O"), *(np.zeros(0, dtype=np.int64) for _ in range(4))),
        calendar=build_calendar(settings.scenario.start, settings.workday),
    )


def _scatter(rng: np.random.Generator, count: int, side: float) -> np.ndarray:
    towns = rng.uniform(0.1, 0.9, (5, 2)) * side
    near = towns[rng.integers(0, 5, count)] + rng.normal(0, 0.06 * side, (count, 2))
    return np.where(rng.random((count, 1)) < 0.5, rng.uniform(0, side, (count, 2)), near.clip(0, side))


def _degrees(spots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    lat = CENTRE[0] + spots[:, 1] / KM_PER_DEGREE
    return lat.round(6), (CENTRE[1] + spots[:, 0] / KM_PER_DEGREE / np.cos(np.radians(CENTRE[0]))).round(6)


def _texts(count: int, letter: str) -> np.ndarray:
    width = max(4, len(str(count)))
    out = np.empty(count, dtype=object)
    out[:] = [f"{letter}{k + 1:0{width}d}" for k in range(count)]
    return out


def _customers(rng: np.random.Generator, spots: np.ndarray, tier: np.ndarray, owner: np.ndarray) -> Customers:
    count = len(spots)
    lat, lon = _degrees(spots)
    potential = (rng.lognormal(12.0, 0.8, count) * 100).astype(np.int64)
    none, empty = np.full(count, NONE, dtype=np.int64), np.full(count, "", dtype=object)
    given: dict[str, Any] = {
        "customer_id": _texts(count, "C"),
        "name": _texts(count, "Shop "),
        "lat": lat,
        "lon": lon,
        "given_tier": tier.astype(np.int64),
        "potential_cents": potential,
        "annual_sales_cents": potential // 2,
        "current_rep": owner.astype(np.int64),
    }
    texts = ("city", "region", "product_line", "segment", "competitor")
    asked = [name for name, field in Customers.__dataclass_fields__.items() if field.default_factory is MISSING]
    other = {name: empty if name in texts else none for name in asked if name not in given}
    return Customers(**given, **other)


def _reps(home: np.ndarray) -> Reps:
    count = len(home)
    lat, lon = _degrees(home)
    anything: tuple[frozenset[str], ...] = (frozenset(),) * count
    return Reps(
        rep_id=_texts(count, "R"),
        name=_texts(count, "Rep "),
        home_lat=lat,
        home_lon=lon,
        is_manager=np.zeros(count, dtype=bool),
        share=np.ones(count),
        hours_per_week=np.full(count, np.nan),
        product_lines=anything,
        preferred_regions=anything,
        hired_day=np.zeros(count, dtype=np.int64),
        new_hire=np.zeros(count, dtype=bool),
        monthly_salary_cents=np.full(count, 800_000, dtype=np.int64),
    )
