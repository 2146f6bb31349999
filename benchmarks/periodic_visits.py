"""Periodic vehicle routing instances: cost, gap to the best known, CPU seconds, violations; a JSON line per instance.

python benchmarks/periodic_visits.py FILES [--best-known CSV] [--iterations N | --effort E] [--solutions DIR] --json
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from math import hypot
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.pvrp_checker import Row, plan_cost, violations
from benchmarks.pvrp_files import PvrpFile, read_pvrp
from territory.planning.periodic_fleet import EFFORT_ITERATIONS, FleetPlan, PeriodicFleet, plan_fleet


def fleet_of(file: PvrpFile) -> PeriodicFleet:
    """Return an instance as the engine takes it; days and customers counted from 0."""
    distance = np.array([[hypot(ax - bx, ay - by) for bx, by in file.place] for ax, ay in file.place])
    patterns = tuple(tuple(tuple(day - 1 for day in days) for days in allowed) for allowed in file.patterns)
    return PeriodicFleet(
        distance,
        np.array(file.service),
        np.array(file.demand),
        patterns,
        file.vehicles,
        np.array(file.capacity),
        np.array(file.max_duration),
    )


def rows_of(file: PvrpFile, plan: FleetPlan) -> list[Row]:
    """Return a plan as rows of day, vehicle, position and customer, all counted from 1."""
    return [
        (day, vehicle, position, file.customers[customer])
        for day, tours in enumerate(plan.tours, start=1)
        for vehicle, tour in enumerate(tours, start=1)
        for position, customer in enumerate(tour, start=1)
    ]


def solve(file: PvrpFile, best_known: float | None, iterations: int, seed: int) -> tuple[dict[str, object], list[Row]]:
    """Solve one instance; return what to report, and the plan."""
    fleet = fleet_of(file)
    begin = time.process_time()
    plan = plan_fleet(fleet, seed=seed, iterations=iterations)
    seconds = time.process_time() - begin
    rows = rows_of(file, plan)
    cost, broken = plan_cost(file, rows), violations(file, rows)
    gap = None if best_known is None else round(100 * (cost / best_known - 1), 4)
    line = {
        "instance": file.name,
        "cost": round(cost, 4),
        "best_known": best_known,
        "gap_percent": gap,
        "cpu_seconds": round(seconds, 2),
        "violations": len(broken),
        "violation_list": broken,
        "iterations": iterations,
        "seed": seed,
    }
    return line, rows


def warm_up() -> None:
    """Compile everything, so that no instance pays for it."""
    place = ((0.0, 0.0), (1.0, 0.0), (0.0, 2.0), (3.0, 1.0))
    patterns = (((1,), (2,)), ((1,), (2,)), ((1, 2),))
    file = PvrpFile("warm_up", 2, (1, 2, 3), place, (1.0,) * 3, (1.0,) * 3, patterns, (20.0,) * 2, (2.0,) * 2)
    solve(file, None, 20_000, 1)


def write_solution(path: Path, rows: list[Row]) -> None:
    """Write a plan as a table."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["day", "vehicle", "position", "customer"])
        table.writerows(rows)


def main() -> None:
    """Solve the instances named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--best-known", type=Path, help="table with the columns instance and best_known_cost")
    effort = parser.add_mutually_exclusive_group()
    effort.add_argument("--iterations", type=int)
    effort.add_argument("--effort", choices=sorted(EFFORT_ITERATIONS), default="standard")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--solutions", type=Path, help="folder for a table of each plan")
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    given = parser.parse_args()
    best_known: dict[str, float] = {}
    if given.best_known:
        with given.best_known.open(encoding="utf-8") as stream:
            best_known = {row["instance"]: float(row["best_known_cost"]) for row in csv.DictReader(stream)}
    if given.solutions:
        given.solutions.mkdir(parents=True, exist_ok=True)
    warm_up()
    for path in given.files:
        file = read_pvrp(path)
        iterations = given.iterations or EFFORT_ITERATIONS[given.effort]
        line, rows = solve(file, best_known.get(file.name), iterations, given.seed)
        if given.solutions:
            write_solution(given.solutions / f"{file.name}.csv", rows)
        if given.json:
            print(json.dumps(line), flush=True)
        else:
            print("  ".join(f"{key} {value}" for key, value in line.items() if key != "violation_list"), flush=True)


if __name__ == "__main__":
    main()
