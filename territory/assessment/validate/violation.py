"""What the checker reports: one broken rule, with its place and the values that show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

LISTED = 50
"""Rows listed of one kind; the rest is counted, so that a systematic fault stays readable."""

Value = str | int | float


@dataclass(frozen=True)
class Violation:
    """One rule of the rulebook that a table breaks.

    Attributes
    ----------
    rule : str
        Rule id, or ``format`` for a cell that cannot be read.
    table : str
        File stem.
    row : int
        As a spreadsheet shows it (the header is row 1); 0 where no single row is to blame.
    code : str
        Kind of violation; the reports word it.
    values : mapping
        What the sentence speaks of; money in cents under names ending in ``_cents``.
    """

    rule: str
    table: str
    row: int
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"{self.table} row {self.row}" if self.row else self.table
        shown = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"[{self.rule}] {place}: {self.code}" + (f" ({shown})" if shown else "")


def listed(
    rule: str,
    table: str,
    code: str,
    rows: pd.DataFrame,
    columns: Sequence[str] = (),
    *,
    where: ArrayLike | None = None,
    **computed: ArrayLike,
) -> list[Violation]:
    """Return one violation a row, which carries its spreadsheet row in column ``row``; long lists are cut.

    Parameters
    ----------
    rule, table, code : str
    rows : DataFrame
    columns : sequence of str
        Columns that become the values.
    where : array of bool, optional
        The offending rows; all of them when absent.
    **computed : array
        More values, one a row of `rows`.
    """
    bad = np.arange(len(rows)) if where is None else np.flatnonzero(np.asarray(where, dtype=bool))
    if not len(bad):
        return []
    some = bad[:LISTED]
    cells = {name: rows[name].iloc[some].tolist() for name in columns}
    cells |= {name: np.broadcast_to(np.asarray(values), len(rows))[some].tolist() for name, values in computed.items()}
    found = [
        Violation(rule, table, int(row), code, {name: _plain(values[k]) for name, values in cells.items()})
        for k, row in enumerate(rows["row"].iloc[some].tolist())
    ]
    if len(bad) > LISTED:
        found.append(Violation(rule, table, 0, "further", {"of": code, "count": len(bad) - LISTED}))
    return found


def single(rule: str, table: str, code: str, **values: Value) -> list[Violation]:
    """Return one violation that no single row is to blame for."""
    return [Violation(rule, table, 0, code, values)]


def _plain(value: object) -> Value:
    if isinstance(value, float | np.floating):
        return int(value) if float(value).is_integer() else round(float(value), 4)
    if isinstance(value, int | np.integer):
        return int(value)
    return str(value)
