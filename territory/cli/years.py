"""Commands that live years of plans made earlier: simulate, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli.app import app
from territory.cli.options import (
    BackendOption,
    FolderArg,
    JsonOption,
    LangOption,
    OutOption,
    QuietOption,
    SeedOption,
    WorkersOption,
    YearsOption,
)
from territory.cli.screen import Screen, explained
from territory.cli.steps import simulate_and_write


@app.command()
def simulate(
    folder: FolderArg,
    years: YearsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Simulate years for a plan made earlier, and judge it."""
    from territory.inputs.plan_folder import load_plan

    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        made = load_plan(folder)
        simulate_and_write(screen, folder, made, years, workers, backend, progress, seed=seed)


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Two to ten result folders.")],
    out: OutOption,
    years: YearsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Set plans against each other on the same random years."""
    from territory.domain.effort import EFFORTS
    from territory.errors import TerritoryError
    from territory.experiments.compare import compare_plans
    from territory.inputs.plan_folder import load_plan
    from territory.reports.comparison import print_comparison, write_comparison

    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        if not 2 <= len(folders) <= 10:
            raise TerritoryError(f"compare takes 2 to 10 result folders, got {len(folders)}")
        plans = {path.resolve().name: load_plan(path) for path in folders}
        if len(plans) < len(folders):
            raise TerritoryError("compare needs result folders with different names")
        count = years or EFFORTS["normal"].years
        comparison = compare_plans(plans, years=count, seed=seed, workers=workers, backend=backend, progress=progress)
        write_comparison(out, comparison, lang=lang)
        print_comparison(comparison, screen.lang, screen.out)
        screen.finish(exit_code=0, out=str(out), best=comparison.best)
