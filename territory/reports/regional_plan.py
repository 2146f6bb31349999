"""The parts of a regional plan that are not tables of the plan itself: training plan and target agreements (R-D2)."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from territory.domain.plan import Plan, yuan
from territory.reports.messages import text


def training_plan(plan: Plan, lang: str) -> pd.DataFrame:
    """Return the training plan: who, what, from when to when, cost in yuan (R-D2 part 3, R-N2, R-N4).

    Columns: rep_id, name, activity, from_date, to_date, cost. New hires have their induction and probation; the team
    meets as the scenario's monthly meetings and training lines say.
    """
    scenario, rules = plan.scenario, plan.scenario.settings
    calendar, reps = scenario.calendar, scenario.reps
    rows: list[tuple[str, str, str, str, str, str]] = []
    for r in np.flatnonzero(reps.new_hire).tolist():
        first = max(int(reps.hired_day[r]), 0)
        days = [d for d in range(first, calendar.days) if calendar.working[d]][: rules.staffing.training_days]
        who = str(reps.rep_id[r]), str(reps.name[r])
        if days:
            cost = yuan(np.array([rules.budget.training]))[0]
            rows.append(
                (
                    *who,
                    text("training.induction", lang),
                    str(calendar.date_of(days[0])),
                    str(calendar.date_of(days[-1])),
                    cost,
                )
            )
        if rules.staffing.probation_months:
            begin = calendar.date_of(first)
            end = _months_later(begin.year, begin.month, begin.day, rules.staffing.probation_months)
            rows.append((*who, text("training.probation", lang), str(begin), end, ""))
    for line in rules.budget.setup + rules.budget.monthly:
        if line.category == "training":
            monthly = line in rules.budget.monthly
            name = (line.name_zh or line.name) if lang == "zh" else line.name
            activity = text("training.monthly" if monthly else "training.once", lang, activity=name)
            rows.append(
                (
                    "",
                    text("team", lang),
                    activity,
                    str(calendar.start),
                    _last(plan) if monthly else "",
                    yuan(np.array([line.amount]))[0],
                )
            )
    for meeting in rules.workday.meetings:
        if meeting.when == "month_end":
            name = (meeting.name_zh or meeting.name) if lang == "zh" else meeting.name
            activity = text(
                "training.month_end", lang, activity=name, start=f"{meeting.start:%H:%M}", end=f"{meeting.end:%H:%M}"
            )
            rows.append(("", text("team", lang), activity, str(calendar.start), _last(plan), ""))
    return pd.DataFrame(rows, columns=["rep_id", "name", "activity", "from_date", "to_date", "cost"])


def target_agreements(plan: Plan) -> pd.DataFrame:
    """Return one row a rep: targets of months, quarters and year in yuan, visits, pay at 100 % (R-D2 part 4)."""
    scenario, reps = plan.scenario, plan.scenario.reps
    months = plan.targets.rep_month_cents(plan.territories.rep, len(reps))
    quarters = months.reshape(len(reps), 4, 3).sum(axis=2)
    columns: dict[str, object] = {"rep_id": reps.rep_id, "name": reps.name}
    for m in range(12):
        columns[scenario.calendar.month_label(m)] = yuan(months[:, m])
        if m % 3 == 2:
            columns[f"Q{m // 3 + 1}"] = yuan(quarters[:, m // 3])
    columns["year_total"] = yuan(months.sum(axis=1))
    columns["planned_visits"] = np.bincount(plan.visits.rep, minlength=len(reps))
    columns["planned_pay"] = yuan(reps.monthly_salary_cents)
    return pd.DataFrame(columns)


def _last(plan: Plan) -> str:
    return str(plan.scenario.calendar.date_of(plan.scenario.calendar.days - 1))


def _months_later(year: int, month: int, day: int, months: int) -> str:
    stamp = pd.Timestamp(year=year, month=month, day=day) + pd.DateOffset(months=months) - timedelta(days=1)
    return str(stamp.date())
