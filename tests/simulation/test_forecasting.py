"""Forecasts made inside the year, and the reviews they feed."""

from __future__ import annotations

import numpy as np
import pytest

from territory.domain.outcome import BREACHES
from territory.domain.settings import TargetRules
from territory.domain.year_details import REVIEW_MEASURES, score
from territory.simulation import reviews
from territory.simulation.tables import make_tables
from territory.simulation.world import COMPILED, open_world
from territory.simulation.year import run_world, run_year, simulate_year
from tests.simulation.plans import simple_plan

CALM = {"staffing": {"annual_attrition": 0.0}, "workday": {"absence_share": 0.0}}
NO_DEALS = {"leads_per_year": (0.0, 0.0, 0.0, 0.0)}
SEASON = (0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 1.5, 1.0)


def test_steady_reorders_are_forecast_to_the_cent_and_their_season_with_them() -> None:
    plan = simple_plan(30, 3, pipeline=NO_DEALS, targets=TargetRules(annual=10**9, seasonality=SEASON), **CALM)
    details = simulate_year(plan, 0).details
    assert details.three_months.accuracy == pytest.approx(1.0, abs=1e-6)
    assert details.landing.bias == pytest.approx(0.0, abs=1e-6)
    assert details.month("rolling_cents") == pytest.approx(details.month("landing_cents"), abs=20)


def test_forecasts_of_deals_are_right_on_average() -> None:
    """Experienced reps, no season: over the years the landing forecast is neither hopeful nor timid."""
    plan = simple_plan(60, 4, pipeline={"run_rate_share": 0.0, "deal_value_sigma": 0.2}, **CALM)
    tables = make_tables(plan)
    years = [run_year(tables, 2, r) for r in range(60)]
    landing = np.array([year.details.month("landing_cents") for year in years])
    actual = np.array([year.month("bookings_cents").sum() for year in years])
    late = landing[:, 6:].mean(axis=0) / actual.mean() - 1
    assert np.abs(late).max() < 0.08
    spread = [np.abs(landing[:, m] - actual).mean() for m in (2, 6, 10)]
    assert spread[0] > spread[1] > spread[2], "the less is left, the better it is known"


def test_a_forecast_reads_nothing_of_later_days() -> None:
    """Draws of deals that arise after June change no forecast made by the end of June."""
    plan = simple_plan(40, 4, **CALM)
    tables = make_tables(plan)
    logs = []
    for factor in (1, 7):
        world = open_world(tables, 1, 0, COMPILED)
        later = world.deals.rows["arrives"] > tables.month_last[5]
        assert later.any()
        world.deals.rows["value"][later] *= factor
        run_world(world)
        logs.append(np.array([world.month_log[measure] for measure in REVIEW_MEASURES[:5]]))
    assert np.array_equal(logs[0][:, :6], logs[1][:, :6])
    assert not np.array_equal(logs[0][:, 6:], logs[1][:, 6:])


def test_scores() -> None:
    assert score(np.array([100.0, 100.0]), np.array([100.0, 100.0])) == score(np.array([3.0]), np.array([3.0]))
    hopeful = score(np.array([120.0, 100.0]), np.array([100.0, 100.0]))
    assert (hopeful.accuracy, hopeful.bias) == pytest.approx((0.9, 0.1))
    assert score(np.array([500.0]), np.array([100.0])).accuracy == 0
    assert score(np.zeros(2), np.zeros(2)).accuracy == 1


def test_linearity_is_the_share_of_sales_in_step_with_the_working_days() -> None:
    sales = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 4.0], [0.0, 0.0, 0.0, 0.0]])
    assert reviews.linearity(sales, np.full((3, 4), 5.0)) == pytest.approx([1.0, 0.25, 1.0])


def test_every_outlook_falls_short_of_an_absurd_target_and_none_of_a_tiny_one() -> None:
    for annual, months, quarters in ((10**14, 11, 3), (0, 0, 0)):
        year = simulate_year(simple_plan(30, 3, targets=TargetRules(annual=annual)), 0)
        counts = dict(zip(BREACHES, year.breaches.tolist(), strict=True))
        assert counts["week_outlook"] == (year.details.week("target_cents")[1:] > 0).sum(), "no target in the holidays"
        assert counts["month_outlook"] == months
        assert counts["quarter_outlook"] == quarters
        assert counts["rolling_forecast"] == (12 if annual else 0)


def test_the_weekly_log_holds_what_the_weeks_brought() -> None:
    plan = simple_plan(40, 4, pipeline={"run_rate_share": 0.0})
    year = simulate_year(plan, 0)
    won, target = year.details.week("actual_cents"), year.details.week("target_cents")
    assert won.sum() <= year.month("bookings_cents").sum()
    assert won.sum() > 0.9 * year.month("bookings_cents").sum()
    assert target.sum() == pytest.approx(plan.targets.total_cents, rel=1e-6)
