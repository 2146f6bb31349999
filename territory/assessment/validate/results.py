"""Simulated years and the verdict: what goes in comes out (R-B7, R-N1, R-P1, R-V5, R-T4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Value, Violation, listed, single


def check_years(case: Case) -> list[Violation]:
    """Check that deals, people and cash are conserved in every year, and no more visits are done than planned."""
    if "years" not in case.sheets:
        return []
    y = case.sheets["years"]
    opening = case.scenario.settings.budget.opening_cash
    closing = opening + y["collections_cents"] - y["payments_cents"]
    at_start = int((case.scenario.reps.hired_day <= 0).sum())
    deals = y["opened"] != y["won"] + y["lost"] + y["still_open"]
    people = at_start + y["hired"] - y["left"] != y["reps_at_end"]
    cash = y["closing_cash_cents"] != closing
    lowest = (y["lowest_cash_cents"] > y["closing_cash_cents"]) | (y["lowest_cash_cents"] > opening)
    done = y["visits_done"] > y["visits_planned"]
    one = ["replication"]
    flow, team = [*one, "opened", "won", "lost", "still_open"], [*one, "hired", "left", "reps_at_end"]
    balance, low = [*one, "closing_cash_cents"], [*one, "lowest_cash_cents", "closing_cash_cents"]
    return [
        *listed("R-D1", "years", "year.twice", y, one, where=y["replication"].duplicated()),
        *listed("R-P1", "years", "deals.not_conserved", y, flow, where=deals),
        *listed("R-N1", "years", "people.not_conserved", y, team, where=people, reps_at_start=at_start),
        *listed("R-B7", "years", "cash.not_conserved", y, balance, where=cash, recomputed_cents=closing),
        *listed("R-B7", "years", "cash.lowest", y, low, where=lowest),
        *listed("R-V5", "years", "visits.more_than_planned", y, [*one, "visits_planned", "visits_done"], where=done),
    ]


def check_months(case: Case) -> list[Violation]:
    """Check that quantiles of every month are in order (R-E8)."""
    if "months" not in case.sheets:
        return []
    m = case.sheets["months"]
    off = (m["p10"] > m["p50"] + 1e-9) | (m["p50"] > m["p90"] + 1e-9)
    return listed("R-E8", "months", "month.quantiles", m, ["measure", "month", "p10", "p50", "p90"], where=off)


def check_verdict(case: Case) -> list[Violation]:
    """Check that the verdict counts the years, its intervals hold their share and its status follows (R-D1)."""
    chances = case.verdict.get("probabilities")
    if not chances:
        return []
    found: list[Violation] = []
    for name, chance in chances.items():
        hits, years = int(chance["hits"]), int(chance["years"])
        share = hits / years if years else 0.0
        if not (0 <= hits <= years and chance["low"] - 1e-9 <= share <= chance["high"] + 1e-9):
            found += single("R-D1", "verdict", "verdict.interval", name=name, hits=hits, years=years)
    found += _recount(case, chances)
    joint = chances.get("joint")
    parts = [int(chances[name]["hits"]) for name in ("target", "budget", "cash", "visits") if name in chances]
    if joint and parts and int(joint["hits"]) > min(parts):
        found += single("R-D1", "verdict", "verdict.joint", hits=int(joint["hits"]), least_part=min(parts))
    return found + _status(case, chances)


def _recount(case: Case, chances: Mapping[str, Any]) -> list[Violation]:
    """Count target and cash again from the years."""
    if "years" not in case.sheets:
        return []
    y, targets = case.sheets["years"], case.sheets["targets"]
    task = int(targets[(targets["level"] == "total") & (targets["period_kind"] == "year")]["target_cents"].sum())
    stretch = case.scenario.settings.targets.stretch
    again = {
        "target": ("R-T4", np.sum(y["bookings_cents"] >= task)),
        "cash": ("R-B7", np.sum(y["lowest_cash_cents"] >= 0)),
    }
    if stretch is not None:
        again["stretch"] = ("R-T4", np.sum(y["bookings_cents"] >= stretch))
    found: list[Violation] = []
    for name, (rule, hits) in again.items():
        stated = chances.get(name)
        if stated and (int(stated["hits"]) != int(hits) or int(stated["years"]) != len(y)):
            values: dict[str, Value] = {
                "name": name,
                "stated": int(stated["hits"]),
                "recomputed": int(hits),
                "years": len(y),
            }
            found += single(rule, "verdict", "verdict.hits", **values)
    return found


def _status(case: Case, chances: Mapping[str, Any]) -> list[Violation]:
    """Compare the status with the joint chance, or with a team that cannot carry the work (R-H1)."""
    joint, status, rules = chances.get("joint"), case.verdict.get("status"), case.scenario.settings.verdict
    if not joint or not int(joint["years"]):
        return []
    share = int(joint["hits"]) / int(joint["years"])
    by_chance = "at_risk"
    if share >= rules.feasible_from:
        by_chance = "feasible"
    elif share < rules.not_feasible_below:
        by_chance = "not_feasible"
    sheet = case.sheets["headcount"]
    carried = dict(zip(sheet["item"], sheet["value"], strict=True)).get("carried_share", 1.0)
    right = "not_feasible" if carried < rules.served_share - 5e-5 else by_chance
    if status == right or (abs(carried - rules.served_share) <= 5e-5 and status in {by_chance, "not_feasible"}):
        return []
    return single("R-D1", "verdict", "verdict.status", status=str(status), recomputed=right, joint=round(share, 4))
