"""What a plan means to spend, by heading and month: the budget where the scenario names none (R-B7)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from territory.domain.customers import NONE, Floats
from territory.domain.plan import PLACES, Plan

RESERVE = 0.05
"""Reserve on the planned lines, as the key ``budget.annual`` says."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "setup": ("setup",),
    "rent": ("rent",),
    "office": ("office",),
    "vehicles": ("vehicles",),
    "entertainment": ("entertainment",),
    "salary": ("salary",),
    "pay": ("pay", "bonus"),
    "travel": ("travel", "lodging", "phone", "advance"),
    "hiring": ("recruiting", "training"),
    "advertising": ("advertising",),
    "project": ("project",),
    "other": ("other",),
}
"""Headings of the budget with the ledger categories they cover; goods follow sales and have no budget."""

MONTHS = 12


def planned_spending(plan: Plan) -> dict[str, Floats]:
    """Return planned payments in cents by heading, each an array of 12 months.

    Set-up in the first month and the monthly lines as given; advertising in its month; pay of every rep at 100 %
    while employed, after the cut the kept share of the cohort; travel, lodging and phone as routed, under the cap
    of the first months and the share of the rep's target later, refunded a month after, with the advances of first
    trips; recruiting and training of the year's new hires and of the successors that the attrition asks for;
    project money as if the target were all projects.
    """
    budget, staffing = plan.scenario.settings.budget, plan.scenario.settings.staffing
    reps = plan.scenario.reps
    out = {heading: np.zeros(MONTHS) for heading in HEADINGS}
    heading_of = {category: heading for heading, categories in HEADINGS.items() for category in categories}
    for line in budget.setup:
        out[heading_of[line.category]][0] += line.amount
    for line in budget.monthly:
        out[heading_of[line.category]] += line.amount
    for campaign in budget.advertising:
        out["advertising"][campaign.month - 1] += campaign.amount
    signed = np.asarray(plan.targets.customer_month_cents.sum(axis=0), dtype=np.float64)
    out["project"] += signed * budget.project_share / max(budget.project_from / 100, 0.01) * (1 - budget.refusal_share)
    heads = planned_heads(plan)
    pay = np.where(reps.monthly_salary_cents == NONE, budget.pay_month, reps.monthly_salary_cents)
    out["pay"] += pay @ heads
    refunds = np.pad(_refunds(plan, heads)[:, :-1], ((0, 0), (1, 0)))
    out["travel"] += refunds.sum(axis=0) + _advances(plan, refunds)
    calendar = plan.scenario.calendar
    hire_cents = budget.recruiting + budget.training
    new = reps.new_hire & (reps.hired_day >= 0) & (reps.hired_day < calendar.days)
    out["hiring"] += hire_cents * np.bincount(calendar.month[reps.hired_day[new]], minlength=MONTHS)
    if staffing.replace_leavers:
        out["hiring"] += hire_cents * heads[~reps.is_manager].sum(axis=0) * staffing.annual_attrition / MONTHS
    return out


def planned_budget_cents(plan: Plan) -> int:
    """Return the budget of the year: the scenario's own, or the planned lines with 5 % reserve (R-B7)."""
    annual = plan.scenario.settings.budget.annual
    if annual is not None:
        return annual
    return round(sum(float(months.sum()) for months in planned_spending(plan).values()) * (1 + RESERVE))


def planned_heads(plan: Plan) -> Floats:
    """Return the share of every month each rep is meant to be there, shape (reps, 12)."""
    reps, rules, calendar = plan.scenario.reps, plan.scenario.settings.staffing, plan.scenario.calendar
    days = np.bincount(calendar.month, minlength=MONTHS)
    first = np.concatenate([[0], np.cumsum(days)[:-1]])
    there = first + days - np.maximum(first, np.maximum(reps.hired_day, 0)[:, None])
    heads = np.clip(there / np.maximum(days, 1), 0.0, 1.0)
    cohort = reps.new_hire & ~reps.is_manager
    cohort = cohort if cohort.any() else ~reps.is_manager
    if rules.cut_mode != "none" and cohort.any():
        heads[cohort, rules.review_month :] *= min(rules.keep / int(cohort.sum()), 1.0)
    return np.asarray(heads, dtype=np.float64)


def _refunds(plan: Plan, heads: Floats) -> Floats:
    """Return refunds of travel, lodging and phone by rep and the month they arise in (R-B3).

    Whoever has no target, as a manager, is refunded by sales the plan does not know: all is planned.
    """
    budget, routes = plan.scenario.settings.budget, plan.routes
    shape = heads.shape
    cost = np.zeros(shape)
    month = plan.scenario.calendar.month[routes.day]
    nights = routes.end_place == PLACES.index("lodging")
    np.add.at(cost, (routes.rep, month), routes.travel_km * budget.km_cost + nights * budget.lodging_night)
    target = plan.targets.rep_month_cents(plan.territories.rep, shape[0])
    early = np.arange(MONTHS) < budget.travel_cap_months
    sales = np.where(target.sum(axis=1, keepdims=True) > 0, budget.travel_share_of_sales * target, np.inf)
    cap = np.where(early, budget.travel_cap * heads, sales)
    return np.asarray(np.minimum(cost + budget.phone_month * heads, cap), dtype=np.float64)


def _advances(plan: Plan, refunds: Floats) -> Floats:
    """Return advances by the month of each rep's first trip, less what the refunds after it settle (R-B3).

    Parameters
    ----------
    plan : Plan
    refunds : array of float, shape (reps, 12)
        By the month in which they are paid.
    """
    out = np.zeros(MONTHS)
    away = np.flatnonzero(plan.routes.trip != NONE)
    travellers, first = np.unique(plan.routes.rep[away], return_index=True)
    for rep, day in zip(travellers.tolist(), plan.routes.day[away[first]].tolist(), strict=True):
        month = int(plan.scenario.calendar.month[day])
        settled = np.minimum(np.cumsum(refunds[rep, month + 1 :]), plan.scenario.settings.budget.travel_advance)
        out[month] += plan.scenario.settings.budget.travel_advance
        out[month + 1 :] -= np.diff(settled, prepend=0.0)
    return out
