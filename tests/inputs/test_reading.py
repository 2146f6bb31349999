"""Files of every kind, encoding and condition."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from territory.errors import Problem
from territory.inputs.csv_file import read_csv
from territory.inputs.load import load_scenario
from territory.inputs.raw_table import RawTable
from territory.inputs.table_file import content_kind, read_table
from territory.inputs.workbook import cell_text, read_workbook
from tests.inputs.folders import CUSTOMERS, TOML, codes_of, problems_of, write_scenario


def workbook(rows: list[list[Any]], *, hidden_first: bool = False, merge: str = "") -> bytes:
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    formats = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd"}),
        time: book.add_format({"num_format": "hh:mm"}),
        float: None,
    }
    if hidden_first:
        book.add_worksheet("notes").hide()
    sheet = book.add_worksheet("data")
    sheet.activate()
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, (datetime, time)):
                sheet.write_datetime(r, c, cell, formats[type(cell)])
            else:
                sheet.write(r, c, cell)
    if merge:
        sheet.merge_range(merge, "merged")
    book.close()
    return packed.getvalue()


CHINESE = """\
客户编号,客户名称,纬度,经度,等级,年销售额(万元),潜力,负责人
00123,西安店,34.2,108.9,A类,1.5,"1,200",R1
00124,咸阳店,34.3,108.7,b,0.2,￥3000,R2
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_load_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    toml = TOML.replace('together = [["C1", "C2"]]', "").replace('home_city = "Xi\'an"', "")
    toml = toml.replace('opportunities = "opportunities.csv"', "").replace('travel = "travel.csv"', "")
    reps = "工号,姓名,家庭纬度,家庭经度\nR1,安,34.2,108.9\nR2,波,34.3,108.7\n"
    folder = write_scenario(tmp_path, toml=toml, customers=CHINESE.encode(encoding), reps=reps)
    customers = load_scenario(folder).customers
    assert customers.customer_id.tolist() == ["00123", "00124"]
    assert customers.name.tolist() == ["西安店", "咸阳店"]
    assert customers.annual_sales_cents.tolist() == [1_500_000, 200_000]
    assert customers.potential_cents.tolist() == [120_000, 300_000]
    assert customers.given_tier.tolist() == [0, 1]
    assert customers.current_rep.tolist() == [0, 1]


def test_mixed_encodings_are_refused_with_the_row(tmp_path: Path) -> None:
    mixed = CUSTOMERS.encode() + "C5,西安店,34.2,108.9,,,,A,,,,,,,,\n".encode() + b"C6,\xff\xff,,\n"
    (found,) = problems_of(write_scenario(tmp_path, customers=mixed))
    assert (found.code, found.file, found.row) == ("csv_encoding", "customers.csv", "7")


def test_rows_of_another_length_are_reported_and_blank_rows_skipped() -> None:
    problems: list[Problem] = []
    table = read_csv("t.csv", b"a,b\n\n1,2\n1,2,3\n1\n , \n3,4,,\n", problems)
    assert table is not None
    assert (table.rows, table.columns) == ([3, 7], [["1", "3"], ["2", "4"]])
    assert [(found.code, found.row) for found in problems] == [("row_length", "4"), ("row_length", "5")]


def test_row_numbers_count_cells_with_line_breaks_as_one_row() -> None:
    problems: list[Problem] = []
    table = read_csv("t.csv", b'a,b\n"x\ny",1\nz,2\n', problems)
    assert table is not None
    assert table.rows == [2, 3]


def test_an_open_quote_is_a_problem_not_a_swallowed_file() -> None:
    problems: list[Problem] = []
    read_csv("t.csv", b'a,b\n1,"2\n3,4\n', problems)
    assert [found.code for found in problems] == ["csv_syntax"]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_delimiters_are_seen_in_the_heading(delimiter: str) -> None:
    table = read_csv("t.csv", f"a{delimiter}b\n1{delimiter}2\n".encode(), [])
    assert table is not None
    assert table.heading == ["a", "b"]


def test_the_first_visible_sheet_is_read_with_its_own_row_numbers(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], ["id", "day", "time", "number"], []]
    rows += [[123.0, datetime(2026, 3, 1), time(9, 30), 0.1 + 0.2], ["00123", "", "", 1e17]]
    table = read_workbook("t.xlsx", workbook(rows, hidden_first=True), [])
    assert isinstance(table, RawTable)
    assert (table.heading_row, table.rows) == (2, [4, 5])
    assert table.columns == [["123", "00123"], ["2026-03-01", ""], ["09:30", ""], ["0.3", "1e+17"]]


def test_excel_and_csv_give_the_same_scenario(tmp_path: Path) -> None:
    as_csv = load_scenario(write_scenario(tmp_path / "csv"))
    rows: list[list[Any]] = [line.split(",") for line in CUSTOMERS.replace('"1,234.50"', "1234.5").splitlines()]
    rows[1][2], rows[1][3], rows[1][8] = 34.2, 108.9, 1234.5
    rows[1][15], rows[3][12] = datetime(2020, 1, 1), time(9, 30)
    folder = write_scenario(tmp_path / "excel", toml=TOML.replace("[files]", '[files]\ncustomers = "c.xlsx"'))
    (folder / "c.xlsx").write_bytes(workbook(rows))
    from_excel = load_scenario(folder)
    pd.testing.assert_frame_equal(from_excel.customers.table(), as_csv.customers.table())


def test_parquet_and_csv_give_the_same_scenario(tmp_path: Path) -> None:
    as_csv = load_scenario(write_scenario(tmp_path / "csv"))
    folder = write_scenario(tmp_path / "parquet", toml=TOML.replace("[files]", '[files]\ncustomers = "c.parquet"'))
    table = pd.read_csv(io.StringIO(CUSTOMERS), dtype={"annual_sales": str, "window_open": str})
    table["customer_since"] = [date(2020, 1, 1), date(2020, 3, 1), date(2020, 5, 1), None]
    table.to_parquet(folder / "c.parquet")
    pd.testing.assert_frame_equal(load_scenario(folder).customers.table(), as_csv.customers.table())


def test_merged_cells_of_the_table_are_refused_but_not_a_title_beside_it() -> None:
    problems: list[Problem] = []
    read_workbook("t.xlsx", workbook([["a", "b"], [1, 2], [3, 4]], merge="A2:A3"), problems)
    assert [(found.code, found.row, found.details["cells"]) for found in problems] == [("merged_cells", "2", "A2:A3")]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("c.xlsx", b"a,b\n1,2\n", "file_type_wrong"),
        ("c.csv", b"PK\x03\x04", "file_type_wrong"),
        ("c.xls", b"<html><table>", "file_type_wrong"),
        ("c.parquet", b"a,b\n", "file_type_wrong"),
        ("c.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file_encrypted"),
        ("c.xlsx", b"PK\x03\x04 cut off", "file_damaged"),
        ("c.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file_damaged"),
        ("c.parquet", b"PAR1 cut off", "file_damaged"),
        ("c.docx", b"PK", "file_type_unknown"),
        ("c.csv", b"", "file_empty"),
        ("c.csv", b"\n\n , \n", "file_empty"),
        ("gone.csv", None, "file_missing"),
        ("../c.csv", b"a", "file_outside"),
        ("/etc/passwd", None, "file_outside"),
        ("C:\\c.csv", None, "file_outside"),
        ("\\\\server\\c.csv", None, "file_outside"),
    ],
)
def test_files_that_are_not_what_they_seem(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    folder = tmp_path / "scenario"
    folder.mkdir()
    if content is not None:
        (folder / name).write_bytes(content)
    problems: list[Problem] = []
    assert read_table(folder, "customers", name, problems) is None
    assert [found.code for found in problems] == [code]


def test_a_workbook_that_unpacks_to_far_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("territory.inputs.workbook.UNPACKED_LIMIT", 1_000_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(2_000_000))
    problems: list[Problem] = []
    assert read_workbook("t.xlsx", packed.getvalue(), problems) is None
    assert [found.code for found in problems] == ["file_too_large"]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write_scenario(tmp_path / "scenario")
    (tmp_path / "secret.csv").write_text(CUSTOMERS)
    (folder / "customers.csv").unlink()
    (folder / "customers.csv").symlink_to(tmp_path / "secret.csv")
    assert "file_outside" in codes_of(folder)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "true"),
        (1234567.0, "1234567"),
        (-0.00001, "-0.00001"),
        (None, ""),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (datetime(2026, 3, 1, 8, 30), "2026-03-01 08:30:00"),
        (time(9, 30, 15), "09:30:15"),
        (7, "7"),
        ([1, "a"], "1;a"),
    ],
)
def test_cells_of_workbooks_become_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_kinds_of_content_are_told_by_the_first_bytes() -> None:
    starts = (b"\xef\xbb\xbf<!DOCTYPE html>", b"%PDF-1.7", b"PAR1", b"a,b")
    assert [content_kind(start) for start in starts] == ["HTML", "PDF", "Parquet", "CSV"]
