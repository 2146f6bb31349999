"""Targets add up at every level to the cent, and moved customers are priced (R-T1, R-T5, R-T6, R-A4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.hours import plan_months
from territory.assessment.validate.violation import Violation, listed, single
from territory.domain.customers import NONE

MONTHS = 12
NESTED = (
    ("quarter", "year", "year"),
    ("month", "year", "year"),
    ("month", "quarter", "quarter"),
    ("week", "month", "month"),
)
WHAT = ["level", "id", "period_kind", "period"]
HALF_CENT = 0.5000001


def check_target_rows(case: Case) -> list[Violation]:
    """Check that every level lists every name and period once, down to its finest period (R-T1)."""
    t = case.sheets["targets"]
    found = listed("R-T1", "targets", "target.twice", t[t.duplicated(["level", "id", "period_kind", "period"])], WHAT)
    names = _names(case)
    unknown = np.zeros(len(t), dtype=bool)
    for level, expected in names.items():
        unknown |= (t["level"] == level).to_numpy() & ~t["id"].isin(expected).to_numpy()
    unknown |= ~t["level"].isin(list(names)).to_numpy()
    found += listed("R-T1", "targets", "target.stranger", t[unknown], WHAT)
    counted = t.groupby(["level", "period_kind", "id"]).size()
    counted_of = counted.index.get_level_values(0) + " " + counted.index.get_level_values(1)
    periods = {"year": 1, "quarter": 4, "month": MONTHS}
    for level, expected in names.items():
        for kind, count in periods.items():
            rows = counted[counted_of == f"{level} {kind}"].droplevel([0, 1]).reindex(sorted(expected), fill_value=0)
            short = rows[rows < count]
            bad = pd.DataFrame(
                {"row": 0, "level": level, "id": short.index, "period_kind": kind, "found": short.to_numpy()}
            )
            found += listed("R-T1", "targets", "target.missing", bad, ["level", "id", "period_kind", "found"])
    return found


def check_target_periods(case: Case) -> list[Violation]:
    """Check that years are the sum of quarters and of months, quarters of months, months of weeks (R-T1)."""
    t = _with_months(case)
    found: list[Violation] = []
    for fine, coarse, number in NESTED:
        keys = ["level", "id", f"{number}_number"]
        found += _compare(t[t["period_kind"] == fine], t[t["period_kind"] == coarse], keys, fine)
    return found


def check_target_levels(case: Case) -> list[Violation]:
    """Check that total = regions = reps = customers, each rep and region being the sum of its customers (R-T1)."""
    t = case.sheets["targets"]
    found: list[Violation] = []
    total = t[t["level"] == "total"]
    for level in ("region", "rep"):
        found += _compare(t[t["level"] == level], total, ["period_kind", "period"], level)
    customers = t[t["level"] == "customer"]
    index = pd.Index(case.scenario.customers.customer_id.astype(object)).get_indexer(customers["id"])
    known, index = customers[index >= 0], index[index >= 0]
    found += _compare(known, total[total["period_kind"] != "week"], ["period_kind", "period"], "customer")
    for level, group in (("rep", case.rep_ids(case.owner)), ("region", case.scenario.customers.region)):
        coarse = t[(t["level"] == level) & (t["period_kind"] != "week")]
        fine = known.assign(id=group[index])
        found += _compare(fine, coarse, ["id", "period_kind", "period"], "customer", absent_is_zero=True)
    return found


def check_target_columns(case: Case) -> list[Violation]:
    """Check that the customers table repeats the year's targets of the targets table (R-T1)."""
    t, sheet = case.sheets["targets"], case.sheets["customers"]
    year = t[(t["level"] == "customer") & (t["period_kind"] == "year")].drop_duplicates("id").set_index("id")
    stated = year["target_cents"].reindex(sheet["customer_id"])
    off = stated.notna().to_numpy() & (stated.to_numpy() != sheet["target_cents"].to_numpy())
    rows = sheet.assign(recomputed=stated.to_numpy())[off]
    return listed("R-T1", "customers", "target.customer_differs", rows, ["customer_id", "target", "recomputed"])


def check_target_total(case: Case) -> list[Violation]:
    """Check that the total is the task of the scenario (R-T5), or every rep carries the phases (R-T6)."""
    rules, t = case.scenario.settings.targets, case.sheets["targets"]
    if not rules.phases:
        year = int(t[(t["level"] == "total") & (t["period_kind"] == "year")]["target_cents"].sum())
        task = rules.annual or 0
        return (
            [] if year == task else single("R-T5", "targets", "target.not_the_task", total_cents=year, task_cents=task)
        )
    monthly = np.zeros(MONTHS, dtype=np.int64)
    for phase in rules.phases:
        monthly[phase.first_month - 1 : phase.last_month] = phase.per_rep_month
    has_customers = np.bincount(case.owner[case.owner >= 0], minlength=len(case.scenario.reps)) > 0
    carries = has_customers & ~case.scenario.reps.is_manager
    rows = _with_months(case)
    rows = rows[(rows["level"] == "rep") & (rows["period_kind"] == "month")]
    rep = pd.Index(case.scenario.reps.rep_id.astype(object)).get_indexer(rows["id"])
    asked = np.where(rep >= 0, monthly[rows["month_number"].to_numpy()] * carries[np.maximum(rep, 0)], 0)
    rows = rows.assign(asked_cents=asked)
    return listed(
        "R-T6", "targets", "target.not_the_phase", rows[rows["target_cents"] != asked], ["id", "period", "asked_cents"]
    )


def check_moves(case: Case) -> list[Violation]:
    """Check that exactly the customers who change hands are listed, with their sales and expected loss (R-A4)."""
    who, sheet, rules = case.scenario.customers, case.sheets["moves"], case.scenario.settings.territories
    moved = (who.current_rep != NONE) & (case.owner >= 0) & (who.current_rep != case.owner)
    index = sheet["customer_id_index"].to_numpy()
    known, is_listed = index >= 0, np.isin(np.arange(len(who)), index)
    absent = case.customers[moved & ~is_listed].assign(from_rep=case.rep_ids(who.current_rep)[moved & ~is_listed])
    safe = np.maximum(index, 0)
    sales = who.annual_sales_cents[safe]
    rows = sheet.assign(recomputed_cents=sales * rules.disruption_loss)
    owners = (sheet["from_rep_index"] == who.current_rep[safe]) & (sheet["to_rep_index"] == case.owner[safe])
    priced = np.abs(sheet["expected_loss_cents"] - sales * rules.disruption_loss) <= HALF_CENT
    found = [
        *listed("R-A4", "customers", "move.missing", absent, ["customer_id", "from_rep"]),
        *listed("R-A4", "moves", "move.twice", sheet[sheet.duplicated("customer_id")], ["customer_id"]),
        *listed("R-A4", "moves", "move.not_moved", sheet[~known | ~moved[safe]], ["customer_id"]),
        *listed(
            "R-A4", "moves", "move.reps", sheet[known & moved[safe] & ~owners], ["customer_id", "from_rep", "to_rep"]
        ),
        *listed("R-A4", "moves", "move.sales", sheet[known & (sheet["annual_sales_cents"] != sales)], ["customer_id"]),
        *listed(
            "R-A4", "moves", "move.loss", rows[known & ~priced], ["customer_id", "expected_loss", "recomputed_cents"]
        ),
    ]
    share = moved.sum() / max(len(who), 1)
    if share > rules.max_moved_share + 1e-9:
        found += single("R-A4", "moves", "move.too_many", share=round(float(share), 4), most=rules.max_moved_share)
    return found


def _names(case: Case) -> dict[str, set[str]]:
    return {
        "total": {""},
        "region": set(case.scenario.customers.region.tolist()),
        "rep": set(case.scenario.reps.rep_id.tolist()),
        "customer": set(case.scenario.customers.customer_id.tolist()),
    }


def _with_months(case: Case) -> pd.DataFrame:
    """Return the targets with the numbers of their year, quarter and month of the plan."""
    t = case.sheets["targets"]
    start = case.scenario.calendar.start
    code, periods = pd.factorize(t["period"])
    months = np.array([_months_since(start.year, start.month, str(period)) for period in periods] or [0])
    month = np.clip(months, 0, int(plan_months(case.scenario).max()))[code] if len(t) else np.zeros(0, dtype=np.int64)
    return t.assign(year_number=0, quarter_number=month // 3, month_number=month)


def _months_since(year: int, month: int, period: str) -> int:
    """Month of the plan in which a period begins; periods begin with ``yyyy-mm``."""
    head = period[:7].split("-")
    if len(head) != 2 or not all(part.isdigit() for part in head):
        return 0
    return (int(head[0]) - year) * 12 + int(head[1]) - month


def _compare(
    fine: pd.DataFrame, coarse: pd.DataFrame, keys: list[str], parts: str, *, absent_is_zero: bool = False
) -> list[Violation]:
    """Report the coarse rows whose target is not the sum of the fine rows with the same keys."""
    sums = fine.groupby(keys)["target_cents"].sum().rename("sum_of_parts")
    joined = coarse.merge(sums, how="left", left_on=keys, right_index=True)
    have = joined["sum_of_parts"].notna() | absent_is_zero
    off = have & (joined["sum_of_parts"].fillna(0) != joined["target_cents"])
    rows = joined[off].assign(parts=parts)
    return listed("R-T1", "targets", "target.sum", rows, [*WHAT, "target_cents", "parts", "sum_of_parts"])
