"""A table as it lies in the file: a heading and columns of text, each row with its spreadsheet number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from territory.errors import Problem
from territory.inputs.problems import problem


@dataclass(frozen=True)
class RawTable:
    """The cells of one table as text.

    Attributes
    ----------
    file : str
        Name for messages.
    heading : list of str
    heading_row : int
        Spreadsheet row of the heading.
    rows : list of int
        Spreadsheet row of each row.
    columns : list of list of str
        One list a heading.
    torn : list of list of str
        Rows with a wrong number of cells, which take no further part.
    computed : bool
        Numbers come from a program that stores them as floats (Excel, Parquet), so amounts are rounded to cents.
    """

    file: str
    heading: list[str]
    heading_row: int
    rows: list[int]
    columns: list[list[str]]
    torn: list[list[str]] = field(default_factory=list)
    computed: bool = False


def table_of_rows(
    file: str, rows: Iterable[list[str]], problems: list[Problem], *, computed: bool = False
) -> RawTable | None:
    """Make a table of rows of text; blank rows are skipped, rows of another length than the heading are reported.

    Parameters
    ----------
    file : str
    rows : iterable of list of str
        Every row of the sheet in order, blank ones too, so that numbers count as a spreadsheet shows them.
    problems : list
        Found ones are added.
    computed : bool
        See `RawTable`.
    """
    heading: list[str] = []
    heading_row = 0
    numbers, kept, torn = [], [], []
    for number, full_row in enumerate(rows, start=1):
        if not any(cell and not cell.isspace() for cell in full_row):
            continue
        if not heading:
            heading, heading_row = _without_blank_end(full_row), number
            continue
        row = full_row if any(full_row[len(heading) :]) else full_row[: len(heading)]
        if len(row) != len(heading):
            found = problem("row_length", file=file, row=number, found=len(row), expected=len(heading))
            problems.append(found)
            torn.append(row)
            continue
        numbers.append(number)
        kept.append(row)
    if not heading:
        problems.append(problem("file_empty", file=file))
        return None
    columns = [list(column) for column in zip(*kept, strict=True)] if kept else [[] for _ in heading]
    return RawTable(file, heading, heading_row, numbers, columns, torn, computed)


def _without_blank_end(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return row[:end]
