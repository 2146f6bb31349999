"""Which column a heading means, and the columns that the settings of a scenario add."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Collection

from territory.domain.territory_rules import MEASURES
from territory.inputs.column import Column, TableSchema

_SCALED = {"万元": 10_000, "万": 10_000, "千元": 1_000, "亿元": 10**8, "亿": 10**8}
_BRACKETS = re.compile(r"(.+?)\s*[(\[【]([^)\]】]*)[)\]】]")


def plain_heading(heading: str) -> str:
    """Return a heading as it is compared: no blanks, lower case, full-width letters made plain."""
    text = unicodedata.normalize("NFKC", heading).strip().strip("\ufeff").casefold()
    return re.sub(r"[\s\-_*]+", "_", text).strip("_")


def headings(table: TableSchema) -> dict[str, str]:
    """Return the column of every heading a table may use, in plain form; names win over synonyms."""
    known = {plain_heading(synonym): column.name for column in table.columns for synonym in column.synonyms}
    return known | {plain_heading(column.name): column.name for column in table.columns}


def without_unit(heading: str) -> tuple[str, int]:
    """Split a unit in brackets off a heading: ``年销售额(万元)`` counts in 10,000 yuan."""
    match = _BRACKETS.fullmatch(unicodedata.normalize("NFKC", heading).strip())
    return (match[1], _SCALED.get(match[2].strip(), 1)) if match else (heading, 1)


def with_measures(schema: TableSchema, measures: Collection[str]) -> TableSchema:
    """Return a table with the columns that balanced measures add: numbers of customers, own shares of reps."""
    if schema.name == "customers":
        own = [name for name in measures if name not in MEASURES]
        more = [Column(name, "number", "balanced measure", rule="R-A2", default="0", least=0) for name in own]
    elif schema.name == "reps":
        own = [f"share_{name}" for name in measures]
        more = [Column(name, "share", "share of one measure", rule="R-A2", least=0, most=3) for name in own]
    else:
        return schema
    known = {column.name for column in schema.columns}
    return dataclasses.replace(schema, columns=(*schema.columns, *(c for c in more if c.name not in known)))
