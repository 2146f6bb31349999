"""Whether nothing is ever lost: ``python benchmarks/random_years.py --years 10000 --json``.

Random scenarios of small teams are lived in blocks, and deals, cash, headcount, visits and reviews of every year must
add up exactly; the first year that does not is shown by its scenario. Run from the root of a checkout.
"""

from __future__ import annotations

import argparse
import json
import time

from tests.simulation.random_years import YEARS_EACH, live_random_years

SCENARIOS_A_BLOCK = 100
FIRST = 10_000
"""Seed of the first block; the campaigns of the test suite use smaller ones."""


def main() -> None:
    """Live the years and print how many held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="also print a line a block")
    given = parser.parse_args()
    began, lived, block = time.process_time(), 0, 0
    while lived < given.years:
        scenarios = min(SCENARIOS_A_BLOCK, -(-(given.years - lived) // YEARS_EACH))
        lived += live_random_years(FIRST + 1_000 * block, scenarios)
        block += 1
        line = {"years": lived, "blocks": block, "cpu_seconds": round(time.process_time() - began, 1)}
        if given.json or lived >= given.years:
            print(json.dumps({**line, "exact": True}), flush=True)


if __name__ == "__main__":
    main()
