"""Territory design at scale on made-up customers over real cities, stage by stage.

``python benchmarks/scale.py --customers 250000 --reps 2500 --stages design,bound --measures 1 --json``

Stages: ``design`` draws territories within +-5 % of every measure, connected on the Delaunay graph of the points (the
graph itself is a stage of its own in the output, as its time counts too); ``bound`` improves them at fixed centres and
proves how far they are from the cheapest division at these centres. Compilation is excluded: a small case runs first.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

sys.path.insert(0, str(Path(__file__).parent))
from made_up_customers import Floats, made_up

from territory.planning.assignment.candidates import map_order, on_globe
from territory.planning.assignment.delaunay import neighbour_graph
from territory.planning.assignment.design import Design, design
from territory.planning.assignment.points import Task
from territory.planning.assignment.proof import prove

TOLERANCE = 0.05
STAGES = ("design", "bound")
Result = TypeVar("Result")


def main() -> None:
    """Print one line for each stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--reps", type=int, default=50)
    parser.add_argument("--measures", type=int, default=1, choices=(1, 2, 3))
    parser.add_argument("--stages", default="design,bound")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    stages = args.stages.split(",")
    if unknown := set(stages) - set(STAGES):
        parser.error(f"unknown stages: {', '.join(sorted(unknown))}")
    _warm_up(args.measures)
    for line in run(args.customers, args.reps, args.measures, stages, args.seed):
        print(json.dumps(line) if args.json else "  ".join(f"{key} {value}" for key, value in line.items()), flush=True)


def run(customers: int, reps: int, measures: int, stages: list[str], seed: int) -> list[dict[str, object]]:
    """Return one record for the graph and one for each stage."""
    who = made_up(customers, reps, measures=measures, seed=seed)
    order = map_order(who.lat, who.lon)
    lat, lon = who.lat[order], who.lon[order]
    weight = who.measures[order] / who.measures.sum(axis=0)
    del who
    border, spent = timed(lambda: neighbour_graph(lat, lon))
    size = {"customers": customers, "reps": reps, "measures": measures}
    lines: list[dict[str, object]] = [{"stage": "graph", **size, **spent}]
    fair = np.full((reps, measures), 1 / reps)
    lists = (border[0], border[1].astype(np.int32))
    points = on_globe(lat, lon)
    del border
    task = Task(points, weight[:, 0] * customers, weight, fair * (1 - TOLERANCE), fair * (1 + TOLERANCE), lists)
    found, spent = timed(lambda: design(task, seed=seed))
    lines.append({"stage": "design", **size, **spent, **_facts(task, found)})
    if "bound" in stages:
        proven, spent = timed(lambda: prove(task, found, seed=seed))
        lines.append({"stage": "bound", **size, **spent, **_facts(task, proven), "gap_percent": 100 * proven.gap})
    return lines


def timed(step: Callable[[], Result]) -> tuple[Result, dict[str, object]]:
    """Return the result of a step, with its CPU and wall time and the peak memory of the process so far."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = step()
    spent: dict[str, object] = {
        "cpu": round(time.process_time() - cpu, 3),
        "wall": round(time.perf_counter() - wall, 3),
        "peak_mb": _peak_mb(),
    }
    return result, spent


def _facts(task: Task, found: Design) -> dict[str, object]:
    """Check a division independently of the engine: loads added up anew, pieces counted on the graph."""
    count = len(task.lower)
    deviation = [float(np.abs(np.bincount(found.owner, w, count) * count - 1).max()) for w in task.weight.T]
    begin, border = task.border
    first = np.repeat(np.arange(len(found.owner)), np.diff(begin))
    same = found.owner[first] == found.owner[border]
    shape = (len(found.owner), len(found.owner))
    graph = coo_array((np.ones(int(same.sum()), dtype=np.int8), (first[same], border[same])), shape=shape)
    pieces, piece = connected_components(graph, directed=False)
    owner_of_piece = np.zeros(pieces, dtype=np.int64)
    owner_of_piece[piece] = found.owner
    return {
        "max_deviation_percent": [round(100 * d, 3) for d in deviation],
        "disconnected": int((np.bincount(owner_of_piece, minlength=count) > 1).sum()),
        "empty": int((np.bincount(found.owner, minlength=count) == 0).sum()),
        "mean_km": round(float(_to_centroid(task.points, found.owner, count).mean()), 4),
    }


def _to_centroid(points: Floats, owner: np.ndarray, count: int) -> Floats:
    size = np.maximum(np.bincount(owner, minlength=count), 1)
    middle = np.column_stack([np.bincount(owner, points[:, axis], count) / size for axis in range(3)])
    return np.asarray(np.linalg.norm(points - middle[owner], axis=1), dtype=np.float64)


def _peak_mb() -> int:
    """Return the largest memory this process has had so far."""
    status = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024


def _warm_up(measures: int) -> None:
    run(300, 4, measures, ["design", "bound"], 1)


if __name__ == "__main__":
    main()
