"""scenario.toml to `Settings`: bounds and choices by pydantic, everything that is wrong reported at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from annotated_types import Len
from pydantic import TypeAdapter, ValidationError

from territory.domain.marks import Money
from territory.domain.settings import Settings
from territory.errors import Problem
from territory.inputs.annotations import bare, bounds_of, keys_of, length_text, mark_of
from territory.inputs.nearest import nearest
from territory.inputs.problems import problem
from territory.inputs.toml_lines import Path, key_lines, line_of
from territory.inputs.toml_values import Walk, dotted, shown

FILE = "scenario.toml"
_STAND_IN = {"name": "scenario", "start": date(2026, 1, 1)}
_SYNTAX = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)")
_BOUNDS = {
    "greater_than_equal": ("ge", ">="),
    "greater_than": ("gt", ">"),
    "less_than_equal": ("le", "<="),
    "less_than": ("lt", "<"),
}


@dataclass(frozen=True)
class Document:
    """What scenario.toml says.

    Attributes
    ----------
    settings : Settings
        Keys that are wrong hold their defaults here.
    broken : frozenset of tuple
        Paths of those keys; checks that rest on them are left out.
    lines : mapping of tuple to int
        Line of each key.
    """

    settings: Settings
    broken: frozenset[Path]
    lines: Mapping[Path, int]

    def is_broken(self, *paths: str) -> bool:
        """Whether any of these keys, given as ``targets.annual``, or something around or inside it is wrong."""
        asked = [tuple(path.split(".")) for path in paths]
        return any(one[: len(other)] == other[: len(one)] for one in self.broken for other in asked)

    def problem(self, code: str, path: str, value: object = "", **details: object) -> Problem:
        """Return a problem with the key at ``targets.annual``; entries of lists are counted from 0."""
        parts: Path = tuple(int(part) if part.isdigit() else part for part in path.split("."))
        row = line_of(parts, self.lines)
        return problem(code, file=FILE, row=row, column=dotted(parts), value=str(value), **details)


def read_settings(path: FilePath, problems: list[Problem]) -> Document | None:
    """Return what a scenario.toml says; problems are added, None means that it could not be read at all."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(problem("file_unreadable", file=FILE, detail=error.strerror or error))
        return None
    except UnicodeDecodeError:
        problems.append(problem("toml_encoding", file=FILE))
        return None
    try:
        raw = tomllib.loads(text.replace("\r\n", "\n"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, ValueError, ArithmeticError, RecursionError) as error:
        problems.append(_syntax_problem(str(error)))
        return None
    return _settings_of(raw, key_lines(text), problems)


def _syntax_problem(message: str) -> Problem:
    match = _SYNTAX.fullmatch(message)
    return problem("toml_syntax", file=FILE, row=(match and match[2]) or "", detail=match[1] if match else message)


def _settings_of(raw: dict[str, Any], lines: Mapping[Path, int], problems: list[Problem]) -> Document:
    walk = Walk(FILE, lines)
    plain = walk.table(Settings, raw, ())
    problems += walk.problems
    broken = set(walk.broken)
    try:
        return Document(_adapter().validate_python(plain), frozenset(broken), lines)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            path: Path = tuple(part for part in found["loc"] if isinstance(part, (int, str)))
            if not any(path == other[: len(path)] or other == path[: len(other)] for other in walk.broken):
                problems.append(_problem_of(path, found, lines))
            broken.add(path)
    return Document(_without_broken(plain, broken), frozenset(broken), lines)


@cache
def _adapter() -> TypeAdapter[Settings]:
    return TypeAdapter(Settings)


def _without_broken(plain: dict[str, Any], broken: set[Path]) -> Settings:
    """Return the settings that are left when every wrong key falls back to its default."""
    spoilt = {path[:2] for path in broken}
    kept = {
        table: {key: value for key, value in content.items() if (table, key) not in spoilt}
        for table, content in plain.items()
        if (table,) not in spoilt
    }
    about = {**_STAND_IN, **kept.get("scenario", {})}
    return _adapter().validate_python({**kept, "scenario": about})


def _problem_of(path: Path, found: Mapping[str, Any], lines: Mapping[Path, int]) -> Problem:
    kind, context = found["type"], found.get("ctx", {})
    place: dict[str, Any] = {"file": FILE, "row": line_of(path, lines), "column": dotted(path)}
    if kind == "missing":
        return problem("key_missing", **place)
    place["value"] = shown(found["input"])
    marks = _marks_at(path)
    if kind in _BOUNDS:
        name, sign = _BOUNDS[kind]
        scale = 100 if mark_of(marks, Money) else 1
        place["value"] = f"{found['input'] / scale:g}" if scale > 1 else place["value"]
        return problem("key_bounds", **place, bounds=bounds_of(marks) or f"{sign} {context[name]:g}")
    if kind == "literal_error":
        return _choice_problem(place, re.findall(r"'([^']*)'", context["expected"]))
    if kind in ("too_short", "too_long"):
        place["value"] = ""
        limits = mark_of(marks, Len)
        expected = length_text(limits) if limits else ""
        return problem("key_length", **place, expected=expected, found=context["actual_length"])
    return problem("key_invalid", **place, detail=found["msg"])


def _choice_problem(place: dict[str, Any], choices: list[str]) -> Problem:
    found = nearest(place["value"], dict.fromkeys(choices))
    if found:
        return problem("key_choice_near", **place, nearest=found, choices=", ".join(choices))
    return problem("key_choice", **place, choices=", ".join(choices))


def _marks_at(path: Path) -> tuple[Any, ...]:
    """Return the marks of the annotation a path leads to."""
    hint: Any = Settings
    marks: tuple[Any, ...] = ()
    for part in path:
        if isinstance(part, int):
            kinds = getattr(hint, "__args__", (Any,))
            hint, marks, _ = bare(kinds[0] if kinds[-1] is Ellipsis else kinds[part])
        elif isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
            key = keys_of(hint)[part]
            hint, marks = key.hint, key.marks
        else:
            hint, marks, _ = bare(hint.__args__[-1])
    return marks
