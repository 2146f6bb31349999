"""Read the cells of a result folder: text or numbers become minutes, cents, day indices and positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.assessment.validate.violation import Violation, listed
from territory.domain.customers import NONE
from territory.domain.scenario import Scenario
from territory.domain.settings import TIERS

STRANGER = -2
"""Stands for an id that the scenario does not know."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "customer_id": "customer",
        "tier": "tier",
        "rep_id": "rep",
        "current_rep": "rep?",
        "locked_rep": "rep?",
        "visits": "count",
        "per_weeks": "count",
        "visit_minutes": "count",
        "annual_sales": "money",
        "potential": "money",
        "target": "money",
        "city": "text",
        "region": "text",
        "product_line": "text",
    },
    "territories": {
        "rep_id": "rep",
        "customers": "count",
        "tier_a": "count",
        "tier_b": "count",
        "tier_c": "count",
        "tier_d": "count",
        "visits_per_week": "number",
        "face_minutes_per_week": "number",
        "travel_minutes_per_week": "number",
        "workload_minutes_per_week": "number",
        "planned_visits": "count",
        "unserved_visits": "count",
        "potential": "money",
        "annual_sales": "money",
        "target": "money",
    },
    "targets": {"level": "text", "id": "text", "period_kind": "text", "period": "text", "target": "money"},
    "headcount": {"item": "text", "value": "number"},
    "visits": {
        "date": "date",
        "weekday": "text",
        "rep_id": "rep",
        "customer_id": "customer",
        "tier": "tier",
        "start": "clock",
        "end": "clock",
        "travel_minutes": "count",
        "travel_km": "number",
        "moved_from": "date?",
        "trip": "count?",
    },
    "days": {
        "date": "date",
        "rep_id": "rep",
        "depart": "clock",
        "back": "clock",
        "travel_minutes": "count",
        "travel_km": "number",
        "start_place": "text",
        "end_place": "text",
        "free_minutes": "count",
        "calls": "count",
        "trip": "count?",
    },
    "moves": {
        "customer_id": "customer",
        "from_rep": "rep",
        "to_rep": "rep",
        "annual_sales": "money",
        "expected_loss": "money",
    },
    "unserved": {
        "customer_id": "customer",
        "rep_id": "rep",
        "tier": "tier",
        "planned_date": "date",
        "cause": "text",
        "detail": "text",
    },
    "years": {
        "replication": "count",
        "bookings": "money",
        "collections": "money",
        "payments": "money",
        "lowest_cash": "money",
        "closing_cash": "money",
        "visits_planned": "count",
        "visits_done": "count",
        "hired": "count",
        "left": "count",
        "opened": "count",
        "won": "count",
        "lost": "count",
        "reps_at_end": "count",
        "still_open": "count",
    },
    "months": {"measure": "text", "month": "text", "p10": "number", "p50": "number", "p90": "number"},
    "ledger": {
        "date": "date",
        "category": "text",
        "item": "text",
        "amount": "money",
        "approved_by": "text",
        "balance": "money",
    },
}
"""Columns the checker reads, each with its kind; ``?`` allows an empty cell."""

REQUIRED = ("customers", "territories", "targets", "headcount", "visits", "days", "moves", "unserved")

_SUFFIX = {
    "money": "_cents",
    "clock": "_minute",
    "date": "_day",
    "customer": "_index",
    "rep": "_index",
    "tier": "_index",
}
_MONEY = re.compile(r"(-?)(\d+)(?:\.(\d{1,2}))?")
_WHOLE = re.compile(r"(-?\d+)(?:\.0+)?")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")


@dataclass(frozen=True)
class Reading:
    """Tables with their cells read, and what could not be read.

    Attributes
    ----------
    sheets : mapping of str to DataFrame
        Each with its cells as written, its spreadsheet ``row``, and read columns: ``target_cents``, ``start_minute``,
        ``date_day``, ``rep_id_index``, ``tier_index``; counts and numbers keep their name.
    violations : list of Violation
    """

    sheets: Mapping[str, pd.DataFrame]
    violations: list[Violation]


def read_cells(scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> Reading:
    """Read every column the checks need from the tables that are there."""
    violations = [Violation("format", name, 0, "table.missing") for name in REQUIRED if name not in tables]
    parsers = _parsers(scenario)
    sheets = {}
    for name, columns in COLUMNS.items():
        if name in tables:
            sheets[name], wrong = _read_table(name, tables[name], columns, parsers)
            violations += wrong
    return Reading(sheets, violations)


def _read_table(
    name: str, table: pd.DataFrame, columns: Mapping[str, str], parsers: Mapping[str, Callable[[str], float]]
) -> tuple[pd.DataFrame, list[Violation]]:
    out: dict[str, Any] = {"row": np.arange(2, len(table) + 2)}
    wrong: list[Violation] = []
    for column, kind in columns.items():
        if column not in table:
            wrong.append(Violation("format", name, 0, "column.missing", {"column": column}))
            continue
        text, values, bad = _read_column(table[column], kind, parsers)
        bare = kind.rstrip("?")
        if bare not in ("count", "number"):
            out[column] = text
        if bare != "text":
            out[column + _SUFFIX.get(bare, "")] = values
        if bad.any():
            rows = pd.DataFrame({"row": out["row"][bad], "value": text[bad].to_numpy()}).assign(column=column)
            wrong += listed("format", name, "cell.unreadable", rows, ["column", "value"])
    return pd.DataFrame(out), wrong


def _read_column(
    column: pd.Series[Any], kind: str, parsers: Mapping[str, Callable[[str], float]]
) -> tuple[pd.Categorical[str], NDArray[Any], NDArray[np.bool_]]:
    """Return the texts, the values and where a text is no value; every distinct text is read once."""
    code, distinct = pd.factorize(column, use_na_sentinel=False)
    again, texts = pd.factorize(np.array(["" if pd.isna(cell) else str(cell) for cell in distinct], dtype=object))
    code = again[code]
    shown: pd.Categorical[str] = pd.Categorical.from_codes(code, categories=pd.Index(texts, dtype=object))
    bare = kind.rstrip("?")
    if bare == "text":
        return shown, np.zeros(0), np.zeros(len(code), dtype=bool)
    values = np.empty(len(texts), dtype=np.float64 if bare == "number" else np.int64)
    bad = np.zeros(len(texts), dtype=bool)
    for k, text in enumerate(texts.tolist()):
        if text == "" and kind.endswith("?"):
            values[k] = NONE
            continue
        try:
            values[k] = parsers[bare](text)
        except ValueError:
            values[k], bad[k] = NONE, True
    return shown, values[code], bad[code]


def _parsers(scenario: Scenario) -> dict[str, Callable[[str], float]]:
    customers = {str(name): k for k, name in enumerate(scenario.customers.customer_id.tolist())}
    reps = {str(name): k for k, name in enumerate(scenario.reps.rep_id.tolist())}
    start = scenario.calendar.start
    return {
        "customer": lambda text: customers.get(text, STRANGER),
        "rep": lambda text: reps.get(text, STRANGER),
        "tier": TIERS.index,
        "count": lambda text: int(_match(_WHOLE, text)[1]),
        "number": _number,
        "money": _cents,
        "clock": _minute,
        "date": lambda text: (date.fromisoformat(text[:10]) - start).days,
    }


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found


def _number(text: str) -> float:
    value = float(text)
    if not np.isfinite(value):
        raise ValueError(text)
    return value


def _cents(text: str) -> int:
    sign, whole, fraction = _match(_MONEY, text).groups()
    cents = int(whole) * 100 + int((fraction or "").ljust(2, "0"))
    return -cents if sign else cents


def _minute(text: str) -> int:
    hours, minutes = _match(_CLOCK, text).groups()
    return int(hours) * 60 + int(minutes)
