"""What the page shows of the simulated years and the verdict, as plain rows for the template."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from territory.domain.outcome import BREACHES, Outcome, Probability, Verdict, rep_slot_name
from territory.domain.plan import Plan
from territory.reports.bilingual import both, both_money, both_of, pair
from territory.reports.figures import quantiles
from territory.reports.messages import lever_text, money, name_of, reason_text
from territory.reports.money import TOTAL, budget_lines

PROBABILITIES = ("joint", "target", "stretch", "budget", "cash", "visits")
SHOWN_LEVERS = 5
SHOWN_EVENTS = 40


def probability_rows(verdict: Verdict) -> list[dict[str, Any]]:
    """Return one row a probability, all at once first."""
    return [
        {"name": both_of(name_of, "probability", name), "code": name, **_share(verdict.probabilities[name])}
        for name in PROBABILITIES
        if name in verdict.probabilities
    ]


def _share(p: Probability) -> dict[str, Any]:
    return {"value": p.value, "low": p.low, "high": p.high, "hits": p.hits, "years": p.years}


def reason_lines(verdict: Verdict) -> list[Markup]:
    """Return why the plan fails or holds, the heaviest first."""
    return [both_of(reason_text, reason) for reason in verdict.reasons]


def lever_rows(verdict: Verdict) -> list[dict[str, Any]]:
    """Return the changes tried, ranked."""
    return [
        {
            "name": both_of(lever_text, lever),
            "joint": lever.joint_effect,
            "joint_low": lever.joint_low,
            "joint_high": lever.joint_high,
            "target": lever.target_effect,
            "effect": _signed_money(lever.effect_cents),
            "interval": pair(
                *(_interval(lever.effect_low_cents, lever.effect_high_cents, lang) for lang in ("zh", "en"))
            ),
            "years": lever.years,
        }
        for lever in verdict.levers[:SHOWN_LEVERS]
    ]


def _signed_money(cents: int) -> Markup:
    return Markup("+{}").format(both_money(cents)) if cents > 0 else both_money(cents)


def _interval(low: int, high: int, lang: str) -> str:
    return f"{money(low, lang)} … {money(high, lang)}"


def people_view(outcome: Outcome) -> dict[str, Any]:
    """Return how many people stay, and what happens to whom in the sample year."""
    ids = [str(one) for one in outcome.plan.scenario.reps.rep_id]
    calendar, sample = outcome.plan.scenario.calendar, outcome.sample
    shown = [event for event in sample.staff_events if event.kind != "start" or event.day > 0]
    events = [
        {
            "date": str(calendar.date_of(event.day)),
            "rep": rep_slot_name(ids, event.rep),
            "kind": both_of(name_of, "event", event.kind),
        }
        for event in shown[:SHOWN_EVENTS]
    ]
    left = outcome.measure("left").sum(axis=1)
    hired = outcome.measure("hired").sum(axis=1)
    return {
        "at_end": quantiles(outcome.measure("reps_active")[:, -1]),
        "left": quantiles(left),
        "hired": quantiles(hired),
        "events": events,
        "replication": sample.replication,
    }


def money_rows(outcome: Outcome) -> list[dict[str, Any]]:
    """Return budget and spending of the sample year by heading and month, all of it last."""
    return [
        {
            "name": both_of(name_of, "heading", line.heading),
            "total": line.heading == TOTAL,
            "months": [
                {"cents": int(c), "over": over} for c, over in zip(line.spent.tolist(), line.overrun, strict=True)
            ],
            "year": int(line.spent.sum()),
            "planned": line.annual,
            "over": line.annual is not None and int(line.spent.sum()) > line.annual,
        }
        for line in budget_lines(outcome)
    ]


def review_rows(outcome: Outcome) -> list[dict[str, Any]]:
    """Return one row a review rule: breaches a year, and the rule in words (R-E4, R-E5, R-B7)."""
    rules = outcome.plan.scenario.settings.reviews
    values = {
        "commit_accuracy": {"low_share": rules.commit_low, "high_share": rules.commit_high, "stage": rules.commit_from},
        "unbooked": {"most_share": rules.unbooked_share},
        "coverage": {"least_share": rules.coverage},
        "growth": {"least_share": rules.growth_least, "normal_share": rules.growth_normal},
        "week_outlook": {"least_share": rules.outlook_least},
        "linearity": {"least_share": rules.linearity_least},
    }
    rows = []
    for k, name in enumerate(BREACHES):
        count = np.array([year.breaches[k] for year in outcome.years])
        rows.append(
            {
                "name": both_of(name_of, "breach", name),
                "rule": both(f"rule.{name}", **values.get(name, {})),
                "mean": float(count.mean()),
                "clean": float((count == 0).mean()),
                **quantiles(count),
            }
        )
    return rows


def deal_view(plan: Plan, outcome: Outcome | None) -> dict[str, Any]:
    """Return the deals open at the start by stage, and the deals of a year."""
    deals, rows = plan.scenario.opportunities, []
    stages = [(0, pair("线索", "lead"))]
    stages += [(s.probability, pair(s.name_zh or s.name, s.name)) for s in plan.scenario.settings.pipeline.stages]
    for percent, name in stages:
        mine = deals.stage_percent == percent
        value = int(deals.value_cents[mine].sum())
        chance = percent / 100
        rows.append(
            {
                "percent": percent,
                "name": name,
                "count": int(mine.sum()),
                "value": value,
                "weighted": round(value * chance),
            }
        )
    years = None
    if outcome:
        years = [
            {
                "name": both_of(name_of, "measure", name),
                **quantiles(np.array([getattr(year, name) for year in outcome.years])),
            }
            for name in ("opened", "won", "lost")
        ]
        years.append(
            {
                "name": both_of(name_of, "measure", "still_open"),
                **quantiles(np.array([y.still_open for y in outcome.years])),
            }
        )
    return {"rows": rows if len(deals) else [], "years": years}
