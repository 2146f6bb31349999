import os
import signal
import subprocess
import sys
from _thread import interrupt_main
from threading import Event, Timer
from time import sleep

import pytest

from territory.errors import Stopped, TerritoryError
from territory.parallel import apart, map_shared, map_tasks, to_the_end


def square(number):
    return number * number


def scaled(factor, number):
    return factor * number


def reader(table, number):
    return sum(table) * number, os.getpid()


def test_answers_come_in_the_order_of_the_tasks_whatever_the_number_of_workers():
    tasks = list(range(7))
    assert map_tasks(square, tasks, workers=1) == map_tasks(square, tasks, workers=2) == [n * n for n in tasks]


def test_progress_counts_up_to_the_number_of_tasks():
    seen = []
    map_tasks(square, [3, 4], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize("workers", [1, 2])
def test_every_task_meets_the_shared_thing_it_names(workers):
    tasks = [(k, n) for k in range(3) for n in range(4)]
    answers = map_shared(scaled, [1, 10, 100], tasks, workers=workers)
    assert list(answers) == [(1, 10, 100)[k] * n for k, n in tasks]


def test_answers_arrive_one_by_one():
    lived = []

    def note(_, number):
        lived.append(number)
        return number

    answers = map_shared(note, [None], [(0, 1), (0, 2)])
    assert next(answers) == 1
    assert lived == [1]


def test_dask_answers_alike():
    pytest.importorskip("distributed")
    code = (
        "from tests.test_parallel import *\n"
        "if __name__ == '__main__':\n"
        "    tasks = [(k, n) for k in range(2) for n in range(3)]\n"
        "    tables = [list(range(9)), list(range(99))]\n"
        "    found = list(map_shared(reader, tables, tasks, workers=2, backend='dask'))\n"
        "    assert [value for value, _ in found] == [sum(tables[k]) * n for k, n in tasks]\n"
        "    assert os.getpid() not in {pid for _, pid in found}\n"
        "    assert map_tasks(square, [1, 2, 3], workers=2, backend='dask') == [1, 4, 9]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr


def test_a_missing_extra_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(TerritoryError, match=r"territory\[dask\]"):
        map_tasks(square, [1, 2], workers=2, backend="dask")


def soon(act):
    """Do something once the main thread has had time to wait."""
    timer = Timer(0.1, act)
    timer.daemon = True
    timer.start()


def test_an_interrupt_is_heard_while_work_does_not_listen():
    wake = Event()

    def deaf():
        soon(interrupt_main)
        while not wake.is_set():
            try:
                wake.wait()
            except KeyboardInterrupt:
                continue

    with pytest.raises(KeyboardInterrupt):
        apart(deaf)
    assert not wake.is_set()
    wake.set()


def test_work_apart_gives_its_answer_and_raises_what_it_raises():
    assert apart(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        apart(lambda: 1 // 0)


def test_an_interrupt_is_raised_after_work_that_is_done_to_the_end():
    def slow():
        sleep(0.1)  # until the wait for the work is on
        os.kill(os.getpid(), signal.SIGINT)
        sleep(0.3)
        return 7

    with pytest.raises(Stopped) as stop:
        to_the_end(slow)
    assert stop.value.best == 7


def test_a_second_interrupt_ends_the_work():
    ended, steps = Event(), []

    def endless():
        try:
            while True:
                steps.append(len(steps))
                if len(steps) in {1, 30}:
                    interrupt_main()
                sleep(0.01)
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt) as stop:
        to_the_end(endless)
    assert not isinstance(stop.value, Stopped)
    assert ended.wait(10)
