"""The one way a result reaches the disk: checked by the independent validator first."""

from __future__ import annotations

from pathlib import Path

from territory.assessment.validate import validate_tables
from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from territory.domain.plan_archive import plan_details
from territory.errors import TerritoryError
from territory.reports.folder import result_tables, write_result
from territory.reports.messages import violation_text


def write_report(
    folder: str | Path,
    plan: Plan,
    *,
    outcome: Outcome | None = None,
    verdict: Verdict | None = None,
    lang: str = "en",
) -> Path:
    """Validate a plan and its years, then write the result folder with tables, workbook, calendars and report.html.

    Parameters
    ----------
    folder : path
        Written as a whole or not at all; an earlier result in it is replaced.
    plan : Plan
    outcome, verdict : optional
        Simulated years and what they say.
    lang : str
        ``en`` or ``zh``: the language the report opens in.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    TerritoryError
        The validator found the plan to break a rule (an error of this package, never written), or the folder
        holds files that are no part of a result.
    """
    tables = result_tables(plan, outcome)
    violations = validate_tables(plan.scenario, {**tables, "summary": {"plan": plan_details(plan)}})
    if violations:
        shown = "\n".join(f"  - {violation_text(violation, lang)}" for violation in violations[:20])
        raise TerritoryError(f"the plan breaks {len(violations)} rule(s) and was not written:\n{shown}")
    return write_result(folder, plan, outcome=outcome, verdict=verdict, lang=lang, tables=tables)
