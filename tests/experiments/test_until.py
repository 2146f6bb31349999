from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from territory.domain.plan import Plan
from territory.experiments.runner import run_years
from territory.experiments.strata import expected_hits, people_luck
from territory.experiments.until import run_until
from territory.simulation.tables import make_tables
from tests.simulation.plans import simple_plan


def drawn_plan(**changes: float) -> Plan:
    staffing = {"cut_mode": "drawn", "keep": 3, "review_month": 3, "annual_attrition": 0.0, **changes}
    return simple_plan(12, 6, new_hires=True, staffing=staffing)


def test_luck_is_binomial_and_decides_who_is_kept() -> None:
    plan = drawn_plan()
    luck = people_luck(make_tables(plan), plan.seed, range(40))
    assert luck.shares == pytest.approx(binom.pmf(np.arange(7), 6, 0.5))
    kept = [year.month("reps_active")[2] for year in run_years(plan, years=40).years]
    assert luck.numbers.tolist() == kept


def test_more_people_stay_by_luck_than_in_truth() -> None:
    plan = drawn_plan(annual_attrition=0.5)
    luck = people_luck(make_tables(plan), plan.seed, range(30))
    weeks = 53
    hazard = 1 - 0.5 ** (1 / 52)
    assert luck.shares == pytest.approx(binom.pmf(np.arange(7), 6, 0.5 * (1 - hazard) ** weeks))
    last = np.array([year.month("reps_active")[-1] for year in run_years(plan, years=30).years])
    assert np.corrcoef(luck.numbers, last)[0, 1] > 0.2


def test_expected_hits_are_drawn_towards_the_common_share() -> None:
    shares = np.array([0.25, 0.5, 0.25])
    expected = expected_hits(np.array([1.0, 1.0, 0.0, 0.0]), np.array([2, 2, 0, 0]), shares)
    assert expected == pytest.approx([(0 + 2) / 6, 0.5, (2 + 2) / 6])


def test_years_are_lived_until_the_probability_is_known() -> None:
    easy = simple_plan(6, 2, targets={"annual": 100})
    outcome = run_until(easy, half_width=0.1, condition="target")
    found = outcome.precision
    assert found is not None
    assert found.settled
    assert (found.years, len(outcome.years)) == (50, 50)
    assert found.high == 1.0
    assert found.low >= 0.8


def test_the_stop_does_not_depend_on_the_number_of_workers() -> None:
    plan = drawn_plan()
    alone, together = (run_until(plan, half_width=0.15, workers=workers, most_years=150) for workers in (1, 2))
    assert alone.precision == together.precision
    assert alone.table().equals(together.table())


def test_the_most_years_are_kept_and_said() -> None:
    steps: list[tuple[str, int, int]] = []
    found = run_until(
        drawn_plan(), half_width=0.002, most_years=60, progress=lambda *step: steps.append(step)
    ).precision
    assert found is not None
    assert (found.years, found.settled) == (60, False)
    assert [step[1] for step in steps] == [50, 60]


def test_a_half_width_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        run_until(drawn_plan(), half_width=0.7)
