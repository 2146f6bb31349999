"""One of 22 reps leaves: sales that change hands over those of the leaver, by tolerance and price of moved sales.

Usage: ``python benchmarks/reassignment.py [--customers N] [--reps M] [--leavers K] [--contiguous yes|no] [--json]``
"""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
from made_up_teams import made_up_team

from territory.domain.effort import EFFORTS
from territory.domain.scenario import Scenario, call_plan
from territory.domain.team import with_owners, without_rep
from territory.planning.assignment import assign_territories
from territory.planning.reassignment import moved_sales_cents, reassign_territories
from territory.planning.targets import customer_weights

MEASURES = ("workload", "potential", "customers")
TOLERANCES = (0.05, 0.1)
STILLNESS = (0.1, 0.3, 1.0, 3.0, 10.0)


def main() -> None:
    """Draw the territories of the whole team, then let some leave, each alone, and draw them again."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1600)
    parser.add_argument("--reps", type=int, default=22)
    parser.add_argument("--leavers", type=int, default=5)
    parser.add_argument("--contiguous", choices=("yes", "no"), default="yes")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    contiguous = args.contiguous == "yes"
    _replan(_team(60, 3, contiguous=contiguous), 1, 0.5, 3.0)
    scenario = _team(args.customers, args.reps, contiguous=contiguous)
    leavers = np.linspace(0, args.reps - 1, args.leavers).astype(int).tolist()
    rows = []
    for tolerance in TOLERANCES:
        for stillness in STILLNESS:
            runs = [_replan(scenario, leaver, tolerance, stillness) for leaver in leavers]
            ratio = [run[0] for run in runs]
            rows.append(
                {
                    "tolerance": tolerance,
                    "stillness": stillness,
                    "ratio_mean": round(float(np.mean(ratio)), 3),
                    "ratio_worst": round(max(ratio), 3),
                    "balanced": sum(run[1] for run in runs),
                    "cpu_each": round(float(np.mean([run[2] for run in runs])), 2),
                    "wall_each": round(float(np.mean([run[3] for run in runs])), 2),
                }
            )
            if not args.json:
                sys.stdout.write(f"{rows[-1]}\n")
                sys.stdout.flush()
    if args.json:
        sys.stdout.write(json.dumps(rows) + "\n")


def _team(customers: int, reps: int, *, contiguous: bool) -> Scenario:
    balance = dict.fromkeys(MEASURES, 0.05)
    scenario = made_up_team(customers, reps).replace(territories={"balance": balance, "contiguous": contiguous})
    calls = call_plan(scenario, scenario.customers.given_tier)
    made = assign_territories(scenario, calls, customer_weights(scenario), seed=1, effort=EFFORTS["normal"])
    return with_owners(scenario, made.rep)


def _replan(scenario: Scenario, leaver: int, tolerance: float, stillness: float) -> tuple[float, bool, float, float]:
    own = int(scenario.customers.annual_sales_cents[scenario.customers.current_rep == leaver].sum())
    left = without_rep(scenario, leaver).replace(territories={"balance": dict.fromkeys(MEASURES, tolerance)})
    calls, weights = call_plan(left, left.customers.given_tier), customer_weights(left)
    wall, cpu = time.perf_counter(), time.process_time()
    made = reassign_territories(left, calls, weights, seed=1, effort=EFFORTS["normal"], stillness=stillness)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    balanced = max(made.tolerance.values()) <= tolerance + 1e-6
    return moved_sales_cents(left, made.rep) / own, balanced, cpu, wall


if __name__ == "__main__":
    main()
