"""The budget by heading and month beside what the sample year spent, measured as the years are judged (R-B7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Ints
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.domain.spending import HEADINGS, RESERVE, planned_budget_cents, planned_spending

INCOME = "collection"
TOTAL = "total"


@dataclass(frozen=True)
class BudgetLine:
    """A heading: planned and spent cents by month, and the budget of the year; no plan for what has none, as goods."""

    heading: str
    planned: Ints | None
    spent: Ints
    annual: int | None

    @property
    def overrun(self) -> list[bool]:
        """Months in which more was spent than planned and its reserve."""
        if self.planned is None:
            return [False] * 12
        return [bool(over) for over in self.spent > self.planned * (1 + RESERVE) + 0.5]


def planned_by_heading(plan: Plan) -> dict[str, Ints]:
    """Return the planned cents by heading and month."""
    return {heading: np.rint(cents).astype(np.int64) for heading, cents in planned_spending(plan).items()}


def budget_lines(outcome: Outcome) -> list[BudgetLine]:
    """Return one line a heading that is planned or spent on in the sample year, the largest first, then all."""
    ledger, planned = outcome.sample.ledger, planned_by_heading(outcome.plan)
    if ledger is None:
        return []
    month = outcome.plan.scenario.calendar.month
    heading_of = {category: heading for heading, categories in HEADINGS.items() for category in categories}
    spent = {heading: np.zeros(12, dtype=np.int64) for heading in planned}
    for category in sorted({str(name) for name in ledger.category} - {INCOME}):
        mine = ledger.category == category
        total = spent.setdefault(heading_of.get(category, category), np.zeros(12, dtype=np.int64))
        np.add.at(total, month[ledger.day[mine]], -ledger.cents[mine])
    lines = [_line(heading, planned.get(heading), cents) for heading, cents in spent.items()]
    used = [line for line in lines if line.spent.any() or line.annual]
    used.sort(key=lambda line: (-int(line.spent.sum()), line.heading))
    budgeted = np.sum([spent[heading] for heading in planned], axis=0)
    whole = np.sum(list(planned.values()), axis=0)
    return [*used, BudgetLine(TOTAL, whole, budgeted, planned_budget_cents(outcome.plan))]


def _line(heading: str, planned: Ints | None, spent: Ints) -> BudgetLine:
    return BudgetLine(heading, planned, spent, None if planned is None else int(planned.sum()))
