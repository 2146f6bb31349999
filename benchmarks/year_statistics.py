"""Whether the statistics keep their promises: ``python benchmarks/year_statistics.py [--only NAME] [--meta-runs N]``.

One JSON line a promise, with what was asked and what was seen. Coverage is counted over many meta-runs that draw years
with replacement from a large pool of simulated ones, so that the truth is known; variance reduction and the power of a
comparison come from a real territory split of a bundled scenario, travel included. Run from the root of a checkout.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from territory.assessment.intervals import wilson
from territory.assessment.sequences import MeanSequence, looks
from territory.domain.plan import Plan
from territory.examples import scenario_path
from territory.experiments.compare import FIRST_LOOK, Lived, count, unbeaten
from territory.experiments.levers import with_settings
from territory.experiments.pairs import paired_difference
from territory.experiments.runner import live_years
from territory.experiments.until import run_until
from territory.inputs.load import load_scenario
from territory.planning.workflow import make_plan
from territory.simulation.tables import make_tables
from tests.simulation.plans import simple_plan

CONFIDENCE = 0.95
POOL = 1_000
SAMPLE = 200
Promise = Callable[[int], Iterator[dict[str, Any]]]


def pools(years: int = POOL) -> tuple[Lived, Lived]:
    """Return many years of a small team and of the same team with a fifth more leads, on common random numbers."""
    task = {"targets": {"annual": 24_000_000_00}}
    base = simple_plan(24, 4, staffing={"annual_attrition": 0.3, "cut_mode": "drawn", "keep": 2}, **task)
    middle = np.median([year.month("bookings_cents").sum() for year in live_years(make_tables(base), 1, range(60))])
    fitted = simple_plan(
        24, 4, staffing={"annual_attrition": 0.3, "cut_mode": "drawn", "keep": 2}, targets={"annual": int(middle)}
    )
    leads = tuple(1.2 * rate for rate in fitted.scenario.settings.pipeline.leads_per_year)
    more = with_settings(fitted, pipeline={"leads_per_year": leads})
    first, second = (count(plan, live_years(make_tables(plan), 1, range(years))) for plan in (fitted, more))
    return first, second


def coverage(meta_runs: int) -> Iterator[dict[str, Any]]:
    """Count how often nominal 95 % intervals hold the truth of the pool."""
    first, second = pools()
    rng = np.random.default_rng(1)
    truth, difference = first.target.mean(), (second.bookings - first.bookings).mean()
    share_difference = second.target.mean() - first.target.mean()
    hits = np.zeros(3)
    for _ in range(meta_runs):
        drawn = rng.integers(0, len(first.target), SAMPLE)
        low, high = wilson(int(first.target[drawn].sum()), SAMPLE, CONFIDENCE)
        gain = paired_difference(second.bookings[drawn], first.bookings[drawn], CONFIDENCE)
        share = paired_difference(second.target[drawn], first.target[drawn], CONFIDENCE)
        hits += low <= truth <= high, gain.low <= difference <= gain.high, share.low <= share_difference <= share.high
    for name, value in zip(("probability_of_target", "paired_bookings", "paired_target"), hits, strict=True):
        seen = float(value) / meta_runs
        yield {"promise": f"coverage_{name}", "asked": [0.93, 0.97], "seen": seen, "meta_runs": meta_runs}
    stops, held = [], 0
    for _ in range(max(meta_runs // 5, 20)):
        sequence = MeanSequence(CONFIDENCE, 0.05)
        while not sequence.settled:
            sequence.add(rng.choice(first.target, 50).astype(float))
        stops.append(sequence.count)
        held += sequence.interval[0] <= truth <= sequence.interval[1]
    seen = float(held) / len(stops)
    yield {"promise": "coverage_at_the_stop", "asked": [0.93, 1.0], "seen": seen, "years": float(np.mean(stops))}


def selection(meta_runs: int) -> Iterator[dict[str, Any]]:
    """Count how often a comparison names a winner among plans without a true difference."""
    first, second = pools()
    rng = np.random.default_rng(2)
    noise = float((second.bookings - first.bookings).std())
    for plans in (2, 5, 10):
        named = sum(_winner(first, noise, plans, rng) for _ in range(meta_runs))
        yield {"promise": f"winner_among_{plans}_equals", "asked": [0, 0.05], "seen": named / meta_runs}


def _winner(pool: Lived, noise: float, plans: int, rng: np.random.Generator) -> bool:
    """Compare equal plans, the pool's years and own noise each, as `compare_plans` does; say whether one wins."""
    at = looks(FIRST_LOOK, SAMPLE)
    drawn = rng.integers(0, len(pool.bookings), SAMPLE)
    task = np.median(pool.bookings)
    left: dict[int, Lived] = {}
    for k in range(plans):
        bookings = pool.bookings[drawn] + rng.normal(0, noise, SAMPLE)
        left[k] = Lived(bookings, bookings >= task, bookings >= task)
    for years in at:
        seen = {k: Lived(*(column[:years] for column in plan)) for k, plan in left.items()}
        left = {k: left[k] for k in unbeaten(seen, doubt=(1 - CONFIDENCE) / (len(at) * plans))}
    return len(left) == 1


def pairing(_: int) -> Iterator[dict[str, Any]]:
    """Measure what common random numbers save between two real territory splits, travel included."""
    first, second = splits()
    years = range(120)
    a, b = (count(plan, live_years(make_tables(plan), 1, years)).bookings for plan in (first, second))
    other = count(second, live_years(make_tables(second), 2, years)).bookings
    moved = int((first.territories.rep != second.territories.rep).sum())
    reduction = float(np.var(a - other, ddof=1) / np.var(a - b, ddof=1))
    yield {"promise": "variance_reduction", "asked": [20, None], "seen": reduction, "customers_moved": moved}
    half_percent = with_settings(first, pipeline={"deal_value_share": _share_for(first, a, 1.005)})
    c = count(half_percent, live_years(make_tables(half_percent), 1, range(100))).bookings
    for pairs in looks(FIRST_LOOK, 100):
        gain = paired_difference(c[:pairs], a[:pairs], 1 - (1 - CONFIDENCE) / 3)
        if gain.clear or pairs == 100:
            relative = float((c - a[:100]).mean() / a[:100].mean())
            yield {
                "promise": "half_a_percent_found",
                "asked": [None, 100],
                "seen": pairs if gain.clear else None,
                "difference": relative,
            }
            break


def splits() -> tuple[Plan, Plan]:
    """Return two plans of the bundled outlets: their own territories, and others drawn from another seed and rules."""
    scenario = load_scenario(scenario_path("outlets_100"))
    first = make_plan(scenario, effort="quick", workers=1)
    wider = scenario.replace(territories={"disruption_loss": 0.0})
    second = make_plan(wider, effort="quick", seed=first.seed + 1, workers=1)
    return first, dataclasses.replace(second, scenario=scenario)


def _share_for(plan: Plan, bookings: np.ndarray, factor: float) -> float:
    """Return the deal value share with which mean bookings are `factor` times as high; run-rate does not scale."""
    rules = plan.scenario.settings.pipeline
    run_rate = np.mean([year.month("run_rate_cents").sum() for year in live_years(make_tables(plan), 1, range(20))])
    deals = bookings[:20].mean() - run_rate
    return rules.deal_value_share * (1 + (factor - 1) * bookings[:20].mean() / deals)


def until(_: int) -> Iterator[dict[str, Any]]:
    """Measure the CPU time until the probability of xian_office's task is known to 2.5 points."""
    plan = make_plan(load_scenario(scenario_path("xian_office")), effort="quick", workers=1)
    live_years(make_tables(plan), 1, range(2))
    began = time.process_time()
    found = run_until(plan, half_width=0.025).precision
    seconds = time.process_time() - began
    yield {
        "promise": "xian_office_within_2.5_points",
        "asked": [None, 10],
        "seen": seconds,
        **dataclasses.asdict(found),
    }


PROMISES: dict[str, Promise] = {"coverage": coverage, "selection": selection, "pairing": pairing, "until": until}


def main() -> None:
    """Run the promises and print one JSON line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PROMISES)
    parser.add_argument("--meta-runs", type=int, default=1_000)
    given = parser.parse_args()
    for name, promise in PROMISES.items():
        if given.only in {None, name}:
            began = time.process_time()
            for line in promise(given.meta_runs):
                low, high = line["asked"]
                seen = line["seen"]
                kept = seen is not None and bool((low is None or seen >= low) and (high is None or seen <= high))
                print(json.dumps({**line, "kept": kept, "cpu_seconds": round(time.process_time() - began, 2)}))


if __name__ == "__main__":
    main()
