"""Checks of rows by themselves and of rows against each other in one table. One function a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from math import lcm

from territory.domain.calendar import year_days
from territory.domain.scenario import MAX_CYCLE_WEEKS
from territory.domain.settings import TIERS
from territory.errors import Problem
from territory.inputs.columns import TABLES
from territory.inputs.draft import Draft, cell_problem
from territory.inputs.parse_table import Table


def check_tables(draft: Draft) -> Iterator[Problem]:
    """Run every check of this file."""
    for check in CHECKS:
        yield from check(draft)


def check_duplicates(draft: Draft) -> Iterator[Problem]:
    """Require different keys in the rows of a table."""
    for schema in TABLES.values():
        table = draft.tables[schema.name]
        first: dict[tuple[object, ...], int] = {}
        for position, key in enumerate(zip(*(table.values[name] for name in schema.key), strict=True)):
            earlier = first.setdefault(key, position)
            if earlier != position and None not in key:
                shown = " - ".join(str(part) for part in key)
                details = {"id": shown, "other_row": table.rows[earlier]}
                yield cell_problem("id_twice", table, position, schema.key[0], shown, **details)


def check_coordinates(draft: Draft) -> Iterator[Problem]:
    """Find zero coordinates and those that seem swapped."""
    for table, lat_name, lon_name in ((draft.customers, "lat", "lon"), (draft.reps, "home_lat", "home_lon")):
        for i, (lat, lon) in enumerate(zip(table.values[lat_name], table.values[lon_name], strict=True)):
            if lat is None or lon is None:
                continue
            if lat == 0 and lon == 0:
                yield cell_problem("zero_coordinates", table, i, lat_name, "0")
            elif abs(lat) > 90 and abs(lon) <= 90:
                yield cell_problem(
                    "swapped_coordinates", table, i, lat_name, f"{lat:g}", lat=f"{lat:g}", lon=f"{lon:g}"
                )
            else:
                yield from _out_of_range(table, i, lat_name, lat, 90)
                yield from _out_of_range(table, i, lon_name, lon, 180)


def _out_of_range(table: Table, position: int, column: str, degrees: float, limit: int) -> Iterator[Problem]:
    if abs(degrees) > limit:
        yield cell_problem("value_bounds", table, position, column, f"{degrees:g}", bounds=f"-{limit}..{limit}")


def check_frequencies(draft: Draft) -> Iterator[Problem]:
    """Require visits and per_weeks both or not at all (R-V1)."""
    yield from _both_or_none(draft.customers, "half_frequency", "visits", "per_weeks")


def check_opening_hours(draft: Draft) -> Iterator[Problem]:
    """Require both ends of a customer's window, in order (R-V2)."""
    table = draft.customers
    yield from _both_or_none(table, "half_window", "window_open", "window_close")
    for i, opens in table.given("window_open"):
        closes = table.values["window_close"][i]
        if closes is not None and closes <= opens:
            details = {"open": _clock(opens), "close": _clock(closes)}
            yield cell_problem("window_order", table, i, "window_close", _clock(closes), **details)


def check_travel_pairs(draft: Draft) -> Iterator[Problem]:
    """Require minutes and km both or not at all."""
    yield from _both_or_none(draft.tables["travel"], "travel_half", "minutes", "km")


def _both_or_none(table: Table, code: str, one: str, other: str) -> Iterator[Problem]:
    for i, pair in enumerate(zip(table.values[one], table.values[other], strict=True)):
        missing = other if pair[1] is None else one
        if (pair[0] is None) != (pair[1] is None) and not table.is_bad(missing, i):
            yield cell_problem(code, table, i, missing, missing=missing)


def check_tiers(draft: Draft) -> Iterator[Problem]:
    """Require a tier for everybody where tiers are given (R-S1)."""
    table = draft.customers
    if draft.settings.tiers.method != "given" or not table.readable:
        return
    if "tier" not in table.present:
        yield draft.document.problem("column_tier_missing", "tiers.method", "given")
        return
    for i, tier in enumerate(table.values["tier"]):
        if tier is None and not table.is_bad("tier", i):
            yield cell_problem("tier_missing", table, i, "tier")


def check_cycle(draft: Draft) -> Iterator[Problem]:
    """Require periods of tiers and customers that fit into one cycle of at most twelve weeks (R-V1).

    Periods that divide twelve always do, so the others are at fault.
    """
    table, settings = draft.customers, draft.settings
    tiers = {
        tier: rule.per_weeks
        for tier, rule in zip(TIERS, settings.tiers.frequencies(), strict=True)
        if rule.visits and (settings.tiers.method != "given" or tier in table.values["tier"])
    }
    own = [(i, weeks) for i, weeks in table.given("per_weeks") if table.values["visits"][i]]
    cycle = lcm(*tiers.values(), *{weeks for _, weeks in own})
    if cycle <= MAX_CYCLE_WEEKS:
        return
    details = {"weeks": cycle, "limit": MAX_CYCLE_WEEKS}
    for tier, weeks in tiers.items():
        if MAX_CYCLE_WEEKS % weeks:
            yield draft.document.problem("cycle_too_long", f"tiers.{tier.lower()}.per_weeks", weeks, **details)
    for i, weeks in own:
        if MAX_CYCLE_WEEKS % weeks:
            yield cell_problem("cycle_too_long", table, i, "per_weeks", weeks, **details)


def check_hired(draft: Draft) -> Iterator[Problem]:
    """Require reps who start before the planned year ends."""
    start = draft.settings.scenario.start
    if draft.document.is_broken("scenario.start"):
        return
    end = start + timedelta(days=year_days(start) - 1)
    for i, hired in draft.reps.given("hired"):
        if hired > end:
            yield cell_problem("hired_too_late", draft.reps, i, "hired", hired, end=end)


def check_leaves(draft: Draft) -> Iterator[Problem]:
    """Require reps who do not leave before they come, and absences that do not end before they begin."""
    reps, absences = draft.reps, draft.tables["absences"]
    hired, begins = reps.values["hired"], absences.values["first_day"]
    for i, leaves in reps.given("leaves"):
        if hired[i] is not None and leaves < hired[i]:
            yield cell_problem("ends_before_start", reps, i, "leaves", leaves, first=hired[i])
    for i, ends in absences.given("last_day"):
        if begins[i] is not None and ends < begins[i]:
            yield cell_problem("ends_before_start", absences, i, "last_day", ends, first=begins[i])


def check_opened(draft: Draft) -> Iterator[Problem]:
    """Require deals that are open at the start (R-P1)."""
    start, table = draft.settings.scenario.start, draft.tables["opportunities"]
    if draft.document.is_broken("scenario.start"):
        return
    for i, opened in table.given("opened"):
        if opened > start:
            yield cell_problem("opened_too_late", table, i, "opened", opened, start=start)


def check_deal_stages(draft: Draft) -> Iterator[Problem]:
    """Require stages the pipeline knows (R-P1)."""
    if draft.document.is_broken("pipeline.stages"):
        return
    table = draft.tables["opportunities"]
    stages = [stage.probability for stage in draft.settings.pipeline.stages]
    for i, percent in table.given("stage"):
        if percent != 0 and percent not in stages:
            yield cell_problem("stage_unknown", table, i, "stage", percent, stages=", ".join(map(str, stages)))


def check_manager(draft: Draft) -> Iterator[Problem]:
    """Allow one manager at most (R-A1)."""
    table = draft.reps
    managers = [i for i, manager in table.given("is_manager") if manager]
    for i in managers[1:]:
        first, second = (table.values["rep_id"][k] or f"row {table.rows[k]}" for k in (managers[0], i))
        yield cell_problem("managers_many", table, i, "is_manager", first=first, id=second)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    check_duplicates,
    check_coordinates,
    check_frequencies,
    check_opening_hours,
    check_travel_pairs,
    check_tiers,
    check_cycle,
    check_hired,
    check_leaves,
    check_opened,
    check_deal_stages,
    check_manager,
)
