"""The targets table as grids of whole cents: one grid a level, a row a name, a column a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.assessment.validate.case import Case
from territory.assessment.validate.hours import plan_months
from territory.domain.customers import Ints

MONTHS = 12
LEVELS = ("total", "region", "rep", "customer")
KINDS = ("year", "quarter", "month", "week")


@dataclass(frozen=True)
class Periods:
    """Columns of a grid: year, quarters, months, then the weeks that the table names.

    Attributes
    ----------
    kind : array of str, shape (periods,)
    label : array of str
    month : array of int
        Month of the plan in which a period begins, 0..11.
    """

    kind: NDArray[np.object_]
    label: NDArray[np.object_]
    month: Ints

    def of(self, kind: str) -> Ints:
        """Return the columns of a kind."""
        return np.flatnonzero(self.kind == kind)


@dataclass(frozen=True)
class Grid:
    """One level.

    Attributes
    ----------
    names : array of str, shape (names,)
    cents, row : array of int, shape (names, periods)
        Target and spreadsheet row; row 0 where the table has no such line.
    """

    names: NDArray[np.object_]
    cents: Ints
    row: Ints


@dataclass(frozen=True)
class TargetTable:
    """The whole table.

    Attributes
    ----------
    periods : Periods
    grids : mapping of level to Grid
    strangers, repeated : DataFrame
        Lines that name an unknown level, id or period, and lines that come twice.
    """

    periods: Periods
    grids: Mapping[str, Grid]
    strangers: pd.DataFrame
    repeated: pd.DataFrame

    @cached_property
    def year_cents(self) -> int:
        """The task of the year as the total line states it."""
        return int(self.grids["total"].cents[0, 0])


def target_table(case: Case) -> TargetTable:
    """Sort the lines of the targets table into grids."""
    sheet = case.sheets["targets"]
    periods = _periods(case, sheet)
    known = {(kind, label): k for k, (kind, label) in enumerate(zip(periods.kind, periods.label, strict=True))}
    columns = len(known)
    pair = pd.DataFrame({"kind": _codes(sheet["period_kind"]), "label": _codes(sheet["period"])})
    kinds, labels = sheet["period_kind"].cat.categories, sheet["period"].cat.categories
    table = np.array([[known.get((kind, label), -1) for label in labels] for kind in kinds], dtype=np.int64)
    column = table[pair["kind"], pair["label"]] if len(sheet) else np.zeros(0, dtype=np.int64)
    level_names, name_ids = sheet["level"].cat.categories, sheet["id"].cat.categories
    level_code, id_code = _codes(sheet["level"]), _codes(sheet["id"])
    placed = np.zeros(len(sheet), dtype=bool)
    repeated = np.zeros(len(sheet), dtype=bool)
    grids = {}
    for level, names in _names(case).items():
        at_level = level_code == (level_names.get_loc(level) if level in level_names else -2)
        place = pd.Index(names).get_indexer(name_ids)[id_code] if len(sheet) else column
        mine = at_level & (place >= 0) & (column >= 0)
        cell = place[mine] * columns + column[mine]
        lines = sheet[mine]
        cents, row = np.zeros(len(names) * columns, dtype=np.int64), np.zeros(len(names) * columns, dtype=np.int64)
        cents[cell], row[cell] = lines["target_cents"], lines["row"]
        grids[level] = Grid(names, cents.reshape(-1, columns), row.reshape(-1, columns))
        repeated[np.flatnonzero(mine)] = pd.Series(cell).duplicated()
        placed |= mine
    return TargetTable(periods, grids, sheet[~placed], sheet[repeated])


def _codes(column: pd.Series[str]) -> Ints:
    return column.cat.codes.to_numpy().astype(np.int64)


def _names(case: Case) -> dict[str, NDArray[np.object_]]:
    customers, reps = case.scenario.customers, case.scenario.reps
    regions = np.array(sorted(set(customers.region.tolist())), dtype=object)
    return {
        "total": np.array([""], dtype=object),
        "region": regions,
        "rep": reps.rep_id.astype(object),
        "customer": customers.customer_id.astype(object),
    }


def _periods(case: Case, sheet: pd.DataFrame) -> Periods:
    """Label the periods of the plan; weeks are those listed whose label begins with one of its months."""
    first = np.datetime64(case.scenario.calendar.start, "M")
    months = [str(first + m) for m in range(int(plan_months(case.scenario).max()) + 1)]
    quarters = [f"{months[q]}..{months[q + 2]}" for q in range(0, MONTHS, 3)]
    listed = sheet[sheet["period_kind"] == "week"]["period"].unique().tolist()
    weeks = [label for label in listed if label[:7] in months and label[7:9] == "-W"]
    labels = [f"{months[0]}..{months[-1]}", *quarters, *months, *weeks]
    begins = [0, *range(0, MONTHS, 3), *range(MONTHS), *(months.index(label[:7]) for label in weeks)]
    kinds = ["year", *["quarter"] * 4, *["month"] * MONTHS, *["week"] * len(weeks)]
    return Periods(np.array(kinds, dtype=object), np.array(labels, dtype=object), np.array(begins, dtype=np.int64))
