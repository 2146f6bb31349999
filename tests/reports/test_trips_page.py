"""Trips on the page: rounds, sums, who is away when, ways on the map, and what became of the nights."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import datetime

import icalendar
import numpy as np
import pytest
from rich.console import Console

from territory.domain.night_account import NightAccount
from territory.domain.trip_book import trip_book
from territory.experiments.runner import run_years
from territory.planning.workflow import make_plan
from territory.reports.calendars import rep_calendar
from territory.reports.map import map_svg
from territory.reports.sections_trips import account_line, trip_view
from territory.reports.terminal import print_result
from tests.factories import small_scenario


@pytest.fixture(scope="module")
def outcome():
    scenario = small_scenario(16, 2, visits={"trip_beyond_km": 80.0}, budget={"lodging_night": 20_000})
    who = scenario.customers
    far = np.arange(16) % 4 < 2
    who = dataclasses.replace(
        who,
        lon=np.where(far, who.lon - 1.7, who.lon),
        visits=np.full(16, 1),
        per_weeks=np.where(far, 6, 2),
    )
    return run_years(make_plan(scenario.replace(customers=who), effort="quick"), years=3)


def test_rounds_and_people_add_up_to_the_trips(outcome):
    view, book = trip_view(outcome.plan, outcome), trip_book(outcome.plan)
    assert view["count"] == len(book) == sum(row["times"] for row in view["rounds"]) > 5
    assert sum(row["year"] for row in view["rounds"]) == view["cost"] == book.cost_cents.sum()
    people = [row for row in view["reps"] if row["rep"] >= 0]
    for name in ("trips", "days", "nights", "cost"):
        assert sum(row[name] for row in people) == (view["reps"][-1][name])
    assert sum(row["nights"] for row in people) == book.nights.sum()
    assert {row["round"] for row in view["rows"]} == {row["rank"] + 1 for row in view["rounds"]}


def test_the_picture_has_a_bar_for_every_trip_and_the_map_a_way_for_every_round(outcome):
    view = trip_view(outcome.plan)
    bars = re.findall(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"', str(view["picture"]))
    assert len(bars) == view["count"]
    assert all(float(x) + float(width) <= 960 for x, width in bars)
    assert str(map_svg(outcome.plan)).count('class="trip"') == view["round_count"]


def test_terminal_and_page_tell_the_same_of_the_nights(outcome):
    for lang in ("en", "zh"):
        line = account_line(outcome.sample.nights, lang)
        out = io.StringIO()
        print_result(outcome.plan, outcome, None, lang, Console(file=out, width=1_000))
        assert line in out.getvalue()
        assert line in str(trip_view(outcome.plan, outcome)["account"])
        assert f" {outcome.sample.nights.planned} " in line


def test_an_account_names_each_reason_once_and_leaves_out_what_did_not_happen():
    nights = NightAccount(54, 46, 1, 0, 7, 0, 1_196_000, 964_400, 156_000, 75_600, 0)
    assert account_line(nights, "en") == (
        "Typical year: of 54 planned nights 46 are spent; 1 not, the rep is in training; 7 not, the position is "
        "vacant. Of their lodging, ¥11,960, the ledger of the year pays ¥9,644; ¥1,560 is refunded after the year, for "
        "its last month (R-B3); ¥756 is above the cap of refunds (R-B3)."
    )
    assert account_line(nights, "zh").count("。") == 2


def test_each_trip_is_an_event_of_whole_days_in_the_calendar_of_who_travels(outcome):
    plan, book = outcome.plan, trip_book(outcome.plan)
    for rep in range(2):
        found = icalendar.Calendar.from_ical(rep_calendar(plan, rep, "en")).walk("VEVENT")
        whole = [event for event in found if not isinstance(event["dtstart"].dt, datetime)]
        dates = [
            (plan.scenario.calendar.day_of(e["dtstart"].dt), (e["dtend"].dt - e["dtstart"].dt).days) for e in whole
        ]
        mine = book.rep == rep
        first, last = book.first_day[mine].tolist(), book.last_day[mine].tolist()
        assert dates == [(a, b - a + 1) for a, b in zip(first, last, strict=True)]
        assert len({str(event["uid"]) for event in found}) == len(found) == (plan.visits.rep == rep).sum() + mine.sum()
        assert all("approve by 20" in str(event["description"]) for event in whole)


def test_a_team_that_stays_near_home_has_no_trips_on_the_page():
    assert trip_view(make_plan(small_scenario(6, 1), effort="quick"))["count"] == 0
