"""The result folder: written beside its place and swapped in whole, manifest last, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from territory.domain.plan_archive import plan_arrays, plan_details, write_arrays
from territory.errors import TerritoryError
from territory.reports.calendars import rep_calendar
from territory.reports.excel import plan_workbook
from territory.reports.figures import headline
from territory.reports.folder_lock import folder_lock
from territory.reports.html import report_page
from territory.reports.messages import reason_text
from territory.reports.tables import csv_bytes

MANIFEST = "manifest.json"
LIBRARIES = ("numpy", "scipy", "pandas", "ortools", "simpy", "numba", "matplotlib", "xlsxwriter", "chinesecalendar", "holidays")
LEFT_BY_PROGRAMS = re.compile(r"^(~\$.*|\.DS_Store|Thumbs\.db|desktop\.ini|\.~lock\..*#)$")
AT_FDCWD, RENAME_EXCHANGE = -100, 2


def write_result(
    folder: str | Path,
    plan: Plan,
    *,
    outcome: Outcome | None = None,
    verdict: Verdict | None = None,
    lang: str = "zh",
    summary: Mapping[str, Any] | None = None,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Path:
    """Write everything that is known about a plan, replacing an earlier result of the same folder.

    Parameters
    ----------
    folder : path
        May exist only if empty or holding a result and nothing else.
    plan : Plan
    outcome, verdict : optional
        Simulated years and what they say.
    lang : str
        Language the page opens in, and of workbook and calendars.
    summary : mapping, optional
        More entries for ``summary.json``.
    tables : mapping of file stem to DataFrame, optional
        More tables.

    Returns
    -------
    Path
        The folder.

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
            _copy_sources(temp, plan)
            for name, content in _files(plan, outcome, verdict, lang, summary or {}, tables or {}):
                _write(temp / name, content)
            write_arrays(temp / "plan_arrays.npz", plan_arrays(plan))
            _sync(temp / "plan_arrays.npz")
            _write(temp / MANIFEST, _json(_manifest(temp, plan, outcome, lang)))
            _sync_folder(temp)
            _swap(temp, place)
        finally:
            shutil.rmtree(temp, ignore_errors=True)
    return place


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
    present = set(_names(place)) - {MANIFEST}
    changed = [name for name in outputs if name not in present or _sha256(place / name) != outputs[name]]
    return sorted({*changed, *(present - set(outputs))})


def result_languages(folder: str | Path) -> str:
    """Return the language an earlier result was written in, Chinese where there is none."""
    manifest = _read_manifest(Path(folder))
    return str(manifest.get("lang", "zh")) if manifest else "zh"


def safe_names(ids: list[str]) -> list[str]:
    """Return a file name without extension for every id: readable, legal on every system, each only once."""
    out: list[str] = []
    taken: set[str] = set()
    for one in ids:
        name = re.sub(r"[^\w\-]", "_", one)[:60].strip("_") or "rep"
        if name != one or name.casefold() in taken or re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", name):
            name = f"{name}-{hashlib.sha256(one.encode()).hexdigest()[:8]}"
        taken.add(name.casefold())
        out.append(name)
    return out


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain data, reasons also in words."""
    return {
        "status": verdict.status,
        "provisional": verdict.provisional,
        "probabilities": {
            name: {"value": p.value, "low": p.low, "high": p.high, "hits": p.hits, "years": p.years}
            for name, p in verdict.probabilities.items()
        },
        "reasons": [
            {"code": r.code, "rule": r.rule, "values": dict(r.values), "zh": reason_text(r, "zh"), "en": reason_text(r, "en")}
            for r in verdict.reasons
        ],
        "levers": [{**vars(lever), "values": dict(lever.values)} for lever in verdict.levers],
    }


def _files(
    plan: Plan,
    outcome: Outcome | None,
    verdict: Verdict | None,
    lang: str,
    summary: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
) -> Iterator[tuple[str, bytes]]:
    figures = headline(plan, outcome, verdict)
    plan_tables = plan.tables()
    details = {"seed": plan.seed, "effort": plan.effort, "lang": lang, "plan": plan_details(plan)}
    yield "summary.json", _json({**figures, **details, **summary})
    for stem, table in {**plan_tables, **tables}.items():
        yield f"{stem}.csv", csv_bytes(table)
    if outcome:
        yield "years.csv", csv_bytes(outcome.table())
        yield "months.csv", csv_bytes(outcome.months_table())
        yield "ledger.csv", csv_bytes(outcome.ledger_table())
    if verdict:
        yield "verdict.json", _json(verdict_json(verdict))
    reps = plan.scenario.reps
    for r, name in enumerate(safe_names([str(one) for one in reps.rep_id])):
        yield f"calendars/{name}.ics", rep_calendar(plan, r, lang)
    yield "plan.xlsx", plan_workbook(plan, outcome, verdict, lang, plan_tables)
    yield "report.html", report_page(plan, outcome, verdict, lang).encode("utf-8")


def _copy_sources(temp: Path, plan: Plan) -> None:
    sources = [Path(source).resolve() for source in plan.scenario.sources]
    tomls = [source for source in sources if source.name == "scenario.toml"]
    root = tomls[0].parent if tomls else None
    for source in sources:
        inside = root is not None and source.is_relative_to(root)
        target = temp / "scenario" / (source.relative_to(root) if inside and root else source.name)
        if target.exists():
            raise TerritoryError(f"two files of the scenario would both be kept as {target.name}; rename {source}")
        _write(target, source.read_bytes())


def _manifest(temp: Path, plan: Plan, outcome: Outcome | None, lang: str) -> dict[str, Any]:
    outputs = {name: _sha256(temp / name) for name in _names(temp)}
    return {
        "territory": _version("territory"),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "seed": plan.seed,
        "effort": plan.effort,
        "lang": lang,
        "years": len(outcome.years) if outcome else 0,
        "simulation_seed": outcome.seed if outcome else None,
        "inputs": {name.removeprefix("scenario/"): digest for name, digest in outputs.items() if name.startswith("scenario/")},
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
    names = [name for name in _names(place) if not LEFT_BY_PROGRAMS.match(PurePosixPath(name).name)]
    if not names:
        return
    manifest = _read_manifest(place)
    if manifest is None:
        raise TerritoryError(f"{place} holds files but no {MANIFEST}, so it is not a result to replace; give an empty or new folder")
    foreign = sorted(set(names) - set(manifest["outputs"]) - {MANIFEST})
    if foreign:
        listed = ", ".join(foreign[:5]) + (f" and {len(foreign) - 5} more" if len(foreign) > 5 else "")
        raise TerritoryError(f"{place} also holds files that are no part of the result: {listed}; move them away first")


def _names(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if not path.is_dir())


def _beside(place: Path, purpose: str) -> Path:
    return place.parent / f".{place.name}.{purpose}"


def _swap(temp: Path, place: Path) -> None:
    """Put the finished folder in its place in one step; where the system cannot exchange folders, in two that `_recover` completes."""
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
    return exchange is not None and exchange(AT_FDCWD, os.fsencode(temp), AT_FDCWD, os.fsencode(place), RENAME_EXCHANGE) == 0


def _recover(place: Path) -> None:
    """Bring back the earlier result if a run was killed between the two steps of a swap."""
    old = _beside(place, "old")
    if old.exists():
        if place.exists():
            shutil.rmtree(old)
        else:
            old.rename(place)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


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


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode("utf-8")
