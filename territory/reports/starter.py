"""A scenario to edit: a copy of a bundled one, as CSV files or as one Excel workbook with drop-downs and notes."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import xlsxwriter

from territory.errors import TerritoryError
from territory.inputs.column import Column, TableSchema
from territory.inputs.columns import CUSTOMERS, REPS
from territory.reports.excel import SAFE_OPTIONS
from territory.reports.messages import text
from territory.reports.tables import PLAIN_NUMBER

TEMPLATE_ROWS = 2_000
"""Rows below the heading that get drop-downs."""
NUMBERS = {"amount", "number", "degrees", "share", "integer", "percent"}
WORKBOOK = "tables.xlsx"
SHEETS = (CUSTOMERS, REPS)


class Filled(NamedTuple):
    """Column names, and rows of text under them; columns of the schema without a name here stay empty."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]


def write_starter(folder: str | Path, source: str | Path, *, lang: str = "en", excel: bool = False) -> Path:
    """Copy a scenario for the user to edit.

    Parameters
    ----------
    folder : path
        Must not exist, or be empty.
    source : path
        Scenario folder to start from.
    lang : str
        Language of the workbook's headings and notes.
    excel : bool
        Customers and reps as the sheets of one ``tables.xlsx`` instead of CSV.

    Raises
    ------
    TerritoryError
        The folder is not empty.
    """
    place, origin = Path(folder), Path(source)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise TerritoryError(f"{place} is not empty; give a new folder")
    place.mkdir(parents=True, exist_ok=True)
    for path in sorted(origin.iterdir()):
        if path.is_file():
            shutil.copyfile(path, place / path.name)
    if excel:
        _to_workbook(place, lang)
    return place


def write_template(path: str | Path, filled: Mapping[str, Filled], lang: str) -> None:
    """Write a workbook to fill in: a sheet a table with headings, notes and drop-downs, and a sheet that explains each.

    Parameters
    ----------
    path : path
        File to write.
    filled : mapping of table name to Filled
        The tables of the workbook, ``customers`` and ``reps``, with the rows to start with.
    lang : str
        Language of headings and notes.
    """
    options = {name: value for name, value in SAFE_OPTIONS.items() if name.startswith("strings")}
    with xlsxwriter.Workbook(str(path), options) as book:
        columns = {schema.name: _columns(schema, filled[schema.name]) for schema in SHEETS if schema.name in filled}
        for table, shown in columns.items():
            _table_sheet(book, table, shown, filled[table], lang)
        for table, shown in columns.items():
            _help_sheet(book, table, shown, lang)


def _columns(schema: TableSchema, filled: Filled) -> list[Column]:
    known = {column.name for column in schema.columns}
    return [*schema.columns, *(Column(name, "text", name) for name in filled.names if name not in known)]


def _table_sheet(book: xlsxwriter.Workbook, table: str, columns: Sequence[Column], filled: Filled, lang: str) -> None:
    sheet = book.add_worksheet(table)
    required = book.add_format({"bold": True, "bg_color": "#DCE8F1", "bottom": 1})
    optional = book.add_format({"bg_color": "#F1F3F5", "bottom": 1})
    as_text = book.add_format({"num_format": "@"})
    for j, column in enumerate(columns):
        form = as_text if column.kind in {"id", "date", "time"} else None
        sheet.set_column(j, j, max(12, len(column.name) + 2), form)
        sheet.write_string(0, j, heading(column, lang), required if column.required else optional)
        sheet.write_comment(0, j, _note(column, lang))
        _drop_down(sheet, j, column, lang)
    places = {column.name: j for j, column in enumerate(columns)}
    for i, row in enumerate(filled.rows, start=1):
        for name, value in zip(filled.names, row, strict=True):
            if columns[places[name]].kind in NUMBERS and PLAIN_NUMBER.match(value):
                sheet.write_number(i, places[name], float(value))
            elif value:
                sheet.write_string(i, places[name], value)
    sheet.freeze_panes(1, 2)


def heading(column: Column, lang: str) -> str:
    """Return a column's heading: its name, or its first Chinese synonym."""
    if lang != "zh":
        return column.name
    return next((name for name in column.synonyms if re.search(r"[\u4e00-\u9fff]", name)), column.name)


def _note(column: Column, lang: str) -> str:
    need = text("template.required" if column.required else "template.optional", lang)
    parts = [
        f"{column.name} ({need})",
        column.meaning,
        column.unit,
        f"= {column.default}" if column.default else "",
        column.rule,
    ]
    return "\n".join(part for part in parts if part)


def _drop_down(sheet: xlsxwriter.worksheet.Worksheet, j: int, column: Column, lang: str) -> None:
    choices = [value for value, _ in column.choices]
    if column.kind == "boolean":
        choices = [text("yes", lang), text("no", lang)]
    if choices:
        rule = {"validate": "list", "source": choices, "ignore_blank": True, "error_type": "warning"}
        sheet.data_validation(1, j, TEMPLATE_ROWS, j, rule)


def _help_sheet(book: xlsxwriter.Workbook, table: str, columns: Sequence[Column], lang: str) -> None:
    sheet = book.add_worksheet(f"{text('sheet.help', lang)} {table}")
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, text("template.title", lang), book.add_format({"bold": True, "font_size": 14}))
    for k in (1, 2, 3):
        sheet.write_string(k, 0, text(f"template.line{k}", lang))
    for i, column in enumerate(columns, start=5):
        sheet.write_string(i, 0, heading(column, lang))
        sheet.write_string(i, 1, column.name)
        sheet.write_string(i, 2, _note(column, lang).partition("\n")[2].replace("\n", "; "))


def _to_workbook(place: Path, lang: str) -> None:
    filled = {schema.name: _read(place / f"{schema.name}.csv", schema) for schema in SHEETS}
    write_template(place / WORKBOOK, filled, lang)
    for table in filled:
        (place / f"{table}.csv").unlink()
        _point_to(place / "scenario.toml", table)


def _read(path: Path, schema: TableSchema) -> Filled:
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    known = {alias: column.name for column in schema.columns for alias in (*column.synonyms, column.name)}
    return Filled([known.get(name.strip(), name.strip()) for name in table[0]], table[1:])


def _point_to(toml: Path, table: str) -> None:
    """Name the workbook in ``[files]``, leaving everything else as it stands."""
    lines = toml.read_text(encoding="utf-8").split("\n")
    entry = f'{table} = "{WORKBOOK}"'
    heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[files\]", line)]
    if not heads:
        lines = [*lines, "[files]", entry, ""]
    else:
        first = heads[0] + 1
        last = next((i for i in range(first, len(lines)) if re.match(r"\s*\[", lines[i])), len(lines))
        kept = [line for line in lines[first:last] if not re.match(rf"\s*{table}\s*=", line)]
        lines = [*lines[:first], entry, *kept, *lines[last:]]
    toml.write_text("\n".join(lines), encoding="utf-8")
