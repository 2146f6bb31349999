"""Reading of territory design instances from the literature."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Instance:
    """An instance as its file has it.

    Attributes
    ----------
    ids : array of int, shape (units,)
    points : array of float, shape (units, 2)
    weight : array of float, shape (units, measures)
    territories : int
    tolerance : array of float, shape (measures,)
        Share of the mean by which a load may differ.
    capacity : array of float, shape (units,), or None
    edges : array of int, shape (edges, 2), or None
        Positions of units, not ids.
    """

    ids: NDArray[np.int64]
    points: NDArray[np.float64]
    weight: NDArray[np.float64]
    territories: int
    tolerance: NDArray[np.float64]
    capacity: NDArray[np.float64] | None
    edges: NDArray[np.int64] | None


def read_instance(path: Path, kind: str) -> Instance:
    """Read a file of format `tdp` or `cpmp`.

    Raises
    ------
    ValueError
        The file is shorter than its counts say, or makes a unit ineligible for a territory.
    """
    numbers = np.array(path.read_text(encoding="utf-8").split(), dtype=np.float64)
    return _read_tdp(path, numbers) if kind == "tdp" else _read_cpmp(path, numbers)


def _read_tdp(path: Path, numbers: NDArray[np.float64]) -> Instance:
    units = int(numbers[0])
    rows = _table(path, numbers[1:], units, 7)
    ids = rows[:, 0].astype(np.int64)
    rest = numbers[1 + 7 * units :]
    links = int(rest[0])
    named = _table(path, rest[1:], links, 2).astype(np.int64)
    rest = rest[1 + 2 * links :]
    territories = int(rest[0])
    eligible = rest[6:]
    if len(eligible) != territories * units or not (eligible == 1).all():
        raise ValueError(f"{path}: every unit must be eligible for every territory")
    position = {int(name): row for row, name in enumerate(ids)}
    edges = np.array([[position[int(u)], position[int(v)]] for u, v in named], dtype=np.int64).reshape(-1, 2)
    return Instance(ids, rows[:, 1:3], rows[:, 3:6], territories, rest[2:5], None, edges)


def _read_cpmp(path: Path, numbers: NDArray[np.float64]) -> Instance:
    units, territories = int(numbers[0]), int(numbers[1])
    rows = _table(path, numbers[2:], units, 4)
    ids = np.arange(units, dtype=np.int64)
    return Instance(ids, rows[:, :2], rows[:, 3:4], territories, np.zeros(1), rows[:, 2], None)


def _table(path: Path, numbers: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    if len(numbers) < rows * columns:
        raise ValueError(f"{path}: expected {rows} rows of {columns} numbers, found {len(numbers)} numbers")
    return numbers[: rows * columns].reshape(rows, columns)
