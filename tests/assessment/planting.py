"""How faults are planted: a world of tables to spoil, and the list of what is planted in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from territory.domain.scenario import Scenario

MUTATIONS: list[tuple[str, str, str, Callable[[World], None]]] = []
"""Name, rule, code and the function that does it."""


class Nowhere(Exception):  # noqa: N818 - not an error: the plan offers no place for this fault
    """The tables hold no place where this can be planted."""


class World:
    """Tables to spoil: a table touched becomes a copy whose cells take anything."""

    def __init__(self, scenario: Scenario, tables: Mapping[str, Any]) -> None:
        self.scenario = scenario
        self.tables = dict(tables)
        self.touched: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        if name not in self.touched:
            table = self.tables[name]
            self.tables[name] = table.astype(object).copy() if isinstance(table, pd.DataFrame) else _copied(table)
            self.touched.add(name)
        return self.tables[name]

    def change(self, table: str, row: int, **cells: Any) -> None:
        for column, value in cells.items():
            self[table].loc[row, column] = value

    def drop(self, table: str, row: int) -> None:
        self.tables[table] = self[table].drop(index=row).reset_index(drop=True)

    def add(self, table: str, row: pd.Series, **cells: Any) -> None:
        extra = pd.DataFrame([{**row.to_dict(), **cells}], dtype=object)
        self.tables[table] = pd.concat([self[table], extra], ignore_index=True)

    def day(self, when: str) -> int:
        return self.scenario.calendar.day_of(date.fromisoformat(when))


def plants(rule: str, code: str) -> Callable[[Callable[[World], None]], Callable[[World], None]]:
    def register(function: Callable[[World], None]) -> Callable[[World], None]:
        MUTATIONS.append((function.__name__, rule, code, function))
        return function

    return register


def first(table: pd.DataFrame, where: Any) -> int:
    rows = np.flatnonzero(np.asarray(where, dtype=bool))
    if not len(rows):
        raise Nowhere
    return int(table.index[rows[0]])


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def cents_more(text: str, cents: int = 1) -> str:
    value = round(float(text) * 100) + cents
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"


def _copied(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copied(value) if isinstance(value, Mapping) else value for key, value in mapping.items()}


def any_visit(world: World) -> int:
    """The first visit of an ordinary day that is its rep's only one on that day."""
    v = world["visits"]
    alone = ~v.duplicated(["date", "rep_id"], keep=False) & (v["trip"] == "")
    return first(v, alone)


def move_to_day(world: World, day: int) -> None:
    """Move a lone visit to another day together with its row in the days table."""
    row = any_visit(world)
    v, d = world["visits"], world["days"]
    when = str(world.scenario.calendar.date_of(day))
    weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][int(world.scenario.calendar.weekday[day])]
    place = first(d, (d["date"] == v.loc[row, "date"]) & (d["rep_id"] == v.loc[row, "rep_id"]))
    world.change("visits", row, date=when, weekday=weekday)
    world.change("days", place, date=when)


def shift(world: World, row: int, start: int) -> None:
    v = world["visits"]
    length = minutes(v.loc[row, "end"]) - minutes(v.loc[row, "start"])
    world.change("visits", row, start=clock(start), end=clock(start + length))


def route(world: World, row: int) -> int:
    v, d = world["visits"], world["days"]
    return first(d, (d["date"] == v.loc[row, "date"]) & (d["rep_id"] == v.loc[row, "rep_id"]))
