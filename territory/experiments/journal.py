"""Finished years on disk, so that a run that was killed goes on where it stopped and ends with the same bytes.

A journal is a text file that only grows: one line a year, ``checksum {"key": ..., "replication": ..., "year": ...}``.
The key is a digest of everything the year follows from, so years of another plan, seed or version are never taken. A
line that a killed process left unfinished is cut off at the next start. No line is ever executed or unpickled.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np

import territory
from territory.domain.outcome import Year
from territory.simulation.tables import YearTables

DIGEST = 64
"""Letters of a checksum."""

TYPES = "territory.domain."
"""Where the types of a year live; no others are made from a journal."""


class Journal:
    """Finished years by key and replication; see `year_key`.

    Parameters
    ----------
    path : path
        Made if it does not exist. One process at a time may use it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lines: dict[tuple[str, int], bytes] = {}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self._file.truncate(self._read())
        self._file.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        return len(self._lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> int:
        """Take in every whole line; return where they end."""
        end = 0
        for line in self._file:
            body = line[DIGEST + 1 : -1]
            if not line.endswith(b"\n") or hashlib.sha256(body).hexdigest().encode() != line[:DIGEST]:
                break
            entry = json.loads(body)
            self._lines[entry["key"], entry["replication"]] = body
            end += len(line)
        return end

    def find(self, key: str, replication: int) -> Year | None:
        """Return a finished year, or None."""
        body = self._lines.get((key, replication))
        return None if body is None else _decoded(json.loads(body)["year"])

    def add(self, key: str, years: Iterable[Year]) -> None:
        """Append finished years and make sure that they are on the disk."""
        lines = []
        for year in years:
            entry = {"key": key, "replication": year.replication, "year": _encoded(year)}
            body = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()
            self._lines[key, year.replication] = body
            lines.append(hashlib.sha256(body).hexdigest().encode() + b" " + body + b"\n")
        self._file.write(b"".join(lines))
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self, *, remove: bool = False) -> None:
        """Close the file; remove it when its years have become a result."""
        self._file.close()
        if remove:
            self.path.unlink(missing_ok=True)


def year_key(tables: YearTables, seed: int) -> str:
    """Return the digest of all that a year follows from but its number: plan, seed, and the version of the program."""
    digest = hashlib.sha256()
    _feed(digest, (territory.__version__, np.__version__, _program(), seed, tables))
    return digest.hexdigest()


@cache
def _program() -> str:
    """Digest of the source of the simulation: a changed program lives other years."""
    digest = hashlib.sha256()
    for package in ("territory.simulation", "territory.domain"):
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return digest.hexdigest()


def _feed(digest: Any, thing: Any) -> None:
    """Add a value to a digest with its type and shape, so that different things never read alike."""
    digest.update(f"<{type(thing).__name__}>".encode())
    if isinstance(thing, np.ndarray):
        digest.update(f"{thing.dtype}{thing.shape}".encode())
        if thing.dtype == object:
            _feed(digest, thing.tolist())
        else:
            digest.update(np.ascontiguousarray(thing).tobytes())
    elif dataclasses.is_dataclass(thing):
        for field in dataclasses.fields(thing):
            digest.update(field.name.encode())
            _feed(digest, getattr(thing, field.name))
    elif isinstance(thing, Mapping):
        for name in sorted(thing, key=repr):
            _feed(digest, (name, thing[name]))
    elif isinstance(thing, (frozenset, set)):
        _feed(digest, sorted(thing, key=repr))
    elif isinstance(thing, (tuple, list)):
        digest.update(str(len(thing)).encode())
        for one in thing:
            _feed(digest, one)
    else:
        digest.update(repr(thing).encode())


def _encoded(value: Any) -> Any:
    """Return a year, or a part of it, as plain JSON values."""
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return {"texts": value.tolist()}
        return {"array": [value.dtype.str, value.shape, base64.b64encode(value.tobytes()).decode()]}
    if dataclasses.is_dataclass(value):
        fields = {field.name: _encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"type": [type(value).__module__.removeprefix(TYPES), type(value).__name__], "fields": fields}
    if isinstance(value, tuple):
        return [_encoded(one) for one in value]
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a year holds a {type(value).__name__}, which the journal cannot write")


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decoded(one) for one in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        kind, shape, content = value["array"]
        return np.frombuffer(base64.b64decode(content), dtype=np.dtype(kind)).reshape(shape).copy()
    if "texts" in value:
        out = np.empty(len(value["texts"]), dtype=object)
        out[:] = value["texts"]
        return out
    module, name = value["type"]
    made = getattr(import_module(f"{TYPES}{module}"), name)
    if not hasattr(made, "__dataclass_fields__"):
        raise TypeError(f"{module}.{name} is no type of a year")
    return made(**{field: _decoded(part) for field, part in value["fields"].items()})
