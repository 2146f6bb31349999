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
from territory.reports.messages import text

ZONE = "Asia/Shanghai"
LINE_BYTES = 74
PRODUCT = "-//territory//visit calendar//EN"


def rep_calendar(plan: Plan, rep: int, lang: str) -> bytes:
    """Return a rep's year as an iCalendar file.

    Parameters
    ----------
    plan : Plan
    rep : int
        Index of the rep.
    lang : str
        Language of titles and notes.

    Returns
    -------
    bytes
        One event a visit. The n-th visit of a customer keeps its identity from plan to plan, so that importing again
        moves events instead of doubling them. Stamps are the first day of the plan, never the clock.
    """
    visits = plan.visits
    mine = np.flatnonzero(visits.rep == rep)
    ordinal = _ordinals(visits.customer)
    lines = _head(plan, rep, lang)
    for v in mine.tolist():
        lines += _event(plan, v, int(ordinal[v]), lang)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


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


def _event(plan: Plan, v: int, ordinal: int, lang: str) -> list[str]:
    scenario, visits = plan.scenario, plan.visits
    who, calendar = scenario.customers, scenario.calendar
    i, day = int(visits.customer[v]), int(visits.day[v])
    stamp = (calendar.start + timedelta(days=day)).strftime("%Y%m%d")
    provisional = calendar.provisional_from is not None and calendar.date_of(day) >= calendar.provisional_from
    mark = text("calendar.provisional", lang) + " " if provisional else ""
    identity = hashlib.sha256(
        f"{scenario.settings.scenario.name}|{calendar.start}|{who.customer_id[i]}|{ordinal}".encode()
    )
    note = text("calendar.note", lang, customer_id=str(who.customer_id[i]), tier=TIERS[plan.segments.tier[i]],
                travel=int(visits.travel_minutes[v]))  # fmt: skip
    if provisional:
        note += "\n" + text("calendar.provisional_note", lang)
    return [
        "BEGIN:VEVENT",
        f"UID:{identity.hexdigest()[:32]}@territory.invalid",
        f"DTSTAMP:{calendar.start:%Y%m%d}T000000Z",
        f"DTSTART;TZID={ZONE}:{stamp}T{_clock(int(visits.start[v]))}",
        f"DTEND;TZID={ZONE}:{stamp}T{_clock(int(visits.end[v]))}",
        f"SUMMARY:{_escaped(mark + str(who.name[i]))}",
        f"LOCATION:{_escaped(str(who.city[i] or who.region[i]))}",
        f"GEO:{who.lat[i]:.6f};{who.lon[i]:.6f}",
        f"DESCRIPTION:{_escaped(note)}",
        f"STATUS:{'TENTATIVE' if provisional else 'CONFIRMED'}",
        "END:VEVENT",
    ]


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
