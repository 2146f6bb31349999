"""Nine divisions to choose from for 1,600 customers and 22 reps: three measures, 5 % locked, connected.

Usage: ``python benchmarks/alternatives.py [--customers N] [--reps M] [--count K] [--effort E] [--json]``
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from made_up_teams import made_up_team

from territory.domain.alternative import alternatives_table
from territory.domain.effort import EFFORTS
from territory.domain.scenario import call_plan
from territory.planning.assignment import design_alternatives
from territory.planning.targets import customer_weights

BALANCE = {"workload": 0.1, "potential": 0.1, "customers": 0.1}


def main() -> None:
    """Measure the whole stage, after one small run that compiles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1600)
    parser.add_argument("--reps", type=int, default=22)
    parser.add_argument("--count", type=int, default=9)
    parser.add_argument("--effort", choices=EFFORTS, default="normal")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    _run(60, 3, 2, args.effort)
    wall, cpu = time.perf_counter(), time.process_time()
    found = _run(args.customers, args.reps, args.count, args.effort)
    figures = {
        "customers": args.customers,
        "reps": args.reps,
        "plans": len(found),
        "wall": round(time.perf_counter() - wall, 2),
        "cpu": round(time.process_time() - cpu, 2),
    }
    if args.json:
        sys.stdout.write(json.dumps(figures | {"table": found.to_dict("records")}) + "\n")
    else:
        sys.stdout.write(f"{found.to_string(index=False)}\n{figures}\n")


def _run(customers: int, reps: int, count: int, effort: str):
    scenario = made_up_team(customers, reps).replace(territories={"balance": BALANCE, "contiguous": True})
    calls = call_plan(scenario, scenario.customers.given_tier)
    weights = customer_weights(scenario)
    found = design_alternatives(scenario, calls, weights, count=count, seed=1, effort=EFFORTS[effort])
    return alternatives_table(found)


if __name__ == "__main__":
    main()
