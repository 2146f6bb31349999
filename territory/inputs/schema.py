"""The data dictionary: every key of scenario.toml and every column of every table, from their own declarations."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any, Literal, get_args, get_origin

import pandas as pd

from territory.domain.result_columns import RESULT_COLUMNS
from territory.domain.settings import Settings
from territory.inputs.annotations import Key, bare, bounds_of, keys_of
from territory.inputs.column import Column
from territory.inputs.columns import TABLES
from territory.inputs.parse_table import bounds_text

DICTIONARY_COLUMNS = ("source", "key", "type", "unit", "bounds", "default", "meaning", "rule", "synonyms")

_TYPE_NAMES = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    date: "date",
    time: "time",
}
_KIND_NAMES = {
    "id": "id",
    "text": "text",
    "list": "list",
    "amount": "amount",
    "number": "number",
    "degrees": "number",
    "share": "number or %",
    "integer": "whole number",
    "percent": "percent",
    "date": "date",
    "time": "time",
    "hours": "opening hours",
    "boolean": "yes or no",
    "choice": "choice",
}

Row = tuple[str, str, str, str, str, str, str, str, str]


def data_dictionary() -> pd.DataFrame:
    """Return one row for every key of scenario.toml, every column of every table, and columns of results.

    Returns
    -------
    DataFrame
        Columns: source (file), key (dotted; ``[]`` marks lists of tables), type, unit, bounds, default (``required``
        where there is none), meaning, rule (id of the rulebook), synonyms (other headings).
    """
    rows = [
        *_settings_rows(Settings, ""),
        *(row for table in TABLES.values() for row in _table_rows(table.name)),
        *(
            (f"result {stem}.csv", one.name, one.kind, one.unit, "", "", one.meaning, one.rule, "")
            for stem, columns in RESULT_COLUMNS.items()
            for one in columns
        ),
    ]
    return pd.DataFrame(rows, columns=list(DICTIONARY_COLUMNS), dtype=object)


def _settings_rows(table: type, prefix: str) -> Iterator[Row]:
    for key in keys_of(table).values():
        yield from _key_rows(key, f"{prefix}{key.name}")


def _key_rows(key: Key, path: str) -> Iterator[Row]:
    if _is_table(key.hint):
        if key.doc.text:
            yield _row_of(key, path, "table")
        yield from _settings_rows(key.hint, f"{path}.")
        return
    parts = [bare(part)[0] for part in get_args(key.hint) if part is not Ellipsis]
    tables = [part for part in parts if _is_table(part)]
    yield _row_of(key, path, type_name(key.hint, key.marks))
    for part in tables:
        yield from _settings_rows(part, f"{path}[].")


def _row_of(key: Key, path: str, kind: str) -> Row:
    doc = key.doc
    default = "required" if key.required else default_text(key)
    return ("scenario.toml", path, kind, doc.unit, bounds_of(key.marks), default, doc.text, doc.rule, "")


def _is_table(hint: Any) -> bool:
    return isinstance(hint, type) and dataclasses.is_dataclass(hint)


def type_name(hint: Any, marks: tuple[Any, ...]) -> str:
    """Return the name of a key's type, with the choices of a choice and the bounds of a list's entries."""
    if any(type(mark).__name__ == "Money" for mark in marks):
        return "amount"
    if get_origin(hint) is Literal:
        return "one of: " + ", ".join(get_args(hint))
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        if kinds[-1] is not Ellipsis:
            return "[" + ", ".join(type_name(*bare(kind)[:2]) for kind in kinds) + "]"
        inner, inner_marks, _ = bare(kinds[0])
        name = "table" if _is_table(inner) else type_name(inner, inner_marks)
        bounds = bounds_of(inner_marks)
        return f"list of {name}" + (f" {bounds}" if bounds else "")
    if get_origin(hint) is dict:
        names, kind = get_args(hint)
        return f"table of {type_name(*bare(kind)[:2])} by {type_name(names, ())}"
    return _TYPE_NAMES.get(hint, str(hint))


def default_text(key: Key) -> str:
    """Return the default of a key as one would write it in the file; empty where it may be left out."""
    if key.default is None:
        return ""
    return _literal(key.default, money=key.money)


def _literal(value: Any, *, money: bool = False) -> str:
    if money:
        return re.sub(r"\.00$", "", f"{value // 100}.{value % 100:02d}")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, time)):
        return f'"{value:%H:%M}"' if isinstance(value, time) else f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_literal(part) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_literal(part)}" for name, part in value.items()) + "}"
    return _inline_table(value) if _is_table(type(value)) else str(value)


def _inline_table(value: Any) -> str:
    table: type = type(value)
    keys = keys_of(table)
    parts = (f"{name} = {_literal(getattr(value, name), money=key.money)}" for name, key in keys.items())
    return "{" + ", ".join(parts) + "}"


def _table_rows(table: str) -> Iterator[Row]:
    for column in TABLES[table].columns:
        default = "required" if column.required else column.default
        names = ", ".join(column.synonyms)
        kind = _column_type(column)
        bounds = bounds_text(column)
        yield (table, column.name, kind, column.unit, bounds, default, column.meaning, column.rule, names)


def _column_type(column: Column) -> str:
    if column.kind == "choice":
        return "one of: " + ", ".join(value for value, _ in column.choices)
    if column.refers_to:
        return f"id of {column.refers_to}"
    return _KIND_NAMES[column.kind]
