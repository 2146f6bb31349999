"""Tables as CSV that a spreadsheet opens without guessing and without running anything.

UTF-8 with byte order mark, lines end in CR LF (as RFC 4180 and Excel have it); text that a spreadsheet would take for a
formula gets a leading apostrophe, which `territory.inputs` takes off again.
"""

from __future__ import annotations

import re
from functools import lru_cache

import pandas as pd

FORMULA = re.compile(r"^'*[=+\-@\t\r]")
PLAIN_NUMBER = re.compile(r"^-?\d+(\.\d+)?$")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return a table as the bytes of a CSV file."""
    safe = table.copy()
    for position, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind):
            safe.isetitem(position, [_neutral(value) for value in table.iloc[:, position].tolist()])
    safe.columns = pd.Index([_neutral(name) for name in table.columns])
    text: str = safe.to_csv(index=False, lineterminator="\r\n")
    return b"\xef\xbb\xbf" + text.encode("utf-8")


@lru_cache(maxsize=1 << 16)
def neutralised(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; plain numbers stay."""
    if FORMULA.match(text) and not PLAIN_NUMBER.match(text):
        return f"'{text}"
    return text


def _neutral(value: object) -> object:
    return neutralised(value) if isinstance(value, str) else value
