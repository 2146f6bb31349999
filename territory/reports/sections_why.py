"""What the page shows of why years fail, of people kept, and of how well a probability is known."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from territory.domain.findings import Separator
from territory.domain.outcome import Verdict
from territory.domain.plan import Plan
from territory.reports.bilingual import both, both_of, pair
from territory.reports.messages import format_value, name_of, text


def why_view(plan: Plan, verdict: Verdict) -> dict[str, Any]:
    """Return what the page shows beside probabilities, reasons and levers; None for what the years do not tell."""
    return {
        "explanation": explanation_view(plan, verdict),
        "kept": kept_rows(verdict),
        "precision": precision_line(verdict),
    }


def explanation_view(plan: Plan, verdict: Verdict) -> dict[str, Any] | None:
    """Return what separates failing from holding years, and the story of a typical failing one."""
    why = verdict.explanation
    if why is None:
        return None
    calendar = plan.scenario.calendar
    return {
        "lead": pair(
            *(
                text(
                    "explain.separates",
                    lang,
                    condition=name_of("probability", why.condition, lang),
                    failing=why.failing_years,
                    holding=why.holding_years,
                )
                for lang in ("zh", "en")
            )
        ),
        "separators": [_separator(one) for one in why.separators],
        "replication": why.replication,
        "note": pair(*(text("explain.story_note", lang, missed=_listed(why.missed, lang)) for lang in ("zh", "en"))),
        "story": [{"date": str(calendar.date_of(one.day)), "text": both(one.code, **one.values)} for one in why.story],
    }


def _separator(one: Separator) -> dict[str, Any]:
    cut = _shown(one.figure, one.cut)
    return {
        "name": both_of(name_of, "figure", one.figure),
        "failing": pair(*_shown(one.figure, one.failing)),
        "holding": pair(*_shown(one.figure, one.holding)),
        "difference": f"{one.difference:+.1f}",
        "cut": pair(
            *(
                text("explain.cut_line", lang, cut=line, below_share=one.below, above_share=one.above)
                for lang, line in zip(("zh", "en"), cut, strict=True)
            )
        ),
    }


def _shown(figure: str, value: float) -> tuple[str, str]:
    return format_value(figure, value, "zh"), format_value(figure, value, "en")


def _listed(conditions: tuple[str, ...], lang: str) -> str:
    return ("、" if lang == "zh" else ", ").join(name_of("probability", name, lang) for name in conditions)


def kept_rows(verdict: Verdict) -> list[dict[str, Any]]:
    """Return one row a number of people kept."""
    return [
        {
            "kept": group.kept,
            "years": group.years,
            "target": group.target_hits / group.years,
            "target_low": group.target_low,
            "target_high": group.target_high,
            "joint": group.joint_hits / group.years,
            "joint_low": group.joint_low,
            "joint_high": group.joint_high,
            "bookings": group.median_bookings_cents,
        }
        for group in verdict.kept
    ]


def precision_line(verdict: Verdict) -> Markup | None:
    """Return how well the probability is known that the run was to settle."""
    found = verdict.precision
    if found is None:
        return None
    shares = {"value_share": found.value, "low_share": found.low, "high_share": found.high}
    code = "precision.settled" if found.settled else "precision.open"
    sides = (
        text(
            code,
            lang,
            condition=name_of("probability", found.condition, lang),
            half_points=round(100 * found.half_width, 6),
            years=found.years,
            **shares,
        )
        for lang in ("zh", "en")
    )
    return pair(*sides)
