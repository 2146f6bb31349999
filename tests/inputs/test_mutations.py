"""Any one cell spoilt: the scenario still loads, or the report names the place."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from territory.errors import Problem
from tests.inputs.folders import CUSTOMERS, HOLIDAYS, OPPORTUNITIES, REPS, TOML, TRAVEL, problems_of, write_scenario

TABLES = {"customers": CUSTOMERS, "reps": REPS, "opportunities": OPPORTUNITIES, "travel": TRAVEL, "holidays": HOLIDAYS}

SPOKEN_OF_ELSEWHERE = {
    "customer_id",
    "rep_id",
    "opportunity_id",
    "from_id",
    "to_id",
    "date",
    "city",
    "region",
    "product_line",
    "product_lines",
    "is_manager",
}
"""Columns that other rows, tables or settings rest on, so that the fault may show there."""

NASTY = [
    *("", " ", "'", "''", "'=1+1", "=HYPERLINK(1)", "a\nb", "\x00", "\x07", "\ufeff", "\u202e", '"', ",", ";", "𠀀"),
    *("-1", "0", "1", "1.5", "1e5", "1e999", "nan", "inf", "1.234,56", "1,234", "12万", "９９", "￥5", "9" * 20),
    *("2026-02-30", "03/04/2026", "2026年3月1日", "25:00", "09:30", "yes", "否"),
    *("NA", "None", "#N/A", "A", "R1", "C1", "C2", "north"),
]

cells = st.sampled_from(NASTY) | st.text(max_size=8) | st.floats().map(str) | st.integers().map(str)


@settings(max_examples=250, deadline=None)
@given(st.data(), st.sampled_from(sorted(TABLES)), cells)
def test_one_spoilt_cell_loads_or_is_named(data: st.DataObject, table: str, cell: str) -> None:
    rows = list(csv.reader(io.StringIO(TABLES[table])))
    row = data.draw(st.integers(1, len(rows) - 1), label="row")
    column = data.draw(st.integers(0, len(rows[0]) - 1), label="column")
    rows[row][column] = cell
    found = problems_with({table: in_utf8(rows)})
    heading = rows[0][column]
    if heading in SPOKEN_OF_ELSEWHERE or not found:
        return
    assert any(names(one, f"{table}.csv", row + 1, heading) for one in found), found


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(sorted(TABLES)), st.floats(0, 1))
def test_spliced_bytes_load_or_are_reported(junk: bytes, table: str, where: float) -> None:
    content = TABLES[table].encode()
    place = int(where * len(content))
    found = problems_with({table: content[:place] + junk + content[place + len(junk) :]})
    assert all(one.file and one.reason and one.remedy for one in found), found


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20) | st.sampled_from(NASTY), st.floats(0, 1))
def test_spliced_settings_load_or_are_reported(junk: str, where: float) -> None:
    place = int(where * len(TOML))
    found = problems_with({"toml": (TOML[:place] + junk + TOML[place:]).encode("utf-8", "replace")})
    assert all(one.file and one.reason and one.remedy for one in found), found


def names(found: Problem, file: str, row: int, column: str) -> bool:
    """Whether a problem names the row and the column, or the other half of a pair in the same row."""
    pair = found.code in ("half_frequency", "half_window", "travel_half", "window_order", "swapped_coordinates")
    whole_row = found.code in ("row_length", "csv_syntax")
    near = found.column == column or pair or whole_row or found.column in ("lat", "home_lat")
    if found.code == "unknown_place" or found.code.startswith("cycle"):
        near = True
    return found.file == file and found.row == str(row) and near


def in_utf8(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def problems_with(files: dict[str, bytes]) -> list[Problem]:
    with tempfile.TemporaryDirectory() as folder:
        return problems_of(write_scenario(Path(folder), **files))
