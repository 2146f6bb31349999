"""The target split by time and customer, exact to the cent at every level (R-T1..T6)."""

from __future__ import annotations

import numpy as np

from territory.domain.calendar import WorkingCalendar
from territory.domain.customers import Floats, Ints
from territory.domain.plan import Targets
from territory.domain.scenario import Scenario
from territory.domain.settings import TargetRules

MONTHS = 12


def split_targets(scenario: Scenario, tier: Ints, rep: Ints) -> Targets:  # noqa: ARG001 - a split may follow the tier
    """Split the target over months, customers and weeks.

    The year goes to months by seasonality and working days (R-T2), each month to customers by `customer_weights`
    (R-T3), each customer's month to the parts of its weeks by working days. Phases set each rep's months instead
    (R-T6): they are met exactly, and phases that overlap add up.

    Parameters
    ----------
    scenario : Scenario
    tier : array of int, shape (customers,)
    rep : array of int, shape (customers,)
        Owner of each customer.
    """
    rules, calendar = scenario.settings.targets, scenario.calendar
    weights = customer_weights(scenario)
    if rules.phases:
        by_month = _split_phases(scenario, weights, rep)
    else:
        months = _share(int(rules.annual or 0), month_weights(rules, calendar))
        by_month = np.column_stack([_share(int(cents), weights) for cents in months])
    month, week, days = _periods(calendar, by_working_days=rules.by_working_days)
    parts = [share_rows(by_month[:, m], days[month == m]) for m in range(MONTHS)]
    cents = np.concatenate(parts, axis=1)
    stretch = int(cents.sum()) if rules.stretch is None else rules.stretch
    return Targets(cents=cents, period_month=month, period_week=week, stretch_cents=stretch)


def customer_weights(scenario: Scenario) -> Floats:
    """Return each customer's share of the target: potential and last year's sales in the ratio of the settings (R-T3).

    Where nobody has the one, the other decides alone; where nobody has either, all are equal.
    """
    customers = scenario.customers
    potential = _normalised(customers.potential_cents)
    sales = _normalised(customers.annual_sales_cents)
    if potential is None and sales is None:
        return np.full(len(customers), 1.0 / max(len(customers), 1))
    if potential is None or sales is None:
        return sales if potential is None else potential  # type: ignore[return-value]
    share = scenario.settings.targets.potential_weight
    return share * potential + (1 - share) * sales


def month_weights(rules: TargetRules, calendar: WorkingCalendar) -> Floats:
    """Return the weight of each month of the plan: seasonality times working days (R-T2)."""
    season = np.array([rules.seasonality[calendar.calendar_month(m) - 1] for m in range(MONTHS)], dtype=np.float64)
    if not rules.by_working_days:
        return season
    return season * np.bincount(calendar.month, calendar.working, MONTHS)


def share_rows(totals: Ints, weights: Floats) -> Ints:
    """Split every total by the same weights, each row adding up exactly (largest remainders).

    Parameters
    ----------
    totals : array of int, shape (rows,)
    weights : array of float, shape (parts,)
        Not negative; all zero means equal parts.

    Returns
    -------
    array of int, shape (rows, parts)
        Each within one unit of its exact share; ties go to the earlier part.
    """
    shares = _shares(weights)
    exact = totals[:, None] * shares
    parts = np.floor(exact).astype(np.int64)
    remainder = exact - parts
    remainder[:, shares == 0] = -1
    missing = totals - parts.sum(axis=1)
    order = np.argsort(-remainder, axis=1, kind="stable")
    parts += _even(missing, int((shares > 0).sum()))[:, None] * (shares > 0)
    missing = totals - parts.sum(axis=1)
    gets_one = np.arange(len(weights)) < missing[:, None]
    np.put_along_axis(parts, order, np.take_along_axis(parts, order, axis=1) + gets_one, axis=1)
    return parts


def share_groups(totals: Ints, weights: Floats, group: Ints) -> Ints:
    """Split the total of each group over its members by weight, every group adding up exactly.

    Parameters
    ----------
    totals : array of int, shape (groups,)
        Totals of groups without members are given to nobody.
    weights : array of float, shape (members,)
        Not negative; a group whose weights are all zero is split equally.
    group : array of int, shape (members,)
    """
    sums = np.bincount(group, weights, len(totals))
    weights = np.where(sums[group] > 0, weights, 1.0)
    sums = np.bincount(group, weights, len(totals))
    exact = totals[group] * (weights / sums[group])
    parts = np.floor(exact).astype(np.int64)
    receives = weights > 0
    members = np.bincount(group[receives], minlength=len(totals))
    spare = _even(totals - _group_sums(parts, group, len(totals)), np.maximum(members, 1))
    parts += spare[group] * receives
    missing = totals - _group_sums(parts, group, len(totals))
    order = np.lexsort((np.arange(len(group)), parts - exact, ~receives, group))
    first = np.searchsorted(group[order], np.arange(len(totals)))
    place = np.arange(len(group)) - first[group[order]]
    parts[order] += place < missing[group[order]]
    return parts


def _split_phases(scenario: Scenario, weights: Floats, rep: Ints) -> Ints:
    carries = (~scenario.reps.is_manager).astype(np.int64)
    cents = np.zeros(MONTHS, dtype=np.int64)
    for phase in scenario.settings.targets.phases:
        cents[phase.first_month - 1 : phase.last_month] += phase.per_rep_month
    return np.column_stack([share_groups(quota * carries, weights, rep) for quota in cents])


def _periods(calendar: WorkingCalendar, *, by_working_days: bool) -> tuple[Ints, Ints, Floats]:
    """Return month, week and (working) days of each part of a week that lies in one month."""
    key: Ints = calendar.month * (calendar.days + 1) + calendar.week
    parts, first, code = np.unique(key, return_index=True, return_inverse=True)
    counted = calendar.working if by_working_days else np.ones(calendar.days)
    return calendar.month[first], calendar.week[first], np.bincount(code, counted, len(parts)).astype(np.float64)


def _share(total: int, weights: Floats) -> Ints:
    rows = share_rows(np.array([total], dtype=np.int64), weights)
    return rows.ravel()


def _shares(weights: Floats) -> Floats:
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1.0 / max(len(weights), 1))


def _normalised(cents: Ints) -> Floats | None:
    total = int(cents.sum())
    return np.asarray(cents / total, dtype=np.float64) if total > 0 else None


def _even(missing: Ints, members: int | Ints) -> Ints:
    """Return what every member gets first: 0 but for sums so large that floating point lost whole cents."""
    return np.asarray(np.floor_divide(missing, members), dtype=np.int64)


def _group_sums(parts: Ints, group: Ints, groups: int) -> Ints:
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, group, parts)
    return sums
