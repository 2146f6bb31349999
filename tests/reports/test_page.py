"""The page: true numbers, no request, no way in for hostile names, the same bytes every time."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from territory.reports.charts import bookings_fan, tier_matrix
from territory.reports.html import report_page, script_json
from territory.reports.visit_calendar import calendar_data, calendar_weeks
from tests.reports.builders import some_outcome, some_plan, some_verdict
from tests.reports.conftest import SCRIPT


class Tags(HTMLParser):
    """Collects the opened tags with their attributes, and the text."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.open_now: list[str] = []
        self.words: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))
        if tag not in {"meta", "br", "img", "link", "input", "hr"}:
            self.open_now.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.opened.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open_now or self.open_now.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    return tags


@pytest.fixture(scope="module")
def page(plan, outcome, verdict) -> str:
    return report_page(plan, outcome, verdict, "zh")


def test_every_tag_that_opens_closes(page):
    tags = parsed(page)
    assert tags.wrong == []
    assert tags.open_now == []


def test_hostile_names_stay_text(page):
    tags = parsed(page)
    assert not any(tag == "img" for tag, _ in tags.opened)
    assert not any(name.startswith("on") for _, attrs in tags.opened for name in attrs)
    assert [attrs.get("type") for tag, attrs in tags.opened if tag == "script"] == ["application/json", None]
    assert SCRIPT not in page
    assert "49" not in re.findall(r"\b49 @0@", page)


def test_the_page_asks_nobody_for_anything(page):
    asking = {"src", "href", "action", "data", "srcset", "xlink:href", "poster", "background", "ping"}
    tags = parsed(page)
    asked = [value for _, attrs in tags.opened for name, value in attrs.items() if name in asking]
    assert [value for value in asked if not (value or "").startswith("#")] == []
    assert not any(tag in {"link", "iframe", "object", "embed", "base"} for tag, _ in tags.opened)
    assert set(re.findall(r"https?://[^\"'\s<]+", page)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#", "", page)


def test_the_data_in_the_page_are_the_calendar(page, plan):
    raw = re.search(r'id="calendar-data">(.*?)</script>', page, re.DOTALL)
    assert raw is not None
    assert json.loads(raw[1]) == json.loads(json.dumps(calendar_data(plan)))


def test_two_renders_are_the_same_bytes(page, plan, outcome, verdict):
    assert report_page(plan, outcome, verdict, "zh") == page


def test_both_languages_are_inside_and_the_first_one_is_chosen(plan, outcome, verdict, page):
    english = report_page(plan, outcome, verdict, "en")
    assert 'data-lang="zh"' in page
    assert 'data-lang="en"' in english
    for words in ("这份计划行得通吗？", "Does the plan hold?"):
        assert words in page
        assert words in english


def test_a_plan_without_years_says_that_it_is_untested(plan):
    page = report_page(plan, None, None, "en")
    assert "no year was simulated" in page
    assert 'id="money"' not in page
    assert parsed(page).wrong == []


def test_the_verdict_stands_in_plain_words(page):
    words = " ".join(parsed(page).words)
    assert "At risk" in words
    assert "In 12 of 20 simulated years (60 %; 95 % interval 40 % to 75 %)" in words


def test_a_provisional_year_says_so_wherever_dates_show(plan):
    late = some_plan(6, 1, scenario={"start": __import__("datetime").date(2026, 7, 1)})
    page = report_page(late, some_outcome(late), some_verdict("feasible"), "en")
    assert page.count("provisional calendar") >= 1
    assert page.count("Provisional calendar: from 2027-01-01 on") >= 3


def test_charts_keep_their_bytes_and_carry_no_marks(plan, outcome):
    chart = str(bookings_fan(outcome))
    assert chart == str(bookings_fan(outcome))
    assert not re.search(r"@\d+@", chart + str(tier_matrix(plan)))
    assert "任务指标" in chart
    assert "Date" not in chart


def test_json_in_a_script_cannot_end_it():
    hostile = {"name": "</script><!--\u2028&"}
    raw = str(script_json(hostile))
    assert "<" not in raw
    assert "&" not in raw
    assert json.loads(raw) == hostile


def test_the_calendar_begins_with_a_complete_cycle_without_holiday(plan):
    data = calendar_data(plan)
    assert len(data["days"]) == 7 * plan.calls.cycle_weeks
    assert data["days"][0]["weekday"] == 0
    assert not any(day["zh"] for day in data["days"])
    assert calendar_weeks(plan) % plan.calls.cycle_weeks == 0
    shown = sum(len(visits) for visits in data["visits"])
    first, last = data["days"][0]["date"], data["days"][-1]["date"]
    dates = plan.tables()["visits"]["date"]
    assert shown == ((dates >= first) & (dates <= last)).sum()
