"""The floating version of one rep, planned by this package and by VROOM in one run: ``peers_visits.py --reps 2``.

No peer can state regular weekdays, so every visit may float inside its share of the period here. VROOM gets one vehicle
a day, and skills say which days a visit may take. PyVRP knows neither several windows of a stop nor choices of days for
one, and is left out. ``pip install pyvroom`` first. One JSON line a rep and planner.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import vroom
from rep_calendars import one_rep, planned

from territory.planning.visits.problem import RepProblem
from territory.planning.visits.regularity import cycle_travel, floating_problem

MINUTE = 60


def by_vroom(problem: RepProblem, loose: RepProblem, original: np.ndarray, level: int) -> dict[str, Any]:
    """Plan the floating visits with VROOM, one thread."""
    begin = time.process_time()
    task = vroom.Input()
    task.set_durations_matrix(profile="car", matrix_input=(problem.travel.astype(np.uint32) * MINUTE))
    days = sorted({pattern.days[0] for patterns in loose.patterns[1:] for pattern in patterns})
    shares = {patterns: k for k, patterns in enumerate(dict.fromkeys(loose.patterns[1:]), start=1)}
    for day in days:
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
    found = task.solve(exploration_level=level, nb_threads=1)
    minutes = found.summary.duration / MINUTE
    return {"travel_minutes": minutes, "left_out": found.summary.unassigned, "cpu_seconds": time.process_time() - begin}


def by_this_package(loose: RepProblem, iterations: int) -> dict[str, Any]:
    """Plan the floating visits with the calendar search."""
    plan, seconds = planned(loose, 1, iterations)
    left_out = loose.places - 1 - int(plan.lengths.sum())
    return {"travel_minutes": cycle_travel(loose, plan), "left_out": left_out, "cpu_seconds": seconds}


def comparison(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan each rep with both; the search gets as many iterations as fill VROOM's time."""
    planned(floating_problem(one_rep(0))[0], 1, 1)
    for rep in range(arguments.reps):
        problem = one_rep(rep)
        loose, original = floating_problem(problem)
        theirs = by_vroom(problem, loose, original, arguments.exploration_level)
        yield {"rep": rep, "planner": "vroom", **theirs}
        _, seconds = planned(loose, 1, arguments.probe)
        iterations = max(arguments.probe, int(arguments.probe * theirs["cpu_seconds"] / max(seconds, 1e-3)))
        yield {"rep": rep, "planner": "territory", "iterations": iterations, **by_this_package(loose, iterations)}


def main() -> None:
    """Read the options and print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=2)
    parser.add_argument("--exploration-level", type=int, default=5)
    parser.add_argument("--probe", type=int, default=500, help="iterations that measure the speed of the search")
    for line in comparison(parser.parse_args()):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
