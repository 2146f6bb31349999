"""Commands that live years of plans made earlier: simulate, compare, sweep, needs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from territory.cli.command import command
from territory.cli.options import (
    BackendOption,
    EffortOption,
    FolderArg,
    OutOption,
    ScenarioArg,
    SeedOption,
    UntilOption,
    WorkersOption,
    YearsOption,
)
from territory.cli.screen import Screen
from territory.cli.steps import journal_beside, load, make_plan_on_screen, simulate_and_write

MOST_NUMBERS = 40
"""Numbers of people that one sweep tries."""

RangeOption = Annotated[str | None, typer.Option("--reps", help="Numbers of reps to try: 4-12 or 4,6,8.")]
KeepOption = Annotated[str | None, typer.Option("--keep", help="Numbers of people kept at the review: 3-5 or 3,5.")]


@command
def simulate(
    screen: Screen,
    folder: FolderArg,
    years: YearsOption = None,
    until: UntilOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
) -> None:
    """Simulate years for a plan made earlier, and judge it."""
    from territory.inputs.plan_folder import load_plan

    made = load_plan(folder)
    simulate_and_write(screen, folder, made, years, workers, backend, seed=seed, until=until)


@command
def compare(
    screen: Screen,
    folders: Annotated[list[Path], typer.Argument(help="Two to ten result folders.")],
    out: OutOption,
    years: YearsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
) -> None:
    """Set plans against each other on the same random years, for no more years than a clear winner takes."""
    from territory.domain.effort import EFFORTS
    from territory.errors import TerritoryError
    from territory.experiments.compare import compare_plans
    from territory.inputs.plan_folder import load_plan
    from territory.reports.comparison import print_comparison, write_comparison

    if not 2 <= len(folders) <= 10:
        raise TerritoryError(f"compare takes 2 to 10 result folders, got {len(folders)}")
    plans = {path.resolve().name: load_plan(path) for path in folders}
    if len(plans) < len(folders):
        raise TerritoryError("compare needs result folders with different names")
    count = years or EFFORTS["normal"].years
    how: dict[str, Any] = {"workers": workers, "backend": backend, "progress": screen.progress}
    with journal_beside(out) as journal:
        comparison = compare_plans(plans, years=count, seed=seed, journal=journal, **how)
        write_comparison(out, comparison, lang=screen.lang)
    print_comparison(comparison, screen.lang, screen.out)
    screen.finish(exit_code=0, out=str(out), best=comparison.best, clear=comparison.clear, years=comparison.years)


@command
def sweep(
    screen: Screen,
    scenario: ScenarioArg,
    out: OutOption,
    reps: RangeOption = None,
    keep: KeepOption = None,
    effort: EffortOption = "quick",
    years: YearsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
) -> None:
    """Probability of the task against the number of reps, and of people kept at the review, with the cost."""
    from territory.domain.effort import EFFORTS
    from territory.errors import TerritoryError
    from territory.experiments.sweep import sweep_people
    from territory.planning.workflow import make_plan
    from territory.reports.sweep import print_sweep, write_sweep

    numbers: dict[str, Any] = {"reps": numbers_of("--reps", reps), "keep": numbers_of("--keep", keep)}
    made = make_plan_on_screen(screen, load(scenario), seed, effort, workers)
    how: dict[str, Any] = {"workers": workers, "backend": backend, "progress": screen.progress}
    replan = partial(make_plan, seed=made.seed, effort=made.effort, workers=workers)
    with journal_beside(out) as journal:
        try:
            found = sweep_people(
                made, **numbers, years=years or EFFORTS[effort].years, replan=replan, journal=journal, **how
            )
        except ValueError as error:
            raise TerritoryError(str(error)) from error
        write_sweep(out, found, lang=screen.lang)
    print_sweep(found, screen.lang, screen.out)
    screen.finish(exit_code=0, out=str(out), points=len(found.points), refused=list(found.refused))


@command
def needs(
    screen: Screen,
    folder: FolderArg,
    years: YearsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = 2,
    backend: BackendOption = "loky",
) -> None:
    """Say what the task of a plan made earlier would need: people, leads or larger orders, by simulation."""
    from territory.domain.effort import EFFORTS
    from territory.experiments.needs import find_needs
    from territory.inputs.plan_folder import load_plan
    from territory.reports.needs import needs_facts, print_needs

    made = load_plan(folder)
    how: dict[str, Any] = {"workers": workers, "backend": backend, "progress": screen.progress}
    found = find_needs(made, years=years or EFFORTS[made.effort].lever_years, seed=seed, **how)
    print_needs(found, screen.lang, screen.out)
    screen.finish(exit_code=0, **needs_facts(found))


def numbers_of(option: str, given: str | None) -> list[int]:
    """Return the numbers of ``4-12`` or ``3,4,8``; none for an option that is not given."""
    from territory.errors import TerritoryError

    numbers: list[int] = []
    for part in (given or "").replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not part:
            continue
        if not (first.isdecimal() and (last.isdecimal() or not dash)):
            raise TerritoryError(f"{option}: {given!r} is no list of numbers such as 4-12 or 3,4,8")
        numbers += range(int(first), int(last or first) + 1)
    if len(set(numbers)) > MOST_NUMBERS:
        raise TerritoryError(f"{option}: {len(set(numbers))} numbers are too many; at most {MOST_NUMBERS}")
    return sorted(set(numbers))
