"""The result in a terminal: verdict, figures, reasons, levers."""

from __future__ import annotations

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from territory.domain.outcome import BREACHES, Outcome, Verdict
from territory.domain.plan import Plan
from territory.reports.excel import summary_rows
from territory.reports.messages import lever_text, name_of, reason_text, text
from territory.reports.sections_trips import account_line

STATUS_STYLE = {"feasible": "bold green", "at_risk": "bold yellow", "not_feasible": "bold red", "untested": "bold"}
SHOWN_LEVERS = 3


def print_result(plan: Plan, outcome: Outcome | None, verdict: Verdict | None, lang: str, console: Console) -> None:
    """Print what a manager wants to know first.

    Parameters
    ----------
    plan : Plan
    outcome, verdict : optional
        Simulated years and what they say.
    lang : str
    console : rich.console.Console
    """
    status = verdict.status if verdict else "untested"
    console.print(
        Text(text("verdict.headline", lang, status=name_of("status", status, lang)), style=STATUS_STYLE[status])
    )
    console.print(Text(_say(plan, verdict, lang)))
    calendar = plan.scenario.calendar
    if calendar.provisional:
        console.print(Text(text("page.provisional", lang, date=str(calendar.provisional_from)), style="yellow"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(text("terminal.figure", lang))
    table.add_column(text("terminal.value", lang), justify="right")
    table.add_column(text("terminal.range", lang) if outcome else "")
    for name, value, note in summary_rows(plan, outcome, verdict, lang)[1:]:
        table.add_row(Text(name), Text(value), Text(note, style="dim"))
    console.print(table)
    notes = (*(verdict.reasons if verdict else plan.headcount.reasons), *plan.notes, *plan.territories.notes)
    if notes:
        console.print(Text(text("terminal.reasons", lang), style="bold"))
        for k, reason in enumerate(notes, start=1):
            console.print(Text(f"  {k}. {reason_text(reason, lang)}"))
    if outcome:
        console.print(Text(breach_line(outcome, lang)))
        nights = outcome.sample.nights
        if nights and nights.planned:
            console.print(Text(account_line(nights, lang)))
    if verdict and verdict.levers:
        _print_levers(verdict, lang, console)


def breach_line(outcome: Outcome, lang: str) -> str:
    """Return how often each threshold of the reviews is missed in the mean year, most first (R-E4, R-E5, R-B7)."""
    mean = np.mean([year.breaches for year in outcome.years], axis=0)
    most_first = np.argsort(-mean, kind="stable").tolist()
    shown = (f"{name_of('breach', BREACHES[k], lang)} {mean[k]:.1f}" for k in most_first)
    return text("terminal.breaches", lang, breaches=("；" if lang == "zh" else "; ").join(shown))


def _say(plan: Plan, verdict: Verdict | None, lang: str) -> str:
    if verdict is None:
        return text("verdict.untested", lang)
    joint = verdict.probabilities["joint"]
    sentence = text(
        "verdict.joint",
        lang,
        hits=joint.hits,
        years=joint.years,
        value_share=joint.value,
        low_share=joint.low,
        high_share=joint.high,
        confidence_share=plan.scenario.settings.verdict.confidence,
    )
    return f"{sentence}{'' if lang == 'zh' else ' '}{text(f'verdict.means.{verdict.status}', lang)}"


def _print_levers(verdict: Verdict, lang: str, console: Console) -> None:
    console.print(Text(text("terminal.levers", lang), style="bold"))
    for lever in verdict.levers[:SHOWN_LEVERS]:
        shown: dict[str, str | int] = {
            "joint": f"{100 * lever.joint_effect:+.1f}",
            "low": f"{100 * lever.joint_low:+.1f}",
            "high": f"{100 * lever.joint_high:+.1f}",
            "target": f"{100 * lever.target_effect:+.1f}",
            "effect_cents": lever.effect_cents,
            "effect_low_cents": lever.effect_low_cents,
            "effect_high_cents": lever.effect_high_cents,
        }
        console.print(Text("  " + text("terminal.lever", lang, **shown, lever=lever_text(lever, lang))))
