"""A scenario on its way in: settings and tables as read, not yet known to fit together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from territory.domain.settings import Settings
from territory.errors import Problem
from territory.inputs.nearest import nearest
from territory.inputs.parse_table import Table
from territory.inputs.problems import problem
from territory.inputs.toml_file import Document


@dataclass(frozen=True)
class Draft:
    """What was read.

    Attributes
    ----------
    document : Document
        Settings, with the keys that are wrong.
    tables : mapping of str to Table
        Every table by its name; absent ones are empty.
    sources : tuple of Path
        The files read.
    """

    document: Document
    tables: Mapping[str, Table]
    sources: tuple[Path, ...]

    @property
    def settings(self) -> Settings:
        """Everything scenario.toml says."""
        return self.document.settings

    @property
    def customers(self) -> Table:
        """The table of customers."""
        return self.tables["customers"]

    @property
    def reps(self) -> Table:
        """The table of reps."""
        return self.tables["reps"]

    @cached_property
    def customer_ids(self) -> dict[str, None]:
        """Ids of the customers, in order."""
        return _ids(self.customers, "customer_id")

    @cached_property
    def rep_ids(self) -> dict[str, None]:
        """Ids of the reps, in order."""
        return _ids(self.reps, "rep_id")

    def names(self, column: str) -> dict[str, None]:
        """Return the different texts of a column of the customers, in order."""
        return dict.fromkeys(value for value in self.customers.values[column] if value)


def _ids(table: Table, column: str) -> dict[str, None]:
    return dict.fromkeys(value for value in table.values[column] if value is not None)


def cell_problem(code: str, table: Table, position: int, column: str, value: object = "", **details: object) -> Problem:
    """Return a problem with one cell of a table."""
    return problem(code, file=table.file, row=table.rows[position], column=column, value=str(value), **details)


def unknown(code: str, name: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the code and details of an unknown name, with the nearest known one where there is one."""
    found = nearest(name, known)
    return (f"{code}_near", {"nearest": found}) if found else (code, {})
