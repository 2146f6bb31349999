"""What one year is like, as plain figures: the same for explaining years and for finding a typical one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from territory.assessment.kpis import served_shares, spending_cents
from territory.domain.customers import Floats, Ints
from territory.domain.outcome import BREACHES, MONTH_MEASURES, Year
from territory.domain.plan import Plan

HALF_YEAR = 6

SAYS_NOTHING_NEW = {
    "target": ("spending_cents",),
    "budget": ("spending_cents",),
    "cash": (),
    "visits": ("visits_done_share",),
}
"""Figures that are the condition itself or follow from it (pay follows sales), and so explain nothing."""


def year_figures(plan: Plan, years: Sequence[Year]) -> dict[str, Floats]:
    """Return the figures of each year, each an array over the years; money in cents."""
    months = np.stack([year.months for year in years])

    def measure(name: str) -> Ints:
        return np.asarray(months[:, MONTH_MEASURES.index(name)], dtype=np.int64)

    won, lost = measure("won").sum(axis=1), measure("lost").sum(axis=1)
    bookings = measure("bookings_cents").sum(axis=1)
    run_rate = measure("run_rate_cents").sum(axis=1)
    figures = {
        "people_at_end": measure("reps_active")[:, -1],
        "people_in_june": measure("reps_active")[:, HALF_YEAR - 1],
        "left_first_half": measure("left")[:, :HALF_YEAR].sum(axis=1),
        "left_second_half": measure("left")[:, HALF_YEAR:].sum(axis=1),
        "visits_done_share": served_shares(plan, years),
        "calls_done": measure("calls_done").sum(axis=1),
        "deals_opened": np.array([year.opened for year in years]),
        "deals_won": won,
        "won_share": won / np.maximum(won + lost, 1),
        "deal_size_cents": (bookings - run_rate) / np.maximum(won, 1),
        "run_rate_cents": run_rate,
        "pipeline_june_cents": measure("pipeline_cents")[:, HALF_YEAR - 1],
        "collected_share": measure("collections_cents").sum(axis=1) / np.maximum(bookings, 1),
        "spending_cents": spending_cents(plan, years),
        "appraisal": measure("appraisal_points").mean(axis=1) / 100,
        "thin_months": np.array([year.breaches[BREACHES.index("coverage")] for year in years]),
    }
    return {name: np.asarray(values, dtype=np.float64) for name, values in figures.items()}
