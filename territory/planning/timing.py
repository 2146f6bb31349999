"""When things happen on one day of one rep: visits inside windows, drives between places, insertions into a route.

All functions are exact in whole minutes. Places are 0 for the rep's start place and 1, 2, ... for the customers of the
territory. Tables are shared by every caller:

- ``travel[from, to]`` minutes, negative where there is no way; ``service[place]`` minutes of a visit;
- ``starts[w, place, k]`` = (earliest, latest) start of a visit in the k-th piece of free time on a day of window class
  `w`, in order, unused pieces last as (`NEVER`, -1);
- ``gaps[w, k]`` = (begin, end) of times in which no drive may lie, empty where driving in the gaps is allowed.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Table = NDArray[np.int32]

NEVER = 1 << 20
"""A time that never comes."""

inner = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles a function that only other compiled functions call; without the bridge to Python it compiles much faster."""


@njit(cache=True)  # type: ignore[untyped-decorator]
def fit_start(starts: Table, w: int, place: int, minute: int) -> int:
    """Return the first minute from `minute` on at which a visit may start, or `NEVER`."""
    for k in range(starts.shape[2]):
        if minute <= starts[w, place, k, 1]:
            return max(minute, starts[w, place, k, 0])
    return NEVER


@inner  # type: ignore[untyped-decorator]
def fit_latest(starts: Table, w: int, place: int, minute: int) -> int:
    """Return the last minute up to `minute` at which a visit may start, or ``-NEVER``."""
    for k in range(starts.shape[2] - 1, -1, -1):
        if minute >= starts[w, place, k, 0]:
            return min(minute, starts[w, place, k, 1])
    return -NEVER


@njit(cache=True)  # type: ignore[untyped-decorator]
def arrive(gaps: Table, w: int, minute: int, drive: int) -> int:
    """Return the earliest arrival of a drive that may begin at `minute`, or `NEVER`."""
    if drive < 0 or minute >= NEVER:
        return NEVER
    if drive > 0:
        for k in range(gaps.shape[1]):
            if minute < gaps[w, k, 1] and minute + drive > gaps[w, k, 0]:
                minute = gaps[w, k, 1]
    return minute + drive


@njit(cache=True)  # type: ignore[untyped-decorator]
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


@inner  # type: ignore[untyped-decorator]
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
    minute, place, total = depart, np.int64(0), np.int64(0)
    for k in range(length):
        stop = np.int64(row[k])
        there = np.int64(travel[place, stop])
        total += there
        minute = min(NEVER, fit_start(starts, w, stop, arrive(gaps, w, minute, there)) + service[stop])
        finish[k] = minute
        place = stop
    limit = back
    if length:
        total += travel[place, 0]
    for k in range(length - 1, -1, -1):
        stop = np.int64(row[k])
        onward = np.int64(travel[stop, row[k + 1]] if k + 1 < length else travel[stop, 0])
        limit = fit_latest(starts, w, stop, leave_by(gaps, w, limit, onward) - service[stop])
        latest[k] = limit
    return total


@inner  # type: ignore[untyped-decorator]
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
    best, where = np.int64(NEVER), np.int64(-1)
    place, minute = np.int64(0), depart
    for k in range(length + 1):
        following = np.int64(row[k]) if k < length else np.int64(0)
        there, onward = np.int64(travel[place, stop]), np.int64(travel[stop, following])
        added = there + onward - (travel[place, following] if length else 0)
        if there >= 0 and onward >= 0 and added < best:
            start = fit_start(starts, w, stop, arrive(gaps, w, minute, there))
            limit = np.int64(latest[k]) if k < length else back
            if start < NEVER and arrive(gaps, w, start + service[stop], onward) <= limit:
                best, where = added, k
        if k < length:
            place, minute = following, np.int64(finish[k])
    return best, where


@njit(cache=True)  # type: ignore[untyped-decorator]
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
) -> NDArray[np.int64]:
    """Return (departure, start of each visit..., arrival at the end place) at the earliest times of a fixed order.

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
    """
    out = np.full(len(row) + 2, NEVER, dtype=np.int64)
    minute, place = depart, first
    for k in range(len(row)):
        stop = np.int64(row[k])
        start = fit_start(starts, w, stop, arrive(gaps, w, minute, np.int64(travel[place, stop])))
        if start >= NEVER:
            return out
        out[k + 1] = start
        minute, place = start + service[stop], stop
    out[0] = leave_by(gaps, w, out[1], np.int64(travel[first, row[0]]))
    out[-1] = minute
    if last >= 0:
        out[-1] = arrive(gaps, w, minute, np.int64(travel[place, last]))
    return out
