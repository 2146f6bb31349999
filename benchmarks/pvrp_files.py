"""Files of periodic vehicle routing instances (type 1 of Cordeau, Gendreau and Laporte, 1997)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path


@dataclass(frozen=True)
class PvrpFile:
    """An instance as it stands in its file.

    Attributes
    ----------
    name : str
        The file's name without its ending.
    vehicles : int
    customers : tuple of int
        Numbers in the file.
    place : tuple of (float, float)
        The depot's coordinates, then the customers'.
    service, demand : tuple of float
        By customer.
    patterns : tuple
        By customer, the allowed sets of days 1, 2, ...
    max_duration, capacity : tuple of float
        By day; infinite for none.
    """

    name: str
    vehicles: int
    customers: tuple[int, ...]
    place: tuple[tuple[float, float], ...]
    service: tuple[float, ...]
    demand: tuple[float, ...]
    patterns: tuple[tuple[tuple[int, ...], ...], ...]
    max_duration: tuple[float, ...]
    capacity: tuple[float, ...]


def read_pvrp(path: Path) -> PvrpFile:
    """Read an instance; raises ValueError, naming the file, where it is no periodic instance."""
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    kind, vehicles, count, days = (int(value) for value in lines[0][:4])
    if kind != 1 or len(lines) != 2 + days + count:
        raise ValueError(f"{path}: type {kind} with {len(lines)} lines is no periodic instance")
    limits = [tuple(float(value) or inf for value in line[:2]) for line in lines[1 : 1 + days]]
    depot, *rows = lines[1 + days :]
    patterns = []
    for row in rows:
        codes = [int(code) for code in row[7 : 7 + int(row[6])]]
        patterns.append(tuple(tuple(day for day in range(1, days + 1) if code >> (days - day) & 1) for code in codes))
    return PvrpFile(
        path.stem,
        vehicles,
        tuple(int(row[0]) for row in rows),
        tuple((float(row[1]), float(row[2])) for row in [depot, *rows]),
        tuple(float(row[3]) for row in rows),
        tuple(float(row[4]) for row in rows),
        tuple(patterns),
        tuple(limit[0] for limit in limits),
        tuple(limit[1] for limit in limits),
    )
