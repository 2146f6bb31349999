"""The working calendar of the planned year: holidays, make-up days, cycle weeks and field windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache, cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.domain.settings import WEEKDAYS, Workday


@dataclass(frozen=True)
class WorkingCalendar:
    """Twelve months of days, each known as working day or not, and why.

    Attributes
    ----------
    start : date
        First day; day index 0.
    working : array of bool, shape (days,)
        Days on which the team works.
    holiday : tuple of str, length days
        Name of the public holiday, empty on other days.
    provisional_from : date or None
        First day that is planned on statutory holidays alone, because no official notice is known (2027).
    """

    start: date
    working: NDArray[np.bool_]
    holiday: tuple[str, ...]
    provisional_from: date | None = None

    @property
    def days(self) -> int:
        """Length of the planned year in days."""
        return len(self.working)

    @property
    def provisional(self) -> bool:
        """Whether any day rests on statutory holidays alone."""
        return self.provisional_from is not None

    def date_of(self, day: int) -> date:
        """Return the date of a day index."""
        return self.start + timedelta(days=int(day))

    def day_of(self, when: date) -> int:
        """Return the day index of a date; negative or beyond `days` outside the year."""
        return (when - self.start).days

    @cached_property
    def dates(self) -> pd.DatetimeIndex:
        """All days of the year."""
        return pd.date_range(self.start, periods=self.days, freq="D")

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        """Weekday of each day, Monday 0."""
        return self.dates.dayofweek.to_numpy().astype(np.int64)

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Month of the plan of each day, 0..11, counted from the start date's calendar month."""
        months = (self.dates.year * 12 + self.dates.month).to_numpy()
        return np.asarray(np.minimum(months - months[0], 11), dtype=np.int64)

    @cached_property
    def first_monday(self) -> date:
        """Monday on or before the start: where cycle 0 begins."""
        return self.start - timedelta(days=self.start.weekday())

    @cached_property
    def week(self) -> NDArray[np.int64]:
        """Week of each day, 0 for the week of the start, Monday to Sunday."""
        return ((np.arange(self.days) + self.start.weekday()) // 7).astype(np.int64)

    @cached_property
    def month_end(self) -> NDArray[np.bool_]:
        """Last working day of each month of the plan."""
        last = np.zeros(self.days, dtype=bool)
        for month in range(12):
            worked = np.flatnonzero((self.month == month) & self.working)
            if len(worked):
                last[worked[-1]] = True
        return last

    def month_label(self, month: int) -> str:
        """Return ``2026-03`` for a month of the plan."""
        first = int(np.flatnonzero(self.month == month)[0])
        return self.date_of(first).strftime("%Y-%m")

    def calendar_month(self, month: int) -> int:
        """Return the calendar month 1..12 of a month of the plan."""
        return (self.start.month - 1 + month) % 12 + 1

    def table(self) -> pd.DataFrame:
        """One row a day: date, weekday, working, holiday, provisional."""
        first = self.provisional_from
        return pd.DataFrame(
            {
                "date": self.dates.date,
                "weekday": [WEEKDAYS[w] for w in self.weekday],
                "working": self.working,
                "holiday": self.holiday,
                "provisional": [first is not None and self.date_of(d) >= first for d in range(self.days)],
            }
        )


def minute_of(clock: time) -> int:
    """Return a clock time as minutes after midnight."""
    return clock.hour * 60 + clock.minute


def year_days(start: date) -> int:
    """Return the number of days in the 12 months from `start`."""
    leap_day = start.month == 2 and start.day == 29
    end = date(start.year + 1, 3, 1) if leap_day else start.replace(year=start.year + 1)
    return (end - start).days


def build_calendar(
    start: date, workday: Workday, overrides: Mapping[date, tuple[str, str]] | None = None
) -> WorkingCalendar:
    """Make the working calendar of the 12 months from `start` (R-H2, R-V2).

    Public holidays and make-up days come from `chinese_calendar` where the official notice is known; later years
    carry the statutory days alone and are marked provisional.

    Parameters
    ----------
    start : date
        First day.
    workday : Workday
        Regular working weekdays and the kind of calendar.
    overrides : mapping of date to (kind, name), optional
        The user's own ``holiday`` and ``workday`` days, which win over everything.
    """
    regular = {WEEKDAYS.index(name) for name in workday.weekdays}
    working, names = [], []
    provisional_from: date | None = None
    for offset in range(year_days(start)):
        day = start + timedelta(days=offset)
        holiday, makeup, official = "", False, True
        if workday.calendar == "china":
            holiday, makeup, official = _china_day(day)
        if not official and provisional_from is None:
            provisional_from = day
        if overrides and day in overrides:
            kind, name = overrides[day]
            holiday, makeup = (name or "holiday", False) if kind == "holiday" else ("", True)
        names.append(holiday)
        working.append(not holiday and (makeup or day.weekday() in regular))
    return WorkingCalendar(start, np.array(working, dtype=bool), tuple(names), provisional_from)


def _china_day(day: date) -> tuple[str, bool, bool]:
    """Return (holiday name or empty, is a make-up working day, officially known)."""
    import chinese_calendar  # noqa: PLC0415 - only Chinese calendars need it

    if day.year not in _noticed_years():
        return _statutory_days(day.year).get(day, ""), False, False
    holiday = chinese_calendar.holidays.get(day, "")
    return str(holiday), day in chinese_calendar.workdays, True


@cache
def _noticed_years() -> frozenset[int]:
    """Return the years whose official notice of holidays and make-up days the calendar holds."""
    import chinese_calendar  # noqa: PLC0415 - only Chinese calendars need it

    return frozenset(day.year for day in chinese_calendar.holidays)


@cache
def _statutory_days(year: int) -> Mapping[date, str]:
    import holidays  # noqa: PLC0415 - only years without an official notice need it

    return {
        day: name
        for day, name in holidays.country_holidays("CN", years=year, observed=False, language="en_US").items()
        if day.year == year
    }


def field_windows(workday: Workday, calendar: WorkingCalendar, day: int) -> list[tuple[int, int]]:
    """Return the minutes of a day in which visits may lie: its windows less its meetings (R-H2, R-V2).

    Parameters
    ----------
    workday : Workday
        Windows and meetings.
    calendar : WorkingCalendar
        The year.
    day : int
        Day index; days without work have no window.

    Returns
    -------
    list of (int, int)
        Begin and end in minutes after midnight, in order.
    """
    if not calendar.working[day]:
        return []
    return windows_of(workday, int(calendar.weekday[day]), month_end=bool(calendar.month_end[day]))


def windows_of(workday: Workday, weekday: int, *, month_end: bool = False) -> list[tuple[int, int]]:
    """Return the field windows of an ordinary (or month-end) working day of a weekday, Monday 0."""
    occasions = {"daily", WEEKDAYS[weekday], *(["month_end"] if month_end else [])}
    free = [(minute_of(begin), minute_of(end)) for begin, end in workday.windows]
    for meeting in workday.meetings:
        if meeting.when in occasions:
            busy = minute_of(meeting.start), minute_of(meeting.end)
            free = [piece for window in free for piece in _without(window, busy)]
    return sorted(free)


def _without(window: tuple[int, int], busy: tuple[int, int]) -> list[tuple[int, int]]:
    before = (window[0], min(window[1], busy[0]))
    after = (max(window[0], busy[1]), window[1])
    return [piece for piece in (before, after) if piece[0] < piece[1]]
