"""A made-up sales team as the benchmarks of territories need it: towns, log-normal sales, owners of today, locks."""

from __future__ import annotations

import dataclasses
from datetime import date

import numpy as np

from territory.domain.calendar import build_calendar
from territory.domain.customers import NONE, Customers, Opportunities
from territory.domain.reps import Reps
from territory.domain.scenario import Scenario
from territory.domain.settings import About, Settings, TargetRules
from territory.planning.travel import great_circle_km

TOWNS = 40
MIDDLE = 34.0, 109.0
DEGREES = 3.6, 4.3


def made_up_team(customers: int = 1600, reps: int = 22, *, locked: float = 0.05, seed: int = 1) -> Scenario:
    """Return a company that does not exist, in an area of 400 x 400 km: most customers lie in towns.

    Today's territories grew: each rep reaches by chance up to 60 km farther than another, and three customers in a
    hundred belong to one of the next two reps.

    Parameters
    ----------
    customers, reps : int
    locked : float
        Share of the customers locked to their owner.
    seed : int
    """
    rng = np.random.default_rng([seed, customers, reps])
    towns = rng.uniform(-0.5, 0.5, (TOWNS, 2))
    size = rng.lognormal(0, 0.8, TOWNS)
    lat, lon = _places(rng, customers, towns, size / size.sum())
    home = towns[np.argsort(-size)[np.arange(reps) % TOWNS]] + rng.normal(0, 0.02, (reps, 2))
    home_lat, home_lon = MIDDLE[0] + DEGREES[0] * home[:, 0], MIDDLE[1] + DEGREES[1] * home[:, 1]
    km = great_circle_km(lat[:, None], lon[:, None], home_lat[None, :], home_lon[None, :])
    rank = np.where(rng.random(customers) < 0.03, rng.integers(1, 3, customers), 0)
    owner = np.argsort(km - rng.uniform(0, 20, reps), axis=1)[np.arange(customers), rank]
    lock = np.where(rng.random(customers) < locked, owner, NONE)
    settings = Settings(
        scenario=About(name="team", start=date(2026, 1, 1), made_up=True), targets=TargetRules(annual=10**12)
    )
    nothing = np.zeros(0, dtype=np.int64)
    return Scenario(
        settings=settings,
        customers=_customers(rng, lat, lon, owner, lock),
        reps=_reps(home_lat, home_lon),
        opportunities=Opportunities(np.zeros(0, dtype=object), nothing, nothing, nothing, nothing),
        calendar=build_calendar(settings.scenario.start, settings.workday),
    )


def _places(
    rng: np.random.Generator, customers: int, towns: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    town = rng.choice(len(towns), customers, p=weight)
    place = towns[town] + rng.normal(0, 0.025, (customers, 2))
    country = rng.random(customers) < 0.15
    place[country] = rng.uniform(-0.5, 0.5, (int(country.sum()), 2))
    return MIDDLE[0] + DEGREES[0] * place[:, 0], MIDDLE[1] + DEGREES[1] * place[:, 1]


def _customers(
    rng: np.random.Generator, lat: np.ndarray, lon: np.ndarray, owner: np.ndarray, lock: np.ndarray
) -> Customers:
    count = len(lat)
    none, blank = np.full(count, NONE, dtype=np.int64), np.full(count, "", dtype=object)
    ids = np.array([f"C{i:05d}" for i in range(count)], dtype=object)
    potential = (rng.lognormal(12, 0.8, count) * 100).astype(np.int64)
    fields = {spec.name: none for spec in dataclasses.fields(Customers)}
    return Customers(
        **{
            **fields,
            **dict.fromkeys(("city", "region", "product_line", "segment", "competitor"), blank),
            "customer_id": ids,
            "name": ids,
            "lat": lat,
            "lon": lon,
            "given_tier": rng.choice(4, count, p=[0.1, 0.2, 0.3, 0.4]).astype(np.int64),
            "annual_sales_cents": (potential * rng.beta(2, 3, count)).astype(np.int64),
            "potential_cents": potential,
            "current_rep": owner.astype(np.int64),
            "locked_rep": lock.astype(np.int64),
            "measures": {},
        }
    )


def _reps(home_lat: np.ndarray, home_lon: np.ndarray) -> Reps:
    count = len(home_lat)
    ids = np.array([f"R{i + 1:03d}" for i in range(count)], dtype=object)
    return Reps(
        rep_id=ids,
        name=ids,
        home_lat=home_lat,
        home_lon=home_lon,
        is_manager=np.zeros(count, dtype=bool),
        share=np.ones(count),
        hours_per_week=np.full(count, np.nan),
        product_lines=(frozenset(),) * count,
        preferred_regions=(frozenset(),) * count,
        hired_day=np.zeros(count, dtype=np.int64),
        new_hire=np.zeros(count, dtype=bool),
        monthly_salary_cents=np.full(count, 800_000, dtype=np.int64),
    )
