"""Every code has words in both languages, and no code or value breaks a sentence."""

from __future__ import annotations

import re
import string
from pathlib import Path
from types import SimpleNamespace

import hypothesis.strategies as st
import pytest
from hypothesis import given

import territory
from territory.domain.outcome import BREACHES, MONTH_MEASURES
from territory.domain.plan import PARETO_GROUPS, STEERS, UNSERVED_CAUSES
from territory.domain.spending import HEADINGS
from territory.errors import Problem, Reason
from territory.reports.messages import (
    CATALOGUES,
    LANGUAGES,
    holiday_name,
    known,
    money,
    number,
    percent,
    problem_text,
    reason_text,
    text,
    violation_text,
)

PACKAGE = Path(territory.__file__).parent


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_keys_and_the_same_values():
    english, chinese = CATALOGUES["en"], CATALOGUES["zh"]
    assert set(english) == set(chinese)
    assert [code for code in english if placeholders(english[code]) != placeholders(chinese[code])] == []


def test_chinese_sentences_are_chinese():
    plain = {code for code, words in CATALOGUES["zh"].items() if not re.search(r"[\u4e00-\u9fff]", words)}
    assert all(
        code.startswith(("tier.", "column.tier_")) or code in {"chart.band", "terminal.range", "violation_table"}
        for code in plain
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_that_the_types_name_is_worded(lang):
    codes = [f"cause.{cause}" for cause in UNSERVED_CAUSES]
    codes += [f"measure.{name.removesuffix('_cents')}" for name in MONTH_MEASURES]
    codes += [f"breach.{name}" for name in BREACHES] + [f"rule.{name}" for name in BREACHES]
    codes += [f"steer.{name}" for name in STEERS] + [f"pareto_group.{name}" for name in PARETO_GROUPS]
    codes += [f"heading.{name}" for name in HEADINGS]
    assert [code for code in codes if code not in CATALOGUES[lang]] == []


def test_every_message_that_the_template_asks_for_exists():
    template = (PACKAGE / "reports/templates/report.html.j2").read_text(encoding="utf-8")
    asked = set(re.findall(r't\("([a-z_.]+)"[,)]', template))
    assert len(asked) > 100
    assert {code for code in asked if not known(code)} == set()


def test_every_reason_of_the_package_is_worded():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "Reason(" in source and "reports" not in path.parts:
            found |= set(re.findall(r'"((?:headcount|assignment|verdict|visits|targets|lever)(?:\.[a-z_]+)+)"', source))
    assert len(found) > 10
    assert {code for code in found if not known(f"reason.{code}")} == set()


def test_every_violation_of_the_checker_is_worded():
    found = {"further"} | {f"cause.{cause}" for cause in UNSERVED_CAUSES}
    for path in (PACKAGE / "assessment/validate").glob("*.py"):
        found |= set(re.findall(r'"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    notes = {code for code in found if known(f"reason.{code}")}
    assert {code for code in found - notes if not known(f"violation.{code}")} == set()


@given(
    st.text(max_size=12), st.one_of(st.integers(-(10**15), 10**15), st.floats(allow_nan=False, allow_infinity=False))
)
def test_an_unknown_reason_lists_its_values(name, value):
    shown = reason_text(Reason("unheard.of", {"amount": value, "label": name}, "R-X9"), "zh")
    assert name in shown
    assert "R-X9" in shown


def test_a_value_that_is_missing_leaves_a_dash():
    assert "–" in text("cli.check_ok", "en", customers=3)


def test_values_with_braces_stay_what_they_are():
    assert "{x}" in text("cli.written", "en", folder="{x}{0.__class__}")
    assert "{0.__class__}" in text("cli.written", "zh", folder="{x}{0.__class__}")


@pytest.mark.parametrize(
    ("cents", "zh", "en"),
    [
        (8_000_000_000, "8,000万元", "¥80,000,000"),
        (12_000_000_000, "1.2亿元", "¥120,000,000"),
        (3_470_000, "¥34,700", "¥34,700"),
        (-123_456_789, "-123.5万元", "-¥1,234,568"),
        (1_250, "¥12.50", "¥12.50"),
        (0, "¥0", "¥0"),
    ],
)
def test_money_reads_as_people_write_it(cents, zh, en):
    assert money(cents, "zh") == zh
    assert money(cents, "en") == en


def test_numbers_and_shares():
    assert [number(x) for x in (80, 1600.0, 2.50, 1234567.8)] == ["80", "1,600", "2.5", "1,234,568"]
    assert [percent(x) for x in (0.845, 1.0, -0.0001, 0)] == ["84.5 %", "100 %", "0 %", "0 %"]


def test_holidays_have_chinese_names_also_two_at_once():
    assert holiday_name("Spring Festival", "zh") == "春节"
    assert holiday_name("Mid-Autumn Festival; National Day", "zh") == "中秋节、国庆节"
    assert holiday_name("Founder's Day", "zh") == "Founder's Day"


def test_a_problem_of_the_input_is_worded_in_both_languages():
    for code in ("file_missing", "a_code_of_tomorrow"):
        problem = Problem(
            code, "no file", "give one", file="customers.csv", row="3", column="lat", details={"key": "x"}
        )
        assert "customers.csv" in problem_text(problem, "en")
        assert "customers.csv" in problem_text(problem, "zh")


def test_a_remedy_puts_the_rule_it_gives_up_in_words():
    values = {"rule": "assignment.rule.lock", "customer": "C7", "rep": "R2"}
    said = reason_text(Reason("assignment.remedy.release", values, "R-A7"), "en")
    assert said == "It would do to give up this rule: Customer C7 is locked to rep R2 (R-A7)."


def test_a_violation_names_its_rule_place_and_values():
    broken = SimpleNamespace(
        rule="R-V2", table="visits", row=12, code="visit.on_holiday", values={"customer_id": "C001"}
    )
    assert violation_text(broken, "en") == "[R-V2] visits, row 12: a visit on a public holiday (Customer ID=C001)"
    assert violation_text(broken, "zh") == "[R-V2] visits 第 12 行：法定假日的拜访（客户编号=C001）"
