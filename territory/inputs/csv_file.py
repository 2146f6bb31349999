"""Strict reading of CSV: byte order mark, then UTF-8, then GB18030, never a guess; every row as long as the heading."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from territory.errors import Problem
from territory.inputs.problems import problem
from territory.inputs.raw_table import RawTable, table_of_rows

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_csv(file: str, content: bytes, problems: list[Problem]) -> RawTable | None:
    """Return the table in the bytes of a CSV file, or None after adding a problem."""
    text = decode(file, content, problems)
    if text is None:
        return None
    return table_of_rows(file, _records(file, text, problems), problems)


def decode(file: str, content: bytes, problems: list[Problem]) -> str | None:
    """Return the text of a file: by its mark, else strict UTF-8, else strict GB18030."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(file, content[len(mark) :], [encoding], problems)
    return _strictly(file, content, ["utf-8", "gb18030"], problems)


def _strictly(file: str, content: bytes, encodings: list[str], problems: list[Problem]) -> str | None:
    first_bad = -1
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            first_bad = max(first_bad, error.start)
    row = content.count(b"\n", 0, first_bad) + 1
    problems.append(problem("csv_encoding", file=file, row=row))
    return None


def _records(file: str, text: str, problems: list[Problem]) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    row = 0
    while True:
        row += 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problems.append(problem("csv_syntax", file=file, row=row, detail=error))
            return
        yield record


def _delimiter(text: str) -> str:
    """Return the comma, or what stands in its place in a heading without commas."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    if "," in heading:
        return ","
    return next((mark for mark in "\t;" if mark in heading), ",")
