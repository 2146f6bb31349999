"""How good one rep's calendar is for the computing time: ``python benchmarks/rep_calendars.py --reps 4``.

Made-up reps (80 customers: 8 A, 24 B, 24 C, 24 D; 6 weeks of 6 days; strict patterns; split field days) are planned
with several iteration counts and compared with a long reference run. One JSON line a plan, then one a setting. Every
plan is checked here by loops of its own: each pattern allowed and followed, windows, drives, return.

``--team 1000x100`` measures the product instead: the calendars of a sample of a team's reps with all that belongs to
them, scaled to the whole team and two processors.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from made_up_reps import MIX_80, MIX_100, made_up_team

from territory.domain.effort import EFFORTS
from territory.domain.scenario import Scenario, call_plan
from territory.planning.visits import plan_visits
from territory.planning.visits.problem import RepProblem, rep_problem, year_windows
from territory.planning.visits.search import CyclePlan, plan_cycle

FIELD = ((570, 750), (840, 1020))
HOME_BY = 1080


def one_rep(
    seed: int, *, mix: tuple[int, int, int, int] = MIX_80, side_km: float = 40.0, level: float = 0.0
) -> RepProblem:
    """Return the problem of one made-up rep; ``level`` is the scenario's ``visits.level_load``."""
    scenario = made_up_team(1, mix, seed=seed, side_km=side_km, level_load=level)
    tier = scenario.customers.given_tier
    windows = year_windows(scenario.settings.workday, scenario.calendar)
    return rep_problem(scenario, tier, call_plan(scenario, tier), 0, np.arange(len(tier)), windows)


def planned(problem: RepProblem, seed: int, iterations: int) -> tuple[CyclePlan, float]:
    """Plan one cycle; return it and its CPU seconds."""
    begin = time.process_time()
    plan = plan_cycle(problem, np.arange(1, problem.places), frozenset(), seed=seed, iterations=iterations)
    return plan, time.process_time() - begin


def travel_minutes(problem: RepProblem, plan: CyclePlan) -> int:
    """Drive every day of the cycle; minutes."""
    return sum(
        int(problem.travel[[0, *row[:n]], [*row[:n], 0]].sum())
        for row, n in zip(plan.rows.tolist(), plan.lengths.tolist(), strict=True)
        if n
    )


def violations(problem: RepProblem, plan: CyclePlan) -> list[str]:
    """Check a cycle by plain loops: frequencies, even spacing, windows, driving, return."""
    found, days = [], {place: [] for place in range(1, problem.places)}
    for day, row, n in zip(plan.offsets.tolist(), plan.rows.tolist(), plan.lengths.tolist(), strict=True):
        minute, here = 570, 0
        for place in row[:n]:
            days[place].append(day)
            minute += int(problem.travel[here, place])
            start = next((max(minute, a) for a, b in FIELD if max(minute, a) + 20 <= b), None)
            if start is None:
                found.append(f"day {day}: {place} after the field day")
                start = minute
            minute, here = start + 20, place
        if n and minute + int(problem.travel[here, 0]) > HOME_BY:
            found.append(f"day {day}: home too late")
    for place, got in days.items():
        visits, weeks = problem.frequency[place]
        gaps = [b - a for a, b in zip(got, [*got[1:], got[0] + 42] if got else [], strict=True)]
        regular = 7 * weeks / visits
        if len(got) != visits * 6 // weeks:
            found.append(f"{place}: {len(got)} visits")
        elif min(gaps) < regular / 2 or max(gaps) > 1.5 * regular:
            found.append(f"{place}: uneven")
        elif visits >= weeks and any((day + 7) % 42 not in got for day in got):
            found.append(f"{place}: not the same weekdays")
    return found


def per_rep(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan every rep with every iteration count and once long."""
    gaps: dict[int, list[float]] = {n: [] for n in arguments.iterations}
    spent: dict[int, list[float]] = {n: [] for n in arguments.iterations}
    planned(one_rep(0), 0, 1)
    for rep in range(arguments.first, arguments.first + arguments.reps):
        problem = one_rep(rep, level=arguments.level)
        plan, seconds = planned(problem, 1_000 + rep, arguments.reference_iterations)
        best = travel_minutes(problem, plan)
        assert not violations(problem, plan), violations(problem, plan)
        yield {"rep": rep, "reference": best, "cpu_seconds": round(seconds, 2)}
        for iterations in arguments.iterations:
            for seed in range(arguments.seeds):
                plan, seconds = planned(problem, seed, iterations)
                cost = travel_minutes(problem, plan)
                gap = 100 * (cost / best - 1)
                gaps[iterations].append(gap)
                spent[iterations].append(seconds)
                yield {
                    "rep": rep,
                    "iterations": iterations,
                    "seed": seed,
                    "travel_minutes": cost,
                    "gap_percent": round(gap, 2),
                    "cpu_seconds": round(seconds, 3),
                    "violations": violations(problem, plan),
                }
    for iterations, found in gaps.items():
        yield {
            "iterations": iterations,
            "mean_gap_percent": round(float(np.mean(found)), 2),
            "worst_gap_percent": round(max(found), 2),
            "mean_cpu_seconds": round(float(np.mean(spent[iterations])), 3),
        }


def team(arguments: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Plan the calendars of a sample of a team and scale up."""
    reps, customers = (int(part) for part in arguments.team.split("x"))
    mix = MIX_100 if customers == sum(MIX_100) else (customers // 10, customers // 5, 3 * customers // 10, 0)
    mix = (*mix[:3], customers - sum(mix[:3]))
    scenario = made_up_team(arguments.sample, mix, seed=7, side_km=arguments.side_km)
    seconds, counts = _calendars(scenario, arguments.effort)
    each = seconds / arguments.sample
    yield {
        "reps": reps,
        "customers": reps * customers,
        "sample": arguments.sample,
        "cpu_seconds_per_rep": round(each, 3),
        "minutes_on_two_processors": round(each * reps / 120, 2),
        "peak_memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        **counts,
    }


def _calendars(scenario: Scenario, effort: str) -> tuple[float, dict[str, int]]:
    tier = scenario.customers.given_tier
    calls = call_plan(scenario, tier)
    warm = made_up_team(1, (1, 1, 1, 1))
    few = warm.customers.given_tier
    plan_visits(warm, few, call_plan(warm, few), np.zeros(4, dtype=np.int64), seed=1, effort=EFFORTS["quick"])
    begin = time.process_time()
    visits, routes, unserved = plan_visits(
        scenario, tier, calls, scenario.customers.current_rep, seed=1, effort=EFFORTS[effort]
    )
    seconds = time.process_time() - begin
    travel = int(routes.travel_minutes.sum())
    return seconds, {"visits": len(visits), "unserved": len(unserved), "travel_minutes": travel}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reps", type=int, default=4)
    parser.add_argument("--first", type=int, default=0, help="number of the first rep")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each setting")
    parser.add_argument("--iterations", type=lambda text: [int(n) for n in text.split(",")], default=[2_000, 10_000])
    parser.add_argument("--reference-iterations", type=int, default=100_000)
    parser.add_argument("--level", type=float, default=0.0, help="level_load: 0 is travel alone")
    parser.add_argument("--team", default="", help="reps x customers of each, as 1000x100")
    parser.add_argument("--sample", type=int, default=10, help="reps of the team that are planned")
    parser.add_argument("--side-km", type=float, default=22.0, help="side of the square of a rep of the team")
    parser.add_argument("--effort", default="normal", choices=sorted(EFFORTS))
    chosen = parser.parse_args(arguments)
    for line in team(chosen) if chosen.team else per_rep(chosen):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
