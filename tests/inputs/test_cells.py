from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territory.inputs.cells import (
    AMOUNT_LIMIT_CENTS,
    BadCell,
    clean,
    parse_amount,
    parse_boolean,
    parse_date,
    parse_hours,
    parse_id,
    parse_integer,
    parse_list,
    parse_number,
    parse_percent,
    parse_share,
    parse_text,
    parse_time,
)
from territory.inputs.problems import SENTENCES

FULL_WIDTH = str.maketrans("0123456789,.-", "０１２３４５６７８９，．－")

cents = st.integers(-AMOUNT_LIMIT_CENTS, AMOUNT_LIMIT_CENTS)


def in_yuan(amount: int, *, grouped: bool = False) -> str:
    whole, rest = divmod(abs(amount), 100)
    return f"{'-' if amount < 0 else ''}{whole:{',' if grouped else ''}}.{rest:02d}"


@given(cents, st.booleans(), st.sampled_from(["", "¥", "￥", "RMB ", "人民币"]), st.sampled_from(["", "元", " 元"]))
def test_an_amount_survives_every_way_of_writing_it(amount: int, grouped: bool, sign: str, unit: str) -> None:
    text = in_yuan(amount, grouped=grouped)
    assert parse_amount(f"{sign}{text}{unit}") == amount
    assert parse_amount(f"{sign}{text}{unit}".translate(FULL_WIDTH)) == amount
    assert parse_amount(text.removesuffix("0")) == amount


@given(cents, st.sampled_from([("千", 3), ("万", 4), ("百万", 6), ("亿", 8)]))
def test_an_amount_in_big_units_is_exact(amount: int, unit: tuple[str, int]) -> None:
    word, power = unit
    text = format(Decimal(amount).scaleb(-2 - power), "f")
    assert parse_amount(f"{text}{word}") == amount


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234", 123_400),
        ("¥1,234", 123_400),
        ("12万", 12_000_000),
        ("1.2亿", 12_000_000_000),
        ("1.234万元", 1_234_000),
        ("0.01", 1),
        (".5", 50),
        ("1000.50", 100_050),
        ("0.125万", 125_000),
        ("-3", -300),
        ("¥-3", -300),
    ],
)
def test_amounts_read_as_people_write_them(text: str, expected: int) -> None:
    assert parse_amount(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234,56", "amount_ambiguous"),
        ("1,23", "amount_ambiguous"),
        ("12,34,567", "amount_ambiguous"),
        ("1.234", "amount_ambiguous"),
        ("1234.567", "amount_fraction"),
        ("0.005", "amount_fraction"),
        ("twelve", "amount_invalid"),
        ("12 thousand", "amount_invalid"),
        ("--3", "amount_invalid"),
        ("1e6", "amount_invalid"),
        ("$5", "amount_invalid"),
        ("nan", "amount_invalid"),
        ("99999999999999", "amount_too_large"),
        ("100000亿", "amount_too_large"),
        ("1." + "0" * 40 + "1", "amount_invalid"),
    ],
)
def test_doubtful_amounts_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell) as error:
        parse_amount(text)
    assert error.value.code == code


def test_a_column_in_ten_thousands_scales_its_amounts() -> None:
    assert parse_amount("1.234", 10_000) == 1_234_000


def test_a_computed_amount_is_rounded_half_to_even() -> None:
    assert [parse_amount(text, rounding=True) for text in ("1234.565", "1234.575", "33.3333333")] == [
        123_456,
        123_458,
        3_333,
    ]


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_a_date_survives_every_way_of_writing_it(day: date) -> None:
    y, m, d = day.year, day.month, day.day
    for text in (f"{day}", f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{y}{m:02d}{d:02d}", f"{day} 00:00:00"):
        assert parse_date(text) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2026", "date_ambiguous"),
        ("3-4-26", "date_ambiguous"),
        ("2026-02-30", "date_impossible"),
        ("46082", "date_invalid"),
        ("soon", "date_invalid"),
        ("2026-3", "date_invalid"),
        ("1776-07-04", "date_invalid"),
    ],
)
def test_doubtful_dates_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell) as error:
        parse_date(text)
    assert error.value.code == code


@given(st.integers(0, 1439))
def test_a_time_survives_every_way_of_writing_it(minute: int) -> None:
    hour, rest = divmod(minute, 60)
    texts = [f"{hour}:{rest:02d}", f"{hour:02d}:{rest:02d}:00", f"{hour}：{rest:02d}", f"{hour}点{rest}分"]
    texts += [format(minute / 1440, ".15f")]
    assert [parse_time(text) for text in texts] == [minute] * len(texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00-12:00", (540, 720)),
        ("9:30 ~ 17:00", (570, 1020)),
        ("９：００－１２：００", (540, 720)),
        ("9点至12点半", (540, 750)),
        ("closed", (0, 0)),
        ("休息", (0, 0)),
    ],
)
def test_opening_hours_are_read_as_people_write_them(text: str, expected: tuple[int, int]) -> None:
    assert parse_hours(text) == expected


@pytest.mark.parametrize(
    ("text", "code"), [("09:00", "hours_invalid"), ("9-12-14", "hours_invalid"), ("12:00-09:00", "hours_order")]
)
def test_what_are_no_opening_hours_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell) as caught:
        parse_hours(text)
    assert caught.value.code == code


def test_half_past_and_midnight_are_times() -> None:
    assert [parse_time("9点半"), parse_time("24:00"), parse_time("9时")] == [570, 1440, 540]


@pytest.mark.parametrize("text", ["25:00", "9:60", "9.30am", "24:01", "9:30:15", "noon"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadCell, match="time_invalid"):
        parse_time(text)


@pytest.mark.parametrize("text", ["00123", "NA", "None", "null", "nan", "TRUE", "123456789012345678", "C-1/7", "客户1"])
def test_ids_stay_as_they_are(text: str) -> None:
    assert parse_id(text) == text


def test_full_width_and_invisible_letters_of_ids_become_plain() -> None:
    assert parse_id("Ａ００１") == "A001"
    assert parse_id("\u200bA1\ufeff") == "A1"


@pytest.mark.parametrize(
    ("text", "code"), [("1.23457E+17", "id_spoilt"), ("1E+05", "id_spoilt"), ("a\nb", "id_broken")]
)
def test_spoilt_ids_are_refused(text: str, code: str) -> None:
    with pytest.raises(BadCell, match=code):
        parse_id(text)


@pytest.mark.parametrize(
    ("text", "plain"), [("'=1+1", "=1+1"), ("'-5", "-5"), ("'00123", "00123"), ("''=x", "'=x"), ("'t Huis", "'t Huis")]
)
def test_formula_guards_are_taken_off(text: str, plain: str) -> None:
    assert clean(text) == plain


@pytest.mark.parametrize("text", ["a\x07b", "a\x00", "x\x85y", "\x1b[0m"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(BadCell, match="cell_control"):
        clean(text)


def test_an_excel_error_is_refused() -> None:
    with pytest.raises(BadCell, match="cell_excel_error"):
        clean("#N/A")


@pytest.mark.parametrize(
    ("parse", "text", "expected"),
    [
        (parse_boolean, "是", True),
        (parse_boolean, "No", False),
        (parse_boolean, "１", True),
        (parse_percent, "90%", 90),
        (parse_percent, "0.9", 90),
        (parse_percent, "60", 60),
        (parse_share, "50%", 0.5),
        (parse_share, "0.5", 0.5),
        (parse_integer, "2.0", 2),
        (parse_number, "1,234.5", 1234.5),
        (parse_number, "１２", 12.0),
        (parse_list, "a; b、c；", frozenset("abc")),
        (parse_text, "two\nlines", "two lines"),
    ],
)
def test_other_cells_read_as_people_write_them(parse: Any, text: str, expected: object) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_boolean, "maybe"),
        (parse_integer, "2.5"),
        (parse_number, "34,26"),
        (parse_number, "nan"),
        (parse_number, "1e999"),
        (parse_number, "1_000"),
        (parse_percent, "9x"),
    ],
)
def test_other_doubtful_cells_are_refused(parse: Any, text: str) -> None:
    with pytest.raises(BadCell):
        parse(text)


@given(st.text(min_size=1, max_size=12))
def test_a_parser_refuses_a_text_only_with_a_reason_that_can_be_told(text: str) -> None:
    parsers = (parse_amount, parse_boolean, parse_date, parse_id, parse_integer, parse_number, parse_percent)
    refusals = [_refusal(parse, text) for parse in (*parsers, parse_share, parse_time, parse_list, parse_text)]
    assert {code for code in refusals if code} <= SENTENCES.keys()


def _refusal(parse: Any, text: str) -> str:
    try:
        parse(clean(text) or "-")
    except BadCell as refused:
        return refused.code
    return ""


def test_leap_days_are_dates() -> None:
    assert parse_date("2028/2/29") - timedelta(1) == date(2028, 2, 28)
