"""A calendar file (.ics) for each rep, which phones and office programs import."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from functools import cache

import numpy as np
from icalendar import Calendar, Timezone

from territory.domain.customers import Ints
from territory.domain.plan import Plan
from territory.domain.settings import TIERS
from territory.domain.trip_book import TripBook, trip_book
from territory.reports.messages import text

ZONE = "Asia/Shanghai"
LINE_BYTES = 74
PRODUCT = "-//territory//visit calendar//EN"


def rep_calendar(plan: Plan, rep: int, lang: str, book: TripBook | None = None) -> bytes:
    """Return a rep's year as an iCalendar file.

    Parameters
    ----------
    plan : Plan
    rep : int
        Index of the rep.
    lang : str
        Language of titles and notes.
    book : TripBook, optional
        ``trip_book(plan)``, if at hand.

    Returns
    -------
    bytes
        One event a visit, and one of whole days a trip. The n-th visit of a customer keeps its identity from plan to
        plan, so that importing again moves events instead of doubling them. Stamps are the first day of the plan,
        never the clock.
    """
    visits = plan.visits
    mine = np.flatnonzero(visits.rep == rep)
    ordinal = _ordinals(visits.customer)
    lines = _head(plan, rep, lang)
    days = plan.scenario.calendar
    date_of = [(days.start + timedelta(days=day)).strftime("%Y%m%d") for day in range(days.days)]
    events = {int(i): _Customer(plan, int(i), lang) for i in np.unique(visits.customer[mine])}
    columns = (visits.customer, visits.day, visits.start, visits.end, visits.travel_minutes, ordinal)
    for i, day, *rest in zip(*(column[mine].tolist() for column in columns), strict=True):
        lines += events[i].event(day, date_of[day], *rest)
    lines += _trips(plan, rep, trip_book(plan) if book is None else book, lang)
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _trips(plan: Plan, rep: int, book: TripBook, lang: str) -> list[str]:
    """Return an event of whole days for each trip of a rep: cities, nights, cost, and the day of approval (R-V3)."""
    calendar, name = plan.scenario.calendar, plan.scenario.settings.scenario.name
    first = calendar.provisional_from
    lines = []
    for nth, k in enumerate(np.flatnonzero(book.rep == rep).tolist()):
        identity = f"{name}|{calendar.start}|{plan.scenario.reps.rep_id[rep]}|trip|{nth}".encode()
        begin, end = (calendar.date_of(int(day)) for day in (book.first_day[k], book.last_day[k] + 1))
        provisional = first is not None and end > first
        summary = text("calendar.trip", lang, cities=" → ".join(book.cities(plan, k)))
        note = text(
            "calendar.trip_note",
            lang,
            visits=len(book.customers[k]),
            nights=int(book.nights[k]),
            cost_cents=int(book.cost_cents[k]),
            date=str(calendar.date_of(int(book.approve_by[k]))),
        )
        lines += [
            "BEGIN:VEVENT",
            f"UID:{hashlib.sha256(identity).hexdigest()[:32]}@territory.invalid",
            f"DTSTAMP:{calendar.start:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{begin:%Y%m%d}",
            f"DTEND;VALUE=DATE:{end:%Y%m%d}",
            f"SUMMARY:{_escaped(text('calendar.provisional', lang) + ' ' + summary if provisional else summary)}",
            f"DESCRIPTION:{_escaped(note)}",
            f"STATUS:{'TENTATIVE' if provisional else 'CONFIRMED'}",
            "END:VEVENT",
        ]
    return lines


def _head(plan: Plan, rep: int, lang: str) -> list[str]:
    calendar, reps = plan.scenario.calendar, plan.scenario.reps
    lines = list(_skeleton(calendar.start, calendar.date_of(calendar.days)))
    title = text("calendar.title", lang, rep=f"{reps.rep_id[rep]} {reps.name[rep]}")
    lines[3:3] = [f"X-WR-CALNAME:{_escaped(title)}", f"X-WR-TIMEZONE:{ZONE}"]
    return lines


@cache
def _skeleton(first: date, last: date) -> tuple[str, ...]:
    skeleton = Calendar()
    skeleton.add("version", "2.0")
    skeleton.add("prodid", PRODUCT)
    zone = Timezone.from_tzid(ZONE, first_date=first, last_date=last)
    zone.pop("COMMENT", None)
    skeleton.add_component(zone)
    return tuple(skeleton.to_ical().decode("utf-8").split("\r\n")[:-2])


class _Customer:
    """What the events of one customer have in common."""

    def __init__(self, plan: Plan, i: int, lang: str) -> None:
        scenario, who = plan.scenario, plan.scenario.customers
        calendar = scenario.calendar
        first = calendar.provisional_from
        self._provisional_from = calendar.days if first is None else (first - calendar.start).days
        self._lang = lang
        self._identity = f"{scenario.settings.scenario.name}|{calendar.start}|{who.customer_id[i]}|"
        self._stamp = f"DTSTAMP:{calendar.start:%Y%m%d}T000000Z"
        self._summary = {
            False: f"SUMMARY:{_escaped(str(who.name[i]))}",
            True: f"SUMMARY:{_escaped(text('calendar.provisional', lang) + ' ' + str(who.name[i]))}",
        }
        self._place = (
            f"LOCATION:{_escaped(str(who.city[i] or who.region[i]))}",
            f"GEO:{who.lat[i]:.6f};{who.lon[i]:.6f}",
        )
        self._about = {"customer_id": str(who.customer_id[i]), "tier": TIERS[plan.segments.tier[i]]}
        self._notes: dict[tuple[int, bool], str] = {}

    def event(self, day: int, date_of: str, start: int, end: int, travel: int, ordinal: int) -> list[str]:
        provisional = day >= self._provisional_from
        identity = hashlib.sha256(f"{self._identity}{ordinal}".encode())
        return [
            "BEGIN:VEVENT",
            f"UID:{identity.hexdigest()[:32]}@territory.invalid",
            self._stamp,
            f"DTSTART;TZID={ZONE}:{date_of}T{_clock(start)}",
            f"DTEND;TZID={ZONE}:{date_of}T{_clock(end)}",
            self._summary[provisional],
            *self._place,
            self._note(travel, provisional),
            f"STATUS:{'TENTATIVE' if provisional else 'CONFIRMED'}",
            "END:VEVENT",
        ]

    def _note(self, travel: int, provisional: bool) -> str:
        if (travel, provisional) not in self._notes:
            note = text("calendar.note", self._lang, **self._about, travel=travel)
            if provisional:
                note += "\n" + text("calendar.provisional_note", self._lang)
            self._notes[travel, provisional] = f"DESCRIPTION:{_escaped(note)}"
        return self._notes[travel, provisional]


def _ordinals(customer: Ints) -> Ints:
    """Return for every visit how many visits its customer had before."""
    order = np.argsort(customer, kind="stable")
    _, first, count = np.unique(customer[order], return_index=True, return_counts=True)
    out = np.empty(len(customer), dtype=np.int64)
    out[order] = np.arange(len(customer)) - np.repeat(first, count)
    return out


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}{minutes % 60:02d}00"


def _escaped(value: str) -> str:
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    value = value.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(letter for letter in value if letter >= " " or letter == "\t")


def _folded(line: str) -> bytes:
    """Return a line cut so that none is longer than 75 bytes and no letter is torn (RFC 5545)."""
    raw = line.encode("utf-8")
    if len(raw) <= LINE_BYTES:
        return raw + b"\r\n"
    pieces, room = [], LINE_BYTES
    while raw:
        cut = min(room, len(raw))
        while cut < len(raw) and raw[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(raw[:cut])
        raw, room = raw[cut:], LINE_BYTES - 1
    return b"\r\n ".join(pieces) + b"\r\n"
