"""Many years of one plan, in chunks that any number of workers answer alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from territory.domain.outcome import Outcome, Year
from territory.domain.plan import Plan
from territory.parallel import map_tasks
from territory.simulation.tables import YearTables
from territory.simulation.year import prepare, run_year

Progress = Callable[[str, int, int], None]

CHUNK_YEARS = 25
"""Years of one task: some tenths of a second for a team of ten."""

_Task = tuple[YearTables, int, int, int]


def run_years(
    plan: Plan,
    *,
    years: int,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
) -> Outcome:
    """Live a plan many times.

    Parameters
    ----------
    plan : Plan
    years : int
        Replications, at least 1; the same numbers meet the same customers, deals and people under every plan.
    seed : int, optional
        The plan's seed by default.
    workers, backend
        How many processes and which joblib backend; they never show in the result.
    progress : callable, optional
        Called with ("years", done, total).

    Returns
    -------
    Outcome
        The years in order; the sample is the year of median bookings, with its ledger.
    """
    if years < 1:
        raise ValueError(f"years must be at least 1, not {years}")
    seed = plan.seed if seed is None else seed
    tables = prepare(plan)
    lived = live_years(tables, seed, range(years), workers=workers, backend=backend, progress=progress)
    sample = run_year(tables, seed, median_year(lived), ledger=True)
    return Outcome(plan, seed, tuple(lived), sample)


def live_years(
    tables: YearTables,
    seed: int,
    replications: range,
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
) -> list[Year]:
    """Live the given replications, in order."""
    return live_variants([tables], seed, replications, workers=workers, backend=backend, progress=progress)[0]


def live_variants(
    variants: Sequence[YearTables],
    seed: int,
    replications: range,
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
) -> list[list[Year]]:
    """Live the same replications under each variant of a plan; one list of years a variant, in order."""
    starts = range(replications.start, replications.stop, CHUNK_YEARS)
    tasks = [
        (tables, seed, first, min(first + CHUNK_YEARS, replications.stop)) for tables in variants for first in starts
    ]
    total = len(variants) * len(replications)

    def years_done(done: int, _chunks: int) -> None:
        if progress:
            progress("years", min(done * CHUNK_YEARS, total), total)

    chunks = iter(map_tasks(_live_chunk, tasks, workers=workers, backend=backend, progress=years_done))
    return [[year for _ in starts for year in next(chunks)] for _ in variants]


def _live_chunk(task: _Task) -> list[Year]:
    tables, seed, first, stop = task
    return [run_year(tables, seed, replication) for replication in range(first, stop)]


def median_year(years: Sequence[Year]) -> int:
    """Return the replication of median bookings (the lower one of two)."""
    bookings = np.array([year.month("bookings_cents").sum() for year in years])
    return years[int(np.argsort(bookings, kind="stable")[(len(years) - 1) // 2])].replication
