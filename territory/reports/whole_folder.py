"""Folders that appear whole or not at all: written beside their place, swapped in by one step, manifest last."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

import territory
from territory.errors import TerritoryError
from territory.reports.folder_lock import folder_lock

MANIFEST = "manifest.json"
LIBRARIES = (
    "numpy",
    "scipy",
    "pandas",
    "ortools",
    "simpy",
    "numba",
    "matplotlib",
    "xlsxwriter",
    "chinesecalendar",
    "holidays",
)
LEFT_BY_PROGRAMS = re.compile(r"^(~\$.*|\.DS_Store|Thumbs\.db|desktop\.ini|\.~lock\..*#)$")
AT_FDCWD, RENAME_EXCHANGE = -100, 2


@contextmanager
def whole_folder(folder: str | Path, facts: Mapping[str, Any]) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in the place of `folder` when the block ends without an error.

    Parameters
    ----------
    folder : path
        May exist only if empty or holding a result and nothing else.
    facts : mapping
        What the manifest says beside versions and checksums.

    Raises
    ------
    FolderInUseError
        Another run writes to it.
    TerritoryError
        It holds files that are no part of a result.
    """
    place = Path(folder).resolve()
    with folder_lock(place):
        _recover(place)
        _refuse_foreign(place)
        temp = _beside(place, "writing")
        shutil.rmtree(temp, ignore_errors=True)
        try:
            temp.mkdir(mode=0o700)
            yield temp
            write_file(temp / MANIFEST, json_bytes(_manifest(temp, facts)))
            _sync_folder(temp)
            _swap(temp, place)
        finally:
            shutil.rmtree(temp, ignore_errors=True)


def check_manifest(folder: str | Path) -> list[str]:
    """Return the files of a result that differ from its manifest, are missing, or do not belong to it.

    Raises
    ------
    TerritoryError
        The folder holds no readable manifest, so it is no result.
    """
    place = Path(folder)
    manifest = _read_manifest(place)
    if manifest is None:
        raise TerritoryError(f"{place} is not a result folder: it has no readable {MANIFEST}")
    outputs = manifest["outputs"]
    present = {name for name in _names(place) if not _left_by_programs(name)} - {MANIFEST}
    changed = [name for name in outputs if name not in present or _sha256(place / name) != outputs[name]]
    return sorted({*changed, *(present - set(outputs))})


def write_file(path: Path, content: bytes) -> None:
    """Write a file and make sure that it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Make sure that a file somebody else wrote is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def json_bytes(content: Mapping[str, Any]) -> bytes:
    """Return data as the bytes of a JSON file; numbers of numpy become plain ones."""
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False, default=_plain) + "\n").encode("utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def _manifest(temp: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    outputs = {name: _sha256(temp / name) for name in _names(temp)}
    return {
        "territory": territory.__version__,
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        **facts,
        "inputs": {
            name.removeprefix("scenario/"): digest for name, digest in outputs.items() if name.startswith("scenario/")
        },
        "outputs": outputs,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _read_manifest(place: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError, json.JSONDecodeError):
        return None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("outputs"), dict):
        return None
    return manifest


def _refuse_foreign(place: Path) -> None:
    if not place.exists():
        return
    if not place.is_dir():
        raise TerritoryError(f"{place} is a file; give a folder")
    names = [name for name in _names(place) if not _left_by_programs(name)]
    if not names:
        return
    manifest = _read_manifest(place)
    if manifest is None:
        raise TerritoryError(
            f"{place} holds files but no {MANIFEST}, so it is not a result to replace; give an empty or new folder"
        )
    foreign = sorted(set(names) - set(manifest["outputs"]) - {MANIFEST})
    if foreign:
        listed = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise TerritoryError(f"{place} also holds files that are no part of the result: {listed}; move them away first")


def _names(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir())


def _beside(place: Path, purpose: str) -> Path:
    return place.parent / f".{place.name}.{purpose}"


def _swap(temp: Path, place: Path) -> None:
    """Put the finished folder in place in one step, or, where the system cannot, in two that `_recover` completes."""
    if not place.exists():
        temp.rename(place)
    elif _exchanged(temp, place):
        shutil.rmtree(temp)
    else:
        old = _beside(place, "old")
        shutil.rmtree(old, ignore_errors=True)
        place.rename(old)
        try:
            temp.rename(place)
        except OSError:
            old.rename(place)
            raise
        shutil.rmtree(old, ignore_errors=True)
    _sync_folder(place.parent)


def _exchanged(temp: Path, place: Path) -> bool:
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 - for the one call that Python does not offer

    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return (
        exchange is not None
        and exchange(AT_FDCWD, os.fsencode(temp), AT_FDCWD, os.fsencode(place), RENAME_EXCHANGE) == 0
    )


def _recover(place: Path) -> None:
    """Bring back the earlier result if a run was killed between the two steps of a swap."""
    old = _beside(place, "old")
    if old.exists():
        if place.exists():
            shutil.rmtree(old)
        else:
            old.rename(place)


def _left_by_programs(name: str) -> bool:
    return LEFT_BY_PROGRAMS.match(PurePosixPath(name).name) is not None


def _sync_folder(place: Path) -> None:
    if sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
