"""The tables of a plan, one function a file of the result folder; the validator and the reports read the same ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.domain.customers import NONE, Ints
from territory.domain.phone_calls import planned_calls
from territory.domain.plan import (
    PARETO_GROUPS,
    PLACES,
    STEERS,
    UNSERVED_CAUSES,
    Plan,
    clock,
    tier_letters,
    weekday_names,
    yuan,
)
from territory.domain.settings import TIERS
from territory.domain.trip_book import trip_book


def tables(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return all tables by file stem; a further table cannot take the place of a decision's."""
    return dict(plan.further_tables) | {
        "customers": customers(plan),
        "territories": territories(plan),
        "targets": targets(plan),
        "headcount": plan.headcount.table(),
        "visits": visits(plan),
        "days": days(plan),
        "trips": trip_book(plan).table(plan),
        "moves": moves(plan),
        "unserved": unserved(plan),
    }


def customers(plan: Plan) -> pd.DataFrame:
    """One row a customer: place, grade, owner, frequency, target of the year."""
    who, reps = plan.scenario.customers, plan.scenario.reps
    return pd.DataFrame(
        {
            "customer_id": who.customer_id,
            "name": who.name,
            "lat": np.round(who.lat, 6),
            "lon": np.round(who.lon, 6),
            "city": who.city,
            "region": who.region,
            "product_line": who.product_line,
            "segment": who.segment,
            "tier": tier_letters(plan.segments.tier),
            "rep_id": reps.rep_id[plan.territories.rep],
            "current_rep": _ids(reps.rep_id, who.current_rep),
            "locked_rep": _ids(reps.rep_id, who.locked_rep),
            "visits": plan.calls.visits,
            "per_weeks": plan.calls.per_weeks,
            "visit_minutes": plan.calls.minutes,
            "annual_sales": yuan(who.annual_sales_cents),
            "potential": yuan(who.potential_cents),
            "target": yuan(plan.targets.cents.sum(axis=1)),
            "profit_after_cost_to_serve": yuan(plan.segments.profit_cents),
            "pareto_group": np.array(PARETO_GROUPS, dtype=object)[plan.segments.pareto_group],
            "steer": np.array(STEERS, dtype=object)[plan.segments.steer],
        }
    )


def territories(plan: Plan) -> pd.DataFrame:
    """One row a rep: customers by tier, workload against capacity, potential, sales, target."""
    who, reps, rep = plan.scenario.customers, plan.scenario.reps, plan.territories.rep
    count = len(reps)
    face = plan.calls.visits_per_week * plan.calls.minutes
    by_rep = {tier: np.bincount(rep[plan.segments.tier == k], minlength=count) for k, tier in enumerate(TIERS)}
    return pd.DataFrame(
        {
            "rep_id": reps.rep_id,
            "name": reps.name,
            "is_manager": reps.is_manager,
            "share": reps.share,
            "customers": np.bincount(rep, minlength=count),
            **{f"tier_{tier.lower()}": column for tier, column in by_rep.items()},
            "visits_per_week": np.round(np.bincount(rep, plan.calls.visits_per_week, count), 2),
            "face_minutes_per_week": np.round(np.bincount(rep, face, count), 1),
            "travel_minutes_per_week": np.round(plan.territories.travel_minutes, 1),
            "workload_minutes_per_week": np.round(plan.territories.workload_minutes, 1),
            "capacity_minutes_per_week": np.round(plan.headcount.capacity_minutes_per_week * reps.share, 1),
            "planned_visits": np.bincount(plan.visits.rep, minlength=count),
            "unserved_visits": np.bincount(plan.unserved.rep, minlength=count),
            "potential": yuan(_sum(rep, who.potential_cents, count)),
            "annual_sales": yuan(_sum(rep, who.annual_sales_cents, count)),
            "target": yuan(_sum(rep, plan.targets.cents.sum(axis=1), count)),
        }
    )


def targets(plan: Plan) -> pd.DataFrame:
    """Targets in yuan by level (total, region, rep, customer) and period; customers down to months, others to weeks.

    Columns: level, id, period_kind (year, quarter, month, week), period, target.
    """
    calendar, cents = plan.scenario.calendar, plan.targets.cents
    months = [calendar.month_label(m) for m in range(12)]
    quarters = [f"{months[3 * q]}..{months[3 * q + 2]}" for q in range(4)]
    weeks = [
        f"{months[m]}-W{w:02d}"
        for m, w in zip(plan.targets.period_month.tolist(), plan.targets.period_week.tolist(), strict=True)
    ]
    year = f"{months[0]}..{months[11]}"
    levels = [
        ("total", np.zeros(len(cents), dtype=np.int64), np.array([""], dtype=object)),
        ("region", *_codes(plan.scenario.customers.region)),
        ("rep", plan.territories.rep, plan.scenario.reps.rep_id),
        ("customer", np.arange(len(cents)), plan.scenario.customers.customer_id),
    ]
    parts = []
    for level, code, names in levels:
        by_week = np.zeros((len(names), cents.shape[1]), dtype=np.int64)
        np.add.at(by_week, code, cents)
        by_month = np.add.reduceat(by_week, np.searchsorted(plan.targets.period_month, np.arange(12)), axis=1)
        by_quarter = by_month.reshape(-1, 4, 3).sum(axis=2)
        kinds = [
            ("year", [year], by_week.sum(axis=1, keepdims=True)),
            ("quarter", quarters, by_quarter),
            ("month", months, by_month),
        ]
        if level != "customer":
            kinds.append(("week", weeks, by_week))
        for kind, periods, values in kinds:
            parts.append(
                pd.DataFrame(
                    {
                        "level": level,
                        "id": np.repeat(names, len(periods)),
                        "period_kind": kind,
                        "period": periods * len(names),
                        "target": yuan(values.ravel()),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def visits(plan: Plan) -> pd.DataFrame:
    """One row a visit, by date, rep and time."""
    scenario, v = plan.scenario, plan.visits
    dates = scenario.calendar.dates.strftime("%Y-%m-%d").to_numpy(dtype=object)
    moved = v.planned_day != v.day
    return pd.DataFrame(
        {
            "date": dates[v.day],
            "weekday": weekday_names(scenario.calendar.weekday[v.day]),
            "rep_id": scenario.reps.rep_id[v.rep],
            "customer_id": scenario.customers.customer_id[v.customer],
            "tier": tier_letters(plan.segments.tier[v.customer]),
            "start": clock(v.start),
            "end": clock(v.end),
            "travel_minutes": v.travel_minutes,
            "travel_km": np.round(v.travel_km, 2),
            "moved_from": _dates_where(plan, moved, v.planned_day),
            "trip": _numbers(v.trip),
            "provisional": _provisional(plan)[v.day],
        }
    )


def days(plan: Plan) -> pd.DataFrame:
    """One row a rep and day with visits: departure, return, driving, nights, minutes left over and phone calls."""
    free, calls = planned_calls(plan)
    scenario, r = plan.scenario, plan.routes
    dates = scenario.calendar.dates.strftime("%Y-%m-%d").to_numpy(dtype=object)
    places = np.array(PLACES, dtype=object)
    return pd.DataFrame(
        {
            "date": dates[r.day],
            "rep_id": scenario.reps.rep_id[r.rep],
            "depart": clock(r.depart),
            "back": clock(r.back),
            "travel_minutes": r.travel_minutes,
            "travel_km": np.round(r.travel_km, 2),
            "start_place": places[r.start_place],
            "end_place": places[r.end_place],
            "free_minutes": free,
            "calls": calls,
            "trip": _numbers(r.trip),
            "provisional": _provisional(plan)[r.day],
        }
    )


def moves(plan: Plan) -> pd.DataFrame:
    """One row a customer who changes hands: from, to, last year's sales, expected loss (R-A4)."""
    who, reps = plan.scenario.customers, plan.scenario.reps
    moved = np.flatnonzero((who.current_rep != NONE) & (who.current_rep != plan.territories.rep))
    sales = who.annual_sales_cents[moved]
    loss = np.rint(sales * plan.scenario.settings.territories.disruption_loss).astype(np.int64)
    return pd.DataFrame(
        {
            "customer_id": who.customer_id[moved],
            "name": who.name[moved],
            "from_rep": reps.rep_id[who.current_rep[moved]],
            "to_rep": reps.rep_id[plan.territories.rep[moved]],
            "annual_sales": yuan(sales),
            "expected_loss": yuan(loss),
        }
    )


def unserved(plan: Plan) -> pd.DataFrame:
    """One row a visit that the frequency asks for and the plan does not make, with its cause."""
    scenario, u = plan.scenario, plan.unserved
    days = [str(scenario.calendar.date_of(day)) for day in u.planned_day.tolist()]
    return pd.DataFrame(
        {
            "customer_id": scenario.customers.customer_id[u.customer],
            "rep_id": scenario.reps.rep_id[u.rep],
            "tier": tier_letters(plan.segments.tier[u.customer]),
            "planned_date": np.array(days, dtype=object),
            "cause": np.array(UNSERVED_CAUSES, dtype=object)[u.cause],
            "detail": u.detail,
        }
    )


def _provisional(plan: Plan) -> np.ndarray:
    return plan.scenario.calendar.table()["provisional"].to_numpy()


def _ids(ids: np.ndarray, index: Ints) -> np.ndarray:
    return np.where(index == NONE, "", ids[index])


def _numbers(index: Ints) -> list[str]:
    return ["" if i == NONE else str(i) for i in index.tolist()]


def _dates_where(plan: Plan, where: np.ndarray, day: Ints) -> list[str]:
    calendar = plan.scenario.calendar
    return [str(calendar.date_of(d)) if shown else "" for shown, d in zip(where.tolist(), day.tolist(), strict=True)]


def _sum(code: Ints, cents: Ints, count: int) -> Ints:
    out = np.zeros(count, dtype=np.int64)
    np.add.at(out, code, cents)
    return out


def _codes(names: np.ndarray) -> tuple[Ints, np.ndarray]:
    unique, code = np.unique(names.astype(str), return_inverse=True)
    return code.astype(np.int64), unique.astype(object)
