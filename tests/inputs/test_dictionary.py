"""The data dictionary, the sentences about problems and their Chinese mirror."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from string import Formatter
from typing import get_type_hints

import pytest

from territory.domain.result_columns import RESULT_COLUMNS
from territory.domain.settings import Settings
from territory.domain.year_tables import year_tables
from territory.experiments.runner import run_years
from territory.inputs.columns import TABLES
from territory.inputs.headings import headings, plain_heading, without_unit
from territory.inputs.nearest import nearest
from territory.inputs.problems import SENTENCES, problem
from territory.inputs.schema import data_dictionary
from territory.inputs.toml_lines import key_lines, line_of
from territory.planning.workflow import make_plan
from territory.reports import problems_zh
from tests.factories import small_scenario
from tests.inputs.folders import problems_of, write_scenario


def test_the_dictionary_lists_every_key_and_every_column() -> None:
    dictionary = data_dictionary()
    listed = set(dictionary.loc[dictionary["source"] == "scenario.toml", "key"])
    for name, table in get_type_hints(Settings).items():
        assert {f"{name}.{field.name}" for field in dataclasses.fields(table)} <= listed
    for name, schema in TABLES.items():
        assert dictionary.loc[dictionary["source"] == name, "key"].tolist() == [c.name for c in schema.columns]


def test_the_dictionary_lists_the_columns_of_trips_people_and_reviews_as_results_have_them() -> None:
    dictionary = data_dictionary()
    scenario = small_scenario(6, 1)
    plan = make_plan(scenario, effort="quick")
    year = run_years(plan, years=1).sample
    written = {"trips": plan.tables()["trips"], **year_tables(year, scenario.calendar, ["R1"])}
    for stem, frame in written.items():
        assert dictionary.loc[dictionary["source"] == f"result {stem}.csv", "key"].tolist() == list(frame.columns)
    assert set(written) == set(RESULT_COLUMNS)


def test_every_entry_of_the_dictionary_says_what_it_means() -> None:
    dictionary = data_dictionary()
    assert (dictionary["meaning"] != "").all()
    assert (dictionary["type"] != "").all()
    assert not dictionary.duplicated(["source", "key"]).any()


@pytest.mark.parametrize(
    ("key", "column", "expected"),
    [
        ("tiers.demand_cut", "default", "50000"),
        ("tiers.demand_cut", "type", "amount"),
        ("tiers.a.visits", "bounds", ">= 0, <= 6"),
        ("targets.seasonality", "bounds", "12 entries"),
        ("workday.windows", "type", "list of [time, time]"),
        ("workday.latest_return", "default", '"18:00"'),
        ("territories.balance", "default", "{workload = 0.1}"),
        ("targets.phases[].per_rep_month", "rule", "R-T6"),
        ("scenario.start", "default", "required"),
        ("budget.km_cost", "default", "0.80"),
    ],
)
def test_entries_of_the_dictionary_read_as_the_file_is_written(key: str, column: str, expected: str) -> None:
    dictionary = data_dictionary().set_index("key")
    assert dictionary.loc[key, column] == expected


def test_no_heading_means_two_columns() -> None:
    for schema in TABLES.values():
        plain = [plain_heading(word) for column in schema.columns for word in {column.name, *column.synonyms}]
        assert len(plain) == len(set(plain)), schema.name
        assert set(headings(schema).values()) == {column.name for column in schema.columns}


def test_headings_are_compared_without_case_blanks_width_and_unit() -> None:
    assert plain_heading(" Customer-ID ") == "customer_id"
    assert plain_heading("客户ＩＤ") == plain_heading("客户ID")
    assert without_unit("年销售额（万元）") == ("年销售额", 10_000)
    assert without_unit("potential (yuan)") == ("potential", 1)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_english_and_chinese_sentences_have_the_same_codes_and_placeholders() -> None:
    assert set(SENTENCES) == set(problems_zh.SENTENCES)
    for code, (reason, remedy) in SENTENCES.items():
        chinese = problems_zh.SENTENCES[code]
        assert placeholders(reason + remedy) == placeholders("".join(chinese)), code


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_fills_in(code: str) -> None:
    details = dict.fromkeys(placeholders("".join(SENTENCES[code])) - {"column"}, "{x}")
    found = problem(code, file="customers.csv", row=3, column="lat", value="1", **details)
    assert "customers.csv, row 3, lat ('1')" in str(found)
    assert "customers.csv，第 3 行，lat（'1'）" in problems_zh.problem_text(found)


def test_problems_of_a_folder_read_in_chinese(tmp_path: Path) -> None:
    toml = '[scenario]\nname = 5\nstart = 2026-01-01\n[targets]\nannual = 1\nstretch = "0"\n[workday]\nwindows = []\n'
    lines = [problems_zh.problem_text(one) for one in problems_of(write_scenario(tmp_path, toml=toml))]
    assert "scenario.toml，第 2 行，scenario.name（'5'）：这里应为 文字 -> 写成 带引号的 \"文字\"" in lines
    assert "scenario.toml，第 8 行，workday.windows：应有 1..4 项，实有 0 项 -> 增加或删除条目" in lines


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("anual", ["annual", "stretch"], "annual"),
        ("C1O", ["C10", "C20"], "C10"),
        ("c10", ["C10"], "C10"),
        ("whatever", ["annual"], ""),
        ("seasonalty", ["seasonality"], "seasonality"),
        ("北去", ["北区", "南区"], ""),
        ("西北大取", ["西北大区", "华东"], "西北大区"),
    ],
)
def test_the_nearest_word_is_found(word: str, known: list[str], expected: str) -> None:
    assert nearest(word, dict.fromkeys(known)) == expected


def test_the_nearest_of_very_many_ids_is_found_one_slip_away() -> None:
    known = dict.fromkeys(f"K{i:06d}" for i in range(20_000))
    assert nearest("K00123", known) in known
    assert nearest("X123456789", known) == ""


def test_lines_of_keys_are_found() -> None:
    lines = key_lines('# c\n[a]\nx = 1\n[[a.list]]\ny = 2\n[[a.list]]\n"y" = {\nz = 3}\nb.c = 4\n')
    assert lines[("a", "x")] == 3
    assert (lines[("a", "list", 0, "y")], lines[("a", "list", 1, "y")]) == (5, 7)
    assert line_of(("a", "list", 1, "y", "deep"), lines) == 7
    assert line_of(("other",), lines) == ""
