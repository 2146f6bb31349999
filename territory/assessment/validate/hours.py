"""Field time of every day, worked out minute by minute from the settings (R-H2, R-V2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.domain.scenario import Scenario
from territory.domain.settings import WEEKDAYS, Workday

DAY = 24 * 60


@dataclass(frozen=True)
class FieldHours:
    """Which minutes of a day belong to the field, by type of day.

    Attributes
    ----------
    type_of : array of int, shape (days,)
        Type of each day; type 0 is a day off.
    piece : array of int, shape (types, DAY)
        Number of the unbroken stretch of field time a minute lies in, 0 for none; a stretch never leaves its window.
    meeting : array of int, shape (types, DAY + 1)
        Minutes of meetings before each minute.
    opens, closes : array of int, shape (types, stretches)
        Begin and end of every stretch, both 0 where a type has fewer.
    meetings : tuple of frozenset of str
        Names of the meetings that take field time, by type.
    """

    type_of: Ints
    piece: Ints
    meeting: Ints
    opens: Ints
    closes: Ints
    meetings: tuple[frozenset[str], ...]

    def inside(self, day: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Whether [start, end) lies in one stretch of field time."""
        kind = self.type_of[day]
        first = self.piece[kind, np.clip(start, 0, DAY - 1)]
        last = self.piece[kind, np.clip(end - 1, 0, DAY - 1)]
        return np.asarray((first > 0) & (first == last) & (start >= 0) & (end <= DAY))

    def meets(self, day: Ints, start: Ints, end: Ints) -> NDArray[np.bool_]:
        """Whether [start, end) runs into a meeting."""
        kind = self.type_of[day]
        return self.meeting[kind, np.clip(end, 0, DAY)] > self.meeting[kind, np.clip(start, 0, DAY)]

    def longest(self, day: Ints, low: Ints, high: Ints) -> Ints:
        """Longest stretch of field time of a day between two times, minutes."""
        kind = self.type_of[day]
        begin = np.maximum(self.opens[kind], low[:, None])
        end = np.minimum(self.closes[kind], high[:, None])
        return np.asarray(np.maximum(end - begin, 0).max(axis=1), dtype=np.int64)

    def minutes(self) -> Ints:
        """Field minutes of every day."""
        return np.asarray((self.closes - self.opens).sum(axis=1)[self.type_of], dtype=np.int64)


def field_hours(scenario: Scenario) -> FieldHours:
    """Work out the field time of every day of the year."""
    calendar, workday = scenario.calendar, scenario.settings.workday
    working = np.asarray(calendar.working)
    weekday = (np.arange(len(working)) + calendar.start.weekday()) % 7
    kind = np.where(working, 1 + 2 * weekday + month_end_days(scenario), 0)
    maps = [_minutes(workday, None)]
    maps += [_minutes(workday, {"daily", WEEKDAYS[k // 2], "month_end" if k % 2 else ""}) for k in range(14)]
    stretches = [_stretches(piece) for piece, _, _ in maps]
    most = max(1, *(len(found) for found in stretches))
    bounds = np.array([found + [(0, 0)] * (most - len(found)) for found in stretches], dtype=np.int64)
    return FieldHours(
        type_of=kind.astype(np.int64),
        piece=np.array([piece for piece, _, _ in maps]),
        meeting=np.array([np.concatenate([[0], np.cumsum(busy)]) for _, busy, _ in maps]),
        opens=bounds[:, :, 0],
        closes=bounds[:, :, 1],
        meetings=tuple(names for _, _, names in maps),
    )


def plan_months(scenario: Scenario) -> Ints:
    """Month of the plan of each day, 0..11; a thirteenth begun month counts to the twelfth."""
    days = np.datetime64(scenario.calendar.start, "D") + np.arange(len(scenario.calendar.working))
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.asarray(np.minimum(months - months[0], 11), dtype=np.int64)


def month_end_days(scenario: Scenario) -> NDArray[np.bool_]:
    """Last working day of every month of the plan."""
    month, worked = plan_months(scenario), np.flatnonzero(scenario.calendar.working)
    last = np.zeros(len(month), dtype=bool)
    is_last = np.append(month[worked][1:] != month[worked][:-1], True)
    last[worked[is_last[: len(worked)]]] = True
    return last


def clock_minute(clock: time) -> int:
    """Minutes after midnight."""
    return 60 * clock.hour + clock.minute


def _minutes(workday: Workday, occasions: set[str] | None) -> tuple[Ints, Ints, frozenset[str]]:
    """Return stretch numbers and meeting flags of every minute, and the meetings that take field time."""
    window, busy = np.zeros(DAY, dtype=np.int64), np.zeros(DAY, dtype=np.int64)
    names: set[str] = set()
    if occasions is None:
        return window, busy, frozenset()
    for number, (begin, end) in enumerate(workday.windows, start=1):
        window[clock_minute(begin) : clock_minute(end)] = number
    for meeting in workday.meetings:
        if meeting.when in occasions:
            held = slice(clock_minute(meeting.start), clock_minute(meeting.end))
            busy[held] = 1
            if window[held].any():
                names |= {meeting.name, meeting.name_zh} - {""}
    free = np.where(busy == 1, 0, window)
    begins = (free > 0) & (free != np.concatenate([[0], free[:-1]]))
    return np.where(free > 0, np.cumsum(begins), 0), busy, frozenset(names)


def _stretches(piece: Ints) -> list[tuple[int, int]]:
    found = [np.flatnonzero(piece == k) for k in range(1, int(piece.max(initial=0)) + 1)]
    return [(int(minutes[0]), int(minutes[-1]) + 1) for minutes in found]
