"""The budget by heading and month beside what the sample year spent, measured as the years are judged (R-B7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from territory.domain.customers import Ints
from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.simulation.budget import GROUPS, RESERVE, planned_payments
from territory.simulation.tables import make_tables

INCOME = "collection"


@dataclass(frozen=True)
class BudgetLine:
    """A heading: planned and spent cents by month; `planned` is None for what has no budget, as goods."""

    heading: str
    planned: Ints | None
    spent: Ints

    @property
    def overrun(self) -> list[bool]:
        """Months in which more was spent than planned and its reserve."""
        if self.planned is None:
            return [False] * 12
        return [bool(over) for over in self.spent > self.planned * (1 + RESERVE) + 0.5]


def planned_by_heading(plan: Plan) -> dict[str, Ints]:
    """Return the planned cents by heading and month."""
    planned = np.rint(planned_payments(make_tables(plan))).astype(np.int64)
    return {heading: planned[:, k] for k, heading in enumerate(GROUPS)}


def budget_lines(outcome: Outcome, planned: dict[str, Ints]) -> list[BudgetLine]:
    """Return one line a heading that is planned or spent on in the sample year, the largest spending first."""
    ledger = outcome.sample.ledger
    if ledger is None:
        return []
    month = outcome.plan.scenario.calendar.month
    heading_of = {category: heading for heading, categories in GROUPS.items() for category in categories}
    spent = {heading: np.zeros(12, dtype=np.int64) for heading in planned}
    for category in sorted({str(name) for name in ledger.category} - {INCOME}):
        lines = ledger.category == category
        total = spent.setdefault(heading_of.get(category, category), np.zeros(12, dtype=np.int64))
        np.add.at(total, month[ledger.day[lines]], -ledger.cents[lines])
    lines = [BudgetLine(heading, planned.get(heading), cents) for heading, cents in spent.items()]
    used = [line for line in lines if line.spent.any() or (line.planned is not None and line.planned.any())]
    return sorted(used, key=lambda line: (-int(line.spent.sum()), line.heading))
