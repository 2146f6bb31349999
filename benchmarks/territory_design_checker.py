"""An independent check of territory design solutions, from the two files alone, in plain Python and exact numbers.

It shares no code with the engine or with the reader of the benchmark: it parses the instance itself, and compares loads
as fractions, so that no rounding decides whether a limit is kept.
"""

from __future__ import annotations

import csv
import math
from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True)
class Verdict:
    """What a solution file is worth.

    Attributes
    ----------
    objective : float
        Sum of the distances to the best centre of each territory.
    feasible : bool
    problems : tuple of str
        Every broken rule.
    """

    objective: float
    feasible: bool
    problems: tuple[str, ...]


@dataclass(frozen=True)
class _Unit:
    name: str
    x: float
    y: float
    loads: tuple[Fraction, ...]
    capacity: Fraction | None


def check_solution(instance: Path, solution: Path, kind: str) -> Verdict:
    """Return the objective of a solution and every rule it breaks.

    Parameters
    ----------
    instance, solution : Path
    kind : str
        `tdp` or `cpmp`.
    """
    lines = [line.split() for line in instance.read_text(encoding="utf-8").splitlines() if line.strip()]
    parse = _parse_tdp if kind == "tdp" else _parse_cpmp
    units, count, tolerances, links = parse(lines)
    groups, problems = _read_solution(solution, units)
    if len(groups) != count:
        problems.append(f"{len(groups)} territories instead of {count}")
    objective = 0.0
    for name, group in groups.items():
        cost, reason = _best_centre(group)
        objective += cost
        if reason:
            problems.append(f"territory {name}: {reason}")
        if kind == "tdp":
            problems += [f"territory {name}: {text}" for text in _unbalanced(group, units, count, tolerances)]
            if not _is_connected(group, links):
                problems.append(f"territory {name}: not connected")
    return Verdict(objective, not problems, tuple(problems))


_Parsed = tuple[list[_Unit], int, tuple[Fraction, ...], dict[str, set[str]]]


def _parse_tdp(lines: list[list[str]]) -> _Parsed:
    size = int(lines[0][0])
    units = [
        _Unit(row[0], float(row[1]), float(row[2]), tuple(Fraction(cell) for cell in row[3:6]), None)
        for row in lines[1 : size + 1]
    ]
    edges = int(lines[size + 1][0])
    links: dict[str, set[str]] = {unit.name: set() for unit in units}
    for first, second in lines[size + 2 : size + 2 + edges]:
        links[first].add(second)
        links[second].add(first)
    rule = lines[size + 2 + edges]
    return units, int(rule[0]), tuple(Fraction(cell) for cell in rule[2:5]), links


def _parse_cpmp(lines: list[list[str]]) -> _Parsed:
    size, count = int(lines[0][0]), int(lines[0][1])
    units = [
        _Unit(str(number), float(row[0]), float(row[1]), (Fraction(row[3]),), Fraction(row[2]))
        for number, row in enumerate(lines[1 : size + 1])
    ]
    return units, count, (), {}


def _read_solution(solution: Path, units: list[_Unit]) -> tuple[dict[str, list[_Unit]], list[str]]:
    by_name = {unit.name: unit for unit in units}
    seen: set[str] = set()
    problems: list[str] = []
    groups: dict[str, list[_Unit]] = {}
    with solution.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            name = row["id"]
            if name not in by_name or name in seen:
                problems.append(f"unit {name}: unknown or named twice")
                continue
            seen.add(name)
            groups.setdefault(row["territory"], []).append(by_name[name])
    problems += [f"unit {name}: in no territory" for name in by_name if name not in seen]
    return groups, problems


def _best_centre(group: list[_Unit]) -> tuple[float, str]:
    """Return the least sum of distances to a centre with enough capacity, and a reason if there is none."""
    total = sum((unit.loads[0] for unit in group), Fraction(0))
    able = [unit for unit in group if unit.capacity is None or unit.capacity >= total]
    cost = min(
        math.fsum(math.hypot(unit.x - centre.x, unit.y - centre.y) for unit in group) for centre in (able or group)
    )
    return cost, "" if able else f"demand {total} above the capacity of every centre"


def _unbalanced(group: list[_Unit], units: list[_Unit], count: int, tolerances: tuple[Fraction, ...]) -> list[str]:
    problems = []
    for number, tolerance in enumerate(tolerances):
        mean = sum((unit.loads[number] for unit in units), Fraction(0)) / count
        load = sum((unit.loads[number] for unit in group), Fraction(0))
        if abs(load - mean) > tolerance * mean:
            problems.append(f"measure {number + 1} is {float(load / mean - 1):+.4%} off its mean")
    return problems


def _is_connected(group: list[_Unit], links: dict[str, set[str]]) -> bool:
    inside = {unit.name for unit in group}
    met = {group[0].name}
    queue = deque(met)
    while queue:
        for near in links[queue.popleft()] & inside - met:
            met.add(near)
            queue.append(near)
    return met == inside
