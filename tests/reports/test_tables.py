"""CSV files that spreadsheets open without running anything, and that come back as they were."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from territory.inputs.cells import clean
from territory.reports.tables import csv_bytes, neutralised

ORDINARY = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x9FFF, exclude_categories=("C", "Z")), min_size=1, max_size=12
)


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-x", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert neutralised(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5.00", "12", "", "C001", "a=b", "'quoted'"])
def test_numbers_and_ordinary_text_stay(text):
    assert neutralised(text) == text


@given(ORDINARY.filter(lambda text: not text.startswith("'")))
def test_reading_takes_off_what_writing_put_on(text):
    assert (
        clean(neutralised(text)) == clean(text)
        if not text.startswith(tuple("=+-@"))
        else clean(neutralised(text)) == text
    )


def test_the_file_has_a_byte_order_mark_and_fixed_line_ends():
    table = pd.DataFrame({"name": ["=A1", "西安"], "amount": ["-5.00", "1.00"], "count": [-1, 2], "yes": [True, False]})
    content = csv_bytes(table)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "name,amount,count,yes\r\n'=A1,-5.00,-1,True\r\n西安,1.00,2,False\r\n"
