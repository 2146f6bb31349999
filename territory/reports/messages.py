"""Words for codes, in English and Chinese: one catalogue a language, the same keys in both.

Engines speak in codes and values (`Reason`, `Problem`, `Lever`, `Violation`); only this module turns them into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from territory.domain.outcome import Lever
from territory.errors import Problem, Reason
from territory.reports import (
    explain_en,
    explain_zh,
    messages_en,
    messages_zh,
    names_en,
    names_zh,
    reasons_en,
    reasons_zh,
    violations_en,
    violations_zh,
)

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, Lang] = ("zh", "en")

CATALOGUES: Mapping[str, Mapping[str, str]] = {
    "en": {
        **names_en.NAMES,
        **messages_en.MESSAGES,
        **reasons_en.REASONS,
        **violations_en.VIOLATIONS,
        **explain_en.EXPLAIN,
    },
    "zh": {
        **names_zh.NAMES,
        **messages_zh.MESSAGES,
        **reasons_zh.REASONS,
        **violations_zh.VIOLATIONS,
        **explain_zh.EXPLAIN,
    },
}

SMALL_NUMBER = 100
SHARES = {
    "share",
    "attrition",
    "annual_attrition",
    "tolerance",
    "asked",
    "used",
    "low",
    "high",
    "coverage",
    "median_coverage",
    "median_attainment",
}
"""Names of shares that do not end in ``_share``; fractions under these names show as percentages."""
WAN, YI = 10_000, 100_000_000


class _Values(dict[str, str]):
    """Formatted values; one that a producer left out shows as a dash instead of breaking the sentence."""

    def __missing__(self, key: str) -> str:
        return "–"


def text(code: str, lang: str, **values: Any) -> str:
    """Return the sentence of a code.

    Parameters
    ----------
    code : str
        A key of the catalogues; an unknown one gives a plain list of the values.
    lang : str
        ``zh`` or ``en``.
    **values
        Names ending in ``_cents`` are money, in ``_share`` and ``_rate`` percentages; names of things (``measure``,
        ``category``, ...) are translated themselves.
    """
    shown = _Values({name: format_value(name, value, lang) for name, value in values.items()})
    template = CATALOGUES[lang].get(code)
    if template is None:
        return _unknown(code, shown, lang)
    return template.format_map(shown)


def known(code: str) -> bool:
    """Return whether a code is worded."""
    return code in CATALOGUES["en"]


def reason_text(reason: Reason, lang: str) -> str:
    """Return the sentence of a reason, with its rule id; a rule it speaks of is put in words too."""
    values = dict(reason.values)
    inner = f"reason.{values.get('rule', '')}"
    if known(inner):
        values["rule"] = text(inner, lang, **{name: value for name, value in values.items() if name != "rule"})
    sentence = text(f"reason.{reason.code}", lang, **values)
    if lang == "zh":
        return f"{sentence}（{reason.rule}）。" if reason.rule else f"{sentence}。"
    return f"{sentence} ({reason.rule})." if reason.rule else f"{sentence}."


def lever_text(lever: Lever, lang: str) -> str:
    """Return what a lever changes."""
    return text(f"lever.{lever.name}", lang, **lever.values)


def violation_text(violation: Any, lang: str) -> str:
    """Return the sentence of a broken rule found by the independent checker.

    Parameters
    ----------
    violation : Violation
        With `rule`, `table`, `row`, `code` and `values`.
    lang : str
    """
    sentence = text(f"violation.{violation.code}", lang)
    place = text(
        "violation_place" if violation.row else "violation_table", lang, table=violation.table, row=str(violation.row)
    )
    shown = [f"{column_name(name, lang)}={format_value(name, value, lang)}" for name, value in violation.values.items()]
    if lang == "zh":
        return f"[{violation.rule}] {place}：{sentence}" + (f"（{'，'.join(shown)}）" if shown else "")
    return f"[{violation.rule}] {place}: {sentence}" + (f" ({', '.join(shown)})" if shown else "")


def problem_text(problem: Problem, lang: str) -> str:
    """Return one problem of the input: place, value, reason and remedy."""
    from territory.reports import problems_zh  # noqa: PLC0415 - only needed where something is wrong

    return problems_zh.problem_text(problem) if lang == "zh" and problem.code in problems_zh.SENTENCES else str(problem)


def holiday_name(name: str, lang: str) -> str:
    """Return a public holiday's name; a name of the user's own stays as it is."""
    if lang != "zh":
        return name
    return "、".join(names_zh.HOLIDAYS.get(part, part) for part in name.split("; "))


def name_of(kind: str, value: str, lang: str) -> str:
    """Return the name of a code of some kind (``tier``, ``cause``, ``category``, ...), or the code itself."""
    return CATALOGUES[lang].get(f"{kind}.{value}", value)


def column_name(column: str, lang: str) -> str:
    """Return a table's column heading."""
    return name_of("column", column, lang)


def format_value(name: str, value: Any, lang: str) -> str:
    """Return a value as it stands in a sentence, by the ending of its name."""
    if isinstance(value, str):
        return name_of(name, value, lang)
    if name.endswith("_cents"):
        return money(int(value), lang)
    if name.endswith(("_share", "_rate")) or (name in SHARES and isinstance(value, float)):
        return percent(float(value))
    return number(value)


def number(value: float) -> str:
    """Return ``1,234`` or ``1.25``: thousands separated, at most two decimals below a hundred and none above."""
    if isinstance(value, int) or float(value).is_integer():
        return f"{int(value):,}"
    if abs(value) >= SMALL_NUMBER:
        return f"{value:,.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(share: float, digits: int = 1) -> str:
    """Return ``84.5 %``."""
    shown = f"{100 * share:.{digits}f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return f"{'0' if shown == '-0' else shown} %"


def money(cents: int, lang: str) -> str:
    """Return an amount: ``¥1,234,567``; in Chinese ``8,000万元`` and ``1.2亿元`` from a hundred thousand on."""
    sign, yuan = ("-" if cents < 0 else ""), abs(cents) / 100
    if lang == "zh" and yuan >= YI:
        return f"{sign}{_short(yuan / YI)}亿元"
    if lang == "zh" and yuan >= 10 * WAN:
        return f"{sign}{_short(yuan / WAN)}万元"
    digits = 2 if yuan < SMALL_NUMBER and abs(cents) % 100 else 0
    return f"{sign}¥{yuan:,.{digits}f}"


def _short(value: float) -> str:
    digits = 2 if value < SMALL_NUMBER else 1
    shown = f"{value:,.{digits}f}"
    return shown.rstrip("0").rstrip(".")


def _unknown(code: str, values: Mapping[str, str], lang: str) -> str:
    words = code.removeprefix("reason.").replace(".", ": ").replace("_", " ")
    listed = ("，" if lang == "zh" else ", ").join(
        f"{name.replace('_', ' ')} = {value}" for name, value in values.items()
    )
    if not listed:
        return words
    return f"{words}（{listed}）" if lang == "zh" else f"{words} ({listed})"
