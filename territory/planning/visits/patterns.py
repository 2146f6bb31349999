"""Day patterns: on which days of the cycle a customer may be visited (R-V1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import ceil, floor


@dataclass(frozen=True)
class Pattern:
    """One way to place a customer's visits in the cycle.

    Attributes
    ----------
    days : tuple of int
        Days of the cycle with a visit, Monday of its first week 0.
    dropped : tuple of int
        Days on which the frequency asks for a visit that no even spacing allows; empty for nearly all frequencies.
    """

    days: tuple[int, ...]
    dropped: tuple[int, ...] = ()


def spacing_bounds(visits: int, per_weeks: int, tolerance: float) -> tuple[int, int]:
    """Return the fewest and most calendar days between consecutive visits.

    Parameters
    ----------
    visits, per_weeks : int
        The frequency.
    tolerance : float
        Allowed deviation from the regular gap, as a share of it.
    """
    gap = 7 * per_weeks / visits
    return max(1, ceil((1 - tolerance) * gap - 1e-9)), floor((1 + tolerance) * gap + 1e-9)


@lru_cache(maxsize=4096)
def allowed_patterns(
    visits: int, per_weeks: int, cycle_weeks: int, weekdays: tuple[int, ...], tolerance: float
) -> tuple[Pattern, ...]:
    """Return every allowed pattern of a frequency, in a fixed order.

    Weekly frequencies may use any set of weekdays that keeps the spacing; others are spread evenly over the working
    days of their period, in every phase. Where the spacing cannot hold for all visits (six a week in a week of six
    days), the patterns with the most visits are returned, and the visits they leave out are named.

    Parameters
    ----------
    visits, per_weeks : int
        The frequency; at least one visit.
    cycle_weeks : int
        Length of the cycle.
    weekdays : tuple of int
        Weekdays with field windows, Monday 0.
    tolerance : float
        See `spacing_bounds`.
    """
    period = per_weeks if cycle_weeks % per_weeks == 0 else cycle_weeks
    count = visits * period // per_weeks
    bounds = spacing_bounds(visits, per_weeks, tolerance)
    candidates = _candidates(count, period, _padded(weekdays, count, period))
    length = 7 * period
    usable = [days for days in candidates if all(day % 7 in weekdays for day in days)]
    even = [Pattern(days) for days in usable if _broken(days, (), length, bounds) < 0]
    thinned = even or _most_visits([_thin(days, weekdays, length, bounds) for days in candidates])
    return tuple(_repeat(pattern, length, cycle_weeks // period) for pattern in thinned)


def _padded(weekdays: tuple[int, ...], count: int, period: int) -> tuple[int, ...]:
    """Add idle weekdays until every visit of the frequency has a day of its own; visits there are dropped."""
    days = list(weekdays)
    for extra in range(7):
        if len(days) * period < count and extra not in days:
            days.append(extra)
    return tuple(sorted(days))


def _candidates(count: int, period: int, weekdays: tuple[int, ...]) -> list[tuple[int, ...]]:
    days = [7 * week + weekday for week in range(period) for weekday in weekdays]
    if period == 1:
        return list(combinations(days, count))
    found = {
        tuple(sorted(days[(phase + (k * len(days) + rounding) // count) % len(days)] for k in range(count)))
        for phase in range(len(days))
        for rounding in range(count)
    }
    return sorted(found)


def _broken(days: tuple[int, ...], dropped: tuple[int, ...], length: int, bounds: tuple[int, int]) -> int:
    """Return the first position whose gap to the next visit, around the cycle, breaks the spacing, or -1."""
    least, most = bounds
    for k, day in enumerate(days):
        following = days[(k + 1) % len(days)] + (length if k + 1 == len(days) else 0)
        between = any(day < d + turn < following for d in dropped for turn in (0, length))
        if following - day < least or (following - day > most and not between):
            return k
    return -1


def _thin(days: tuple[int, ...], weekdays: tuple[int, ...], length: int, bounds: tuple[int, int]) -> Pattern:
    kept = tuple(day for day in days if day % 7 in weekdays)
    dropped = tuple(day for day in days if day % 7 not in weekdays)
    while kept and (broken := _broken(kept, dropped, length, bounds)) >= 0:
        gone = kept[(broken + 1) % len(kept)]
        kept = tuple(day for day in kept if day != gone)
        dropped = tuple(sorted((*dropped, gone)))
    return Pattern(kept, dropped)


def _most_visits(patterns: Iterable[Pattern]) -> list[Pattern]:
    found = list(patterns)
    most = max(len(pattern.days) for pattern in found)
    return [pattern for pattern in found if len(pattern.days) == most]


def _repeat(pattern: Pattern, length: int, times: int) -> Pattern:
    return Pattern(
        tuple(turn * length + day for turn in range(times) for day in pattern.days),
        tuple(turn * length + day for turn in range(times) for day in pattern.dropped),
    )
