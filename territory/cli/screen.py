"""What a command shows: progress, results, and errors in words with exit codes."""

from __future__ import annotations

import json
import sys
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from territory.cli.options import Lang

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

EXIT_BAD_INPUT, EXIT_NO_PLAN, EXIT_IN_USE, EXIT_INTERRUPTED = 2, 3, 75, 130


class Screen:
    """What a command shows: progress while it works, results at the end, errors in words and exit codes."""

    def __init__(self, lang: Lang, *, quiet: bool, as_json: bool) -> None:
        from rich.console import Console

        self.lang: Lang = lang
        self.as_json = as_json
        self.out: Console = Console(quiet=quiet, highlight=False, soft_wrap=True)
        self.err: Console = Console(stderr=True, highlight=False, soft_wrap=True)
        self.quiet = quiet
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._clock: Timer | None = None
        self.out_of_time = False
        self.written = False

    def say(self, code: str, **values: Any) -> None:
        """Print one sentence of the catalogue."""
        from territory.reports.messages import text

        self.out.print(text(code, self.lang, **values), markup=False)

    def finish(self, **facts: Any) -> None:
        """Print the machine-readable last line, if asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(facts, ensure_ascii=False, sort_keys=True) + "\n")

    def progress(self, stage: str, done: int, total: int) -> None:
        """Draw how far a stage of the work is on a terminal; stay silent elsewhere."""
        from territory.reports.messages import text

        if self.quiet or not self.err.is_terminal:
            return
        if self._bars is None:
            self._bars = self._start_bars()
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(text(f"stage.{stage}", self.lang), total=total)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def close(self) -> None:
        """Leave the terminal as it was found."""
        if self._bars is not None:
            self._bars.stop()
        if self._clock is not None:
            self._clock.cancel()

    def limit_time(self, seconds: float | None) -> None:
        """Interrupt the work after some seconds as the user could; what is written by then counts as done."""
        if seconds:
            self._clock = Timer(seconds, self._end)
            self._clock.daemon = True
            self._clock.start()

    def writing(self) -> None:
        """Let the writing of a result take its time."""
        self.written = True
        if self._clock is not None:
            self._clock.cancel()

    def _end(self) -> None:
        self.out_of_time = True
        interrupt_main()

    def _start_bars(self) -> Progress:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        clocks = TimeElapsedColumn(), TimeRemainingColumn()
        bars = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *clocks, console=self.err)
        bars.start()
        return bars


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
        if screen.out_of_time and screen.written:
            screen.say("cli.time_limit")
            return
        stop(EXIT_INTERRUPTED, text("cli.interrupted", screen.lang))
