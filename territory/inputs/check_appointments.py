"""Checks of fixed appointments: each lies on a working day, in field time, when the customer is open (R-H3)."""

from __future__ import annotations

from collections.abc import Iterator

from territory.domain.calendar import WorkingCalendar, build_calendar, field_windows
from territory.domain.settings import WEEKDAYS
from territory.errors import Problem
from territory.inputs.build import overrides
from territory.inputs.draft import Draft, cell_problem
from territory.inputs.parse_table import Table


def check_appointments(draft: Draft) -> Iterator[Problem]:
    """Refuse appointments that no rep could keep on any plan."""
    table, settings = draft.tables["appointments"], draft.settings
    if not len(table) or draft.document.is_broken("scenario.start", "workday.windows", "workday.meetings"):
        return
    days = draft.tables["holidays"]
    whole = not any(days.bad.get(name) for name in ("date", "kind"))
    calendar = build_calendar(settings.scenario.start, settings.workday, overrides(days) if whole else None)
    rows = zip(*(table.values[name] for name in ("customer_id", "date", "time")), strict=True)
    for i, (customer, when, start) in enumerate(rows):
        if customer is None or when is None or start is None:
            continue
        day = calendar.day_of(when)
        if not 0 <= day < calendar.days:
            last = calendar.date_of(calendar.days - 1)
            yield cell_problem("appointment_outside", table, i, "date", when, first=calendar.start, last=last)
        elif not calendar.working[day]:
            name = calendar.holiday[day] or WEEKDAYS[calendar.weekday[day]]
            yield cell_problem("appointment_day_off", table, i, "date", when, name=name)
        else:
            yield from _on_day(draft, calendar, table, i, day)


def _on_day(draft: Draft, calendar: WorkingCalendar, table: Table, i: int, day: int) -> Iterator[Problem]:
    start, minutes = table.values["time"][i], table.values["minutes"][i] or 1
    windows = field_windows(draft.settings.workday, calendar, day)
    if not any(begin <= start and start + minutes <= end for begin, end in windows):
        shown = ", ".join(f"{_clock(begin)}-{_clock(end)}" for begin, end in windows)
        yield cell_problem("appointment_off_hours", table, i, "time", _clock(start), windows=shown or "-")
        return
    opens, closes = _hours(draft.customers, table.values["customer_id"][i], WEEKDAYS[calendar.weekday[day]])
    if not opens <= start <= start + minutes <= closes:
        hours = f"{_clock(opens)}-{_clock(closes)}" if closes else "closed"
        yield cell_problem("appointment_closed", table, i, "time", _clock(start), hours=hours)


def _hours(customers: Table, customer: str, weekday: str) -> tuple[int, int]:
    if customer not in customers.values["customer_id"]:
        return 0, 24 * 60
    at = customers.values["customer_id"].index(customer)
    if customers.values["closed_weekday"][at] == weekday:
        return 0, 0
    usual = customers.values["window_open"][at] or 0, customers.values["window_close"][at] or 24 * 60
    own = customers.values[f"open_{weekday}"][at]
    return usual if own is None else own


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
