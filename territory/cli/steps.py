"""Steps that several commands share: load, plan, simulate, judge, write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from territory.cli.options import Effort
from territory.cli.screen import Screen
from territory.errors import Stopped
from territory.parallel import apart, to_the_end

if TYPE_CHECKING:
    from territory.domain.outcome import Outcome
    from territory.domain.plan import Plan
    from territory.domain.scenario import Scenario
    from territory.experiments.journal import Journal

WORKER_MODULES = ("territory.planning.visits", "territory.simulation.year")
"""What worker processes import while this one reads the scenario and draws territories."""
NEEDED = (
    "territory.planning.workflow",
    "territory.domain.plan_tables",
    "territory.assessment.verdict",
    "territory.reports.report",
    "territory.reports.terminal",
)
"""What a plan is made and written with."""


def load(source: str) -> Scenario:
    """Read a scenario folder, or a bundled scenario where no folder has that name."""
    from territory.examples import scenario_names, scenario_path
    from territory.inputs.load import load_scenario

    bundled = not Path(source).exists() and source in scenario_names()
    return load_scenario(scenario_path(source) if bundled else source)


def prepare() -> None:
    """Load what plans and what writes, before the scenario is read: from then on an interrupt waits for no module."""
    for name in NEEDED:
        import_module(name)
    from territory.planning.timing import load_kernels
    from territory.reports.warm_up import warm_up

    load_kernels()
    warm_up()


def compile_ahead(scenario: Scenario, workers: int, backend: str) -> None:
    """Let a worker compile the kernels of visits, where they are not, while others still draw the territories."""
    from territory.parallel import start_workers

    if not _kernels_are_compiled(scenario):
        start_workers(workers, (), backend=backend, ahead=partial(_plan_a_few, scenario))


def _plan_a_few(scenario: Scenario) -> None:
    from territory.planning.visits.planner import plan_a_few

    plan_a_few(scenario)
    if scenario.reps.pools:
        from territory.planning.pooling import share_a_few

        share_a_few(scenario)


def _kernels_are_compiled(scenario: Scenario) -> bool:
    """Return whether the kernels of visits were compiled before, those of shared areas only where there are some."""
    from territory.planning.visits.search import kernels_are_compiled

    if not scenario.reps.pools:
        return kernels_are_compiled()
    from territory.planning.visits.pool import pool_kernels_are_compiled

    return kernels_are_compiled() and pool_kernels_are_compiled()


def make_plan_on_screen(
    screen: Screen,
    scenario: Scenario,
    seed: int | None,
    effort: Effort,
    workers: int,
    *,
    run: Callable[[Callable[[], Plan]], Plan] = apart,
) -> Plan:
    """Make a plan; announce it where kernels have to be compiled first."""
    from territory.planning.assignment.free_start import free_kernels_are_compiled, wants_free_start
    from territory.planning.workflow import make_plan

    if not _kernels_are_compiled(scenario) or (wants_free_start(scenario) and not free_kernels_are_compiled()):
        screen.say("cli.compiling")
    return make_plan(scenario, seed=seed, effort=effort, workers=workers, progress=screen.progress, run=run)


def plan_or_best(
    make: Callable[..., Plan], stop: KeyboardInterrupt | None = None
) -> tuple[Plan | None, KeyboardInterrupt | None]:
    """Return the plan and None, or the best there is (None where nothing is) and the interrupt.

    Parameters
    ----------
    make : callable
        `make_plan` or `make_plan_on_screen` with its arguments but `run`.
    stop : KeyboardInterrupt, optional
        An interrupt that came before: only a first plan is made.
    """

    def not_begun(_work: Callable[[], Plan]) -> Plan:
        raise KeyboardInterrupt

    for run in (not_begun,) if stop else (apart, not_begun):
        try:
            return make(run=run), None
        except Stopped as interrupt:
            return interrupt.best, interrupt
        except KeyboardInterrupt as interrupt:  # before the work began
            stop = interrupt
    return None, stop


def price_regularity(made: Plan, workers: int) -> Plan:
    """Return the plan with the table of what regular weekdays cost each rep."""
    from territory.domain.effort import EFFORTS
    from territory.planning.visits.overload import regularity_table

    tier, rep, effort = made.segments.tier, made.territories.rep, EFFORTS[made.effort]
    table = regularity_table(made.scenario, tier, made.calls, rep, seed=made.seed, effort=effort, workers=workers)
    return made.with_tables(regularity=table)


def simulate_and_write(
    screen: Screen,
    out: Path,
    made: Plan,
    years: int | None,
    workers: int,
    backend: str,
    *,
    seed: int | None = None,
    until: float | None = None,
) -> None:
    """Live the years, rank the levers and write everything; an interrupt leaves the plan alone written."""
    from territory.domain.effort import EFFORTS
    from territory.experiments.levers import find_levers
    from territory.experiments.runner import run_years
    from territory.experiments.until import MOST_YEARS, run_until
    from territory.planning.workflow import make_plan

    budget = EFFORTS[made.effort]
    with journal_beside(out) as journal:
        how: dict[str, Any] = {"workers": workers, "backend": backend, "progress": screen.progress, "journal": journal}
        try:
            if until is None:
                outcome = run_years(made, years=years or budget.years, seed=seed, **how)
            else:
                outcome = run_until(made, half_width=until, most_years=years or MOST_YEARS, seed=seed, **how)
            replan = partial(make_plan, seed=made.seed, effort=made.effort, workers=workers)
            levers = find_levers(outcome, effort=budget, replan=replan, **how)
        except KeyboardInterrupt:
            write(screen, out, made)
            raise
        to_the_end(partial(write, screen, out, made, outcome, levers))


@contextmanager
def journal_beside(out: Path) -> Iterator[Journal]:
    """Give the journal of finished years beside a folder; it goes when the result is there, and stays for another try.

    Only one run at a time may use it.
    """
    from territory.experiments.journal import Journal
    from territory.reports.folder_lock import folder_lock

    place = out.resolve()
    path = place.parent / f".{place.name}.years"
    with folder_lock(path):
        journal, done = Journal(path), False
        try:
            yield journal
            done = True
        finally:
            journal.close(remove=done or not len(journal))


def write(
    screen: Screen,
    out: Path,
    made: Plan,
    outcome: Outcome | None = None,
    levers: tuple[Any, ...] = (),
    *,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Judge, write the result folder, and print it; `facts` join the machine-readable last line."""
    from territory.assessment.verdict import judge
    from territory.reports.report import write_report
    from territory.reports.terminal import print_result

    screen.writing()
    verdict = judge(outcome, levers) if outcome else None
    folder = write_report(out, made, outcome=outcome, verdict=verdict, lang=screen.lang)
    print_result(made, outcome, verdict, screen.lang, screen.out)
    screen.say("cli.written", folder=str(folder))
    shown: dict[str, Any] = {"exit_code": 0, "out": str(folder), **(facts or {})}
    if verdict:
        shown |= {"status": verdict.status, "joint": round(verdict.probabilities["joint"].value, 4)}
    if verdict and verdict.precision:
        shown |= {"years": verdict.precision.years, "settled": verdict.precision.settled}
    screen.finish(**shown)
