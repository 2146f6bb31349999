"""Free-centre territories on instances from the literature: ``territory_design.py FILES --format tdp``.

Formats
-------
tdp
    Commercial territory design: ``n``; n lines ``id x y w1 w2 w3 unused``; ``m``; m lines ``u v``; a line
    ``p p tol tol tol tol``; then p x n eligibilities, which must all be 1. Connected territories, every weight within
    the tolerance of its mean, least sum of distances to the best centre unit.
cpmp
    Capacitated p-median: ``n p``; n lines ``x y capacity demand``. The demand of a territory must not exceed the
    capacity of its centre; least sum of Euclidean distances. Units are numbered from 0 in the order of the lines.

Prints a JSON line for each instance: instance, objective, best_known, gap_percent, bound, feasible, wall, cpu. The
objective and ``feasible`` come from `territory_design_checker`, which shares no code with the engine and reads the
written solution again. Solution files hold ``id,territory``; the centre of a territory is its unit with the least sum
of distances (of those with enough capacity), so that it can be recomputed. Times leave compilation out: a made-up
instance of each kind is solved first. The search counts its work, so that the answer is the same on any machine.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from territory_design_checker import check_solution
from territory_design_files import read_instance

from territory.planning.assignment.free_centres import FreeCentreProblem, free_centre_problem, locate_and_allocate

WORK = {
    "tdp": {"quick": 50_000_000, "normal": 450_000_000, "thorough": 4_000_000_000},
    "cpmp": {"quick": 400_000_000, "normal": 3_500_000_000, "thorough": 40_000_000_000},
}


def main(arguments: list[str] | None = None) -> int:
    """Solve every file and return 0 if all solutions are feasible, else 1."""
    options = _parser().parse_args(arguments)
    work = WORK[options.format].get(options.effort) or int(float(options.effort))
    known = _best_known(options.best_known)
    _warm_up()
    feasible = True
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(options.solutions or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for path in options.files:
            row = _solve(path, folder, known, options, work)
            feasible &= bool(row["feasible"])
            print(json.dumps(row) if options.json else _line(row), flush=True)
    return 0 if feasible else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Solve territory design instances from the literature.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILES")
    parser.add_argument("--format", choices=sorted(WORK), required=True)
    parser.add_argument("--best-known", type=Path, help="CSV: instance, cost, and optionally a proven optimum")
    parser.add_argument("--solutions", type=Path, help="folder for one file id,territory an instance")
    parser.add_argument("--effort", default="normal", help="quick, normal, thorough, or work in distances read")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def _solve(
    path: Path, folder: Path, known: dict[str, float], options: argparse.Namespace, work: int
) -> dict[str, object]:
    ids, problem = _problem(path, options.format)
    wall, cpu = time.perf_counter(), time.process_time()
    answer = locate_and_allocate(problem, seed=options.seed, work=work, workers=options.workers)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    file = folder / f"{path.stem}.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["id", "territory"])
        writer.writerows(zip(ids, answer.owner.tolist(), strict=True))
    verdict = check_solution(path, file, options.format)
    best = known.get(path.stem)
    return {
        "instance": path.stem,
        "objective": round(verdict.objective, 6),
        "best_known": best,
        "gap_percent": None if best is None else round(100 * (verdict.objective - best) / best, 4),
        "bound": round(answer.bound, 6),
        "bound_gap_percent": round(100 * answer.gap, 4),
        "feasible": verdict.feasible,
        "wall": round(wall, 3),
        "cpu": round(cpu, 3),
    }


def _problem(path: Path, kind: str) -> tuple[list[int], FreeCentreProblem]:
    """Return the ids of an instance, ascending, and its problem in that order."""
    instance = read_instance(path, kind)
    order = np.argsort(instance.ids, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    mean = instance.weight.sum(axis=0) / instance.territories
    capacity = instance.capacity
    problem = free_centre_problem(
        points=instance.points[order],
        weight=instance.weight[order].T,
        territories=instance.territories,
        lower=mean * (1 - instance.tolerance) if capacity is None else 0.0,
        upper=mean * (1 + instance.tolerance) if capacity is None else float(capacity.max()),
        capacity=None if capacity is None or np.all(capacity == capacity[0]) else capacity[order],
        adjacency=None if instance.edges is None else place[instance.edges],
    )
    return [int(instance.ids[row]) for row in order], problem


def _best_known(path: Path | None) -> dict[str, float]:
    """Return the first number of each row that starts with a name."""
    if path is None:
        return {}
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return {row[0]: float(row[1]) for row in rows[1:] if row}


def _warm_up() -> None:
    """Compile every kernel, or load it, before anything is timed."""
    random = np.random.default_rng(0)
    points = random.random((40, 2))
    chain = np.column_stack([np.arange(39), np.arange(1, 40)])
    for edges, measures, territories in ((None, 1, 10), (chain, 3, 4)):
        problem = free_centre_problem(
            points=points, weight=np.ones((measures, 40)), territories=territories, upper=11, adjacency=edges
        )
        locate_and_allocate(problem, seed=0, work=200_000)


def _line(row: dict[str, object]) -> str:
    return "  ".join(f"{name} {value}" for name, value in row.items())


if __name__ == "__main__":
    sys.exit(main())
