"""report.html: one file for a manager, in both languages, that opens anywhere without a request."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from territory.domain.outcome import Outcome, Verdict
from territory.domain.plan import Plan
from territory.reports import charts, charts_experiments, figures, sections, sections_trips, sections_why, sections_year
from territory.reports.bilingual import both, both_money, both_of, pair
from territory.reports.map import MOST_CUSTOMERS, colour, map_svg
from territory.reports.messages import holiday_name, number, percent, reason_text
from territory.reports.money import planned_by_heading
from territory.reports.regional_plan import training_plan
from territory.reports.visit_calendar import calendar_data

MAP_BUTTONS = 60
PAGES = ("report.html.j2", "why.html.j2", "trips.html.j2")
"""The template of the page, and those it includes."""


def report_page(plan: Plan, outcome: Outcome | None = None, verdict: Verdict | None = None, lang: str = "zh") -> str:
    """Return the page.

    Parameters
    ----------
    plan : Plan
    outcome, verdict : optional
        Without them the page shows the plan alone and says that it is untested.
    lang : str
        Language it opens in; a button switches.
    """
    page = page_templates().get_template(PAGES[0])
    rendered: str = page.render(
        lang=lang,
        **script_and_style("report.js"),
        **plan_view(plan, lang),
        **year_view(plan, outcome, verdict),
    )
    return rendered


@cache
def page_templates() -> Environment:
    """Return the templates with the functions and filters they use."""
    templates = Environment(
        loader=PackageLoader("territory.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals.update(t=both, money=both_money, pair=pair)
    templates.filters.update(n=number, pct=percent, yuan=whole_yuan, points=points, width=width)
    return templates


def script_and_style(script_name: str) -> dict[str, Any]:
    """Return what every page carries in itself: style sheet, script, and the script's hash for its security policy."""
    script = _asset(script_name)
    return {
        "style": Markup(_asset("report.css")),  # noqa: S704 - a file of this package
        "script": Markup(script),  # noqa: S704 - a file of this package
        "script_hash": _source_hash(script),
    }


def plan_view(plan: Plan, lang: str) -> dict[str, Any]:
    """Return everything the page shows of the plan."""
    scenario = plan.scenario
    about, calendar = scenario.settings.scenario, scenario.calendar
    reps = scenario.reps
    training = {one: training_plan(plan, one).to_dict("records") for one in ("zh", "en")}
    return {
        "plan": plan,
        "about": about,
        "calendar": calendar,
        "title": pair(about.title_zh or about.title or about.name, about.title or about.name),
        "page_title": (about.title_zh if lang == "zh" else about.title) or about.title or about.name,
        "months": [calendar.month_label(m) for m in range(12)],
        "last_day": calendar.date_of(calendar.days - 1),
        "fig": figures.plan_figures(plan),
        "territories": sections.territory_rows(plan),
        "targets": sections.target_rows(plan),
        "head": sections.headcount_view(plan),
        "balance": sections.balance_rows(plan),
        "unserved": sections.unserved_rows(plan),
        "moves": sections.move_view(plan),
        "business": sections.business_rows(plan),
        "training": list(zip(training["zh"], training["en"], strict=True)),
        "notes": [both_of(reason_text, note) for note in (*plan.notes, *plan.territories.notes)],
        "lots": plan.territories.lots,
        "oversized": plan.territories.oversized,
        "map": map_svg(plan),
        "binned": len(scenario.customers) > MOST_CUSTOMERS,
        "buttons": [(r, colour(r), f"{reps.rep_id[r]} {reps.name[r]}") for r in range(min(len(reps), MAP_BUTTONS))],
        "workload_chart": charts.workload_bars(plan),
        "tier_chart": charts.tier_matrix(plan),
        "data": script_json(calendar_data(plan)),
        "holidays": _holidays(plan),
    }


def year_view(plan: Plan, outcome: Outcome | None, verdict: Verdict | None) -> dict[str, Any]:
    """Return everything the page shows of the years; the keys exist without years too."""
    view: dict[str, Any] = {
        "outcome": outcome,
        "trips": sections_trips.trip_view(plan, outcome),
        "verdict": verdict,
        "status": verdict.status if verdict else "untested",
        "deals": sections_year.deal_view(plan, outcome),
        "rules": plan.scenario.settings,
    }
    if verdict:
        view |= {
            "probabilities": sections_year.probability_rows(verdict),
            "reasons": sections_year.reason_lines(verdict),
            "levers": sections_year.lever_rows(verdict),
            "tornado_chart": charts_experiments.tornado(verdict.levers) if verdict.levers else None,
            **sections_why.why_view(plan, verdict),
        }
    if outcome:
        planned = planned_by_heading(plan)
        view |= {
            "year": figures.outcome_figures(outcome),
            "people": sections_year.people_view(outcome),
            "budget": sections_year.money_rows(outcome),
            "reviews": sections_year.review_rows(outcome),
            "fan_chart": charts.bookings_fan(outcome),
            "cash_chart": charts.cash_fan(outcome, np.sum(list(planned.values()), axis=0)),
            "people_chart": charts.headcount_path(outcome),
        }
    return view


def script_json(data: Any) -> Markup:
    """Return data as JSON that is safe inside a script element."""
    raw = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        raw = raw.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(raw)  # noqa: S704 - the letters that could end the element are escaped above


def whole_yuan(cents: int) -> str:
    """Return an amount in whole yuan, halves to even, as ``1,234``."""
    return f"{round(cents / 100):,}"


def points(share: float) -> str:
    """Return a difference of shares in signed percentage points, as ``+12.5``."""
    return f"{100 * share:+.1f}"


def width(share: float) -> str:
    """Return a share as a CSS percentage between 0 and 100."""
    return f"{100 * min(max(share, 0.0), 1.0):.1f}%"


def _holidays(plan: Plan) -> list[tuple[str, str, Markup]]:
    """Return (first date, last date, name) of every public holiday of the year."""
    calendar, out = plan.scenario.calendar, []
    day = 0
    while day < calendar.days:
        name = calendar.holiday[day]
        first = day
        while day < calendar.days and calendar.holiday[day] == name:
            day += 1
        if name:
            out.append((str(calendar.date_of(first)), str(calendar.date_of(day - 1)), both_of(holiday_name, name)))
    return out


def _asset(name: str) -> str:
    return files("territory.reports").joinpath("templates", name).read_text(encoding="utf-8")


def _source_hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
