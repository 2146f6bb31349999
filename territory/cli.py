"""The command line: parse, call, print."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from territory.domain.outcome import Outcome
    from territory.domain.plan import Plan
    from territory.domain.scenario import Scenario

WORKER_MODULES = ("territory.planning.visits", "territory.simulation.year")
"""What worker processes import while this one reads the scenario and draws territories."""

EXIT_BAD_INPUT, EXIT_NO_PLAN, EXIT_IN_USE, EXIT_INTERRUPTED = 2, 3, 75, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A wind tunnel for sales plans: territories, visit calendars and a simulated year.",
)

Effort = Literal["quick", "normal", "thorough"]
Lang = Literal["en", "zh"]
ScenarioArg = Annotated[str, typer.Argument(help="Scenario folder, or the name of a bundled scenario.")]
FolderArg = Annotated[Path, typer.Argument(help="Result folder.")]
OutOption = Annotated[Path, typer.Option("--out", help="Result folder to write.")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of all random draws; the scenario's own.")]
EffortOption = Annotated[Effort, typer.Option("--effort", help="How much work; counted in iterations.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Processes; results do not depend on it.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of messages and of the report's first page.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print a machine-readable last line.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but problems.")]
YearsOption = Annotated[int | None, typer.Option("--years", min=1, help="Simulated years; by effort when absent.")]
BackendOption = Annotated[str, typer.Option("--backend", help="joblib backend for parallel work.")]


class Screen:
    """What a command shows: progress while it works, results at the end, errors in words and exit codes."""

    def __init__(self, lang: Lang, *, quiet: bool, as_json: bool) -> None:
        from rich.console import Console

        self.lang: Lang = lang
        self.as_json = as_json
        self.out: Console = Console(quiet=quiet, highlight=False, soft_wrap=True)
        self.err: Console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.quiet = quiet

    def say(self, code: str, **values: Any) -> None:
        """Print one sentence of the catalogue."""
        from territory.reports.messages import text

        self.out.print(text(code, self.lang, **values), markup=False)

    def finish(self, **facts: Any) -> None:
        """Print the machine-readable last line, if asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n")

    @contextmanager
    def progress(self) -> Iterator[Callable[[str, int, int], None]]:
        """Give a progress callback that draws bars on a terminal and stays silent elsewhere."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        from territory.reports.messages import text

        shown = not self.quiet and self.err.is_terminal
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns, console=self.err, disable=not shown) as bars:
            tasks: dict[str, Any] = {}

            def update(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(text(f"stage.{stage}", self.lang), total=total)
                bars.update(tasks[stage], completed=done, total=total)

            yield update


@contextmanager
def explained(screen: Screen) -> Iterator[None]:
    """Turn the errors raised on purpose into sentences and exit codes; no traceback for bad input."""
    from territory.errors import FolderInUseError, PlanError, ScenarioError, TerritoryError
    from territory.reports.messages import problem_text, reason_text, text

    def stop(code: int, *lines: str) -> NoReturn:
        for line in lines:
            screen.err.print(line, markup=False)
        screen.finish(exit_code=code, problems=list(lines))
        raise typer.Exit(code)

    try:
        yield
    except ScenarioError as error:
        lines = [problem_text(problem, screen.lang) for problem in error.problems]
        stop(EXIT_BAD_INPUT, text("cli.problems", screen.lang, count=len(lines)), *lines)
    except PlanError as error:
        conflict = [reason_text(reason, screen.lang) for reason in error.conflict]
        remedies = [reason_text(reason, screen.lang) for reason in error.remedies]
        stop(EXIT_NO_PLAN, text("cli.no_plan", screen.lang), *conflict, *remedies)
    except FolderInUseError as error:
        stop(EXIT_IN_USE, str(error))
    except TerritoryError as error:
        stop(EXIT_BAD_INPUT, str(error))
    except KeyboardInterrupt:
        stop(EXIT_INTERRUPTED, text("cli.interrupted", screen.lang))


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


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder to create.")],
    source: Annotated[str, typer.Option("--from", help="Bundled scenario to start from.")] = "outlets_100",
    excel: Annotated[bool, typer.Option("--excel", help="Tables as one Excel workbook with drop-downs.")] = False,
    lang: LangOption = "en",
) -> None:
    """Create a scenario to edit."""
    from territory.errors import TerritoryError
    from territory.examples import scenario_names, scenario_path
    from territory.reports.starter import write_starter

    screen = Screen(lang, quiet=False, as_json=False)
    with explained(screen):
        if source not in scenario_names():
            raise TerritoryError(f"--from: no bundled scenario {source!r}; there are: {', '.join(scenario_names())}")
        write_starter(folder, scenario_path(source), lang=lang, excel=excel)
        screen.say("cli.created", folder=str(folder))


@app.command()
def check(
    scenario: ScenarioArg, lang: LangOption = "en", as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Report every problem in the input, or say ok."""
    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen):
        loaded = _load(scenario)
        screen.say("cli.check_ok", customers=len(loaded.customers), reps=len(loaded.reps))
        screen.finish(exit_code=0, customers=len(loaded.customers), reps=len(loaded.reps))


@app.command()
def schema(as_json: JsonOption = False) -> None:
    """Print the data dictionary: every key and column with type, unit, bounds, default, meaning and rule."""
    from territory.inputs.schema import data_dictionary

    table = data_dictionary()
    if as_json:
        sys.stdout.write(table.to_json(orient="records", force_ascii=False) + "\n")
    else:
        sys.stdout.write(table.to_csv(index=False, sep="\t"))


@app.command()
def plan(
    scenario: ScenarioArg,
    out: OutOption,
    seed: SeedOption = None,
    effort: EffortOption = "normal",
    workers: WorkersOption = 2,
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Grade, split the target, size the team, draw territories, write visits and routes."""
    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        made = _make_plan(screen, _load(scenario), seed, effort, workers, progress)
        _write(screen, out, made)


@app.command()
def run(
    scenario: ScenarioArg,
    out: OutOption,
    seed: SeedOption = None,
    effort: EffortOption = "normal",
    workers: WorkersOption = 2,
    years: YearsOption = None,
    backend: BackendOption = "loky",
    lang: LangOption = "en",
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Plan, simulate the years, judge, and write the report."""
    from territory.parallel import start_workers

    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen), screen.progress() as progress:
        loaded = _load(scenario)
        start_workers(workers, WORKER_MODULES, backend=backend)
        made = _make_plan(screen, loaded, seed, effort, workers, progress)
        _simulate_and_write(screen, out, made, years, workers, backend, progress)


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
        _simulate_and_write(screen, folder, made, years, workers, backend, progress, seed=seed)


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


@app.command()
def validate(
    folder: FolderArg, lang: LangOption = "en", as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Check a result folder independently, on its files alone."""
    from territory.assessment.validate import validate_tables
    from territory.inputs.load import load_scenario
    from territory.inputs.plan_folder import read_tables
    from territory.reports.folder import check_manifest
    from territory.reports.messages import violation_text

    screen = Screen(lang, quiet=quiet, as_json=as_json)
    with explained(screen):
        changed = check_manifest(folder)
        facts = {
            name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("summary", "verdict")
            if (folder / f"{name}.json").exists()
        }
        violations = validate_tables(load_scenario(folder / "scenario"), {**read_tables(folder), **facts})
        lines = [violation_text(violation, lang) for violation in violations]
        for name in changed:
            screen.say("cli.file_changed", file=name)
        for line in lines:
            screen.out.print(line, markup=False)
        bad = len(changed) + len(lines)
        screen.say("cli.validate_ok" if bad == 0 else "cli.validate_bad", count=bad)
        screen.finish(exit_code=EXIT_NO_PLAN if bad else 0, violations=lines, changed=changed)
        if bad:
            raise typer.Exit(EXIT_NO_PLAN)


def _load(source: str) -> Scenario:
    from territory.examples import scenario_names, scenario_path
    from territory.inputs.load import load_scenario

    bundled = not Path(source).exists() and source in scenario_names()
    return load_scenario(scenario_path(source) if bundled else source)


def _make_plan(
    screen: Screen,
    scenario: Scenario,
    seed: int | None,
    effort: Effort,
    workers: int,
    progress: Callable[[str, int, int], None],
) -> Plan:
    from territory.planning.visits.search import kernels_are_compiled
    from territory.planning.workflow import make_plan

    if not kernels_are_compiled():
        screen.say("cli.compiling")
    return make_plan(scenario, seed=seed, effort=effort, workers=workers, progress=progress)


def _simulate_and_write(
    screen: Screen,
    out: Path,
    made: Plan,
    years: int | None,
    workers: int,
    backend: str,
    progress: Callable[[str, int, int], None],
    *,
    seed: int | None = None,
) -> None:
    from territory.domain.effort import EFFORTS
    from territory.experiments.levers import find_levers
    from territory.experiments.runner import run_years
    from territory.planning.workflow import make_plan

    budget = EFFORTS[made.effort]
    Thread(target=import_module, args=("territory.reports.report",), daemon=True).start()  # while the workers work
    try:
        outcome = run_years(
            made, years=years or budget.years, seed=seed, workers=workers, backend=backend, progress=progress
        )
        levers = find_levers(
            outcome,
            effort=budget,
            workers=workers,
            backend=backend,
            progress=progress,
            replan=partial(make_plan, seed=made.seed, effort=made.effort, workers=workers),
        )
    except KeyboardInterrupt:
        _write(screen, out, made)
        raise
    _write(screen, out, made, outcome, levers)


def _write(screen: Screen, out: Path, made: Plan, outcome: Outcome | None = None, levers: tuple[Any, ...] = ()) -> None:
    from territory.assessment.verdict import judge
    from territory.reports.report import write_report
    from territory.reports.terminal import print_result

    verdict = judge(outcome, levers) if outcome else None
    folder = write_report(out, made, outcome=outcome, verdict=verdict, lang=screen.lang)
    print_result(made, outcome, verdict, screen.lang, screen.out)
    screen.say("cli.written", folder=str(folder))
    facts: dict[str, Any] = {"exit_code": 0, "out": str(folder)}
    if verdict:
        facts |= {"status": verdict.status, "joint": round(verdict.probabilities["joint"].value, 4)}
    screen.finish(**facts)


def main() -> None:
    """Entry point of the ``territory`` command."""
    app()


if __name__ == "__main__":
    main()
