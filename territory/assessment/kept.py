"""Answers given the number of people kept: it decides most of a year with a cut (R-N1)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from territory.assessment.intervals import wilson
from territory.domain.customers import Ints
from territory.domain.findings import KeptGroup
from territory.domain.outcome import Outcome


def people_kept(outcome: Outcome) -> Ints:
    """Return the people without managers who are there at the end of the review's month, in each year."""
    month = outcome.plan.scenario.settings.staffing.review_month - 1
    managers = int(outcome.plan.scenario.reps.is_manager.sum())
    return np.asarray(np.maximum(outcome.measure("reps_active")[:, month] - managers, 0), dtype=np.int64)


def kept_groups(outcome: Outcome, flags: Mapping[str, NDArray[np.bool_]]) -> tuple[KeptGroup, ...]:
    """Return the answers by number of people kept, the fewest first; none for a plan without a cut."""
    if outcome.plan.scenario.settings.staffing.cut_mode == "none":
        return ()
    kept, confidence = people_kept(outcome), outcome.plan.scenario.settings.verdict.confidence
    bookings = outcome.measure("bookings_cents").sum(axis=1)
    groups = []
    for number in np.unique(kept).tolist():
        mine = kept == number
        n, target, joint = int(mine.sum()), int(flags["target"][mine].sum()), int(flags["joint"][mine].sum())
        (target_low, target_high), (joint_low, joint_high) = (wilson(hits, n, confidence) for hits in (target, joint))
        groups.append(
            KeptGroup(
                kept=number,
                years=n,
                target_hits=target,
                target_low=target_low,
                target_high=target_high,
                joint_hits=joint,
                joint_low=joint_low,
                joint_high=joint_high,
                median_bookings_cents=round(float(np.median(bookings[mine]))),
            )
        )
    return tuple(groups)
