"""Years until a probability is known well enough, and no longer."""

from __future__ import annotations

import dataclasses

import numpy as np

from territory.assessment.kpis import year_flags
from territory.assessment.sequences import MeanSequence
from territory.domain.findings import Precision
from territory.domain.outcome import Outcome, Year
from territory.domain.plan import Plan
from territory.experiments.journal import Journal
from territory.experiments.runner import Progress, live_years, make_outcome
from territory.experiments.strata import expected_hits, people_luck
from territory.simulation.tables import make_tables

LOOK_YEARS = 50
"""Years between two looks; the same for any number of workers."""

MOST_YEARS = 10_000


def run_until(
    plan: Plan,
    *,
    half_width: float,
    condition: str = "target",
    most_years: int = MOST_YEARS,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Outcome:
    """Live years until the probability of a condition is known to a half width, at the verdict's confidence.

    The interval is a confidence sequence, so looking after every 50 years spoils nothing. Each year counts with the
    luck of its people taken out: less what years with as many people kept by luck brought so far, plus what they bring
    on average over the exact distribution of that number. That has the same mean and a smaller variance.

    Parameters
    ----------
    plan : Plan
    half_width : float
        For example 0.025 for +-2.5 points.
    condition : str
        A key of `year_flags`.
    most_years : int
        Where to give up.
    seed, workers, backend, progress, journal
        As for `run_years`; progress counts towards `most_years`, or the years expected to be enough.

    Returns
    -------
    Outcome
        With its `precision`.
    """
    if not 0 < half_width < 0.5:
        raise ValueError(f"half_width must lie between 0 and 0.5, not {half_width}")
    seed = plan.seed if seed is None else seed
    tables = make_tables(plan)
    sequence = MeanSequence(plan.scenario.settings.verdict.confidence, half_width)
    lived: list[Year] = []
    hits = np.zeros(0)
    numbers = np.zeros(0, dtype=np.int64)
    while not sequence.settled and len(lived) < most_years:
        block = range(len(lived), min(len(lived) + LOOK_YEARS, most_years))
        new = live_years(tables, seed, block, workers=workers, backend=backend, journal=journal)
        luck = people_luck(tables, seed, block)
        found = year_flags(plan, new)[condition].astype(np.float64)
        expected = expected_hits(hits, numbers, luck.shares)
        mean = float(luck.shares @ expected)
        spread = mean - expected
        sequence.add(found + spread[luck.numbers], float(spread.min()), 1 + float(spread.max()))
        lived += new
        hits, numbers = np.append(hits, found), np.append(numbers, luck.numbers)
        if progress:
            progress("years", len(lived), max(len(lived), _expected_years(sequence, most_years)))
    low, high = sequence.interval
    outcome = make_outcome(plan, tables, seed, lived)
    precision = Precision(condition, half_width, sequence.mean, low, high, len(lived), sequence.settled)
    return dataclasses.replace(outcome, precision=precision)


def _expected_years(sequence: MeanSequence, most_years: int) -> int:
    """Return about how many years will be enough, for the progress bar: widths shrink with the root of the years."""
    low, high = sequence.interval
    ratio = (high - low) / (2 * sequence.half_width)
    return most_years if not sequence.count else min(most_years, int(sequence.count * max(ratio, 1.0) ** 2))
