"""Targets add up at every level to the cent, and moved customers are priced (R-T1, R-T5, R-T6, R-A4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.target_grid import MONTHS, TargetTable, target_table
from territory.assessment.validate.violation import Violation, listed, single
from territory.domain.customers import NONE, Ints

WHAT = ["level", "id", "period_kind", "period"]
HALF_CENT = 0.5000001


def check_targets(case: Case) -> list[Violation]:
    """Check that the targets are complete and add up over periods and over people (R-T1) to the task (R-T5, R-T6)."""
    table = target_table(case)
    return [
        *listed("R-T1", "targets", "target.stranger", table.strangers, WHAT),
        *listed("R-T1", "targets", "target.twice", table.repeated, WHAT),
        *_missing(table),
        *_period_sums(table),
        *_level_sums(case, table),
        *_customer_column(case, table),
        *_task(case, table),
    ]


def _missing(table: TargetTable) -> list[Violation]:
    """Every name has a line for every period; customers have none for weeks."""
    found: list[Violation] = []
    for level, grid in table.grids.items():
        wanted = np.full(grid.row.shape, True)
        if level == "customer":
            wanted[:, table.periods.of("week")] = False
        name, period = np.nonzero(wanted & (grid.row == 0))
        rows = _lines(table, level, name, period)
        found += listed("R-T1", "targets", "target.missing", rows, WHAT)
    return found


def _period_sums(table: TargetTable) -> list[Violation]:
    """Years are the sum of quarters and of months, a quarter of its months, a month of its weeks."""
    periods = table.periods
    year, quarters, months, weeks = (periods.of(kind) for kind in ("year", "quarter", "month", "week"))
    found: list[Violation] = []
    for level, grid in table.grids.items():
        by_month = grid.cents[:, months]
        pairs = [
            ("quarter", year, grid.cents[:, quarters].sum(axis=1, keepdims=True)),
            ("month", year, by_month.sum(axis=1, keepdims=True)),
            ("month", quarters, by_month.reshape(len(by_month), 4, 3).sum(axis=2)),
        ]
        if level != "customer":
            in_month = (periods.month[weeks][:, None] == np.arange(MONTHS)[None, :]).astype(np.int64)
            pairs.append(("week", months, grid.cents[:, weeks] @ in_month))
        for parts, columns, sums in pairs:
            found += _unequal(table, level, columns, sums, parts)
    return found


def _level_sums(case: Case, table: TargetTable) -> list[Violation]:
    """Total = regions = reps = customers; each region and rep is the sum of its customers, down to months."""
    grids = table.grids
    every = np.arange(len(table.periods.kind))
    coarse = np.flatnonzero(table.periods.kind != "week")
    found: list[Violation] = []
    for level in ("region", "rep"):
        found += _unequal(table, "total", every, grids[level].cents.sum(axis=0, keepdims=True), level)
    customers = grids["customer"].cents[:, coarse]
    found += _unequal(table, "total", coarse, customers.sum(axis=0, keepdims=True), "customer")
    region = np.searchsorted(grids["region"].names.astype(str), case.scenario.customers.region.astype(str))
    for level, group in (("region", region), ("rep", case.owner)):
        sums = np.zeros((len(grids[level].names), len(coarse)), dtype=np.int64)
        np.add.at(sums, group[group >= 0], customers[group >= 0])
        found += _unequal(table, level, coarse, sums, "customer")
    return found


def _unequal(table: TargetTable, level: str, columns: Ints, sums: Ints, parts: str) -> list[Violation]:
    grid = table.grids[level]
    name, place = np.nonzero((grid.cents[:, columns] != sums) & (grid.row[:, columns] > 0))
    rows = _lines(table, level, name, columns[place])
    rows = rows.assign(parts=parts, target_cents=grid.cents[name, columns[place]], sum_cents=sums[name, place])
    return listed("R-T1", "targets", "target.sum", rows, [*WHAT, "target_cents", "parts", "sum_cents"])


def _lines(table: TargetTable, level: str, name: Ints, period: Ints) -> pd.DataFrame:
    grid = table.grids[level]
    return pd.DataFrame(
        {
            "row": grid.row[name, period],
            "level": level,
            "id": grid.names[name],
            "period_kind": table.periods.kind[period],
            "period": table.periods.label[period],
        }
    )


def _customer_column(case: Case, table: TargetTable) -> list[Violation]:
    """Compare what the customers table says with the year of each customer."""
    sheet, grid = case.sheets["customers"], table.grids["customer"]
    index = np.maximum(sheet["customer_id_index"].to_numpy(), 0)
    known = (sheet["customer_id_index"].to_numpy() >= 0) & (grid.row[index, 0] > 0)
    off = known & (sheet["target_cents"].to_numpy() != grid.cents[index, 0])
    recomputed = grid.cents[index, 0]
    shown = ["customer_id", "target_cents"]
    return listed("R-T1", "customers", "target.customer_differs", sheet, shown, where=off, recomputed_cents=recomputed)


def _task(case: Case, table: TargetTable) -> list[Violation]:
    """Compare the total with the task (R-T5), or every rep with the phases (R-T6)."""
    rules, reps = case.scenario.settings.targets, case.scenario.reps
    if not rules.phases:
        task = rules.annual or 0
        if table.year_cents == task:
            return []
        return single("R-T5", "targets", "target.not_the_task", total_cents=table.year_cents, task_cents=task)
    monthly = np.zeros(MONTHS, dtype=np.int64)
    for phase in rules.phases:
        monthly[phase.first_month - 1 : phase.last_month] = phase.per_rep_month
    has_customers = np.bincount(case.owner[case.owner >= 0], minlength=len(reps)) > 0
    asked = np.outer(has_customers & ~reps.is_manager, monthly)
    months = table.periods.of("month")
    rep, month = np.nonzero(table.grids["rep"].cents[:, months] != asked)
    rows = _lines(table, "rep", rep, months[month]).assign(asked_cents=asked[rep, month])
    return listed("R-T6", "targets", "target.not_the_phase", rows, ["id", "period", "asked_cents"])


def check_moves(case: Case) -> list[Violation]:
    """Check that exactly the customers who change hands are listed, with their sales and expected loss (R-A4)."""
    who, sheet, rules = case.scenario.customers, case.sheets["moves"], case.scenario.settings.territories
    moved = (who.current_rep != NONE) & (case.owner >= 0) & (who.current_rep != case.owner)
    index = sheet["customer_id_index"].to_numpy()
    known, is_listed = index >= 0, np.isin(np.arange(len(who)), index)
    absent = moved & ~is_listed
    safe = np.maximum(index, 0)
    sales, real = who.annual_sales_cents[safe], known & moved[safe]
    loss = sales * rules.disruption_loss
    owners = (sheet["from_rep_index"] == who.current_rep[safe]) & (sheet["to_rep_index"] == case.owner[safe])
    mispriced = known & (np.abs(sheet["expected_loss_cents"] - loss) > HALF_CENT)
    other_sales = known & (sheet["annual_sales_cents"] != sales)
    one, reps, price = ["customer_id"], ["customer_id", "from_rep", "to_rep"], ["customer_id", "expected_loss_cents"]
    return [
        *listed(
            "R-A4",
            "customers",
            "move.missing",
            case.customers,
            one,
            where=absent,
            from_rep=case.rep_ids(who.current_rep),
        ),
        *listed("R-A4", "moves", "move.twice", sheet, one, where=sheet.duplicated("customer_id")),
        *listed("R-A4", "moves", "move.not_moved", sheet, one, where=~real),
        *listed("R-A4", "moves", "move.reps", sheet, reps, where=real & ~owners),
        *listed("R-A4", "moves", "move.sales", sheet, one, where=other_sales),
        *listed("R-A4", "moves", "move.loss", sheet, price, where=mispriced, recomputed_cents=np.rint(loss)),
    ]
