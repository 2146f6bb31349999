"""What part of each measure a rep should carry."""

from __future__ import annotations

import numpy as np

from territory.domain.customers import Floats
from territory.domain.scenario import Scenario

QUARTER_DAYS = 91


def rep_shares(scenario: Scenario, measure: str) -> Floats:
    """Return the share of every rep in one measure, relative to a full rep (R-A2).

    The column `share_<measure>` where it says something, else `share`; for reps who start during the year cut down as
    `territories.new_hires` says.
    """
    reps = scenario.reps
    own = reps.shares.get(measure)
    share = reps.share if own is None else np.where(np.isnan(own), reps.share, own)
    return np.asarray(share * _part_of_year(scenario), dtype=np.float64)


def _part_of_year(scenario: Scenario) -> Floats:
    """Return which part of a full year's work each rep counts for."""
    kind, reps, calendar = scenario.settings.territories.new_hires, scenario.reps, scenario.calendar
    part = np.ones(len(reps))
    if kind == "full":
        return part
    ramp = np.array(scenario.settings.staffing.ramp, dtype=np.float64)
    working = np.flatnonzero(calendar.working)
    for rep in np.flatnonzero(reps.new_hire | (reps.hired_day > 0)).tolist():
        worked = working[working >= reps.hired_day[rep]]
        weight = np.ones(len(worked))
        if kind == "productive" and reps.new_hire[rep]:
            quarter = (worked - reps.hired_day[rep]) // QUARTER_DAYS
            weight = np.where(quarter < len(ramp), ramp[np.minimum(quarter, len(ramp) - 1)], 1.0)
        part[rep] = weight.sum() / max(len(working), 1)
    return part
