"""The headline figures of a plan and its years, computed once for the page, the terminal and summary.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from territory.assessment.kpis import (
    collection_rates,
    km_per_visit,
    nights_away,
    spending_cents,
    travel_share,
    trip_efficiency,
)
from territory.domain.alternative import gap_of
from territory.domain.customers import NONE, Floats, Ints
from territory.domain.outcome import BREACHES, Outcome, Verdict, Year
from territory.domain.plan import UNSERVED_CAUSES, Plan
from territory.domain.settings import TIERS


def headline(plan: Plan, outcome: Outcome | None, verdict: Verdict | None) -> dict[str, Any]:
    """Return the headline figures as plain numbers and texts, ready for JSON; money in integer cents."""
    scenario = plan.scenario
    about, calendar = scenario.settings.scenario, scenario.calendar
    figures: dict[str, Any] = {
        "name": about.name,
        "start": str(calendar.start),
        "days": calendar.days,
        "calendar_provisional_from": str(calendar.provisional_from) if calendar.provisional else None,
        "seed": plan.seed,
        "effort": plan.effort,
        "status": verdict.status if verdict else "untested",
        "years": len(outcome.years) if outcome else 0,
        "simulation_seed": outcome.seed if outcome else None,
        **plan_figures(plan),
    }
    if outcome:
        figures |= outcome_figures(outcome)
    if verdict:
        figures["probabilities"] = {
            name: {"value": p.value, "low": p.low, "high": p.high, "hits": p.hits, "years": p.years}
            for name, p in verdict.probabilities.items()
        }
    return figures


def plan_figures(plan: Plan) -> dict[str, Any]:
    """Return the figures that need no simulated year."""
    scenario, head = plan.scenario, plan.headcount
    moved = moved_customers(plan)
    return {
        "customers": len(scenario.customers),
        "customers_by_tier": {t: int((plan.segments.tier == k).sum()) for k, t in enumerate(TIERS)},
        "reps": len(scenario.reps),
        "target_cents": plan.targets.total_cents,
        "stretch_cents": int(plan.targets.stretch_cents),
        "visits_per_week": round(float(plan.calls.visits_per_week.sum()), 6),
        "face_minutes_per_week": round(float((plan.calls.visits_per_week * plan.calls.minutes).sum()), 6),
        "reps_lower_bound": int(head.lower_bound),
        "reps_needed": int(head.needed),
        "reps_available": float(head.available),
        "people_to_hire": int(head.to_hire),
        "carried_share": float(head.carried_share),
        "visits": len(plan.visits),
        "unserved": len(plan.unserved),
        "unserved_by_cause": unserved_by_cause(plan),
        "territory_gap": round(gap_of(plan.territories), 4),
        "moved_customers": len(moved),
        "moved_sales_cents": int(scenario.customers.annual_sales_cents[moved].sum()),
        "travel_minutes": int(plan.routes.travel_minutes.sum()),
        "travel_km": round(float(plan.routes.travel_km.sum()), 1),
        "travel_share": round(travel_share(plan), 4),
        "km_per_visit": round(km_per_visit(plan), 2),
        "nights_away": nights_away(plan),
    }


def outcome_figures(outcome: Outcome) -> dict[str, Any]:
    """Return quantiles of bookings, payments, cash, visits, people and deals over the years, and mean breaches."""
    years = outcome.years
    bookings = outcome.measure("bookings_cents").sum(axis=1)
    planned = np.maximum(outcome.measure("visits_planned").sum(axis=1), 1)
    return {
        "bookings_cents": quantiles(bookings),
        "run_rate_cents": quantiles(outcome.measure("run_rate_cents").sum(axis=1)),
        "collections_cents": quantiles(outcome.measure("collections_cents").sum(axis=1)),
        "spending_cents": quantiles(spending_cents(outcome.plan, years)),
        "lowest_cash_cents": quantiles(np.array([year.lowest_cash_cents for year in years])),
        "closing_cash_cents": quantiles(np.array([year.closing_cash_cents for year in years])),
        "reps_at_end": quantiles(outcome.measure("reps_active")[:, -1]),
        "served_per_mille": quantiles(1000 * outcome.measure("visits_done").sum(axis=1) // planned),
        "deals_opened": quantiles(np.array([year.opened for year in years])),
        "deals_won": quantiles(np.array([year.won for year in years])),
        "deals_lost": quantiles(np.array([year.lost for year in years])),
        "collected_share": share_quantiles(collection_rates(outcome)),
        "trip_efficiency": share_quantiles(trip_efficiency(outcome)),
        "breaches_mean": {
            name: round(float(np.mean([year.breaches[k] for year in years])), 3) for k, name in enumerate(BREACHES)
        },
        **forecast_figures(years),
    }


def forecast_figures(years: Sequence[Year]) -> dict[str, Any]:
    """Return how good the forecasts made inside the years were, and how even the sales (R-E6, R-E7)."""
    known = [year.details for year in years if year.details is not None]
    if not known:
        return {}
    scores = {"three_months": [one.three_months for one in known], "landing": [one.landing for one in known]}
    forecasts = {
        f"forecast_{name}": {
            "accuracy": share_quantiles(np.array([one.accuracy for one in made])),
            "bias": share_quantiles(np.array([one.bias for one in made])),
        }
        for name, made in scores.items()
    }
    return {**forecasts, "linearity": share_quantiles(np.array([one.linearity for one in known]))}


def quantiles(values: Ints) -> dict[str, int]:
    """Return P10, P50 and P90 as whole numbers; P50 is the median that the reasons speak of."""
    low, middle, high = np.rint(np.quantile(values, [0.1, 0.5, 0.9]))
    return {"p10": int(low), "p50": int(middle), "p90": int(high)}


def share_quantiles(values: Floats) -> dict[str, float]:
    """Return P10, P50 and P90 of shares or ratios."""
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
    return {"p10": round(float(low), 4), "p50": round(float(middle), 4), "p90": round(float(high), 4)}


def moved_customers(plan: Plan) -> Ints:
    """Return the indices of the customers who change hands, largest sales first."""
    who = plan.scenario.customers
    moved = np.flatnonzero((who.current_rep != NONE) & (who.current_rep != plan.territories.rep))
    return np.asarray(moved[np.argsort(-who.annual_sales_cents[moved], kind="stable")], dtype=np.int64)


def unserved_by_cause(plan: Plan) -> dict[str, int]:
    """Return the number of visits that are not made, by cause; causes that do not occur are left out."""
    count = np.bincount(plan.unserved.cause, minlength=len(UNSERVED_CAUSES))
    return {cause: int(n) for cause, n in zip(UNSERVED_CAUSES, count, strict=True) if n}
