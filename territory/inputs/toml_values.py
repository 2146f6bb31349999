"""From raw TOML to plain values: walks the settings' annotations, turns amounts into cents and texts into times.

Stricter than pydantic would be alone (no number for a date, no text for a number), so that a slip never
passes as something else. What is wrong is reported and left out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from territory.domain.marks import Money
from territory.errors import Problem
from territory.inputs.annotations import bare, keys_of, mark_of
from territory.inputs.cells import BadCell, amount_cents, parse_amount, parse_date, parse_time
from territory.inputs.nearest import nearest
from territory.inputs.problems import problem
from territory.inputs.toml_lines import Path, line_of

NUMBER_LIMIT = 10**15
"""Numbers in settings are smaller."""

_WRONG = object()
_EXPECTED = {
    bool: ("yes or no", "true or false"),
    int: ("a whole number", "it like 12"),
    float: ("a number", "it like 0.5"),
    str: ("text", 'it in quotes, like "text"'),
    date: ("a date", "it like 2026-01-01"),
    time: ("a time of day", 'it like "09:30"'),
    dict: ("a table", "it under a [heading] of its own, as key = value"),
    list: ("a list", "it in square brackets, like [1, 2]"),
}


class Walk:
    """One walk over a raw document, collecting problems and the keys that had to be left out.

    Attributes
    ----------
    problems : list of Problem
    broken : set of tuple
        Paths of keys that are there but wrong, or were probably meant by an unknown one.
    """

    def __init__(self, file: str, lines: Mapping[Path, int]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []
        self.broken: set[Path] = set()

    def table(self, kind: type, raw: Any, path: Path) -> Any:
        """Return a table as a dict of plain values."""
        if not isinstance(raw, dict):
            return self._refuse(raw, path, dict)
        keys = keys_of(kind)
        out = {}
        for name, value in raw.items():
            if name not in keys:
                self._unknown(name, list(keys), set(keys) - set(raw), path)
                continue
            plain = self._value(keys[name].hint, keys[name].marks, value, (*path, name))
            if plain is not _WRONG:
                out[name] = plain
        return out

    def _value(self, hint: Any, marks: tuple[Any, ...], raw: Any, path: Path) -> Any:
        if mark_of(marks, Money):
            return self._amount(raw, path)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            return self.table(hint, raw, path)
        origin = get_origin(hint)
        if origin is Literal:
            return raw if isinstance(raw, str) else self._refuse(raw, path, str)
        if origin is tuple:
            return self._list(hint, raw, path)
        if origin is dict:
            return self._mapping(hint, raw, path)
        return self._leaf(hint, raw, path)

    def _list(self, hint: Any, raw: Any, path: Path) -> Any:
        if not isinstance(raw, list):
            return self._refuse(raw, path, list)
        kinds = get_args(hint)
        if len(kinds) != 2 or kinds[1] is not Ellipsis:
            if len(raw) != len(kinds):
                return self._report("key_length", path, raw, expected=len(kinds), found=len(raw))
        else:
            kinds = (kinds[0],) * len(raw)
        plain = []
        for i, (kind, item) in enumerate(zip(kinds, raw, strict=True)):
            inner, marks, _ = bare(kind)
            plain.append(self._value(inner, marks, item, (*path, i)))
        return _WRONG if any(item is _WRONG for item in plain) else plain

    def _mapping(self, hint: Any, raw: Any, path: Path) -> Any:
        if not isinstance(raw, dict):
            return self._refuse(raw, path, dict)
        names, kind = get_args(hint)
        inner, marks, _ = bare(kind)
        out = {}
        for name, value in raw.items():
            if names is not str and name not in get_args(names):
                self._unknown(name, list(get_args(names)), set(), path)
                continue
            out[name] = self._value(inner, marks, value, (*path, name))
        return _WRONG if any(item is _WRONG for item in out.values()) else out

    def _leaf(self, hint: Any, raw: Any, path: Path) -> Any:
        plain = _WRONG
        if isinstance(raw, bool):
            plain = raw if hint is bool else _WRONG
        elif hint is float and isinstance(raw, (int, Decimal)):
            plain = float(raw) if Decimal(raw).is_finite() and Decimal(raw).copy_abs() < NUMBER_LIMIT else _WRONG
        elif isinstance(raw, str) and hint in (date, time):
            return self._parsed(parse_date, raw, path) if hint is date else self._clock(raw, path)
        elif isinstance(raw, int) and hint is int:
            plain = raw if abs(raw) < NUMBER_LIMIT else _WRONG
        elif isinstance(raw, hint):
            plain = raw.date() if isinstance(raw, datetime) else raw
        return self._refuse(raw, path, hint) if plain is _WRONG else plain

    def _clock(self, raw: str, path: Path) -> Any:
        minutes = self._parsed(parse_time, raw, path)
        if minutes == 24 * 60:
            return self._refuse(raw, path, time)
        return minutes if minutes is _WRONG else time(*divmod(minutes, 60))

    def _amount(self, raw: Any, path: Path) -> Any:
        if isinstance(raw, str):
            return self._parsed(parse_amount, raw.strip(), path)
        if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
            return self._parsed(amount_cents, raw, path)
        return self._report("amount_invalid", path, raw)

    def _parsed(self, parse: Any, raw: Any, path: Path) -> Any:
        try:
            return parse(raw)
        except BadCell as error:
            return self._report(error.code, path, raw, **error.details)

    def _refuse(self, raw: Any, path: Path, kind: type) -> Any:
        expected, example = _EXPECTED[kind]
        return self._report("key_type", path, raw, expected=expected, example=example)

    def _report(self, code: str, path: Path, raw: Any, **details: Any) -> Any:
        place: dict[str, Any] = {
            "file": self.file,
            "row": line_of(path, self.lines),
            "column": dotted(path),
            "value": shown(raw),
        }
        self.problems.append(problem(code, **place, **details))
        self.broken.add(path)
        return _WRONG

    def _unknown(self, name: str, known: list[str], absent: set[str], path: Path) -> None:
        found = nearest(name, dict.fromkeys(known))
        where = (*path, name)
        place: dict[str, Any] = {"file": self.file, "row": line_of(where, self.lines), "column": dotted(where)}
        if found:
            self.problems.append(problem("key_unknown_near", **place, nearest=found))
            if found in absent:
                self.broken.add((*path, found))
        else:
            self.problems.append(problem("key_unknown", **place, known=", ".join(known)))


def dotted(path: Path) -> str:
    """Return a path as ``targets.phases.2.name``, entries of lists counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def shown(raw: Any) -> str:
    """Return a raw value as a user would write it."""
    if isinstance(raw, bool):
        return str(raw).lower()
    return raw if isinstance(raw, str) else str(raw)
