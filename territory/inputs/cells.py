"""From the text of one cell to its value: amounts, numbers, dates, times, yes and no, ids.

Every parser takes text without surrounding blanks, never empty, and raises `BadCell` with a problem code. There are
no words for "missing": a rep may be called NA.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

AMOUNT_LIMIT_CENTS = 10**14
"""One trillion yuan; sums of many such amounts still fit 64 bits."""

_EXACT_DIGITS = 28
"""Decimal arithmetic rounds beyond these."""

_UNITS = {"千": 3, "万": 4, "萬": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8, "億": 8}
_AMOUNT = re.compile(
    r"(?P<sign>-?)\s*(?:¥|RMB|CNY|人民币)?\s*(?P<inner>-?)(?P<number>[0-9][0-9,.]*|\.[0-9]+)\s*"
    r"(?P<unit>百万|千万|十万|[千万萬亿億])?\s*(?:元|圆|RMB|CNY|yuan)?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?|\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_MAYBE_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日?)"
)
_DIGIT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK_OF_DATE = re.compile(r"[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_OTHER_DATE = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00(?:\.0+)?)?|(\d{1,2})[点时](?:(\d{1,2})分?|(半))?")
_FRACTION_OF_DAY = re.compile(r"0?\.\d+")
_SPOILT_NUMBER = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+?[0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u0080-\u009f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
GUARD = r"'(?='*[=+\-@\t\r])"
"""The apostrophe that result tables put before what a spreadsheet would run as a formula."""

_GUARD = re.compile(GUARD + "|'(?=[0-9])")
_EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
_CLOSED = {"closed", "休", "休息", "不营业", "店休", "关门", "歇业"}
_UNTIL = re.compile(r"[-~–—−〜至到]+")
_TRUE = {"yes", "true", "是", "1", "y", "t"}
_FALSE = {"no", "false", "否", "0", "n", "f"}


class BadCell(Exception):  # noqa: N818 - it never leaves this layer; users see problems
    """A cell that cannot be read: a problem code and what its sentences speak of."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def clean(text: str) -> str:
    """Return the text of a cell without blanks around it and without a leading formula guard.

    Raises
    ------
    BadCell
        It holds a control character or an Excel error.
    """
    text = text.strip()
    if text.isascii() and text.isalnum():
        return text
    if found := _CONTROL.search(text):
        raise BadCell("cell_control", character=f"U+{ord(found.group()):04X}")
    if text in _EXCEL_ERRORS:
        raise BadCell("cell_excel_error")
    return text[1:] if _GUARD.match(text) else text


def parse_id(text: str) -> str:
    """Return an id, always text: ``00123`` stays; full-width letters become plain ones."""
    if text.isascii() and text.isalnum() and "e" not in text.lower():
        return text
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    if _SPOILT_NUMBER.fullmatch(text):
        raise BadCell("id_spoilt")
    if not text or any(letter in text for letter in "\n\r\t"):
        raise BadCell("id_broken")
    return text


def parse_text(text: str) -> str:
    """Return text on one line."""
    return " ".join(text.split()) if "\n" in text or "\r" in text or "\t" in text else text


def parse_list(text: str) -> frozenset[str]:
    """Return the parts of a list separated by ``;`` or ``、``."""
    parts = re.split(r"[;；、\n]", text)
    return frozenset(part.strip() for part in parts if part.strip())


def parse_amount(text: str, scale: int = 1, *, rounding: bool = False) -> int:
    """Return an amount in yuan as integer cents, exactly: ``1,234``, ``¥1,234.5``, ``12万``, ``1.2亿元``.

    Parameters
    ----------
    text : str
    scale : int
        Of the column: 10,000 for one headed ``(万元)``.
    rounding : bool
        Round fractions of a cent (half to even) instead of refusing them: for numbers that a spreadsheet computed.
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    match = _AMOUNT.fullmatch(plain)
    if not match or (match["sign"] and match["inner"]):
        raise BadCell("amount_invalid")
    number, unit = match["number"], match["unit"]
    if not _PLAIN.fullmatch(number) or (_MAYBE_THOUSANDS.fullmatch(number) and not unit and scale == 1):
        raise BadCell("amount_ambiguous")
    plain = number.replace(",", "")
    if len(plain) > _EXACT_DIGITS:
        raise BadCell("amount_invalid")
    value = Decimal(plain) * scale * 10 ** _UNITS.get(unit or "", 0)
    return amount_cents(-value if match["sign"] or match["inner"] else value, rounding=rounding)


def amount_cents(yuan: Decimal | int, *, rounding: bool = False) -> int:
    """Return yuan as integer cents."""
    exact = Decimal(yuan)
    if not exact.is_finite():
        raise BadCell("amount_invalid")
    if exact.copy_abs() > AMOUNT_LIMIT_CENTS // 100:
        raise BadCell("amount_too_large", limit=f"{AMOUNT_LIMIT_CENTS // 100:,}")
    if len(exact.as_tuple().digits) > _EXACT_DIGITS and not rounding:
        raise BadCell("amount_fraction")
    cents = exact.scaleb(2)
    whole = cents.to_integral_value(ROUND_HALF_EVEN)
    if whole != cents and not rounding:
        raise BadCell("amount_fraction")
    return int(whole)


def parse_number(text: str) -> float:
    """Return a number such as ``34.26`` or ``1,234.5``."""
    if not _NUMBER.fullmatch(text):
        text = unicodedata.normalize("NFKC", text)
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        elif not _NUMBER.fullmatch(text):
            raise BadCell("number_invalid")
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadCell("number_invalid")
    return value


def parse_share(text: str) -> float:
    """Return a share: ``0.5`` or ``50%``."""
    plain = unicodedata.normalize("NFKC", text)
    return parse_number(plain[:-1].strip()) / 100 if plain.endswith("%") else parse_number(plain)


def parse_integer(text: str) -> int:
    """Return a whole number."""
    try:
        value = parse_number(text)
    except BadCell:
        raise BadCell("integer_invalid") from None
    if value != int(value) or abs(value) > 10**15:
        raise BadCell("integer_invalid")
    return int(value)


def parse_percent(text: str) -> int:
    """Return whole percent: ``50``, ``50%``, or ``0.5`` as spreadsheets store 50 %."""
    plain = unicodedata.normalize("NFKC", text)
    if plain.endswith("%"):
        return parse_integer(plain[:-1].strip())
    value = parse_number(plain)
    return round(value * 100) if 0 < value < 1 else parse_integer(plain)


def parse_date(text: str) -> date:
    """Return a date: ``2026-03-01``, ``2026/3/1``, ``2026.3.1``, ``2026年3月1日`` or ``20260301``."""
    plain = _CLOCK_OF_DATE.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text))
    match = _DATE.fullmatch(plain.replace(" ", "")) or _DIGIT_DATE.fullmatch(plain)
    if not match:
        raise BadCell("date_ambiguous" if _OTHER_DATE.fullmatch(plain) else "date_invalid")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadCell("date_impossible") from None
    if not 1900 <= year <= 2200:
        raise BadCell("date_invalid")
    return found


def parse_time(text: str) -> int:
    """Return minutes after midnight: ``9:30``, ``09:30:00``, ``9点半``, or the fraction of a day Excel stores."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if plain == "0" or _FRACTION_OF_DAY.fullmatch(plain):
        return round(float(plain) * 1440)
    match = _TIME.fullmatch(plain)
    if not match:
        raise BadCell("time_invalid")
    hour = int(match[1] or match[3])
    minute = 30 if match[5] else int(match[2] or match[4] or 0)
    if minute > 59 or hour * 60 + minute > 1440:
        raise BadCell("time_invalid")
    return hour * 60 + minute


def parse_hours(text: str) -> tuple[int, int]:
    """Return opening and closing time in minutes: ``09:00-12:00``, ``9点～12点``; (0, 0) for ``closed`` or ``休息``."""
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain in _CLOSED:
        return 0, 0
    ends = [part.strip() for part in _UNTIL.split(plain)]
    if len(ends) != 2 or not all(ends):
        raise BadCell("hours_invalid")
    try:
        opens, closes = (parse_time(end) for end in ends)
    except BadCell:
        raise BadCell("hours_invalid") from None
    if closes <= opens:
        raise BadCell("hours_order")
    return opens, closes


def parse_boolean(text: str) -> bool:
    """Return yes or no."""
    word = unicodedata.normalize("NFKC", text).lower()
    if word not in _TRUE | _FALSE:
        raise BadCell("boolean_invalid")
    return word in _TRUE
