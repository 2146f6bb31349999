"""The verdict: does the plan hold, how sure is that, and what stands in its way (R-D1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from territory.assessment.explain import explain
from territory.assessment.intervals import wilson
from territory.assessment.kept import kept_groups
from territory.assessment.kpis import year_flags
from territory.assessment.reasons import binding_reasons, cannot_carry
from territory.domain.outcome import Lever, Outcome, Probability, Verdict
from territory.domain.settings import VerdictRules
from territory.errors import Reason


def judge(outcome: Outcome, levers: Sequence[Lever] = ()) -> Verdict:
    """Judge a plan by its simulated years.

    Feasible, at risk or not feasible follows from the share of years in which task, budget, cash and visits hold
    together. A team that cannot carry the demanded share of the visits makes a plan not feasible whatever luck says:
    the visits it leaves out are no accident of a year.

    Parameters
    ----------
    outcome : Outcome
    levers : sequence of Lever
        Effects of changes, if they were measured, the best first.
    """
    rules = outcome.plan.scenario.settings.verdict
    flags = year_flags(outcome.plan, outcome.years)
    probabilities = {
        name: _probability(name, int(held.sum()), len(held), rules.confidence) for name, held in flags.items()
    }
    status = _status(probabilities["joint"], rules)
    if cannot_carry(outcome):
        status = "not_feasible"
    reasons = binding_reasons(outcome, flags)
    if status == "feasible":
        reasons = (_holds(probabilities), *reasons)
    return Verdict(
        status=status,
        probabilities=probabilities,
        reasons=reasons + _provisional(outcome),
        levers=tuple(levers),
        provisional=outcome.plan.scenario.calendar.provisional,
        kept=kept_groups(outcome, flags),
        explanation=explain(outcome, flags),
        precision=outcome.precision,
    )


def _probability(name: str, hits: int, years: int, confidence: float) -> Probability:
    return Probability(name, hits, years, *wilson(hits, years, confidence))


def _status(joint: Probability, rules: VerdictRules) -> str:
    if joint.value >= rules.feasible_from:
        return "feasible"
    return "at_risk" if joint.value >= rules.not_feasible_below else "not_feasible"


def _holds(probabilities: Mapping[str, Probability]) -> Reason:
    joint = probabilities["joint"]
    values = {
        "share": round(joint.value, 4),
        "low": round(joint.low, 4),
        "high": round(joint.high, 4),
        "years": joint.years,
    }
    return Reason("verdict.holds", values, "R-D1")


def _provisional(outcome: Outcome) -> tuple[Reason, ...]:
    first = outcome.plan.scenario.calendar.provisional_from
    return () if first is None else (Reason("verdict.provisional_calendar", {"first_day": str(first)}, "R-V2"),)
