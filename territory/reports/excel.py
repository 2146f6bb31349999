"""plan.xlsx: the four parts of the regional plan and what belongs to them, as sheets with filters."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from territory.domain.customers import NONE
from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan, clock
from territory.domain.settings import WEEKDAYS
from territory.domain.year_tables import year_tables
from territory.reports.figures import headline
from territory.reports.messages import column_name, money, name_of, percent, reason_text, text
from territory.reports.money import budget_lines
from territory.reports.regional_plan import target_agreements, training_plan
from territory.reports.sections import detail_name

MOST_ROWS = 1_000_000
SAFE_OPTIONS = {
    "constant_memory": True,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
MONEY_COLUMNS = {
    "annual_sales",
    "potential",
    "target",
    "profit_after_cost_to_serve",
    "expected_loss",
    "amount",
    "balance",
    "cost",
    "budget",
    "year_total",
    "planned_pay",
}
YEAR_MONEY = ("bookings", "gross_profit", "three_months", "rolling", "landing", "upside", "overdue", "projects")
CODED_COLUMNS = {
    "quadrant": "quadrant",
    "pareto_group": "pareto_group",
    "steer": "steer",
    "cause": "cause",
    "weekday": "weekday",
    "end_place": "place",
}
NARROW, WIDEST = 9, 46


class Book:
    """A workbook under construction; every text is written as text, whatever it looks like."""

    def __init__(self, plan: Plan, lang: str) -> None:
        self.lang = lang
        self._out = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._out, SAFE_OPTIONS)
        start = plan.scenario.calendar.start
        self._book.set_properties(
            {"title": plan.scenario.settings.scenario.name, "created": datetime(start.year, start.month, start.day)}
        )
        self.head = self._book.add_format(
            {"bold": True, "bg_color": "#E8EEF3", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self.title = self._book.add_format({"bold": True, "font_size": 16})
        self.bold = self._book.add_format({"bold": True})
        self.wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self.money = self._book.add_format({"num_format": "#,##0.00"})
        self.number = self._book.add_format({"num_format": "#,##0.##"})
        self.bad = self._book.add_format({"num_format": "#,##0.00", "font_color": "#B3410E", "bold": True})

    def sheet(self, code: str) -> Any:
        """Return a new sheet of a name in the catalogue."""
        return self._book.add_worksheet(text(f"sheet.{code}", self.lang))

    def table(
        self,
        code: str,
        frame: pd.DataFrame,
        *,
        money_columns: Iterable[str] = (),
        widths: Mapping[str, int] | None = None,
    ) -> None:
        """Add a sheet with a table: frozen headings, filter, number formats."""
        sheet = self.sheet(code)
        money_names = MONEY_COLUMNS | set(money_columns)
        headings = [column_name(str(name), self.lang) for name in frame.columns]
        shown = frame.head(MOST_ROWS)
        for j, name in enumerate(frame.columns):
            sheet.set_column(j, j, (widths or {}).get(str(name), _width(headings[j], shown.iloc[:50, j])))
        for j, heading in enumerate(headings):
            sheet.write_string(0, j, heading, self.head)
        columns = [
            self._cells(str(name), shown.iloc[:, j], name in money_names) for j, name in enumerate(frame.columns)
        ]
        for i, row in enumerate(zip(*columns, strict=True), start=1):
            for j, (kind, value, form) in enumerate(row):
                (sheet.write_number if kind == "number" else sheet.write_string)(i, j, value, form)
        sheet.freeze_panes(1, 2 if len(frame.columns) > 4 else 0)
        if len(shown):
            sheet.autofilter(0, 0, len(shown), len(frame.columns) - 1)
        if len(frame) > MOST_ROWS:
            sheet.write_string(len(shown) + 1, 0, text("excel.truncated", self.lang, file=f"{code}.csv"))

    def bytes(self) -> bytes:
        """Close the workbook and return the file."""
        self._book.close()
        return self._out.getvalue()

    def _cells(self, name: str, column: pd.Series, is_money: bool) -> list[tuple[str, Any, Any]]:
        if pd.api.types.is_bool_dtype(column):
            words = {True: text("yes", self.lang), False: text("no", self.lang)}
            return [("text", words[bool(value)], None) for value in column]
        if is_money:
            return [
                ("number", float(value), self.money) if value not in {"", None} else ("text", "", None)
                for value in column
            ]
        if pd.api.types.is_numeric_dtype(column):
            return [("number", float(value), self.number) for value in column]
        if name in CODED_COLUMNS:
            return [("text", name_of(CODED_COLUMNS[name], str(value), self.lang), None) for value in column]
        return [("text", str(value), None) for value in column]


def plan_workbook(
    plan: Plan,
    outcome: Outcome | None,
    verdict: Verdict | None,
    lang: str,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> bytes:
    """Return plan.xlsx.

    Parameters
    ----------
    plan : Plan
    outcome, verdict : optional
        Without them the sheets of the year are left out.
    lang : str
        Language of headings and names.
    tables : mapping, optional
        ``plan.tables()``, if at hand.
    """
    frames = tables or plan.tables()
    book = Book(plan, lang)
    _summary(book, plan, outcome, verdict)
    customers = frames["customers"].drop(columns=["lat", "lon"])
    customers.insert(5, "competitor", plan.scenario.customers.competitor)
    book.table("customers", customers)
    book.table("visits", visit_days(plan), widths={"itinerary": 120})
    book.table("training", training_plan(plan, lang))
    agreements = target_agreements(plan)
    money_names = set(agreements.columns) - {"rep_id", "name", "planned_visits"}
    book.table("targets", agreements, money_columns=money_names)
    book.table("territories", frames["territories"])
    book.table("unserved", _unserved(plan, frames["unserved"], lang))
    if plan.routes.trip.max(initial=NONE) != NONE:
        book.table("trips", _trips(plan, frames["trips"]))
    if outcome:
        _budget(book, plan, outcome)
        rep_ids = [str(one) for one in plan.scenario.reps.rep_id]
        for code, frame in year_tables(outcome.sample, plan.scenario.calendar, rep_ids).items():
            book.table(code, frame, money_columns=YEAR_MONEY)
    book.table("moves", frames["moves"])
    return book.bytes()


def visit_days(plan: Plan) -> pd.DataFrame:
    """Return one row a rep and day: departure, return, driving, and the visits in order with their times (R-V4)."""
    scenario, routes, visits = plan.scenario, plan.routes, plan.visits
    who, calendar = scenario.customers, scenario.calendar
    names = [f"{one} {name}" for one, name in zip(who.customer_id, who.name, strict=True)]
    start = clock(visits.start)
    stops: dict[tuple[int, int], list[str]] = {}
    for day, rep, customer, at in zip(
        visits.day.tolist(), visits.rep.tolist(), visits.customer.tolist(), start, strict=True
    ):
        stops.setdefault((day, rep), []).append(f"{at} {names[customer]}")
    itinerary = [stops.get(key, []) for key in zip(routes.day.tolist(), routes.rep.tolist(), strict=True)]
    provisional = calendar.table()["provisional"].to_numpy()
    return pd.DataFrame(
        {
            "date": [str(calendar.date_of(day)) for day in routes.day.tolist()],
            "rep_id": scenario.reps.rep_id[routes.rep],
            "rep_name": scenario.reps.name[routes.rep],
            "weekday": [WEEKDAYS[w] for w in calendar.weekday[routes.day].tolist()],
            "depart": clock(routes.depart),
            "back": clock(routes.back),
            "visits": [len(row) for row in itinerary],
            "travel_minutes": routes.travel_minutes,
            "travel_km": np.round(routes.travel_km, 1),
            "end_place": np.where(routes.end_place == 1, "lodging", "base"),
            "itinerary": [" → ".join(row) for row in itinerary],
            "provisional": provisional[routes.day],
        }
    )


def _trips(plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the trips with the names of their customers."""
    who = plan.scenario.customers
    name_of_id = dict(zip(who.customer_id.tolist(), who.name.tolist(), strict=True))
    names = ["; ".join(f"{one} {name_of_id[one]}" for one in row.split("; ")) for row in frame["customers"]]
    return frame.drop(columns=["customers", "travel_minutes"]).assign(customer_list=names)


def _unserved(plan: Plan, frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    out = frame.copy()
    out["detail"] = [
        detail_name(plan, cause, detail, lang)
        for cause, detail in zip(frame["cause"], frame["detail"].astype(str), strict=True)
    ]
    return out


def _summary(book: Book, plan: Plan, outcome: Outcome | None, verdict: Verdict | None) -> None:
    lang, about = book.lang, plan.scenario.settings.scenario
    sheet = book.sheet("summary")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 34)
    title = (about.title_zh if lang == "zh" else about.title) or about.title or about.name
    lines: list[tuple[Sequence[str], Any]] = [((title,), book.title), ((text("excel.summary_title", lang),), None)]
    if about.made_up:
        lines.append(((text("page.made_up_long", lang),), None))
    if plan.scenario.calendar.provisional:
        lines.append(((text("page.provisional", lang, date=str(plan.scenario.calendar.provisional_from)),), book.bold))
    lines.append(((text("excel.parts", lang),), None))
    lines += [((), None), *((row, None) for row in summary_rows(plan, outcome, verdict, lang))]
    if verdict:
        lines += [((), None), ((text("verdict.reasons", lang),), book.bold)]
        lines += [((reason_text(reason, lang),), None) for reason in verdict.reasons]
    for i, (row, form) in enumerate(lines):
        for j, value in enumerate(row):
            sheet.write_string(i, j, value, form)


def summary_rows(plan: Plan, outcome: Outcome | None, verdict: Verdict | None, lang: str) -> list[tuple[str, str, str]]:
    """Return (name, value, range) of the headline figures in words, for the terminal and the first sheet."""
    fig = headline(plan, outcome, verdict)
    rows = [(text("page.verdict", lang), name_of("status", fig["status"], lang), "")]
    if verdict:
        rows += [
            (name_of("probability", name, lang), percent(p.value), f"{percent(p.low)} – {percent(p.high)}")
            for name, p in verdict.probabilities.items()
        ]
    rows.append(
        (
            text("key.task", lang),
            money(fig["target_cents"], lang),
            text("key.stretch", lang, stretch_cents=fig["stretch_cents"]),
        )
    )
    if outcome:
        for code, name in (
            ("bookings", "bookings_cents"),
            ("collections", "collections_cents"),
            ("spent", "spending_cents"),
            ("lowest_cash", "lowest_cash_cents"),
        ):
            q = fig[name]
            rows.append(
                (text(f"key.{code}", lang), money(q["p50"], lang), f"{money(q['p10'], lang)} – {money(q['p90'], lang)}")
            )
        ends = fig["reps_at_end"]
        rows.append((text("key.reps_at_end", lang), f"{ends['p50']}", f"{ends['p10']} – {ends['p90']}"))
    note = text("key.reps_note", lang, bound=fig["reps_lower_bound"], available=fig["reps_available"])
    rows.append((text("key.reps_needed", lang), f"{fig['reps_needed']}", note))
    rows.append((text("key.visits", lang), f"{fig['visits']:,}", text("key.unserved", lang, unserved=fig["unserved"])))
    travel = text("key.travel_note", lang, km=round(fig["travel_km"]), nights=fig["nights_away"])
    rows.append((text("key.travel", lang), text("key.hours", lang, hours=round(fig["travel_minutes"] / 60)), travel))
    rows.append((text("key.gap", lang), f"≤ {percent(fig['territory_gap'])}", text("key.gap_note", lang)))
    moved = text("key.moved_note", lang, sales_cents=fig["moved_sales_cents"])
    rows.append((text("key.moved", lang), f"{fig['moved_customers']:,}", moved))
    return rows


def _budget(book: Book, plan: Plan, outcome: Outcome) -> None:
    sheet = book.sheet("budget")
    lang, calendar = book.lang, plan.scenario.calendar
    names = ["category", *[calendar.month_label(m) for m in range(12)], "year_total", "budget"]
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, len(names) - 1, 14)
    for j, name in enumerate(names):
        sheet.write_string(0, j, column_name(name, lang), book.head)
    for i, line in enumerate(budget_lines(outcome), start=1):
        sheet.write_string(i, 0, name_of("heading", line.heading, lang))
        for m, (cents, over) in enumerate(zip(line.spent.tolist(), line.overrun, strict=True), start=1):
            sheet.write_number(i, m, cents / 100, book.bad if over else book.money)
        sheet.write_number(i, 13, int(line.spent.sum()) / 100, book.money)
        if line.annual is not None:
            sheet.write_number(i, 14, line.annual / 100, book.money)
    sheet.freeze_panes(1, 1)


def _width(heading: str, sample: pd.Series) -> int:
    cells = [len(str(value)) + sum(ord(letter) > 0x2E7F for letter in str(value)) for value in sample]
    words = len(heading) + sum(ord(letter) > 0x2E7F for letter in heading)
    return int(min(max([NARROW, min(words, 16) + 2, *(cell + 2 for cell in cells)]), WIDEST))
