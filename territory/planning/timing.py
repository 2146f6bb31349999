"""When things happen on one day of one rep: visits inside windows, drives between places, insertions into a route.

All functions are exact in whole minutes. Places are 0 for the rep's start place and 1, 2, ... for the customers of the
territory. Tables are shared by every caller:

- ``travel[from, to]`` minutes, negative where there is no way; ``service[place]`` minutes of a visit;
- ``starts[w, place, k]`` = (earliest, latest) start of a visit in the k-th piece of free time on a day of window class
  `w`, in order, unused pieces last as (`NEVER`, -1);
- ``gaps[w, k]`` = (begin, end) of times in which no drive may lie, empty where driving in the gaps is allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Table = NDArray[np.int32]

NEVER = 1 << 20
"""A time that never comes."""

whole = cast(Callable[[int], int], np.int64)
"""Widens to 64 bits, so that every kernel is compiled for one kind of integer alone."""

Kernel = TypeVar("Kernel", bound=Callable[..., object])
_PLAIN: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
"""No division by zero is expected, and nothing is allocated: counting references would take most of the time."""
_LEAN: dict[str, Any] = {**_PLAIN, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def kernel(function: Kernel) -> Kernel:
    """Compile a function, once for all later runs; it allocates nothing, its callers bring every array."""
    return cast(Kernel, njit(cache=True, nogil=True, **_PLAIN)(function))


def inner(function: Kernel) -> Kernel:
    """Compile a function that only kernels call; without a bridge to Python it compiles faster."""
    return cast(Kernel, njit(cache=True, **_LEAN)(function))


def inlined(function: Kernel) -> Kernel:
    """Compile a function into its callers, where a call would cost more than the work."""
    return cast(Kernel, njit(forceinline=True, **_LEAN)(function))


def load_kernels() -> None:
    """Let the compiler load what it needs for any kernel, so that the first one that is needed is there at once."""
    fit_start(np.full((1, 1, 1, 2), NEVER, dtype=np.int32), 0, 0, 0)


@kernel
def fit_start(starts: Table, w: int, place: int, minute: int) -> int:
    """Return the first minute from `minute` on at which a visit may start, or `NEVER`."""
    for k in range(starts.shape[2]):
        if minute <= starts[w, place, k, 1]:
            return max(minute, whole(starts[w, place, k, 0]))
    return NEVER


@inner
def fit_latest(starts: Table, w: int, place: int, minute: int) -> int:
    """Return the last minute up to `minute` at which a visit may start, or ``-NEVER``."""
    for k in range(starts.shape[2] - 1, -1, -1):
        if minute >= starts[w, place, k, 0]:
            return min(minute, whole(starts[w, place, k, 1]))
    return -NEVER


@kernel
def arrive(gaps: Table, w: int, minute: int, drive: int) -> int:
    """Return the earliest arrival of a drive that may begin at `minute`, or `NEVER`."""
    if drive < 0 or minute >= NEVER:
        return NEVER
    if drive > 0:
        for k in range(gaps.shape[1]):
            if minute < gaps[w, k, 1] and minute + drive > gaps[w, k, 0]:
                minute = gaps[w, k, 1]
    return minute + drive


@kernel
def leave_by(gaps: Table, w: int, minute: int, drive: int) -> int:
    """Return the latest departure of a drive that must arrive by `minute`, or ``-NEVER``."""
    if drive < 0 or minute <= -NEVER:
        return -NEVER
    leave = minute - drive
    if drive > 0:
        for k in range(gaps.shape[1] - 1, -1, -1):
            if leave < gaps[w, k, 1] and leave + drive > gaps[w, k, 0]:
                leave = gaps[w, k, 0] - drive
    return leave


@inner
def sweep(
    row: Table,
    length: int,
    w: int,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    finish: Table,
    latest: Table,
) -> int:
    """Fill earliest finish and latest start of each stop of a route and return its travel minutes.

    ``finish[-]`` of an infeasible route reaches `NEVER`; insertions are judged against both arrays in constant time.
    """
    minute, place, total = depart, whole(0), whole(0)
    for k in range(length):
        stop = whole(row[k])
        there = whole(travel[place, stop])
        total += there
        minute = min(NEVER, fit_start(starts, w, stop, arrive(gaps, w, minute, there)) + service[stop])
        finish[k] = minute
        place = stop
    limit = back
    if length:
        total += travel[place, 0]
    for k in range(length - 1, -1, -1):
        stop = whole(row[k])
        onward = whole(travel[stop, row[k + 1]] if k + 1 < length else travel[stop, 0])
        limit = fit_latest(starts, w, stop, leave_by(gaps, w, limit, onward) - service[stop])
        latest[k] = limit
    return total


@inner
def best_insertion(
    stop: int,
    row: Table,
    length: int,
    w: int,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    back: int,
    finish: Table,
    latest: Table,
) -> tuple[int, int]:
    """Return (added travel minutes, position) of the cheapest feasible insertion, or (`NEVER`, -1)."""
    best, where = whole(NEVER), whole(-1)
    place, minute = whole(0), depart
    for k in range(length + 1):
        following = whole(row[k]) if k < length else whole(0)
        there, onward = whole(travel[place, stop]), whole(travel[stop, following])
        added = there + onward - (travel[place, following] if length else 0)
        if there >= 0 and onward >= 0 and added < best:
            start = fit_start(starts, w, stop, arrive(gaps, w, minute, there))
            limit = whole(latest[k]) if k < length else back
            if start < NEVER and arrive(gaps, w, start + service[stop], onward) <= limit:
                best, where = added, k
        if k < length:
            place, minute = following, whole(finish[k])
    return best, where


@kernel
def schedule(
    row: Table,
    w: int,
    first: int,
    last: int,
    travel: Table,
    service: Table,
    starts: Table,
    gaps: Table,
    depart: int,
    out: NDArray[np.int64],
) -> None:
    """Write (departure, start of each visit..., arrival at the end place) at the earliest times of a fixed order.

    Parameters
    ----------
    row : array of int32
        Places in order.
    w : int
        Window class of the day.
    first, last : int
        Places where the day begins and ends; `last` -1 ends it with the last visit.
    depart : int
        Earliest departure. The true departure is as late as the first visit allows.
    out : array of int, shape (len(row) + 2,)
        `NEVER` throughout; stays so from the first visit that cannot be made.
    """
    minute, place = depart, first
    for k in range(len(row)):
        stop = whole(row[k])
        start = fit_start(starts, w, stop, arrive(gaps, w, minute, whole(travel[place, stop])))
        if start >= NEVER:
            return
        out[k + 1] = start
        minute, place = start + service[stop], stop
    out[0] = leave_by(gaps, w, out[1], whole(travel[first, row[0]]))
    out[-1] = minute
    if last >= 0:
        out[-1] = arrive(gaps, w, minute, whole(travel[place, last]))
