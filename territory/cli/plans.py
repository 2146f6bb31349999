"""Commands that plan: plan, run, demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from territory.cli.alternatives import write_alternatives
from territory.cli.app import app
from territory.cli.options import (
    BackendOption,
    EffortOption,
    JsonOption,
    LangOption,
    OutOption,
    QuietOption,
    ScenarioArg,
    SeedOption,
    UntilOption,
    WorkersOption,
    YearsOption,
)
from territory.cli.screen import Screen, explained
from territory.cli.steps import WORKER_MODULES, load, make_plan_on_screen, price_regularity, simulate_and_write, write


@app.command()
def plan(
    scenario: ScenarioArg,
    out: OutOption,
    seed: SeedOption = None,
    effort: EffortOption = "normal",
    alternatives: Annotated[
        int, typer.Option("--alternatives", min=0, max=30, help="Plans to choose from, each in a folder of its own.")
    ] = 0,
    regularity: Annotated[
        bool, typer.Option("--regularity", help="Also write what regular weekdays cost each rep: regularity.csv.")
    ] = False,
    workers: WorkersOption = 2,
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grade, split the target, size the team, draw territories, write visits and routes."""
    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        if alternatives:
            write_alternatives(screen, out, load(scenario), alternatives, seed, effort, workers, progress)
            return
        made = make_plan_on_screen(screen, load(scenario), seed, effort, workers, progress)
        write(screen, out, made, more=price_regularity(made, workers) if regularity else None)


@app.command()
def run(
    scenario: ScenarioArg,
    out: OutOption,
    seed: SeedOption = None,
    effort: EffortOption = "normal",
    workers: WorkersOption = 2,
    years: YearsOption = None,
    until: UntilOption = None,
    backend: BackendOption = "loky",
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Plan, simulate the years, judge, and write the report."""
    from territory.parallel import start_workers

    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        loaded = load(scenario)
        start_workers(workers, WORKER_MODULES, backend=backend)
        made = make_plan_on_screen(screen, loaded, seed, effort, workers, progress)
        simulate_and_write(screen, out, made, years, workers, backend, progress, until=until)


@app.command()
def demo(
    out: OutOption = Path("territory-demo"),
    effort: EffortOption = "quick",
    workers: WorkersOption = 2,
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a bundled scenario from start to finish, with little effort unless asked for more."""
    from territory.examples import DEMO

    run(DEMO, out=out, effort=effort, workers=workers, lang=lang, as_json=as_json, quiet=quiet)
