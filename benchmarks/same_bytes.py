"""Whether a run gives the same bytes however it is run: ``python benchmarks/same_bytes.py --kills 20 --json``.

A plan is made once; then ``territory simulate`` lives its years, as a process of its own each time: serially, on two
processes, on a dask cluster, under several values of PYTHONHASHSEED, and killed by SIGKILL at a random moment of its
years and started again. ``territory run`` is killed too, at any moment from its first import to its last file. Every
file of every result folder must be the same, the manifest with the digests of all others included. Run from the root of
a checkout.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

WAYS = (("loky", 1, "0"), ("loky", 2, "0"), ("loky", 2, "1"), ("loky", 2, "random"), ("dask", 2, "random"))
"""Backend, workers and PYTHONHASHSEED; the first is what all others must equal."""

GLANCE = 0.005
"""Seconds between two looks at a running command."""

MOST_TRIES = 10
"""Draws of a moment before a kill is given up: a command may end before its moment comes."""


class Kill(NamedTuple):
    """What a killed command left behind, and whether the next one ended with the expected bytes."""

    command: str
    workers: int
    moment: float
    """Seconds after the years began, or after the start of the process."""
    found_years: int
    """Whole years in the journal that it left."""
    same: bool


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a result folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def start(arguments: Sequence[str], hash_seed: str = "0") -> subprocess.Popen[bytes]:
    """Start a command of the program, silent, in a group of its own."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-m", "territory.cli", *arguments, "--quiet"]
    return subprocess.Popen(command, env=environment, start_new_session=True, stderr=subprocess.PIPE)


def finish(arguments: Sequence[str], hash_seed: str = "0") -> None:
    """Run a command of the program to its end."""
    process = start(arguments, hash_seed)
    _, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(arguments)} ended with {process.returncode}: {errors.decode()}")


def journal_of(folder: Path) -> Path:
    """Return where a command keeps the finished years of a folder."""
    return folder.parent / f".{folder.name}.years"


def wait_for_years(process: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until a command lives years, or ends."""
    while process.poll() is None and not journal_of(folder).exists():
        time.sleep(GLANCE)


def length_of_years(arguments: Sequence[str], folder: Path) -> tuple[float, float]:
    """Run a command to its end; return the seconds it lived years and levers, and those it took in all."""
    began = time.monotonic()
    process = start(arguments)
    wait_for_years(process, folder)
    first = time.monotonic()
    while process.poll() is None and journal_of(folder).exists():
        time.sleep(GLANCE)
    last = time.monotonic()
    process.communicate()
    return last - first, time.monotonic() - began


def kill_at(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Kill a command and its workers after some seconds; say whether it was still at work."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    return False


def whole_years(journal: Path) -> int:
    """Return the finished years of a journal; a torn last line is none."""
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def killed_and_resumed(
    name: str,
    made: Path,
    place: Path,
    years: int,
    workers: int,
    within: float,
    expected: dict[str, str],
    chance: random.Random,
) -> Kill:
    """Kill a command at a random moment, start it again, and compare.

    Parameters
    ----------
    name : str
        ``simulate``, killed while it lives years, or ``run``, killed at any moment.
    made : path
        The plan's folder for ``simulate``, the scenario's for ``run``.
    place : path
        Where the result goes.
    years, workers : int
    within : float
        Seconds in which the moment lies.
    expected : dict
        `digests` of a result that nobody killed.
    chance : random.Random
        Draws the moment.
    """
    for _ in range(MOST_TRIES):
        shutil.rmtree(place.parent, ignore_errors=True)
        place.parent.mkdir(parents=True)
        arguments = arguments_of(name, made, place, years, ("loky", workers))
        process, moment = start(arguments), chance.uniform(0, within)
        if name == "simulate":
            wait_for_years(process, place)
        if kill_at(process, moment):
            break
    else:
        raise RuntimeError(f"{name} ended {MOST_TRIES} times before it was killed")
    found = whole_years(journal_of(place))
    finish(arguments)
    return Kill(name, workers, round(moment, 3), found, digests(place) == expected)


def arguments_of(name: str, made: Path, place: Path, years: int, way: tuple[str, int]) -> list[str]:
    """Return the arguments of a command, with everything in place that it needs."""
    backend, workers = way
    how = ["--years", str(years), "--workers", str(workers), "--backend", backend]
    if name == "simulate":
        shutil.copytree(made, place)
        return ["simulate", str(place), *how]
    return ["run", str(made), "--out", str(place), "--effort", "quick", *how]


def ways(plan: Path, work: Path, years: int, expected: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Live the same years in every way and compare with the first."""
    for backend, workers, hash_seed in WAYS:
        place = work / f"{backend}-{workers}-{hash_seed}" / "plan"
        finish(arguments_of("simulate", plan, place, years, (backend, workers)), hash_seed)
        found = digests(place)
        expected.update({} if expected else found)
        yield {
            "way": f"{backend} {workers}, PYTHONHASHSEED {hash_seed}",
            "files": len(found),
            "same": found == expected,
        }
        shutil.rmtree(place.parent)


def campaign(scenario: str, years: int, kills: int, run_kills: int, seed: int, work: Path) -> Iterator[dict[str, Any]]:
    """Run everything; yield one line each, the counts last."""
    chance = random.Random(seed)
    plan, expected = work / "made" / "plan", dict[str, str]()
    finish(["plan", scenario, "--out", str(plan), "--effort", "quick"])
    seen = []
    for line in ways(plan, work, years, expected):
        seen.append(line)
        yield line
    ended, whole = [], {"simulate": expected}
    for name, made, times in (("simulate", plan, kills), ("run", Path(scenario), run_kills)):
        for workers in (1, 2) if times else ():
            straight = work / f"{name}-{workers}" / "plan"
            spans = length_of_years(arguments_of(name, made, straight, years, ("loky", workers)), straight)
            whole.setdefault(name, digests(straight))
            for _ in range(times // 2 + (workers == 1) * (times % 2)):
                place = work / "killed" / "plan"
                within = spans[name == "run"]
                ended.append(killed_and_resumed(name, made, place, years, workers, within, whole[name], chance))
                yield ended[-1]._asdict()
    yield {
        "ways": len(seen),
        "ways_same": sum(line["same"] for line in seen),
        "kills": len(ended),
        "kills_same": sum(kill.same for kill in ended),
        "kills_with_years": sum(kill.found_years > 0 for kill in ended),
        "files": len(expected),
        "years": years,
        "scenario": Path(scenario).name,
    }


def main() -> None:
    """Run the campaign and print its counts, with ``--json`` also every line of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="jewellery_counter")
    parser.add_argument("--years", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20, help="of territory simulate, in its years")
    parser.add_argument("--run-kills", type=int, default=5, help="of territory run, at any moment")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="same-bytes-") as work:
        lines = campaign(given.scenario, given.years, given.kills, given.run_kills, given.seed, Path(work))
        for line in lines:
            if given.json or "ways" in line:
                print(json.dumps(line), flush=True)
    if line["ways_same"] < line["ways"] or line["kills_same"] < line["kills"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
