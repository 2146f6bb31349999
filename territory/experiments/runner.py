"""Many years of one plan, in chunks that any number of workers answer alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from territory.assessment.explain import typical_failing_year
from territory.domain.outcome import Outcome, Year
from territory.domain.plan import Plan
from territory.experiments.journal import Journal, year_key
from territory.parallel import map_shared
from territory.simulation.tables import YearTables, make_tables
from territory.simulation.year import run_year

Progress = Callable[[str, int, int], None]

CHUNK_YEARS = 25
"""Years of one task: some tenths of a second for a team of ten."""


def run_years(
    plan: Plan,
    *,
    years: int,
    seed: int | None = None,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> Outcome:
    """Live a plan many times.

    Parameters
    ----------
    plan : Plan
    years : int
        At least 1.
    seed : int, optional
        The plan's seed by default.
    workers : int
        Processes; the outcome does not depend on it.
    backend : str
        ``dask`` or any joblib backend name.
    progress : callable, optional
        Called with ("years", done, total).
    journal : Journal, optional
        Finished years are taken from it and added to it.

    Returns
    -------
    Outcome
        Years in order; the sample is the year of median bookings, with its ledger.
    """
    if years < 1:
        raise ValueError(f"years must be at least 1, not {years}")
    seed = plan.seed if seed is None else seed
    tables = make_tables(plan)
    lived = live_years(tables, seed, range(years), workers=workers, backend=backend, progress=progress, journal=journal)
    return make_outcome(plan, tables, seed, lived)


def make_outcome(plan: Plan, tables: YearTables, seed: int, lived: Sequence[Year]) -> Outcome:
    """Return an outcome with two years told in full: one of median bookings, and a typical one that fails."""
    sample = run_year(tables, seed, median_year(lived), ledger=True)
    failing = typical_failing_year(plan, lived)
    told = None if failing is None else run_year(tables, seed, failing, ledger=True)
    return Outcome(plan, seed, tuple(lived), sample, told)


def live_years(
    tables: YearTables,
    seed: int,
    replications: range,
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> list[Year]:
    """Live the given replications, in order."""
    return live_variants(
        [tables], seed, replications, workers=workers, backend=backend, progress=progress, journal=journal
    )[0]


def live_variants(
    variants: Sequence[YearTables],
    seed: int,
    replications: range,
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Progress | None = None,
    journal: Journal | None = None,
) -> list[list[Year]]:
    """Live the same replications under each variant of a plan; one list of years a variant, in order."""
    keys = [year_key(tables, seed) if journal is not None else "" for tables in variants]
    found: list[dict[int, Year]] = [{} for _ in variants]
    if journal is not None:
        for years, key in zip(found, keys, strict=True):
            known = ((n, journal.find(key, n)) for n in replications)
            years.update((n, year) for n, year in known if year is not None)
    tasks: list[tuple[int, _Chunk]] = []
    for k, years in enumerate(found):
        missing = [n for n in replications if n not in years]
        tasks += [(k, (seed, tuple(missing[at : at + CHUNK_YEARS]))) for at in range(0, len(missing), CHUNK_YEARS)]
    done, total = sum(map(len, found)), len(variants) * len(replications)
    answers = map_shared(_live_chunk, variants, tasks, workers=workers, backend=backend)
    for (k, _), chunk in zip(tasks, answers, strict=True):
        if journal is not None:
            journal.add(keys[k], chunk)
        found[k].update((year.replication, year) for year in chunk)
        done += len(chunk)
        if progress:
            progress("years", done, total)
    return [[years[n] for n in replications] for years in found]


_Chunk = tuple[int, tuple[int, ...]]
"""Seed and replications."""


def _live_chunk(tables: YearTables, chunk: _Chunk) -> list[Year]:
    seed, replications = chunk
    return [run_year(tables, seed, replication) for replication in replications]


def median_year(years: Sequence[Year]) -> int:
    """Return the replication of median bookings (the lower one of two)."""
    bookings = np.array([year.month("bookings_cents").sum() for year in years])
    return years[int(np.argsort(bookings, kind="stable")[(len(years) - 1) // 2])].replication
