"""Which customers matter how much: grades, profit after cost to serve, and who is steered to a shop (R-S1..S4)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.domain.customers import NONE, Customers, Floats, Ints
from territory.domain.plan import PARETO_GROUPS, STEERS, Segments
from territory.domain.scenario import Scenario, call_plan
from territory.domain.settings import TierRules

A, B, C, D = range(4)
PROTECTED_SHARE = HANDED_OVER_SHARE = 0.2
WEEKS_A_YEAR = 52
HOURS_A_MONTH = 182.0
"""Working hours of a full month: 26 days of 7 hours (R-H2)."""


def grade_customers(scenario: Scenario) -> Segments:
    """Grade every customer and say whom to protect, whom to hand over and whom to steer to a shop.

    ``matrix`` grades from contribution x potential, and prospects from potential alone: high is B, low is D (R-S1).
    ``given`` takes the table's grade, and the matrix where it has none. ``prospects`` grades from demand x time to
    close whoever has one of the two or buys nothing yet (R-S2), everybody else by the matrix.
    """
    rules, customers = scenario.settings.tiers, scenario.customers
    contribution_cut = _cut(customers.annual_sales_cents, rules.contribution_quantile, rules.contribution_cut)
    potential_cut = _cut(customers.potential_cents, rules.potential_quantile, rules.potential_cut)
    by_matrix = _matrix_grade(customers, contribution_cut, potential_cut)
    ripe = np.zeros(len(customers), dtype=bool)
    tier = by_matrix
    if rules.method == "given":
        tier = np.where(customers.given_tier == NONE, by_matrix, customers.given_tier)
    elif rules.method == "prospects":
        ripe = is_prospect(customers) | (customers.monthly_demand_cents != NONE) | (customers.decides_by != NONE)
        tier = np.where(ripe, _prospect_grade(scenario), by_matrix)
    tier = tier.astype(np.int64)
    profit = profit_after_service(scenario, tier)
    return Segments(
        tier=tier,
        profit_cents=profit,
        pareto_group=_pareto_group(profit, ~is_prospect(customers)),
        steer=_steer(customers, rules, dropped=ripe & (tier == D)),
        contribution_cut_cents=contribution_cut if _uses_matrix(rules, customers, ripe) else 0,
        potential_cut_cents=potential_cut if _uses_matrix(rules, customers, ripe) else 0,
    )


def is_prospect(customers: Customers) -> NDArray[np.bool_]:
    """Return who has never bought: no sales and no date since when."""
    return np.asarray((customers.annual_sales_cents == 0) & (customers.since == NONE))


def profit_after_service(scenario: Scenario, tier: Ints) -> Ints:
    """Return gross profit of last year's sales less what a year of visits costs, in cents (R-S3).

    An hour with a customer costs an hour of pay: the month's pay at 100 % over the 182 working hours of R-H2.
    """
    calls = call_plan(scenario, tier)
    hours = calls.visits_per_week * WEEKS_A_YEAR * calls.minutes / 60
    hour_cents = scenario.settings.budget.pay_month / HOURS_A_MONTH
    gross = scenario.customers.annual_sales_cents * scenario.settings.tiers.gross_margin
    return np.rint(gross - hours * hour_cents).astype(np.int64)


def pareto_curve(segments: Segments) -> pd.DataFrame:
    """Return the 80/20 curve: customers from the most to the least profitable (R-S3).

    Columns: rank, customer (index), customer_share, profit (yuan), profit_share: running sum over the profit of all
    profitable customers, so that the curve climbs to 1 and then shows how much of it the others eat.
    """
    profit = segments.profit_cents
    order = np.argsort(-profit, kind="stable")
    earned = int(profit[profit > 0].sum())
    running = np.cumsum(profit[order])
    rank = np.arange(1, len(profit) + 1)
    return pd.DataFrame(
        {
            "rank": rank,
            "customer": order,
            "customer_share": rank / max(len(profit), 1),
            "profit": profit[order] / 100,
            "profit_share": running / earned if earned else np.zeros(len(profit)),
        }
    )


def _cut(cents: Ints, quantile: float, fixed: int | None) -> int:
    """Return the least amount that counts as high."""
    if fixed is not None:
        return fixed
    return int(np.quantile(cents, quantile, method="higher")) if len(cents) else 0


def _matrix_grade(customers: Customers, contribution_cut: int, potential_cut: int) -> Ints:
    # Nothing is never high, even where the quantile is zero because most customers have no sales.
    high_contribution = customers.annual_sales_cents >= max(contribution_cut, 1)
    high_potential = customers.potential_cents >= max(potential_cut, 1)
    grade = np.where(high_potential, np.where(high_contribution, A, B), np.where(high_contribution, C, D))
    from_potential = np.where(high_potential, B, D)
    return np.where(is_prospect(customers), from_potential, grade).astype(np.int64)


def _monthly_demand(customers: Customers) -> Floats:
    """Demand a month: as found out on the first visit, else what the customer could buy or buys."""
    guess = np.maximum(customers.potential_cents, customers.annual_sales_cents) / 12
    return np.where(customers.monthly_demand_cents != NONE, customers.monthly_demand_cents, guess)


def _prospect_grade(scenario: Scenario) -> Ints:
    customers, rules = scenario.customers, scenario.settings.tiers
    latest = scenario.calendar.start.toordinal() + rules.close_cut_days
    big = _monthly_demand(customers) >= rules.demand_cut
    soon = (customers.decides_by != NONE) & (customers.decides_by <= latest)
    return np.where(soon, np.where(big, A, B), np.where(big, C, D)).astype(np.int64)


def _uses_matrix(rules: TierRules, customers: Customers, ripe: NDArray[np.bool_]) -> bool:
    if rules.method == "given":
        return bool((customers.given_tier == NONE).any())
    return rules.method == "matrix" or not bool(ripe.all())


def _pareto_group(profit: Ints, buys: NDArray[np.bool_]) -> Ints:
    """Prospects bring no profit yet, so they are neither protected nor handed over."""
    group = np.full(len(profit), PARETO_GROUPS.index("keep"), dtype=np.int64)
    ranked = np.flatnonzero(buys)
    ranked = ranked[np.argsort(-profit[ranked], kind="stable")]
    top = round(len(ranked) * PROTECTED_SHARE)
    bottom = round(len(ranked) * HANDED_OVER_SHARE)
    group[ranked[:top]] = PARETO_GROUPS.index("protect")
    group[ranked[len(ranked) - bottom :]] = PARETO_GROUPS.index("hand_over")
    return group


def _steer(customers: Customers, rules: TierRules, *, dropped: NDArray[np.bool_]) -> Ints:
    monthly = np.where(is_prospect(customers), _monthly_demand(customers), customers.annual_sales_cents / 12)
    small = (monthly < rules.shop_below) | dropped
    return np.where(small, STEERS.index("shop_or_dealer"), STEERS.index("direct")).astype(np.int64)
