"""The budget by category and month, beside what the sample year spent (R-B7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Ints
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan

INCOME = "collection"


@dataclass(frozen=True)
class BudgetLine:
    """A category: planned and spent cents by month; `planned` is None where the scenario plans no amount."""

    category: str
    planned: Ints | None
    spent: Ints

    @property
    def overrun(self) -> list[bool]:
        """Months in which more was spent than planned so far, cumulatively."""
        if self.planned is None:
            return [False] * 12
        return [bool(x) for x in self.spent.cumsum() > self.planned.cumsum()]


def planned_by_category(plan: Plan) -> dict[str, Ints]:
    """Return the cents that the scenario's own lines plan by category and month."""
    budget, reps = plan.scenario.settings.budget, plan.scenario.reps
    out: dict[str, Ints] = {}

    def add(category: str, month: int, cents: int) -> None:
        out.setdefault(category, np.zeros(12, dtype=np.int64))[month] += cents

    for line in budget.setup:
        add(line.category, 0, line.amount)
    for line in budget.monthly:
        for month in range(12):
            add(line.category, month, line.amount)
    calendar = plan.scenario.calendar
    for salary, day in zip(reps.monthly_salary_cents.tolist(), reps.hired_day.tolist(), strict=True):
        first = int(calendar.month[day]) if 0 <= day < calendar.days else (0 if day < 0 else 12)
        for month in range(first, 12):
            add("pay", month, salary)
    for campaign in budget.advertising:
        add("advertising", campaign.month - 1, campaign.amount)
    return out


def budget_lines(outcome: Outcome) -> list[BudgetLine]:
    """Return one line a category of the sample year, the largest spending first; collections left out."""
    ledger = outcome.sample.ledger
    if ledger is None:
        return []
    month = outcome.plan.scenario.calendar.month
    spent: dict[str, Ints] = {}
    for category in sorted({str(name) for name in ledger.category} - {INCOME}):
        lines = ledger.category == category
        spent[category] = np.zeros(12, dtype=np.int64)
        np.add.at(spent[category], month[ledger.day[lines]], -ledger.cents[lines])
    planned = planned_by_category(outcome.plan)
    names = sorted({*spent, *planned}, key=lambda name: (-int(spent.get(name, np.zeros(1)).sum()), name))
    empty = np.zeros(12, dtype=np.int64)
    return [BudgetLine(name, planned.get(name), spent.get(name, empty)) for name in names]
