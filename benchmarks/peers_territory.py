"""Territory design against k-means-constrained (counts within +-5 %) on the same points in the same run.

Ours balances a log-normal workload within +-5 % and keeps territories connected, which the other does not do; a km
counts the same for every customer, as it does for the other. Run it with
``python benchmarks/peers.py territory --customers 10000 --territories 50``.
"""

from __future__ import annotations

import argparse
import json

import numpy as np
from k_means_constrained import KMeansConstrained
from scale import timed
from scipy.spatial import cKDTree

from territory.planning.assignment.candidates import map_order, on_globe
from territory.planning.assignment.delaunay import neighbour_graph
from territory.planning.assignment.design import design
from territory.planning.assignment.points import Task

TOLERANCE = 0.05
SIDE_KM, KM_PER_DEGREE = 400.0, 111.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this comparison."""
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--territories", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)


def run(args: argparse.Namespace) -> None:
    """Print one line for each of the two."""
    lat, lon, workload = _places(args.customers, args.seed)
    ours(_places(300, 1), 4, 1)  # compiles
    for name, owner, spent in (
        ours((lat, lon, workload), args.territories, args.seed),
        theirs((lat, lon, workload), args.territories, args.seed),
    ):
        print(json.dumps({"who": name, **spent, **_quality(lat, lon, workload, owner, args.territories)}), flush=True)


Places = tuple[np.ndarray, np.ndarray, np.ndarray]


def ours(places: Places, count: int, seed: int) -> tuple[str, np.ndarray, dict[str, object]]:
    """Return name, territory of each point, and the time it took, the neighbour graph included."""
    order = map_order(places[0], places[1])
    lat, lon, workload = (column[order] for column in places)

    def draw() -> np.ndarray:
        begin, border = neighbour_graph(lat, lon)
        weight = (workload / workload.sum())[:, None]
        fair = np.full((count, 1), 1 / count)
        limits = (fair * (1 - TOLERANCE), fair * (1 + TOLERANCE))
        task = Task(on_globe(lat, lon), np.ones(len(lat)), weight, *limits, (begin, border.astype(np.int32)))
        return design(task, seed=seed).owner

    found, spent = timed(draw)
    owner = np.empty(len(order), dtype=np.int64)
    owner[order] = found
    return "territory", owner, spent


def theirs(places: Places, count: int, seed: int) -> tuple[str, np.ndarray, dict[str, object]]:
    """Return the same for k-means-constrained with one start."""
    size = len(places[0]) / count
    model = KMeansConstrained(
        count,
        size_min=int(np.ceil(size * (1 - TOLERANCE))),
        size_max=int(size * (1 + TOLERANCE)),
        n_init=1,
        n_jobs=1,
        random_state=seed,
    )
    points = _plane(places[0], places[1])
    owner, spent = timed(lambda: model.fit_predict(points))
    return "k-means-constrained", np.asarray(owner, dtype=np.int64), spent


def _quality(lat: np.ndarray, lon: np.ndarray, workload: np.ndarray, owner: np.ndarray, count: int) -> dict[str, float]:
    points, size = _plane(lat, lon), np.bincount(owner, minlength=count)
    middle = np.column_stack([np.bincount(owner, p, count) / size for p in points.T])
    km = np.linalg.norm(points - middle[owner], axis=1)
    load = np.bincount(owner, workload, count) / workload.sum() * count
    nearest = cKDTree(middle).query(points)[1]
    return {
        "mean_km": round(float(km.mean()), 3),
        "mean_square_km": round(float((km**2).mean()), 1),
        "in_nearest_percent": round(100 * float((nearest == owner).mean()), 1),
        "count_deviation_percent": round(100 * float(np.abs(size / size.mean() - 1).max()), 2),
        "workload_deviation_percent": round(100 * float(np.abs(load - 1).max()), 2),
    }


def _places(count: int, seed: int) -> Places:
    """Return clustered points over 400 x 400 km, 15 % of them anywhere, with log-normal workload."""
    rng = np.random.default_rng([seed, count])
    towns = rng.random((40, 2)) * SIDE_KM
    km = towns[rng.integers(40, size=count)] + rng.normal(0, 15, (count, 2))
    anywhere = rng.random(count) < 0.15
    km[anywhere] = rng.random((int(anywhere.sum()), 2)) * SIDE_KM
    lat = 32 + km[:, 1] / KM_PER_DEGREE
    return lat, 112 + km[:, 0] / KM_PER_DEGREE / np.cos(np.radians(34)), np.exp(rng.normal(0, 0.6, count))


def _plane(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    return KM_PER_DEGREE * np.column_stack([lon * np.cos(np.radians(lat.mean())), lat])
