from __future__ import annotations

import dataclasses
import multiprocessing
import os
import random
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from territory.domain.outcome import Outcome
from territory.domain.plan import Plan
from territory.experiments import runner
from territory.experiments.journal import Journal, year_key
from territory.experiments.runner import live_years, run_years
from territory.reports.tables import csv_bytes
from territory.simulation.tables import make_tables
from territory.simulation.year import simulate_year
from tests.simulation.plans import simple_plan
from tests.simulation.test_year import same

YEARS = 24


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "CHUNK_YEARS", 4)


def a_plan() -> Plan:
    return simple_plan(6, 2, new_hires=True, staffing={"annual_attrition": 0.5, "cut_mode": "drawn", "keep": 1})


def in_bytes(outcome: Outcome) -> bytes:
    return b"".join(csv_bytes(one) for one in (outcome.table(), outcome.months_table(), outcome.ledger_table()))


def test_a_year_comes_back_from_the_journal_as_it_was(tmp_path: Path) -> None:
    year = simulate_year(a_plan(), 3, ledger=True)
    with Journal(tmp_path / "years") as journal:
        journal.add("k", [year])
    with Journal(tmp_path / "years") as journal:
        found = journal.find("k", 3)
    assert _plain(found) == _plain(year)
    assert found is not None
    assert found.ledger is not None
    assert same(found, year)


def _plain(thing: Any) -> Any:
    """Return a year as lists and texts, which compare by value."""
    if isinstance(thing, np.ndarray):
        return repr((thing.dtype, thing.tolist()))
    if dataclasses.is_dataclass(thing):
        return [type(thing).__name__, *(_plain(getattr(thing, field.name)) for field in dataclasses.fields(thing))]
    return [_plain(one) for one in thing] if isinstance(thing, tuple) else repr(thing)


def test_a_resumed_run_lives_only_what_is_missing(tmp_path: Path) -> None:
    plan = a_plan()
    steps: list[tuple[str, int, int]] = []
    with Journal(tmp_path / "years") as journal:
        live_years(make_tables(plan), plan.seed, range(10), journal=journal)
        resumed = run_years(plan, years=20, journal=journal, progress=lambda *step: steps.append(step))
    assert steps == [("years", done, 20) for done in (14, 18, 20)]
    assert in_bytes(resumed) == in_bytes(run_years(plan, years=20))


def test_a_torn_line_is_cut_off_and_the_journal_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "years"
    years = [simulate_year(a_plan(), n) for n in range(3)]
    with Journal(path) as journal:
        journal.add("k", years[:2])
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])
    with Journal(path) as torn:
        assert (torn.find("k", 0) is not None, torn.find("k", 1)) == (True, None)
        torn.add("k", years[1:])
    assert path.read_bytes().startswith(whole)
    with Journal(path) as journal:
        assert len(journal) == 3


def test_a_flipped_bit_is_never_taken_for_a_year(tmp_path: Path) -> None:
    path = tmp_path / "years"
    with Journal(path) as journal:
        journal.add("k", [simulate_year(a_plan(), 0)])
    content = bytearray(path.read_bytes())
    for place in range(70, len(content) - 1, len(content) // 20):
        content[place] ^= 1
        path.write_bytes(content)
        with Journal(path) as journal:
            assert len(journal) == 0
        content[place] ^= 1


def test_years_of_another_plan_or_seed_are_not_taken() -> None:
    plan = a_plan()
    other = plan.scenario.replace(pipeline={"lead_conversion": 0.31})
    keys = {year_key(make_tables(plan), 1), year_key(make_tables(plan), 2)}
    keys.add(year_key(make_tables(dataclasses.replace(plan, scenario=other)), 1))
    assert len(keys) == 3
    assert year_key(make_tables(a_plan()), 1) in keys


def _live(path: Path) -> None:
    with Journal(path) as journal:
        run_years(a_plan(), years=YEARS, journal=journal)


def _killed_and_resumed(path: Path, size: int) -> tuple[int, bytes]:
    """Kill a run as its journal passes a size; return the years it had finished and the bytes of the resumed run."""
    process = multiprocessing.get_context("fork").Process(target=_live, args=(path,))
    process.start()
    while process.is_alive() and (path.stat().st_size if path.exists() else 0) < size:
        process.join(0.002)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    with Journal(path) as journal:
        finished = len(journal)
        outcome = run_years(a_plan(), years=YEARS, journal=journal)
    path.unlink()
    return finished, in_bytes(outcome)


@pytest.fixture
def straight(tmp_path: Path) -> tuple[bytes, int]:
    """Bytes of a run that nobody kills, and the size of its journal."""
    path = tmp_path / "straight"
    with Journal(path) as journal:
        content = in_bytes(run_years(a_plan(), years=YEARS, journal=journal))
    return content, path.stat().st_size


def test_a_run_killed_at_a_random_moment_ends_with_the_same_bytes(tmp_path: Path, straight: tuple[bytes, int]) -> None:
    finished, found = _killed_and_resumed(tmp_path / "years", straight[1] // 2)
    assert finished > 0
    assert found == straight[0]


@pytest.mark.campaign
def test_twenty_killed_runs_end_with_the_same_bytes(tmp_path: Path, straight: tuple[bytes, int]) -> None:
    chance = random.Random(2)
    runs = [_killed_and_resumed(tmp_path / "years", chance.randrange(straight[1])) for _ in range(20)]
    assert all(found == straight[0] for _, found in runs)
    assert any(0 < finished < YEARS for finished, _ in runs)
