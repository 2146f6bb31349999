"""What is declared of a column and of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "id",
    "text",
    "list",
    "amount",
    "number",
    "degrees",
    "share",
    "integer",
    "percent",
    "date",
    "time",
    "hours",
    "boolean",
    "choice",
]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : str
        How its cells are read; see `territory.inputs.cells`.
    meaning, unit, rule : str
        For the data dictionary.
    required : bool
        The column must exist and no cell may be blank.
    default : str
        What a blank cell means, in words.
    least, most : float or None
        Bounds of numbers, inclusive; amounts in yuan. Those of degrees are checked for both coordinates together.
    choices : tuple of (value, synonyms)
        Of a choice.
    refers_to : str
        Table whose ids the column holds.
    synonyms : tuple of str
        Other headings it is known by.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    rule: str = ""
    required: bool = False
    default: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    refers_to: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSchema:
    """One table: its key in ``[files]``, its columns, and the columns that name a row (no two rows alike)."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)
