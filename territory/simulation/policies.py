"""Reactions to review results, as small named functions (MODEL section 8).

A scenario lists the policies it follows in `reviews.policies`; each function answers one question of the year.
"""

from __future__ import annotations

from territory.domain.settings import TIERS, Settings

ALL_TIERS = len(TIERS)


def extend_probation(settings: Settings, attainment: float) -> bool:
    """Whether probation is extended a month: cumulative attainment is short (R-N2)."""
    return "extend_probation" in settings.reviews.policies and attainment < settings.staffing.extension_attainment


def drop_d_visits(settings: Settings, coverage: float) -> int:
    """Return the first tier not visited next month: D under thin coverage, so that reps phone and sell (R-E5)."""
    if "drop_d_visits" in settings.reviews.policies and coverage < settings.reviews.coverage:
        return TIERS.index("D")
    return ALL_TIERS


def prospecting_minutes(settings: Settings, coverage: float) -> int:
    """Return the minutes a day each rep gives to prospects next month: some under thin coverage, else none (R-E5)."""
    if "prospect_when_thin" in settings.reviews.policies and coverage < settings.reviews.coverage:
        return settings.reviews.prospecting_minutes
    return 0


def hiring_days(settings: Settings) -> int:
    """Return the days from a vacancy to the successor's first: fewer where a talent reserve is kept (R-H4)."""
    rules = settings.staffing
    return rules.reserve_lead_days if "talent_reserve" in settings.reviews.policies else rules.hiring_lead_days
