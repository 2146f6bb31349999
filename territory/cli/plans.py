"""Commands that plan: plan, run, demo."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from territory.cli.alternatives import write_alternatives
from territory.cli.command import command
from territory.cli.options import (
    BackendOption,
    Effort,
    EffortOption,
    OutOption,
    ScenarioArg,
    SeedOption,
    TimeLimitOption,
    UntilOption,
    WorkersOption,
    YearsOption,
)
from territory.cli.screen import Screen
from territory.cli.steps import (
    WORKER_MODULES,
    compile_ahead,
    load,
    make_plan_on_screen,
    plan_or_best,
    prepare,
    price_regularity,
    simulate_and_write,
    write,
)
from territory.parallel import apart, start_workers, to_the_end

if TYPE_CHECKING:
    from territory.domain.plan import Plan
    from territory.domain.scenario import Scenario


@command
def plan(
    screen: Screen,
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
    time_limit: TimeLimitOption = None,
) -> None:
    """Grade, split the target, size the team, draw territories, write visits and routes."""
    screen.limit_time(time_limit)
    prepare()
    if alternatives:
        write_alternatives(screen, out, load(scenario), alternatives, seed, effort, workers)
        return
    made = _whole_plan(screen, out, load(scenario), seed, effort, workers)
    if regularity:
        made = _with_regularity(screen, out, made, workers)
    to_the_end(partial(write, screen, out, made))


def _whole_plan(screen: Screen, out: Path, scenario: Scenario, seed: int | None, effort: Effort, workers: int) -> Plan:
    """Make a plan; an interrupt writes the best whole one there is, or says that there is none, and ends all."""
    made, stop = plan_or_best(partial(make_plan_on_screen, screen, scenario, seed, effort, workers))
    if made is not None and stop is None:
        return made
    if made is None:
        screen.say("cli.nothing_written")
    else:
        write(screen, out, made)
    raise stop or KeyboardInterrupt


def _with_regularity(screen: Screen, out: Path, made: Plan, workers: int) -> Plan:
    """Return the plan with the table of what regular weekdays cost; an interrupt writes it without, and ends all."""
    try:
        return apart(partial(price_regularity, made, workers))
    except KeyboardInterrupt:
        write(screen, out, made)
        screen.say("cli.no_regularity")
        raise


@command
def run(
    screen: Screen,
    scenario: ScenarioArg,
    out: OutOption,
    seed: SeedOption = None,
    effort: EffortOption = "normal",
    workers: WorkersOption = 2,
    years: YearsOption = None,
    until: UntilOption = None,
    backend: BackendOption = "loky",
    time_limit: TimeLimitOption = None,
) -> None:
    """Plan, simulate the years, judge, and write the report."""
    screen.limit_time(time_limit)
    start_workers(workers, WORKER_MODULES, backend=backend)
    prepare()
    loaded = load(scenario)
    compile_ahead(loaded, workers, backend)
    made = _whole_plan(screen, out, loaded, seed, effort, workers)
    simulate_and_write(screen, out, made, years, workers, backend, until=until)


@command
def demo(
    screen: Screen,
    out: OutOption = Path("territory-demo"),
    effort: EffortOption = "quick",
    workers: WorkersOption = 2,
) -> None:
    """Run a bundled scenario from start to finish, with little effort unless asked for more."""
    from territory.examples import DEMO

    run(screen, DEMO, out=out, effort=effort, workers=workers)
