"""A scenario to edit: a copy of a bundled one, as CSV files or as Excel workbooks with drop-downs and notes."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from territory.errors import TerritoryError
from territory.inputs.columns import CUSTOMERS, REPS, Column, TableSchema
from territory.reports.excel import SAFE_OPTIONS
from territory.reports.messages import text
from territory.reports.tables import PLAIN_NUMBER

TEMPLATE_ROWS = 2_000
"""Rows below the heading that get drop-downs."""
NUMBERS = {"amount", "number", "degrees", "share", "integer", "percent"}


def write_starter(folder: str | Path, source: str | Path, *, lang: str = "en", excel: bool = False) -> Path:
    """Copy a scenario for the user to edit.

    Parameters
    ----------
    folder : path
        Must not exist, or be empty.
    source : path
        Scenario folder to start from.
    lang : str
        Language of the workbooks' headings and notes.
    excel : bool
        Customers and reps as ``customers.xlsx`` and ``reps.xlsx`` instead of CSV.

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
        for schema in (CUSTOMERS, REPS):
            _to_workbook(place, schema, lang)
    return place


def write_template(
    path: str | Path, schema: TableSchema, lang: str, rows: Sequence[Sequence[str]] = (), names: Sequence[str] = ()
) -> None:
    """Write a workbook to fill in: headings with notes, drop-downs for choices and yes/no, a sheet that explains.

    Parameters
    ----------
    path : path
        File to write.
    schema : TableSchema
        Which table.
    lang : str
        Language of headings and notes.
    rows : sequence of rows of text, optional
        Rows to start with, with their columns named by `names`.
    names : sequence of str, optional
        Column names of `rows`; the other columns of the schema stay empty.
    """
    known = {column.name for column in schema.columns}
    extra = [Column(name, "text", name) for name in names if name not in known]
    columns = [*schema.columns, *extra]
    with xlsxwriter.Workbook(
        str(path), {name: value for name, value in SAFE_OPTIONS.items() if name.startswith("strings")}
    ) as book:
        sheet = book.add_worksheet(schema.name)
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
        for i, row in enumerate(rows, start=1):
            for name, value in zip(names, row, strict=True):
                column = columns[places[name]]
                if column.kind in NUMBERS and PLAIN_NUMBER.match(value):
                    sheet.write_number(i, places[name], float(value))
                elif value:
                    sheet.write_string(i, places[name], value)
        sheet.freeze_panes(1, 2)
        _help_sheet(book, columns, lang)


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


def _help_sheet(book: xlsxwriter.Workbook, columns: Sequence[Column], lang: str) -> None:
    sheet = book.add_worksheet(text("sheet.help", lang))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, text("template.title", lang), book.add_format({"bold": True, "font_size": 14}))
    for k in (1, 2, 3):
        sheet.write_string(k, 0, text(f"template.line{k}", lang))
    for i, column in enumerate(columns, start=5):
        sheet.write_string(i, 0, heading(column, lang))
        sheet.write_string(i, 1, column.name)
        sheet.write_string(i, 2, _note(column, lang).partition("\n")[2].replace("\n", "; "))


def _to_workbook(place: Path, schema: TableSchema, lang: str) -> None:
    path = place / f"{schema.name}.csv"
    if not path.exists():
        return
    table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    known = {alias: column.name for column in schema.columns for alias in (*column.synonyms, column.name)}
    names = [known.get(name.strip(), name.strip()) for name in table[0]]
    write_template(place / f"{schema.name}.xlsx", schema, lang, table[1:], names)
    path.unlink()
    _point_to(place / "scenario.toml", schema.name)


def _point_to(toml: Path, table: str) -> None:
    """Name the workbook in ``[files]``, leaving everything else as it stands."""
    lines = toml.read_text(encoding="utf-8").split("\n")
    entry = f'{table} = "{table}.xlsx"'
    heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[files\]", line)]
    if not heads:
        lines = [*lines, "[files]", entry, ""]
    else:
        first = heads[0] + 1
        last = next((i for i in range(first, len(lines)) if re.match(r"\s*\[", lines[i])), len(lines))
        kept = [line for line in lines[first:last] if not re.match(rf"\s*{table}\s*=", line)]
        lines = [*lines[:first], entry, *kept, *lines[last:]]
    toml.write_text("\n".join(lines), encoding="utf-8")
