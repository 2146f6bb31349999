"""The sample year's ledger: order, running balance, the scenario's own lines, approvals (R-B1, R-B2, R-B7)."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.hours import plan_months
from territory.assessment.validate.violation import Value, Violation, listed, single
from territory.domain.budget_rules import CostLine

MONTHS = 12


def check_ledger(case: Case) -> list[Violation]:
    """Check that lines are in order of their dates, inside the year, and the balance runs exactly (R-B7)."""
    if "ledger" not in case.sheets:
        return []
    lines = case.sheets["ledger"]
    day, cents, balance = (lines[name].to_numpy() for name in ("date_day", "amount_cents", "balance_cents"))
    running = case.scenario.settings.budget.opening_cash + np.cumsum(cents)
    previous = np.concatenate([[case.scenario.settings.budget.opening_cash], balance[:-1]])
    step = balance != previous + cents
    outside, back = (day < 0) | (day >= case.days), np.diff(day, prepend=day[:1]) < 0
    what = ["date", "category"]
    balances = {"balance_cents": balance, "recomputed_cents": running}
    return [
        *listed("R-B7", "ledger", "ledger.outside_year", lines, what, where=outside),
        *listed("R-B7", "ledger", "ledger.order", lines, what, where=back),
        *listed("R-B7", "ledger", "ledger.balance", lines, what, where=step, **balances),
    ]


def check_setup_lines(case: Case) -> list[Violation]:
    """Check that every set-up line is paid on the first working day (R-B1)."""
    if "ledger" not in case.sheets:
        return []
    lines, worked = case.sheets["ledger"], np.flatnonzero(case.scenario.calendar.working)
    first = int(worked[0]) if len(worked) else 0
    paid = lines[lines["date_day"] == first]
    have = Counter(zip(paid["category"], paid["item"], -paid["amount_cents"], strict=True))
    asked = Counter(
        (line.category, line.name, line.amount) for line in case.scenario.settings.budget.setup if line.amount
    )
    found: list[Violation] = []
    for (category, item, cents), count in asked.items():
        if have[category, item, cents] < count:
            found += single("R-B1", "ledger", "setup.missing", category=category, item=item, amount_cents=cents)
    return found


def check_monthly_lines(case: Case) -> list[Violation]:
    """Check that every month pays its lines, and spends its entertainment budget exactly (R-B2)."""
    if "ledger" not in case.sheets:
        return []
    budget = case.scenario.settings.budget
    lines = case.sheets["ledger"]
    lines = lines[lines["date_day"].between(0, case.days - 1)]
    month = plan_months(case.scenario)
    month_of_line = month[lines["date_day"].to_numpy()]
    worked = np.flatnonzero(case.scenario.calendar.working)
    first = int(month[worked[0]]) if len(worked) else 0
    asked: Counter[tuple[str, str, int]] = Counter()
    for line in budget.monthly:
        asked.update({(line.category, _item(line), m): line.amount for m in range(MONTHS)})
    for line in budget.setup:
        if (line.category, _item(line), first) in asked:
            asked[line.category, _item(line), first] += line.amount
    items = np.where(lines["category"] == "entertainment", "", lines["item"])
    paid = -lines["amount_cents"].groupby([lines["category"].to_numpy(), items, month_of_line]).sum()
    found: list[Violation] = []
    for (category, name, m), cents in asked.items():
        spent = int(paid.get((category, name, m), 0))
        if spent != cents:
            values: dict[str, Value] = {
                "category": category,
                "item": name,
                "month": m + 1,
                "paid_cents": spent,
                "asked_cents": cents,
            }
            found += single("R-B2", "ledger", "monthly.differs", **values)
    return found


def _item(line: CostLine) -> str:
    """Entertainment is spent in items that bear names of their own."""
    return "" if line.category == "entertainment" else line.name


def check_approvals(case: Case) -> list[Violation]:
    """Check that entertainment items above the limit name who approved them (R-B2)."""
    if "ledger" not in case.sheets:
        return []
    lines = case.sheets["ledger"]
    big = (lines["category"] == "entertainment") & (
        -lines["amount_cents"] > case.scenario.settings.budget.approval_above
    )
    return listed(
        "R-B2", "ledger", "item.unapproved", lines, ["date", "amount_cents"], where=big & (lines["approved_by"] == "")
    )


def check_ledger_year(case: Case) -> list[Violation]:
    """Check that the ledger is that of one of the years: same collections, payments and closing cash (R-B7)."""
    if "ledger" not in case.sheets or "years" not in case.sheets:
        return []
    lines, years = case.sheets["ledger"], case.sheets["years"]
    received = lines["category"] == "collection"
    collected, paid = int(lines.loc[received, "amount_cents"].sum()), -int(lines.loc[~received, "amount_cents"].sum())
    closing = case.scenario.settings.budget.opening_cash + collected - paid
    same: pd.Series[bool] = (
        (years["collections_cents"] == collected)
        & (years["payments_cents"] == paid)
        & (years["closing_cash_cents"] == closing)
    )
    if same.any():
        return []
    values = {"collections_cents": collected, "payments_cents": paid, "closing_cash_cents": closing}
    return single("R-B7", "ledger", "ledger.no_such_year", **values)
