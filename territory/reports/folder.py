"""The result folder: everything that is known about a plan, in files that open anywhere."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from territory.domain.findings import Explanation
from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from territory.domain.plan_archive import plan_arrays, plan_details, write_arrays
from territory.domain.trip_book import trip_book
from territory.domain.year_tables import year_tables
from territory.errors import TerritoryError
from territory.reports.calendars import rep_calendar
from territory.reports.excel import plan_workbook
from territory.reports.figures import headline
from territory.reports.html import report_page
from territory.reports.messages import reason_text, text
from territory.reports.tables import csv_bytes
from territory.reports.whole_folder import check_manifest, json_bytes, sync_file, whole_folder, write_file

__all__ = ["check_manifest", "result_tables", "safe_names", "verdict_json", "write_result"]


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
        What `result_tables` returns for the plan and its years, if it is there already.

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
        made = result_tables(plan, outcome) if tables is None else tables
        for name, content in _files(plan, outcome, verdict, lang, summary or {}, made):
            write_file(temp / name, content)
        write_arrays(temp / "plan_arrays.npz", plan_arrays(plan))
        sync_file(temp / "plan_arrays.npz")
    return Path(folder).resolve()


def result_tables(plan: Plan, outcome: Outcome | None) -> dict[str, pd.DataFrame]:
    """Return every table of a result by file stem: those of the plan, and of its years where there are any."""
    tables = dict(plan.tables())
    if outcome is not None:
        tables |= {"years": outcome.table(), "months": outcome.months_table(), "ledger": outcome.ledger_table()}
        tables |= year_tables(outcome.sample, plan.scenario.calendar, [str(one) for one in plan.scenario.reps.rep_id])
    return tables


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
        "kept": [vars(group) for group in verdict.kept],
        "explanation": None if verdict.explanation is None else _explanation_json(verdict.explanation),
        "precision": None if verdict.precision is None else vars(verdict.precision),
    }


def _explanation_json(why: Explanation) -> dict[str, Any]:
    """Return why years fail as plain data, the story also in words."""
    return {
        "condition": why.condition,
        "failing_years": why.failing_years,
        "holding_years": why.holding_years,
        "separators": [vars(one) for one in why.separators],
        "replication": why.replication,
        "missed": list(why.missed),
        "story": [
            {
                "day": one.day,
                "code": one.code,
                "values": dict(one.values),
                "zh": text(one.code, "zh", **one.values),
                "en": text(one.code, "en", **one.values),
            }
            for one in why.story
        ],
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
    details = {"seed": plan.seed, "effort": plan.effort, "lang": lang, "plan": plan_details(plan)}
    yield "summary.json", json_bytes({**figures, **details, **summary})
    for stem, table in tables.items():
        yield f"{stem}.csv", csv_bytes(table)
    if verdict:
        yield "verdict.json", json_bytes(verdict_json(verdict))
    reps, book = plan.scenario.reps, trip_book(plan)
    for r, name in enumerate(safe_names([str(one) for one in reps.rep_id])):
        yield f"calendars/{name}.ics", rep_calendar(plan, r, lang, book)
    yield "plan.xlsx", plan_workbook(plan, outcome, verdict, lang, tables)
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
