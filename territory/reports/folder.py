"""The result folder: everything that is known about a plan, in files that open anywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from territory.domain.plan_archive import plan_arrays, plan_details, write_arrays
from territory.errors import TerritoryError
from territory.reports.calendars import rep_calendar
from territory.reports.excel import plan_workbook
from territory.reports.figures import headline
from territory.reports.html import report_page
from territory.reports.messages import reason_text
from territory.reports.tables import csv_bytes
from territory.reports.whole_folder import check_manifest, json_bytes, sync_file, whole_folder, write_file

__all__ = ["check_manifest", "safe_names", "verdict_json", "write_result"]


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
    facts = {
        "seed": plan.seed,
        "effort": plan.effort,
        "lang": lang,
        "years": len(outcome.years) if outcome else 0,
        "simulation_seed": outcome.seed if outcome else None,
    }
    with whole_folder(folder, facts) as temp:
        _copy_sources(temp, plan)
        for name, content in _files(plan, outcome, verdict, lang, summary or {}, tables or {}):
            write_file(temp / name, content)
        write_arrays(temp / "plan_arrays.npz", plan_arrays(plan))
        sync_file(temp / "plan_arrays.npz")
    return Path(folder).resolve()


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
            {
                "code": r.code,
                "rule": r.rule,
                "values": dict(r.values),
                "zh": reason_text(r, "zh"),
                "en": reason_text(r, "en"),
            }
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
    yield "summary.json", json_bytes({**figures, **details, **summary})
    for stem, table in {**plan_tables, **tables}.items():
        yield f"{stem}.csv", csv_bytes(table)
    if outcome:
        yield "years.csv", csv_bytes(outcome.table())
        yield "months.csv", csv_bytes(outcome.months_table())
        yield "ledger.csv", csv_bytes(outcome.ledger_table())
    if verdict:
        yield "verdict.json", json_bytes(verdict_json(verdict))
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
        write_file(target, source.read_bytes())
