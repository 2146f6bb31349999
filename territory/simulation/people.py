"""What each person did in the year, and where that puts it in the people matrix (R-N5, R-B6)."""

from __future__ import annotations

from collections.abc import Iterable

from territory.domain.review_rules import ReviewRules
from territory.domain.year_details import Employment
from territory.simulation.budget import Journal
from territory.simulation.staffing import Person


def quadrant(rules: ReviewRules, attainment: float, appraisal: float) -> str:
    """Return the place in the matrix: A keep, B good culture alone, C good performance alone, D neither (R-N5)."""
    performs, belongs = attainment >= rules.performance_from, appraisal >= rules.culture_from
    if belongs:
        return "A" if performs else "B"
    return "C" if performs else "D"


def employments(
    people: Iterable[Person], bookings: dict[int, int], journal: Journal, rules: ReviewRules, margin: float
) -> tuple[Employment, ...]:
    """Return the record of everybody who worked a month's end.

    Parameters
    ----------
    people, journal, rules
    bookings : dict of int to int
        Cents by rep slot.
    margin : float
        Gross profit share of sales (R-S3).
    """
    return tuple(
        Employment(
            slot=person.slot,
            first_day=person.first_day,
            left_day=person.left_day,
            manager=person.manager,
            bookings_cents=bookings.get(person.slot, 0),
            target_cents=person.target,
            appraisal=person.appraisal,
            cost_cents=journal.cost.get(person.slot, 0),
            profit_cents=round(margin * bookings.get(person.slot, 0)),
            quadrant=quadrant(rules, person.attainment, person.appraisal),
        )
        for person in people
        if person.appraisals
    )
