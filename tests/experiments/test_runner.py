from __future__ import annotations

import numpy as np
import pytest

from territory.experiments.runner import CHUNK_YEARS, run_years
from territory.simulation.year import simulate_year
from tests.simulation.plans import simple_plan
from tests.simulation.test_year import same

YEARS = CHUNK_YEARS + 5


def test_one_and_two_workers_live_the_same_years_and_report_progress() -> None:
    plan = simple_plan(12, 2)
    seen: list[tuple[str, int, int]] = []
    alone = run_years(plan, years=YEARS, progress=lambda *step: seen.append(step))
    together = run_years(plan, years=YEARS, workers=2)
    assert len(alone.years) == YEARS
    assert all(same(a, b) for a, b in zip(alone.years, together.years, strict=True))
    assert np.array_equal(alone.sample.ledger.cents, together.sample.ledger.cents)
    assert seen == [("years", CHUNK_YEARS, YEARS), ("years", YEARS, YEARS)]


def test_the_sample_is_the_year_of_median_bookings_with_its_ledger() -> None:
    outcome = run_years(simple_plan(12, 2), years=9, seed=4)
    totals = [year.month("bookings_cents").sum() for year in outcome.years]
    assert outcome.sample.month("bookings_cents").sum() == np.median(totals)
    assert same(outcome.sample, outcome.years[outcome.sample.replication])
    assert outcome.sample.ledger is not None
    assert all(year.ledger is None for year in outcome.years)
    ledger = outcome.ledger_table()
    assert float(ledger["balance"].iloc[-1]) == outcome.sample.closing_cash_cents / 100
    assert len(outcome.table()) == 9
    assert len(outcome.months_table()) == 12 * len(outcome.sample.months)


def test_a_year_does_not_depend_on_how_many_are_lived() -> None:
    plan = simple_plan(12, 2)
    assert same(run_years(plan, years=6, seed=3).years[5], simulate_year(plan, 5, seed=3))


def test_no_years_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        run_years(simple_plan(4, 1), years=0)
