"""The command for changes during the year: reschedule."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.command import command
from territory.cli.options import FolderArg, OutOption, WorkersOption
from territory.cli.screen import Screen
from territory.cli.steps import load, write

if TYPE_CHECKING:
    from territory.domain.changes import Changes


@command
def reschedule(
    screen: Screen,
    folder: FolderArg,
    out: OutOption,
    on: Annotated[str, typer.Option("--from", help="First day that may change, as 2026-03-01.")],
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Changed copy of the scenario; the folder's own when absent.")
    ] = None,
    workers: WorkersOption = 2,
) -> None:
    """Plan the visits again from a date on and keep every promise that can be kept; list the changes."""
    from territory.inputs.plan_folder import load_plan
    from territory.planning.rescheduling import reschedule as reschedule_plan

    promised = load_plan(folder)
    changed = load(scenario) if scenario else None
    made, changes = reschedule_plan(promised, _date(on), changed, workers=workers, progress=screen.progress)
    facts = _print(screen, changes, on)
    write(screen, out, made.with_tables(changes=changes.table(made.scenario.calendar)), facts=facts)


def _date(text: str) -> date:
    from territory.errors import TerritoryError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TerritoryError(f"--from: {text!r} is no date like 2026-03-01") from None


def _print(screen: Screen, changes: Changes, on: str) -> dict[str, float]:
    """Print how many promises stay, and why others do not; return the figures."""
    from collections import Counter

    from territory.domain.changes import KINDS
    from territory.reports.messages import name_of

    counts = {kind: changes.count(kind) for kind in KINDS}
    screen.say("cli.rescheduled", date=on, promised=changes.promised, kept=changes.kept, **counts)
    screen.say("cli.promises_kept", kept_share=changes.kept_share, impossible=changes.impossible)
    for reason, count in sorted(Counter(changes.reason.tolist()).items(), key=lambda entry: (-entry[1], entry[0])):
        screen.say("cli.change_reason", why=name_of("why", reason, screen.lang), count=count)
    return {"promised": changes.promised, "kept": changes.kept, **counts, "kept_share": round(changes.kept_share, 6)}
