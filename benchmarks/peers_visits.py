"""The floating version of one rep by this package, VROOM and PyVRP in one run: ``peers.py visits --reps 2``.

No peer can state regular weekdays, so every visit may float inside its share of the period here. Two forms:

- ``split``: the field day has a lunch break. VROOM gets one vehicle a day, skills say which days a visit may take.
  PyVRP knows one window of a stop and is left out.
- ``whole``: one piece of seven hours a day instead. PyVRP gets the days on one axis of time: a vehicle works on its
  day, a visit's window is its share of the period.

Each peer gets its time (``--seconds``, wall clock; VROOM stops earlier when its exploration ends), then the search gets
as many iterations as fill the CPU time of each. ``pip install pyvroom pyvrp`` first. One JSON line a plan.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pyvrp
import vroom
from pyvrp.stop import MaxRuntime
from rep_calendars import one_rep, planned

from territory.planning.timing import NEVER
from territory.planning.visits.problem import RepProblem
from territory.planning.visits.regularity import cycle_travel, floating_problem

MINUTE, DAY = 60, 24 * 60
WHOLE_DAY = 9 * 60, 16 * 60

Found = dict[str, Any]


def in_one_piece(problem: RepProblem) -> RepProblem:
    """Return the problem with a day of seven hours from leaving home to being back, without a break."""
    begin, end = WHOLE_DAY
    starts = problem.starts.copy()
    starts[1:, 1:, 0, 0], starts[1:, 1:, 0, 1] = begin, end - problem.service[1:]
    starts[1:, 1:, 1:] = NEVER, -1
    return dataclasses.replace(problem, starts=starts, depart=begin, back=end)


def by_vroom(problem: RepProblem, loose: RepProblem, original: np.ndarray, level: int, seconds: float) -> Found:
    """Plan the floating visits with VROOM, one thread."""
    begin = time.process_time()
    task = vroom.Input()
    task.set_durations_matrix(profile="car", matrix_input=(problem.travel.astype(np.uint32) * MINUTE))
    shares = {patterns: k for k, patterns in enumerate(dict.fromkeys(loose.patterns[1:]), start=1)}
    for day in _days(loose):
        skills = {k for patterns, k in shares.items() if any(pattern.days == (day,) for pattern in patterns)}
        window = vroom.TimeWindow(problem.depart * MINUTE, problem.back * MINUTE)
        task.add_vehicle(vroom.Vehicle(day + 1, start=0, end=0, skills=skills, time_window=window))
    w = int(problem.days.ordinary[0])
    for place in range(1, loose.places):
        pieces = [(low, high) for low, high in loose.starts[w, place].tolist() if high >= 0]
        task.add_job(
            vroom.Job(
                place,
                location=int(original[place]),
                default_service=int(loose.service[place]) * MINUTE,
                skills={shares[loose.patterns[place]]},
                time_windows=[vroom.TimeWindow(low * MINUTE, high * MINUTE) for low, high in pieces],
            )
        )
    found = task.solve(exploration_level=level, nb_threads=1, timeout=timedelta(seconds=seconds))
    minutes = found.summary.duration / MINUTE
    return {
        "travel_minutes": round(minutes),
        "left_out": found.summary.unassigned,
        "cpu_seconds": round(time.process_time() - begin, 2),
    }


def by_pyvrp(problem: RepProblem, loose: RepProblem, original: np.ndarray, seconds: float) -> Found:
    """Plan the floating visits with PyVRP; only for days in one piece."""
    begin = time.process_time()
    model = pyvrp.Model()
    spots = [model.add_location(x=0, y=0) for _ in range(problem.places)]
    depot = model.add_depot(spots[0])
    for place in range(1, loose.places):
        days = [pattern.days[0] for pattern in loose.patterns[place]]
        model.add_client(
            spots[int(original[place])],
            service_duration=int(loose.service[place]),
            tw_early=days[0] * DAY + problem.depart,
            tw_late=days[-1] * DAY + problem.back - int(loose.service[place]),
        )
    for day in _days(loose):
        model.add_vehicle_type(
            start_depot=depot, end_depot=depot, tw_early=day * DAY + problem.depart, tw_late=day * DAY + problem.back
        )
    for a, one in enumerate(spots):
        for b, two in enumerate(spots):
            minutes = int(problem.travel[a, b]) if a != b else 0
            model.add_edge(one, two, distance=minutes, duration=minutes)
    found = model.solve(MaxRuntime(seconds), seed=1, display=False)
    best = found.best
    return {
        "travel_minutes": int(best.distance()),
        "left_out": loose.places - 1 - int(best.num_clients()),
        "feasible": bool(found.is_feasible()),
        "cpu_seconds": round(time.process_time() - begin, 2),
    }


def by_this_package(loose: RepProblem, iterations: int) -> Found:
    """Plan the floating visits with the calendar search."""
    plan, seconds = planned(loose, 1, iterations)
    left_out = loose.places - 1 - int(plan.lengths.sum())
    return {
        "travel_minutes": cycle_travel(loose, plan),
        "left_out": left_out,
        "cpu_seconds": round(seconds, 2),
        "iterations": iterations,
    }


def _days(loose: RepProblem) -> list[int]:
    return sorted({pattern.days[0] for patterns in loose.patterns[1:] for pattern in patterns})


def comparison(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan each rep in each form with every planner that can state it, and answer each at equal CPU time."""
    planned(floating_problem(one_rep(0))[0], 1, 1)
    for rep in range(arguments.first, arguments.first + arguments.reps):
        for form in arguments.forms:
            problem = one_rep(rep) if form == "split" else in_one_piece(one_rep(rep))
            loose, original = floating_problem(problem)
            fixed, probed = (planned(loose, 1, n)[1] for n in (1, arguments.probe))
            each = max(1e-6, (probed - fixed) / arguments.probe)
            theirs = {
                f"vroom -x {level}": by_vroom(problem, loose, original, level, arguments.seconds)
                for level in arguments.exploration_levels
            }
            if form == "whole":
                theirs["pyvrp"] = by_pyvrp(problem, loose, original, arguments.seconds)
            for name, found in theirs.items():
                iterations = max(1, int((found["cpu_seconds"] - fixed) / each))
                ours = by_this_package(loose, min(iterations, arguments.most_iterations))
                yield {"rep": rep, "form": form, "planner": name, **found}
                yield {"rep": rep, "form": form, "planner": "territory", "beside": name, **ours}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this comparison."""
    parser.add_argument("--reps", type=int, default=2)
    parser.add_argument("--first", type=int, default=0, help="number of the first rep")
    parser.add_argument("--forms", nargs="+", choices=("split", "whole"), default=["split", "whole"])
    parser.add_argument("--exploration-levels", type=int, nargs="+", default=[1, 5])
    parser.add_argument("--seconds", type=float, default=60.0, help="most seconds of a peer, wall clock")
    parser.add_argument("--probe", type=int, default=1_000, help="iterations that measure the speed of the search")
    parser.add_argument("--most-iterations", type=int, default=200_000, help="the search stops there at the latest")


def run(arguments: argparse.Namespace) -> None:
    """Print JSON lines."""
    for line in comparison(arguments):
        print(json.dumps(line), flush=True)
