"""What the page shows of a plan, as plain rows for the template."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from territory.assessment.kpis import utilisation
from territory.domain.customers import Ints
from territory.domain.plan import UNSERVED_CAUSES, Plan
from territory.domain.settings import TIERS
from territory.reports.bilingual import both, both_money, both_of, pair
from territory.reports.figures import moved_customers
from territory.reports.map import colour
from territory.reports.messages import holiday_name, name_of, reason_text

MOST_ROWS = 200
"""Rows of a table on the page; the CSV files hold them all."""
TOP_CUSTOMERS = 20


def territory_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return one row a rep."""
    reps, rep = plan.scenario.reps, plan.territories.rep
    count = len(reps)
    tiers = [np.bincount(rep[plan.segments.tier == k], minlength=count) for k in range(len(TIERS))]
    target = plan.targets.rep_month_cents(rep, count).sum(axis=1)
    capacity = plan.headcount.capacity_minutes_per_week * reps.share
    workload = plan.territories.workload_minutes
    used = utilisation(plan)
    visits = np.bincount(plan.visits.rep, minlength=count)
    unserved = np.bincount(plan.unserved.rep, minlength=count)
    return [
        {
            "rep": r,
            "colour": colour(r),
            "name": _rep_name(plan, r),
            "manager": bool(reps.is_manager[r]),
            "customers": int((rep == r).sum()) if count <= MOST_ROWS else int(sum(t[r] for t in tiers)),
            "tiers": [int(t[r]) for t in tiers],
            "visits": int(visits[r]),
            "unserved": int(unserved[r]),
            "workload": round(float(workload[r])),
            "capacity": round(float(capacity[r])),
            "load": float(workload[r] / capacity[r]) if capacity[r] > 0 else None,
            "used": float(used[r]),
            "target": int(target[r]),
        }
        for r in range(min(count, MOST_ROWS))
    ]


def target_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return targets by rep, quarter and month, the total first; cents."""
    reps = plan.scenario.reps
    months = plan.targets.rep_month_cents(plan.territories.rep, len(reps))
    rows = [{"name": both("total"), "total": True, **_periods(months.sum(axis=0))}]
    rows += [
        {"name": _rep_name(plan, r), "total": False, **_periods(months[r])} for r in range(min(len(reps), MOST_ROWS))
    ]
    return rows


def _periods(months: Ints) -> dict[str, Any]:
    quarters = months.reshape(4, 3).sum(axis=1)
    return {"months": months.tolist(), "quarters": quarters.tolist(), "year": int(months.sum())}


def headcount_view(plan: Plan) -> dict[str, Any]:
    """Return the sum that leads to the number of reps."""
    head = plan.headcount
    minutes = head.face_minutes_per_week + head.travel_minutes_per_week
    return {
        "visits": head.visits_per_week,
        "face": head.face_minutes_per_week,
        "travel": head.travel_minutes_per_week,
        "minutes": minutes,
        "capacity": head.capacity_minutes_per_week,
        "quotient": minutes / head.capacity_minutes_per_week if head.capacity_minutes_per_week > 0 else 0.0,
        "lower_bound": head.lower_bound,
        "needed": head.needed,
        "available": head.available,
        "to_hire": head.to_hire,
        "carried": head.carried_share,
        "reasons": [both_of(reason_text, reason) for reason in head.reasons],
    }


def balance_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return achieved and allowed deviation by balanced measure."""
    allowed = plan.scenario.settings.territories.balance
    return [
        {
            "name": both_of(name_of, "measure", measure),
            "achieved": deviation,
            "allowed": allowed.get(measure),
        }
        for measure, deviation in sorted(plan.territories.tolerance.items())
    ]


def unserved_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return one row a cause: visits by tier, and what it was (holidays, meetings)."""
    unserved, rows = plan.unserved, []
    tier = plan.segments.tier[unserved.customer]
    for k, cause in enumerate(UNSERVED_CAUSES):
        mine = unserved.cause == k
        if mine.any():
            rows.append(
                {
                    "cause": both_of(name_of, "cause", cause),
                    "tiers": [int((mine & (tier == t)).sum()) for t in range(len(TIERS))],
                    "total": int(mine.sum()),
                    "details": _details(plan, cause, mine),
                }
            )
    return rows


def _details(plan: Plan, cause: str, mine: np.ndarray) -> Markup:
    if cause not in {"holiday", "meeting"}:
        return both_of(name_of, "remedy", cause)
    names, count = np.unique(plan.unserved.detail[mine].astype(str), return_counts=True)
    order = np.argsort(-count, kind="stable")
    sides = [
        "，".join(f"{detail_name(plan, cause, str(names[j]), 'zh')} {count[j]}" for j in order),
        ", ".join(f"{detail_name(plan, cause, str(names[j]), 'en')} {count[j]}" for j in order),
    ]
    return pair(*sides)


def detail_name(plan: Plan, cause: str, detail: str, lang: str) -> str:
    """Return the holiday, meeting or absence that took a visit, or what would make room for it."""
    if cause == "holiday":
        return holiday_name(detail, lang)
    if cause == "meeting" and lang == "zh":
        return next((m.name_zh or m.name for m in plan.scenario.settings.workday.meetings if m.name == detail), detail)
    if cause in {"meeting", "absent"}:
        return detail
    remedy = name_of("remedy", cause, lang)
    return f"{detail} min: {remedy}" if cause == "capacity" else remedy


def move_view(plan: Plan) -> dict[str, Any]:
    """Return who changes hands, the largest customers first."""
    who = plan.scenario.customers
    moved = moved_customers(plan)
    loss = np.rint(who.annual_sales_cents[moved] * plan.scenario.settings.territories.disruption_loss).astype(np.int64)
    rows = [
        {
            "name": f"{who.customer_id[i]} {who.name[i]}",
            "from": _rep_name(plan, int(who.current_rep[i])),
            "to": _rep_name(plan, int(plan.territories.rep[i])),
            "sales": int(who.annual_sales_cents[i]),
            "loss": int(cost),
        }
        for i, cost in zip(moved[:TOP_CUSTOMERS].tolist(), loss[:TOP_CUSTOMERS].tolist(), strict=True)
    ]
    return {
        "count": len(moved),
        "sales": both_money(int(who.annual_sales_cents[moved].sum())),
        "loss": both_money(int(loss.sum())),
        "rows": rows,
    }


def business_rows(plan: Plan) -> list[dict[str, Any]]:
    """Return the customers with the largest targets: grade, sales, target, owner (R-D2 part 1)."""
    who, target = plan.scenario.customers, plan.targets.cents.sum(axis=1)
    order = np.argsort(-target, kind="stable")[:TOP_CUSTOMERS]
    return [
        {
            "name": f"{who.customer_id[i]} {who.name[i]}",
            "tier": TIERS[plan.segments.tier[i]],
            "place": str(who.city[i] or who.region[i]),
            "rep": _rep_name(plan, int(plan.territories.rep[i])),
            "sales": int(who.annual_sales_cents[i]),
            "potential": int(who.potential_cents[i]),
            "target": int(target[i]),
        }
        for i in order.tolist()
    ]


def _rep_name(plan: Plan, rep: int) -> str:
    return f"{plan.scenario.reps.rep_id[rep]} {plan.scenario.reps.name[rep]}"
