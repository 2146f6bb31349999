"""Calendar files that other programs read, with identities that survive a new plan."""

from __future__ import annotations

import dataclasses
from datetime import date

import icalendar

from territory.reports.calendars import rep_calendar
from tests.reports.builders import some_plan
from tests.reports.conftest import FORMULA, SCRIPT


def events(content: bytes):
    return icalendar.Calendar.from_ical(content).walk("VEVENT")


def test_every_visit_of_the_rep_is_an_event_at_its_time(plan):
    found = events(rep_calendar(plan, 0, "zh"))
    mine = plan.visits.rep == 0
    assert len(found) == mine.sum()
    first = found[0]
    assert first["dtstart"].dt.isoformat().startswith("2026-01-13T09:30:00")
    assert first["dtstart"].dt.utcoffset().total_seconds() == 8 * 3600
    assert str(first["dtstart"].params["TZID"]) == "Asia/Shanghai"
    assert first["dtstamp"].dt.date() == date(2026, 1, 1)


def test_hostile_names_come_back_as_they_are(plan):
    names = {str(event["summary"]) for r in range(3) for event in events(rep_calendar(plan, r, "en"))}
    assert {SCRIPT, FORMULA} <= names


def test_no_line_is_longer_than_the_standard_allows():
    plan = some_plan(4, 1, names={0: "超长的客户名称，带有逗号；和分号;\\" * 20})
    content = rep_calendar(plan, 0, "zh")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert any("超长的客户名称" in str(event["summary"]) for event in events(content))


def test_identities_are_unique_and_stay_when_visits_move(plan):
    visits = plan.visits
    later = dataclasses.replace(visits, start=visits.start + 5, end=visits.end + 5)
    before, after = (
        [str(event["uid"]) for event in events(rep_calendar(one, 1, "en"))]
        for one in (plan, dataclasses.replace(plan, visits=later))
    )
    assert len(set(before)) == len(before)
    assert before == after


def test_dates_without_an_official_calendar_are_tentative():
    plan = some_plan(4, 1, scenario={"start": date(2026, 7, 1)})
    found = events(rep_calendar(plan, 0, "en"))
    status = {(event["dtstart"].dt.year, str(event["status"])) for event in found}
    assert status == {(2026, "CONFIRMED"), (2027, "TENTATIVE")}
    assert all("[provisional]" in str(event["summary"]) for event in found if event["dtstart"].dt.year == 2027)
