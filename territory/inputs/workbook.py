"""Tables from Excel (the sheet named like the table, else the first visible) and Parquet, every cell as text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from territory.errors import Problem
from territory.inputs.problems import problem
from territory.inputs.raw_table import RawTable, table_of_rows

UNPACKED_LIMIT = 1 << 30
"""Bytes; a file that unpacks to more is no table of customers."""

EXCEL_DIGITS = 15
"""Spreadsheets keep no more significant digits than these."""


def read_workbook(file: str, content: bytes, problems: list[Problem], *, table: str = "") -> RawTable | None:
    """Return one visible sheet of a workbook, or None after adding a problem.

    The sheet named like the table, so that one workbook can hold them all; else the first.
    """
    from python_calamine import (  # noqa: PLC0415 - only workbooks need it
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetVisibleEnum,
    )

    if content.startswith(b"PK") and not _unpacks_to_sane_size(file, content, problems):
        return None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        if not visible:
            problems.append(problem("file_empty", file=file))
            return None
        name = next((name for name in visible if name.strip().casefold() == table), visible[0])
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
        merged = sheet.merged_cell_ranges or []
    except PasswordError:
        problems.append(problem("file_encrypted", file=file))
        return None
    except (CalamineError, OSError, ValueError) as error:
        problems.append(problem("file_damaged", file=file, detail=error))
        return None
    place = f"{file} [{name}]" if len(visible) > 1 else file
    read = table_of_rows(place, ([cell_text(cell) for cell in row] for row in rows), problems, computed=True)
    if read is not None:
        _report_merged(read, merged, problems)
    return read


def read_parquet(file: str, content: bytes, problems: list[Problem]) -> RawTable | None:
    """Return the table of a Parquet file; its columns' names are row 1."""
    import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - only Parquet needs it
    from pyarrow import parquet  # noqa: PLC0415 - only Parquet needs it

    try:
        packed = parquet.ParquetFile(pa.BufferReader(content))
        groups = range(packed.metadata.num_row_groups)
        if sum(packed.metadata.row_group(i).total_byte_size for i in groups) > UNPACKED_LIMIT:
            problems.append(problem("file_too_large", file=file, limit="1 GB"))
            return None
        table = packed.read()
        columns = [[cell_text(cell) for cell in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        problems.append(problem("file_damaged", file=file, detail=error))
        return None
    rows = zip(*columns, strict=True) if columns else iter(())
    return table_of_rows(file, [list(table.column_names), *(list(row) for row in rows)], problems, computed=True)


def cell_text(cell: Any) -> str:
    """Return a cell as the text a CSV file would hold; nothing and not-a-number are blank."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell != cell:  # noqa: PLR0124 - only not-a-number differs from itself
        return ""
    kind = next((kind for kind in _TEXT_OF if isinstance(cell, kind)), None)
    return _TEXT_OF[kind](cell) if kind else str(cell)


def _moment_text(moment: datetime) -> str:
    return str(moment.date()) if moment.time() == time() else moment.isoformat(" ", "seconds")


def _number_text(number: float) -> str:
    if number == int(number) if abs(number) < 10**EXCEL_DIGITS else False:
        return str(int(number))
    text = format(number, f".{EXCEL_DIGITS}g")
    small = "e" in text and abs(number) < 1
    return format(Decimal(text), "f") if small else text


def _clock_text(minutes: int, seconds: int) -> str:
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{seconds:02d}" if seconds else text


_TEXT_OF: Mapping[type, Callable[[Any], str]] = {
    bool: lambda cell: "true" if cell else "false",
    float: _number_text,
    Decimal: lambda cell: format(cell, "f"),
    datetime: _moment_text,  # before date, whose kind it also is
    date: date.isoformat,
    time: lambda cell: _clock_text(cell.hour * 60 + cell.minute, cell.second),
    timedelta: lambda cell: _clock_text(*divmod(round(cell.total_seconds()), 60)),
    bytes: lambda cell: cell.decode("utf-8", "backslashreplace"),
    list: lambda cell: ";".join(cell_text(part) for part in cell),
}


def _unpacks_to_sane_size(file: str, content: bytes, problems: list[Problem]) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        problems.append(problem("file_damaged", file=file, detail=error))
        return False
    if size > UNPACKED_LIMIT:
        problems.append(problem("file_too_large", file=file, limit="1 GB"))
    return size <= UNPACKED_LIMIT


def _report_merged(table: RawTable, merged: Iterable[Any], problems: list[Problem]) -> None:
    """Report merged cells of the table itself; a merged title above the heading does no harm."""
    for (top, left), (bottom, right) in merged:
        if bottom + 1 >= table.heading_row and left < len(table.heading):
            cells = f"{_column_letters(left)}{top + 1}:{_column_letters(right)}{bottom + 1}"
            problems.append(problem("merged_cells", file=table.file, row=top + 1, cells=cells))


def _column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
