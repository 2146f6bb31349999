"""Speed of the simulated year: ``python benchmarks/year.py --reps 8 --customers-per-rep 100 --years 1000 --json``.

The plan is made here, without the planners: every rep lives among own customers, tiers A-D stand 1:2:3:4, each customer
is visited at its tier's frequency on fixed weekdays, and a day goes round its customers by their bearing, so that every
visit has its leg. The years run in fresh processes, as workers run them; their peak memory is what is reported. A bare
SimPy timeout loop in the same processes tells how fast the machine is at that moment. Run from the root of a checkout.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import tempfile
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import simpy

from territory.domain.customers import NONE
from territory.domain.plan import Headcount, Plan, Routes, Segments, Targets, Territories, Unserved, Visits
from territory.domain.scenario import Scenario, call_plan
from territory.simulation.tables import make_tables
from territory.simulation.year import run_year
from tests.factories import small_scenario

TIER_OF_TEN = (0, 1, 1, 2, 2, 2, 3, 3, 3, 3)
DAYS_OF_TIER = ((0, 3), (0,), (0, 8), (0,))
"""Days within the period of 6, 6, 18 or 12 working days on which a tier is visited; a place shifts them."""
PERIOD_OF_TIER = (6, 6, 18, 12)
LOOP_EVENTS = 200_000


def make_plan(reps: int, customers_per_rep: int) -> Plan:
    """Return a plan with real legs for any size within seconds."""
    scenario = place_customers(small_scenario(reps * customers_per_rep, reps), customers_per_rep)
    rep = np.repeat(np.arange(reps), customers_per_rep)
    tier = scenario.customers.given_tier
    visits, routes = make_calendar(scenario, rep)
    nothing, zero = np.zeros(0, dtype=np.int64), np.zeros(len(rep), dtype=np.int64)
    share = (scenario.settings.targets.annual or 0) * reps // (12 * len(rep))
    load = np.full(reps, 2000.0)
    return Plan(
        scenario=scenario,
        seed=1,
        effort="quick",
        segments=Segments(tier, zero, zero, zero, 0, 0),
        calls=call_plan(scenario, tier),
        targets=Targets(np.full((len(rep), 12), share), np.arange(12), np.arange(12) * 4, share * 12 * len(rep)),
        headcount=Headcount(0.0, 0.0, 0.0, 2000.0, 1, 1, float(reps), 1, 1.0),
        territories=Territories(rep, load, load, 0.0, 0.0, {}),
        visits=visits,
        routes=routes,
        unserved=Unserved(nothing, nothing, nothing, nothing, np.zeros(0, dtype=object)),
    )


def place_customers(scenario: Scenario, customers_per_rep: int) -> Scenario:
    """Spread the reps over a country and each rep's customers within some 10 km of home."""
    reps, who = scenario.reps, scenario.customers
    rng = np.random.default_rng(1)
    home_lat, home_lon = rng.uniform(28, 36, len(reps)), rng.uniform(105, 118, len(reps))
    spread = rng.normal(0, 0.05, (2, len(who)))
    tier = np.tile(np.resize(TIER_OF_TEN, customers_per_rep), len(reps)).astype(np.int64)
    customers = replace(
        who,
        lat=np.repeat(home_lat, customers_per_rep) + spread[0],
        lon=np.repeat(home_lon, customers_per_rep) + spread[1],
        given_tier=tier,
    )
    return scenario.replace(customers=customers, reps=replace(reps, home_lat=home_lat, home_lon=home_lon))


def make_calendar(scenario: Scenario, rep: np.ndarray) -> tuple[Visits, Routes]:
    """Visit every customer on its days, round the rep's home by bearing."""
    who, reps = scenario.customers, scenario.reps
    east, north = who.lon - reps.home_lon[rep], who.lat - reps.home_lat[rep]
    bearing = np.arctan2(north, east)
    place = np.argsort(np.argsort(bearing, kind="stable"), kind="stable")
    day_parts, customer_parts = [], []
    for nth, day in enumerate(np.flatnonzero(scenario.calendar.working).tolist()):
        for tier in range(4):
            phase = (nth - place) % PERIOD_OF_TIER[tier]
            today = np.flatnonzero((who.given_tier == tier) & np.isin(phase, DAYS_OF_TIER[tier]))
            day_parts.append(np.full(len(today), day))
            customer_parts.append(today)
    day, customer = np.concatenate(day_parts), np.concatenate(customer_parts)
    order = np.lexsort((bearing[customer], rep[customer], day))
    day, customer = day[order], customer[order]
    return drive(scenario, day, rep[customer], customer)


def drive(scenario: Scenario, day: np.ndarray, rep: np.ndarray, customer: np.ndarray) -> tuple[Visits, Routes]:
    """Give every visit its leg, and every day its way home; clock times follow from them."""
    who, reps, rules = scenario.customers, scenario.reps, scenario.settings.travel
    first = np.append(True, (np.diff(day) != 0) | (np.diff(rep) != 0))
    start, stop = np.flatnonzero(first), np.append(np.flatnonzero(first)[1:], len(day))
    lat = np.where(first, reps.home_lat[rep], np.roll(who.lat[customer], 1))
    lon = np.where(first, reps.home_lon[rep], np.roll(who.lon[customer], 1))
    leg_km = rules.detour * plane_km(lat, lon, who.lat[customer], who.lon[customer])
    last, at = stop - 1, rep[start]
    back_km = rules.detour * plane_km(
        reps.home_lat[at], reps.home_lon[at], who.lat[customer[last]], who.lon[customer[last]]
    )
    leg, back = minutes_of(leg_km, rules.city_speed_kmh), minutes_of(back_km, rules.city_speed_kmh)
    until = np.cumsum(leg + 20)
    since_start = until - np.repeat(until[start] - leg[start] - 20, stop - start)
    none, zero = np.full(len(start), NONE), np.zeros(len(start), dtype=np.int64)
    begin = 570 + since_start - 20
    ends = begin[last] + 20 + back
    visits = Visits(day, rep, customer, begin, begin + 20, leg, leg_km, day, np.full(len(day), NONE))
    drove = np.add.reduceat(leg, start) + back
    km = np.add.reduceat(leg_km, start) + back_km
    return visits, Routes(day[start], at, zero + 570, ends, drove, km, zero, zero, none)


def plane_km(lat: np.ndarray, lon: np.ndarray, to_lat: np.ndarray, to_lon: np.ndarray) -> np.ndarray:
    """Kilometres between near places."""
    return 111.2 * np.hypot(lat - to_lat, (lon - to_lon) * np.cos(np.radians(lat)))


def minutes_of(km: np.ndarray, kmh: float) -> np.ndarray:
    """Whole minutes at city speed."""
    return np.ceil(km / kmh * 60).astype(np.int64) + 3


def bare_loop_rate() -> float:
    """Timeouts per CPU second of a SimPy process that does nothing else."""
    env = simpy.Environment()

    def tick():
        while True:
            yield env.timeout(1)

    env.process(tick())
    began = time.process_time()
    env.run(until=LOOP_EVENTS)
    return LOOP_EVENTS / (time.process_time() - began)


def peak_mb() -> float:
    """Most memory this process held; `ru_maxrss` would be that of the process which started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def live(task: tuple[str, int, int]) -> dict[str, float]:
    """Live some years in this process; the first, in which the kernels load, is not timed."""
    path, first, stop = task
    with Path(path).open("rb") as file:
        tables = pickle.load(file)
    rate = bare_loop_rate()
    run_year(tables, 1, stop)
    began, wall = time.process_time(), time.perf_counter()
    years = [run_year(tables, 1, replication) for replication in range(first, stop)]
    return {
        "cpu_s": time.process_time() - began,
        "wall_s": time.perf_counter() - wall,
        "visits": float(sum(year.month("visits_done").sum() for year in years)),
        "calls": float(sum(year.month("calls_done").sum() for year in years)),
        "deals": float(sum(year.won + year.lost for year in years)),
        "peak_mb": peak_mb(),
        "bare_events_per_s": rate,
    }


def measure(reps: int, customers_per_rep: int, years: int, workers: int) -> dict[str, float]:
    """Make the plan and live its years; see the module."""
    began = time.process_time()
    tables = make_tables(make_plan(reps, customers_per_rep))
    prepared = time.process_time() - began
    edges = np.linspace(0, years, workers + 1).astype(int).tolist()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tables.pickle"
        path.write_bytes(pickle.dumps(tables, protocol=5))
        planned = len(tables.visits)
        del tables
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            parts = pool.map(live, [(str(path), a, b) for a, b in pairwise(edges) if b > a], chunksize=1)
    cpu = sum(part["cpu_s"] for part in parts)
    events = sum(part["visits"] + part["calls"] + part["deals"] for part in parts)
    rate = float(np.mean([part["bare_events_per_s"] for part in parts]))
    return {
        "reps": reps,
        "customers": reps * customers_per_rep,
        "years": years,
        "workers": workers,
        "prepare_cpu_s": round(prepared, 2),
        "wall_s": round(max(part["wall_s"] for part in parts), 2),
        "cpu_s": round(cpu, 2),
        "cpu_ms_per_year": round(1000 * cpu / years, 2),
        "planned_visits_per_year": planned,
        "events_per_year": round(events / years),
        "events_per_cpu_s": round(events / cpu),
        "bare_simpy_events_per_cpu_s": round(rate),
        "times_bare_simpy": round(events / cpu / rate, 2),
        "peak_mb_per_worker": round(max(part["peak_mb"] for part in parts), 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=8)
    parser.add_argument("--customers-per-rep", type=int, default=100)
    parser.add_argument("--years", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    given = parser.parse_args()
    result = measure(given.reps, given.customers_per_rep, given.years, given.workers)
    if given.json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:>28}  {value:,}")


if __name__ == "__main__":
    main()
