"""From a table of text to columns of values, by its declared schema, with every cell that cannot be read reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from territory.errors import Problem
from territory.inputs import cells
from territory.inputs.cells import BadCell
from territory.inputs.column import Column, TableSchema
from territory.inputs.headings import headings, plain_heading, without_unit
from territory.inputs.nearest import nearest
from territory.inputs.problems import problem
from territory.inputs.raw_table import RawTable

ALIKE_SHOWN = 50
"""So many cells of one column are listed for one kind of problem; the rest are counted."""

_TOTAL_LIMIT_CENTS = 9 * 10**15
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "id": cells.parse_id,
    "text": cells.parse_text,
    "list": cells.parse_list,
    "number": cells.parse_number,
    "degrees": cells.parse_number,
    "share": cells.parse_share,
    "integer": cells.parse_integer,
    "percent": cells.parse_percent,
    "date": cells.parse_date,
    "time": cells.parse_time,
    "hours": cells.parse_hours,
    "boolean": cells.parse_boolean,
}


@dataclass(frozen=True)
class Table:
    """A table with values in place of text; None marks blank cells and those that could not be read.

    Attributes
    ----------
    file : str
    rows : list of int
        Spreadsheet row of each row.
    values : mapping of str to list
        Every column of the schema, absent ones blank.
    bad : mapping of str to frozenset of int
        Positions of the cells that could not be read.
    torn_cells : frozenset of str
        Cells of rows that could not be read; an id among them is not unknown.
    readable : bool
        Whether the file and its required columns were there at all.
    present : frozenset of str
        Columns the file has.
    """

    file: str
    rows: list[int]
    values: Mapping[str, list[Any]]
    bad: Mapping[str, frozenset[int]] = field(default_factory=dict)
    torn_cells: frozenset[str] = frozenset()
    readable: bool = True
    present: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self.rows)

    def is_bad(self, column: str, position: int) -> bool:
        """Whether the cell could not be read."""
        return position in self.bad.get(column, ())

    def given(self, column: str) -> list[tuple[int, Any]]:
        """Return positions and values of the cells that hold one."""
        return [(i, value) for i, value in enumerate(self.values[column]) if value is not None]


def absent_table(schema: TableSchema, file: str = "", *, readable: bool = True) -> Table:
    """Return a table without rows: one the scenario does not bring, or one that could not be read."""
    return Table(file, [], {column.name: [] for column in schema.columns}, readable=readable)


def parse_table(schema: TableSchema, raw: RawTable, problems: list[Problem]) -> Table:
    """Return the values of a table; problems with headings and cells are added to `problems`."""
    places, missing = _find_columns(schema, raw, problems)
    values: dict[str, list[Any]] = {}
    bad: dict[str, frozenset[int]] = {}
    for column in schema.columns:
        if column.name not in places:
            values[column.name] = [None] * len(raw.rows)
            continue
        place, scale = places[column.name]
        values[column.name], bad[column.name] = _parse_column(column, raw, raw.columns[place], scale, problems)
    if not raw.rows and not raw.torn and schema.name in ("customers", "reps"):
        problems.append(problem("table_empty", file=raw.file))
    torn = frozenset(cell.strip() for row in raw.torn for cell in row)
    return Table(raw.file, raw.rows, values, bad, torn, not missing, frozenset(places))


def _find_columns(
    schema: TableSchema, raw: RawTable, problems: list[Problem]
) -> tuple[dict[str, tuple[int, int]], list[str]]:
    """Match headings with columns: the place and scale of each, and the required columns that are missing."""
    known = headings(schema)
    places: dict[str, tuple[int, int]] = {}
    strangers: list[str] = []
    for place, heading in enumerate(raw.heading):
        bare, scale = without_unit(heading)
        name = known.get(plain_heading(heading)) or known.get(plain_heading(bare))
        if name is None:
            _note_stranger(raw, place, strangers, problems)
        elif name in places:
            first = raw.heading[places[name][0]]
            where: dict[str, Any] = {"file": raw.file, "row": raw.heading_row, "column": name}
            problems.append(problem("column_twice", **where, first=first, second=heading))
        else:
            places[name] = place, scale
    guessed = _report_misspelt(schema, raw, strangers, places, problems)
    missing = [column.name for column in schema.columns if column.required and column.name not in places]
    for name in missing:
        if name not in guessed:
            shown = ", ".join([name, *schema.column(name).synonyms[:4]])
            problems.append(problem("column_missing", file=raw.file, row=raw.heading_row, column=name, headings=shown))
    return places, missing


def _note_stranger(raw: RawTable, place: int, strangers: list[str], problems: list[Problem]) -> None:
    heading = raw.heading[place]
    if heading.strip():
        strangers.append(heading)
    elif any(cell.strip() for cell in raw.columns[place]):
        problems.append(problem("column_blank", file=raw.file, row=raw.heading_row, column=f"column {place + 1}"))


def _report_misspelt(
    schema: TableSchema,
    raw: RawTable,
    strangers: list[str],
    places: Mapping[str, object],
    problems: list[Problem],
) -> set[str]:
    """Report unknown headings that are a slip away from a column that is absent; other extra columns are welcome."""
    absent = {heading: name for heading, name in headings(schema).items() if name not in places}
    absent = {heading: name for heading, name in absent.items() if len(heading) > 2}
    guessed = set()
    for heading in strangers:
        plain = plain_heading(without_unit(heading)[0])
        found = nearest(plain, absent) if len(plain) > 2 else ""
        if found and _alike(plain, found):
            guessed.add(absent[found])
            place: dict[str, Any] = {"file": raw.file, "row": raw.heading_row, "column": heading}
            problems.append(problem("column_unknown", **place, nearest=absent[found]))
    return guessed


def _alike(one: str, other: str) -> bool:
    """Whether two headings differ by so little that one is a slip of the other."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - rarely needed

    return SequenceMatcher(None, one, other).ratio() >= 0.8


def _parse_column(
    column: Column, raw: RawTable, texts: list[str], scale: int, problems: list[Problem]
) -> tuple[list[Any], frozenset[int]]:
    parse = _parser(column, scale, computed=raw.computed)
    known: dict[str, Any] = {}
    wrong: dict[str, BadCell] = {}
    for text in dict.fromkeys(texts):
        try:
            plain = cells.clean(text)
            known[text] = parse(plain) if plain else None
            if known[text] is None and column.required:
                wrong[text] = BadCell("cell_blank")
        except BadCell as error:
            known[text] = None
            wrong[text] = error
    values = [known[text] for text in texts]
    if not wrong:
        _check_total(column, raw, values, problems)
        return values, frozenset()
    positions = [i for i, text in enumerate(texts) if text in wrong]
    _report_cells(column, raw, [(i, texts[i], wrong[texts[i]]) for i in positions], problems)
    return values, frozenset(positions)


def _report_cells(
    column: Column, raw: RawTable, found: list[tuple[int, str, BadCell]], problems: list[Problem]
) -> None:
    count: Counter[str] = Counter()
    for position, text, error in found:
        count[error.code] += 1
        if count[error.code] <= ALIKE_SHOWN:
            place: dict[str, Any] = {
                "file": raw.file,
                "row": raw.rows[position],
                "column": column.name,
                "value": text.strip(),
            }
            problems.append(problem(error.code, **place, **error.details))
    hidden = [more - ALIKE_SHOWN for more in count.values() if more > ALIKE_SHOWN]
    problems += [problem("more_alike", file=raw.file, column=column.name, count=more) for more in hidden]


def _parser(column: Column, scale: int, *, computed: bool) -> Callable[[str], Any]:
    if column.kind == "choice":
        return partial(_parse_choice, _choice_words(column), ", ".join(value for value, _ in column.choices))
    if column.kind == "amount":
        parse: Callable[[str], Any] = partial(cells.parse_amount, scale=scale, rounding=computed)
        return partial(_within, parse, column, 100)
    parse = _PARSERS[column.kind]
    unbounded = column.kind == "degrees" or (column.least is None and column.most is None)
    return parse if unbounded else partial(_within, parse, column, 1)


def _within(parse: Callable[[str], Any], column: Column, unit: int, text: str) -> Any:
    value = parse(text)
    if (column.least is not None and value < column.least * unit) or (
        column.most is not None and value > column.most * unit
    ):
        raise BadCell("value_bounds", bounds=bounds_text(column))
    return value


def bounds_text(column: Column) -> str:
    """Return the bounds of a column as text, such as ``0..6`` or ``>= 0``."""
    if column.least is not None and column.most is not None:
        return f"{column.least:g}..{column.most:g}"
    return f">= {column.least:g}" if column.least is not None else f"<= {column.most:g}" if column.most else ""


def _choice_words(column: Column) -> dict[str, str]:
    words = {word.casefold(): value for value, synonyms in column.choices for word in synonyms}
    return words | {value.casefold(): value for value, _ in column.choices}


def _parse_choice(words: Mapping[str, str], choices: str, text: str) -> str:
    word = plain_heading(text)
    if word not in words:
        raise BadCell("choice_invalid", choices=choices)
    return words[word]


def _check_total(column: Column, raw: RawTable, values: list[Any], problems: list[Problem]) -> None:
    if column.kind == "amount" and sum(value for value in values if value) > _TOTAL_LIMIT_CENTS:
        limit = f"{_TOTAL_LIMIT_CENTS // 100:,}"
        problems.append(problem("amounts_too_large", file=raw.file, column=column.name, limit=limit))
