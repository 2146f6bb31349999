"""The one seam through which all parallel work goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from threading import Thread
from typing import TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_starting: list[Thread] = []


def start_workers(workers: int, modules: Sequence[str], *, backend: str = "loky") -> None:
    """Start the processes in the background and let them import what they will need; `map_tasks` waits for them.

    Starting takes seconds, in which this process can read files and draw territories.

    Parameters
    ----------
    workers : int
        Processes; nothing happens for 1.
    modules : sequence of str
        Full names of modules.
    backend : str
        Any joblib backend name.
    """
    if workers > 1:
        thread = Thread(target=_run, args=(_import_all, [modules] * workers, workers, backend, None), daemon=True)
        thread.start()
        _starting.append(thread)


def _import_all(modules: Sequence[str]) -> None:
    for name in modules:
        import_module(name)


def map_tasks(
    function: Callable[[Task], Answer],
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Callable[[int, int], None] | None = None,
) -> list[Answer]:
    """Apply `function` to every task and return the answers in the order of the tasks.

    Parameters
    ----------
    function : callable
        A module-level function without side effects; its answer may depend on the task alone, so that the
        number of workers never shows in a result.
    tasks : iterable
        Picklable; chunk them so that each takes some tenths of a second.
    workers : int
        Processes; 1 stays in this process.
    backend : str
        Any joblib backend name.
    progress : callable, optional
        Called with (done, total) after each answer.
    """
    todo = list(tasks)
    if workers <= 1 or len(todo) <= 1:
        answers = []
        for done, task in enumerate(todo, start=1):
            answers.append(function(task))
            if progress:
                progress(done, len(todo))
        return answers
    while _starting:
        _starting.pop().join()
    return _run(function, todo, workers, backend, progress)


def _run(
    function: Callable[[Task], Answer],
    todo: Sequence[Task],
    workers: int,
    backend: str,
    progress: Callable[[int, int], None] | None,
) -> list[Answer]:
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415 - heavy, and not needed by one worker

    answers = []
    with parallel_config(backend=backend, n_jobs=workers, inner_max_num_threads=1):
        for answer in Parallel(return_as="generator")(delayed(function)(task) for task in todo):
            answers.append(answer)
            if progress:
                progress(len(answers), len(todo))
    return answers
