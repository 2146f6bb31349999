"""The command that checks a result: validate."""

from __future__ import annotations

import json

import typer

from territory.cli.command import command
from territory.cli.options import FolderArg
from territory.cli.screen import EXIT_NO_PLAN, Screen


@command
def validate(
    screen: Screen,
    folder: FolderArg,
) -> None:
    """Check a result folder independently, on its files alone."""
    from territory.assessment.validate import validate_tables
    from territory.inputs.load import load_scenario
    from territory.inputs.plan_folder import read_tables
    from territory.reports.folder import check_manifest
    from territory.reports.messages import violation_text

    changed = check_manifest(folder)
    facts = {
        name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("summary", "verdict")
        if (folder / f"{name}.json").exists()
    }
    violations = validate_tables(load_scenario(folder / "scenario"), {**read_tables(folder), **facts})
    lines = [violation_text(violation, screen.lang) for violation in violations]
    for name in changed:
        screen.say("cli.file_changed", file=name)
    for line in lines:
        screen.out.print(line, markup=False)
    bad = len(changed) + len(lines)
    screen.say("cli.validate_ok" if bad == 0 else "cli.validate_bad", count=bad)
    screen.finish(exit_code=EXIT_NO_PLAN if bad else 0, violations=lines, changed=changed)
    if bad:
        raise typer.Exit(EXIT_NO_PLAN)
