"""Checks of scenario.toml by itself: what bounds of single keys cannot say. One function a rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import time
from itertools import pairwise

from territory.errors import Problem
from territory.inputs.toml_file import Document

_USABLE_NAME = re.compile(r"[^\\/:*?\"<>|.\x00-\x1f][^\\/:*?\"<>|\x00-\x1f]{0,79}")


def check_settings(document: Document) -> Iterator[Problem]:
    """Run every check of this file."""
    for check in CHECKS:
        yield from check(document)


def check_name(document: Document) -> Iterator[Problem]:
    """Refuse names that cannot become part of file names."""
    name = document.settings.scenario.name
    if not document.is_broken("scenario.name") and not _USABLE_NAME.fullmatch(name.strip()):
        yield document.problem("name_invalid", "scenario.name", name)


def check_target_kind(document: Document) -> Iterator[Problem]:
    """Require a target of the year or one by phases, not both (R-T5, R-T6)."""
    targets = document.settings.targets
    if document.is_broken("targets.annual", "targets.phases"):
        return
    if targets.annual is None and not targets.phases:
        yield document.problem("target_missing", "targets.annual")
    if targets.annual is not None and targets.phases:
        yield document.problem("target_both", "targets.annual", f"{targets.annual / 100:g}")


def check_stretch(document: Document) -> Iterator[Problem]:
    """Require a stretch target that is not below the task (R-T4)."""
    annual, stretch = document.settings.targets.annual, document.settings.targets.stretch
    if annual is not None and stretch is not None and stretch < annual:
        yield document.problem("stretch_low", "targets.stretch", f"{stretch / 100:g}", annual=f"{annual / 100:,.2f}")


def check_phases(document: Document) -> Iterator[Problem]:
    """Require phases that run forward and share no month (R-T6)."""
    owner: dict[int, str] = {}
    for i, phase in enumerate(document.settings.targets.phases):
        path = f"targets.phases.{i}.first_month"
        if phase.first_month > phase.last_month:
            details = {"name": phase.name, "first": phase.first_month, "last": phase.last_month}
            yield document.problem("phase_order", path, phase.first_month, **details)
        months = range(phase.first_month, phase.last_month + 1)
        shared = [month for month in months if month in owner]
        if shared:
            details = {"first": owner[shared[0]], "second": phase.name, "month": shared[0]}
            yield document.problem("phase_overlap", path, phase.first_month, **details)
        owner |= {month: phase.name for month in months if month not in owner}


def check_seasonality(document: Document) -> Iterator[Problem]:
    """Require a month with a weight (R-T2)."""
    if not any(document.settings.targets.seasonality):
        yield document.problem("all_zero", "targets.seasonality")


def check_windows(document: Document) -> Iterator[Problem]:
    """Require field windows in order and apart (R-V2)."""
    windows = document.settings.workday.windows
    for i, (begin, end) in enumerate(windows):
        if begin >= end:
            yield _disorder(document, f"workday.windows.{i}", begin, end)
    for i, (before, after) in enumerate(pairwise(windows), start=1):
        if after[0] < before[1] and before[0] < before[1]:
            yield document.problem("windows_overlap", f"workday.windows.{i}", start=_clock(after[0]))


def check_meetings(document: Document) -> Iterator[Problem]:
    """Require meetings that end after they begin (R-H2)."""
    for i, meeting in enumerate(document.settings.workday.meetings):
        if meeting.start >= meeting.end:
            yield _disorder(document, f"workday.meetings.{i}.start", meeting.start, meeting.end)


def check_day_length(document: Document) -> Iterator[Problem]:
    """Require a return later than the departure (R-H2, R-V3)."""
    workday = document.settings.workday
    if workday.earliest_departure >= workday.latest_return:
        yield _disorder(document, "workday.latest_return", workday.earliest_departure, workday.latest_return)
    if workday.earliest_departure >= workday.trip_latest_return:
        yield _disorder(document, "workday.trip_latest_return", workday.earliest_departure, workday.trip_latest_return)


def check_weekdays(document: Document) -> Iterator[Problem]:
    """Require each working day once."""
    weekdays = document.settings.workday.weekdays
    for day in dict.fromkeys(weekdays):
        if weekdays.count(day) > 1:
            yield document.problem("twice_in_list", "workday.weekdays", day, item=day)


def check_office(document: Document) -> Iterator[Problem]:
    """Require the place of an office where days start."""
    workday = document.settings.workday
    given = [workday.office_lat is not None, workday.office_lon is not None]
    if document.is_broken("workday.office_lat", "workday.office_lon"):
        return
    if any(given) and not all(given):
        yield document.problem("office_half", "workday.office_lon" if given[0] else "workday.office_lat")
    elif workday.start_from == "office" and not all(given):
        yield document.problem("office_missing", "workday.start_from", "office")


def check_stages(document: Document) -> Iterator[Problem]:
    """Require stages of rising probability, strictly between lead and signed (R-P1)."""
    stages = document.settings.pipeline.stages
    for i, stage in enumerate(stages):
        path = f"pipeline.stages.{i}.probability"
        if not 0 < stage.probability < 100:
            details = {"name": stage.name, "probability": stage.probability}
            yield document.problem("stage_bounds", path, stage.probability, **details)
        if i and stages[i - 1].probability >= stage.probability:
            yield document.problem("stages_order", path, stage.probability, name=stage.name)


def check_pay_shares(document: Document) -> Iterator[Problem]:
    """Require parts of pay that add up to the whole (R-B5)."""
    budget = document.settings.budget
    if document.is_broken("budget.base_share", "budget.completion_share", "budget.appraisal_share"):
        return
    total = budget.base_share + budget.completion_share + budget.appraisal_share
    if abs(total - 1) > 1e-9:
        yield document.problem("pay_shares", "budget.base_share", budget.base_share, sum=f"{total:g}")


def check_thresholds(document: Document) -> Iterator[Problem]:
    """Require lower thresholds below upper ones (R-E4, R-E5)."""
    reviews, verdict = document.settings.reviews, document.settings.verdict
    pairs = (
        ("reviews.commit_low", reviews.commit_low, "reviews.commit_high", reviews.commit_high),
        ("reviews.growth_least", reviews.growth_least, "reviews.growth_normal", reviews.growth_normal),
        ("verdict.not_feasible_below", verdict.not_feasible_below, "verdict.feasible_from", verdict.feasible_from),
    )
    for low_key, low, high_key, high in pairs:
        if low > high and not document.is_broken(low_key, high_key):
            details = {"low_key": low_key, "high_key": high_key, "high": f"{high:g}"}
            yield document.problem("low_above_high", low_key, f"{low:g}", **details)


def check_groups(document: Document) -> Iterator[Problem]:
    """Require groups of at least two that name each customer once (R-A7)."""
    rules = document.settings.territories
    for key, groups in (("together", rules.together), ("apart", rules.apart)):
        for i, group in enumerate(groups):
            path = f"territories.{key}.{i}"
            if len(group) < 2:
                yield document.problem("group_too_small", path, ", ".join(group))
            for item in dict.fromkeys(group):
                if group.count(item) > 1:
                    yield document.problem("twice_in_list", path, item, item=item)


def _disorder(document: Document, path: str, start: time, end: time) -> Problem:
    return document.problem("time_order", path, f"{_clock(start)}-{_clock(end)}", start=_clock(start), end=_clock(end))


def _clock(moment: time) -> str:
    return f"{moment:%H:%M}"


CHECKS: tuple[Callable[[Document], Iterator[Problem]], ...] = (
    check_name,
    check_target_kind,
    check_stretch,
    check_phases,
    check_seasonality,
    check_windows,
    check_meetings,
    check_day_length,
    check_weekdays,
    check_office,
    check_stages,
    check_pay_shares,
    check_thresholds,
    check_groups,
)
