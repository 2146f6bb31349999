"""The one seam through which all parallel work goes: this process, joblib's processes, or a dask cluster."""

from __future__ import annotations

import atexit
import ctypes
import multiprocessing
import os
import pickle
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any, Generic, NoReturn, TypeVar

from territory.errors import Stopped, TerritoryError

Task = TypeVar("Task")
Answer = TypeVar("Answer")
Shared = TypeVar("Shared")

DASK = "dask"

LOOK, PATIENCE = 0.05, 0.2
"""Seconds between two looks for an interrupt, and for which work that was interrupted is waited for."""

_starting: list[Thread] = []
_left: list[Thread] = []


def start_workers(
    workers: int, modules: Sequence[str], *, backend: str = "loky", ahead: Callable[[], object] | None = None
) -> None:
    """Start the processes in the background and let them import what they will need; `map_tasks` waits for them.

    Starting takes seconds, in which this process can read files and draw territories.

    Parameters
    ----------
    workers : int
        Processes; nothing happens for 1.
    modules : sequence of str
        Full names of modules.
    backend : str
        ``dask`` or any joblib backend name.
    ahead : callable, optional
        What one of them does besides, such as compiling kernels that all of them load afterwards.

    Raises
    ------
    TerritoryError
        The backend is not installed.
    """
    if backend == DASK:
        _distributed()
    if workers > 1:
        tasks = [(modules, None if k else ahead) for k in range(workers)]
        arguments = (_make_ready, tasks, workers, backend)
        earlier = tuple(_starting)

        def start() -> None:
            for thread in earlier:
                thread.join()
            with suppress(KeyboardInterrupt):  # who waits for the work hears an interrupt too
                for _ in _answers(*arguments):
                    pass

        thread = Thread(target=start, daemon=True)
        thread.start()
        _starting.append(thread)


def _make_ready(task: tuple[Sequence[str], Callable[[], object] | None]) -> None:
    modules, ahead = task
    for name in modules:
        import_module(name)
    if ahead:
        ahead()


def map_tasks(
    function: Callable[[Task], Answer],
    tasks: Iterable[Task],
    *,
    workers: int = 1,
    backend: str = "loky",
    progress: Callable[[int, int], None] | None = None,
    into: list[Answer] | None = None,
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
        ``dask`` or any joblib backend name.
    progress : callable, optional
        Called with (done, total) after each answer.
    into : list, optional
        Gets each answer as soon as it is there, and is returned; so an interrupt leaves those to the first tasks.
    """
    todo = list(tasks)
    if workers <= 1 or len(todo) <= 1:
        found: Iterator[Answer] = map(function, todo)
    else:
        _wait_for_workers()
        found = _answers(function, todo, workers, backend)
    answers: list[Answer] = [] if into is None else into
    for answer in found:
        answers.append(answer)
        if progress:
            progress(len(answers), len(todo))
    return answers


def apart(work: Callable[[], Answer]) -> Answer:
    """Do work in a thread of its own, so that an interrupt is heard at once, whatever the work is doing.

    Compiled kernels and solvers do not listen to interrupts, but they let other threads run. Work that is inside one
    when the interrupt comes ends after it, or with the program by `leave`.

    Parameters
    ----------
    work : callable
        What it leaves half done when it is interrupted must do no harm.

    Raises
    ------
    KeyboardInterrupt
        Interrupted; the work may go on for a while.
    """
    there = _Apart(work)
    try:
        there.wait()
    except KeyboardInterrupt:
        there.interrupt()
        raise
    return there.answer()


def to_the_end(work: Callable[[], Answer]) -> Answer:
    """Do work that an interrupt does not stop; it is raised afterwards, and a second one does stop the work.

    Raises
    ------
    Stopped
        Interrupted; `best` is the answer.
    KeyboardInterrupt
        Interrupted twice; the work is not done.
    """
    there = _Apart(work)
    try:
        there.wait()
    except KeyboardInterrupt:
        try:
            there.wait()
        except KeyboardInterrupt:
            there.interrupt()
            raise
        answer = there.answer()
        raise Stopped(lambda: answer) from None
    return there.answer()


class _Apart(Generic[Answer]):
    """Work in a thread of its own."""

    def __init__(self, work: Callable[[], Answer]) -> None:
        self._work = work
        self._answers: list[Answer] = []
        self.failure: BaseException | None = None
        self._thread = Thread(target=self._do, daemon=True)
        self._begun, self._done = False, Event()  # a thread whose `join` was interrupted counts as ended too early

    def _do(self) -> None:
        try:
            self._answers.append(self._work())
        except BaseException as failure:
            self.failure = failure
        finally:
            self._done.set()

    def wait(self) -> None:
        """Wait for the end of the work."""
        if not self._begun:
            self._begun = True
            self._thread.start()
        while not self._done.wait(LOOK):
            pass

    def interrupt(self) -> None:
        """Raise `KeyboardInterrupt` in the thread, the next time it does anything in Python; wait a little for it."""
        _left.append(self._thread)
        if self._thread.ident is not None:
            number = ctypes.c_ulong(self._thread.ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(KeyboardInterrupt))
        self._done.wait(PATIENCE)

    def answer(self) -> Answer:
        """Return what the work gave, or raise what it raised."""
        if self.failure:
            raise self.failure
        return self._answers[0]


def leave(code: int) -> NoReturn:
    """End the program, after an interrupt at once: work that still goes on ends with it, and so do its processes.

    What there is to do is done; no interrupt is heard any more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if _left or any(thread.is_alive() for thread in _starting):
        threading.excepthook = lambda _failure: None  # threads whose processes end have nothing to say any more
        for process in multiprocessing.active_children():
            process.terminate()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def map_shared(
    function: Callable[[Shared, Task], Answer],
    shared: Sequence[Shared],
    tasks: Sequence[tuple[int, Task]],
    *,
    workers: int = 1,
    backend: str = "loky",
) -> Iterator[Answer]:
    """Yield `function(shared[k], task)` for every (k, task), in order, as soon as each is there.

    What is shared goes to each process once, however many tasks need it.

    Parameters
    ----------
    function : callable
        As for `map_tasks`, of the shared thing and the task.
    shared : sequence
        Picklable; large tables that many tasks read.
    tasks : sequence of (int, task)
        Index of the shared thing, and the task; order them by index, so that a process holds few things at a time.
    workers, backend
        As for `map_tasks`.
    """
    if workers <= 1 or len(tasks) <= 1:
        for k, task in tasks:
            yield function(shared[k], task)
        return
    _wait_for_workers()
    if backend == DASK:
        yield from _dask_shared(function, shared, tasks, workers)
        return
    with tempfile.TemporaryDirectory(prefix="territory-") as folder:
        paths = [Path(folder) / f"{k}.pickle" for k in range(len(shared))]
        for path, thing in zip(paths, shared, strict=True):
            path.write_bytes(pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL))
        todo = [(function, str(paths[k]), task) for k, task in tasks]
        yield from _answers(_with_shared, todo, workers, backend)


def _with_shared(task: tuple[Callable[[Any, Any], Any], str, Any]) -> Any:
    function, path, rest = task
    return function(_read_shared(path), rest)


@lru_cache(maxsize=2)
def _read_shared(path: str) -> Any:
    return pickle.loads(Path(path).read_bytes())  # noqa: S301 - written by the parent into a folder that only it can enter


def _wait_for_workers() -> None:
    while _starting:
        _starting.pop().join()


def _answers(function: Callable[[Any], Answer], todo: Sequence[Any], workers: int, backend: str) -> Iterator[Answer]:
    if backend == DASK:
        client = _dask_client(workers)
        yield from _gathered(client, client.map(function, todo, pure=False))
        return
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415 - heavy, and not needed by one worker

    with parallel_config(backend=backend, n_jobs=workers, inner_max_num_threads=1):
        yield from Parallel(return_as="generator")(delayed(function)(task) for task in todo)


def _dask_shared(
    function: Callable[[Shared, Task], Answer],
    shared: Sequence[Shared],
    tasks: Sequence[tuple[int, Task]],
    workers: int,
) -> Iterator[Answer]:
    client = _dask_client(workers)
    there = [client.scatter(thing, broadcast=True, hash=False) for thing in shared]
    yield from _gathered(client, [client.submit(function, there[k], task, pure=False) for k, task in tasks])


def _gathered(client: Any, futures: list[Any]) -> Iterator[Any]:
    """Yield the results in order; what is not needed any more is cancelled, also when the caller stops early."""
    try:
        for k, future in enumerate(futures):
            answer = future.result()
            futures[k] = None
            yield answer
    finally:
        client.cancel([future for future in futures if future is not None])


def _dask_client(workers: int) -> Any:
    """Return the client of the cluster in use; without one, of a cluster of processes on this machine alone."""
    distributed = _distributed()
    try:
        return distributed.default_client()
    except ValueError:
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        )
        return distributed.Client(cluster)


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        raise TerritoryError("--backend dask needs the extra of that name: pip install 'territory[dask]'") from error
