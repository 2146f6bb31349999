"""Whether a territory still hangs together once a unit leaves it, kept up to date move by move (compiled).

A territory has one main body. Everything else that belongs to it is stray. Units that may not move can be cut off
(they lie where they lie), all others may not; nothing may join a stray piece, so that stray units only grow fewer.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Flags = NDArray[np.uint8]

STRAY, FIXED = np.uint8(1), np.uint8(2)


@njit(cache=True, error_model="numpy")
def mark_strays(
    begin: Int64s, border: Int32s, owner: Int32s, flags: Flags, main: Int32s, mark: Int32s, queue: Int32s
) -> int:
    """Flag everything outside the main body of each territory and return how many movable units that is.

    The main body is the part with most movable units, then with most units, then with the first unit. `flags` holds
    `FIXED` for units that may not move; `main` becomes the number of units in each main body.
    """
    units, reps = len(owner), len(main)
    best_free = np.full(reps, -1, dtype=np.int32)
    head = np.full(reps, -1, dtype=np.int32)
    main[:] = 0
    mark[:] = -1
    for first in range(units):
        if mark[first] >= 0:
            continue
        r = owner[first]
        mark[first] = first
        queue[0] = first
        done, filled, movable = 0, 1, 0
        while done < filled:
            u = queue[done]
            done += 1
            movable += int(flags[u] & FIXED == 0)
            for k in range(begin[u], begin[u + 1]):
                x = border[k]
                if owner[x] == r and mark[x] < 0:
                    mark[x] = first
                    queue[filled] = x
                    filled += 1
        if movable > best_free[r] or (movable == best_free[r] and filled > main[r]):
            best_free[r] = movable
            main[r] = filled
            head[r] = first
    strays = 0
    for u in range(units):
        if mark[u] == head[owner[u]]:
            flags[u] &= FIXED
        else:
            flags[u] |= STRAY
            strays += int(flags[u] & FIXED == 0)
    mark[:] = 0
    return strays


@njit(cache=True, error_model="numpy")
def touches(begin: Int64s, border: Int32s, owner: Int32s, flags: Flags, u: int, r: int) -> bool:
    """Return whether a unit borders on the main body of a territory."""
    for k in range(begin[u], begin[u + 1]):  # noqa: SIM110 - compiled code has no generators
        if owner[border[k]] == r and flags[border[k]] & STRAY == 0:
            return True
    return False


@njit(cache=True, error_model="numpy")
def stays_whole(  # noqa: C901, PLR0912 - one search, its stages share their marks
    begin: Int64s,
    border: Int32s,
    owner: Int32s,
    flags: Flags,
    mark: Int32s,
    queue: Int32s,
    stamp: Int32s,
    u: int,
    r: int,
    reach: int,
) -> bool:
    """Return whether what unit `u` left behind in territory `r` hangs together; `owner[u]` has changed already.

    First only the neighbours of `u` are looked at, then the territory from one of them until the others are met. A
    fixed unit that bordered on nothing else is left out: it may be cut off. At most `reach` units are visited.
    """
    stamp[0] += 2
    seed, seen = stamp[0], stamp[0] + 1
    wanted, first = 0, -1
    for k in range(begin[u], begin[u + 1]):
        x = border[k]
        if owner[x] != r or flags[x] & STRAY or (flags[x] & FIXED and alone(begin, border, owner, x)):
            continue
        mark[x] = seed
        wanted += 1
        if first < 0:
            first = x
    if wanted < 2:
        return True
    mark[first] = seen
    queue[0] = first
    done, filled, met = 0, 1, 1
    while done < filled:
        x = queue[done]
        done += 1
        for k in range(begin[x], begin[x + 1]):
            y = border[k]
            if mark[y] == seed:
                mark[y] = seen
                queue[filled] = y
                filled += 1
                met += 1
                if met == wanted:
                    return True
    done = 0
    while done < filled < reach:
        x = queue[done]
        done += 1
        for k in range(begin[x], begin[x + 1]):
            y = border[k]
            if owner[y] != r or mark[y] == seen:
                continue
            if mark[y] == seed:
                met += 1
                if met == wanted:
                    return True
            mark[y] = seen
            queue[filled] = y
            filled += 1
    return False


@njit(cache=True, error_model="numpy")
def alone(begin: Int64s, border: Int32s, owner: Int32s, x: int) -> bool:
    """Return whether a unit has no neighbour of its own territory."""
    for k in range(begin[x], begin[x + 1]):  # noqa: SIM110
        if owner[border[k]] == owner[x]:
            return False
    return True


@njit(cache=True, error_model="numpy")
def cut_off(begin: Int64s, border: Int32s, owner: Int32s, flags: Flags, main: Int32s, u: int, r: int) -> None:
    """Flag the fixed units that only the departed unit `u` tied to territory `r`."""
    for k in range(begin[u], begin[u + 1]):
        x = border[k]
        if owner[x] == r and flags[x] == FIXED and main[r] > 1 and alone(begin, border, owner, x):
            flags[x] |= STRAY
            main[r] -= 1


@njit(cache=True, error_model="numpy")
def absorb(
    begin: Int64s, border: Int32s, owner: Int32s, flags: Flags, main: Int32s, queue: Int32s, u: int, r: int
) -> int:
    """Add stray units that the arrival of `u` ties to the main body of `r`; return how many of them are movable."""
    gained, done, filled = 0, 0, 1
    queue[0] = u
    while done < filled:
        x = queue[done]
        done += 1
        for k in range(begin[x], begin[x + 1]):
            y = border[k]
            if owner[y] == r and flags[y] & STRAY:
                flags[y] &= FIXED
                main[r] += 1
                gained += int(flags[y] & FIXED == 0)
                queue[filled] = y
                filled += 1
    return gained
