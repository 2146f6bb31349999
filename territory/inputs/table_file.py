"""Opening one table: inside the scenario folder only, by its ending, and its content must be what the ending says."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from territory.errors import Problem
from territory.inputs.csv_file import read_csv
from territory.inputs.problems import problem
from territory.inputs.raw_table import RawTable
from territory.inputs.workbook import read_parquet, read_workbook

_READERS = {
    ".csv": (read_csv, "CSV"),
    ".txt": (read_csv, "CSV"),
    ".tsv": (read_csv, "CSV"),
    ".parquet": (read_parquet, "Parquet"),
    ".xlsx": (read_workbook, "Excel"),
    ".xlsm": (read_workbook, "Excel"),
    ".xlsb": (read_workbook, "Excel"),
    ".ods": (read_workbook, "Excel"),
    ".xls": (read_workbook, "old Excel"),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Old Excel, and new Excel behind a password."""


def file_inside(folder: Path, name: str) -> Path | None:
    """Return the path of a file named relative to the scenario folder, None where it would lie outside."""
    windows = PureWindowsPath(name)
    if Path(name).is_absolute() or windows.is_absolute() or windows.drive or "\x00" in name:
        return None
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) else None


def read_table(folder: Path, key: str, name: str, problems: list[Problem]) -> RawTable | None:
    """Return a table of the scenario, or None after adding the problem that prevents it.

    Parameters
    ----------
    folder : Path
        The scenario folder.
    key : str
        Key in ``[files]``.
    name : str
        Path as written there.
    problems : list
        Found ones are added.
    """
    path = file_inside(folder, name)
    if path is None:
        problems.append(problem("file_outside", file="scenario.toml", column=f"files.{key}", value=name))
        return None
    if path.suffix.lower() not in _READERS:
        problems.append(problem("file_type_unknown", file=name, suffix=path.suffix or "?"))
        return None
    content = _content(path, key, name, problems)
    if content is None:
        return None
    reader, expected = _READERS[path.suffix.lower()]
    if not _content_fits(name, content, expected, problems):
        return None
    if expected == "Excel":
        return read_workbook(name, content, problems, table=key)
    return reader(name, content, problems)


def _content(path: Path, key: str, name: str, problems: list[Problem]) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        problems.append(problem("file_missing", file=name, key=key))
    except OSError as error:
        problems.append(problem("file_unreadable", file=name, detail=error.strerror or error))
    return None


def _content_fits(file: str, content: bytes, expected: str, problems: list[Problem]) -> bool:
    found = content_kind(content)
    if found == "old Excel" and expected == "Excel":
        problems.append(problem("file_encrypted", file=file))
    elif found != expected:
        problems.append(problem("file_type_wrong", file=file, expected=expected, found=found))
    else:
        return True
    return False


def content_kind(content: bytes) -> str:
    """Return what the first bytes of a file say it is."""
    if content.startswith(b"PK"):
        return "Excel"
    if content.startswith(_OLE):
        return "old Excel"
    if content.startswith(b"PAR1"):
        return "Parquet"
    if content.startswith(b"%PDF"):
        return "PDF"
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "HTML" if start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table")) else "CSV"
