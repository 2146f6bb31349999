"""plan.xlsx: no formula, whatever a name looks like; the four parts of the plan; the same bytes."""

from __future__ import annotations

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from territory.experiments.runner import run_years
from territory.planning.workflow import make_plan
from territory.reports.excel import plan_workbook, visit_days
from tests.factories import small_scenario
from tests.reports.conftest import FORMULA, SCRIPT


@pytest.fixture(scope="module")
def content(plan, outcome, verdict) -> bytes:
    return plan_workbook(plan, outcome, verdict, "zh")


def rows(content: bytes, name: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(name).to_python()


def test_the_four_parts_of_the_regional_plan_are_sheets(content):
    names = CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names
    assert names[:5] == ["摘要", "1 业务计划", "2 拜访计划", "3 培训计划", "4 目标协议"]
    assert {"区域划分", "未安排拜访", "预算", "客户变动"} <= set(names)


def test_people_and_reviews_of_the_typical_year_are_sheets_with_headings_in_words():
    plan = make_plan(small_scenario(6, 1), effort="quick")
    outcome = run_years(plan, years=3)
    content = plan_workbook(plan, outcome, None, "zh")
    people, reviews = rows(content, "人员（典型年度）"), rows(content, "月度检查（典型年度）")
    assert len(people) - 1 == len(outcome.sample.details.people)
    assert len(reviews) - 1 == 12
    assert not [heading for heading in people[0] + reviews[0] if heading.isascii()]
    nights = reviews[0].index("外宿（夜）")
    assert sum(row[nights] for row in reviews[1:]) == outcome.sample.details.month("nights").sum()


def test_no_cell_is_a_formula_or_a_link(content):
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    names = [row[1] for row in rows(content, "1 业务计划")[1:]]
    assert FORMULA in names
    assert SCRIPT in names


def test_two_workbooks_are_the_same_bytes(content, plan, outcome, verdict):
    assert plan_workbook(plan, outcome, verdict, "zh") == content


def test_target_agreements_add_up(content, plan):
    heading, *table = rows(content, "4 目标协议")
    year = heading.index("全年")
    assert sum(row[year] for row in table) == pytest.approx(plan.targets.total_cents / 100, abs=0.001)


def test_amounts_are_numbers_and_ids_are_text(content):
    row = rows(content, "1 业务计划")[1]
    assert row[0] == "C001"
    assert any(isinstance(cell, float) for cell in row)


def test_every_visit_is_in_an_itinerary(plan):
    days = visit_days(plan)
    assert days["visits"].sum() == len(plan.visits)
    assert days["itinerary"].iloc[0].startswith("09:30 C001")


def test_a_plan_without_years_has_no_budget_sheet(plan):
    names = CalamineWorkbook.from_filelike(io.BytesIO(plan_workbook(plan, None, None, "en"))).sheet_names
    assert "Budget" not in names
    assert "1 Business plan" in names
