"""The independent checker: the rules a plan and its years must keep, recomputed from scenario and tables alone.

It shares no code with `territory.planning` and `territory.simulation`, so that an error there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from territory.assessment.validate import (
    appointments,
    connected,
    frequency,
    ledger,
    money,
    people,
    results,
    shared_areas,
    territories,
    tiers,
    travel,
    trips,
    unserved,
    visits,
)
from territory.assessment.validate.case import Case
from territory.assessment.validate.cells import read_cells
from territory.assessment.validate.violation import Violation
from territory.domain.scenario import Scenario

__all__ = ["CHECKS", "Violation", "validate_tables"]

CHECKS: tuple[Callable[[Case], list[Violation]], ...] = (
    territories.check_one_owner,
    territories.check_locks,
    territories.check_product_lines,
    territories.check_home_city,
    territories.check_groups,
    territories.check_balance,
    connected.check_connected,
    connected.check_moved_caps,
    territories.check_territory_sums,
    tiers.check_customer_facts,
    tiers.check_frequencies_stated,
    tiers.check_grades,
    visits.check_visit_names,
    visits.check_visit_owner,
    visits.check_visit_times,
    visits.check_moved,
    visits.check_two_places,
    visits.check_never_same_day,
    visits.check_hours_of_part_timers,
    appointments.check_appointments,
    frequency.check_frequency,
    frequency.check_spacing,
    unserved.check_unserved_names,
    unserved.check_causes,
    travel.check_day_rows,
    travel.check_ways,
    travel.check_calls,
    trips.check_trips,
    trips.check_far_customers,
    shared_areas.check_shared_areas,
    money.check_targets,
    money.check_moves,
    people.check_headcount,
    results.check_years,
    results.check_months,
    results.check_verdict,
    ledger.check_ledger,
    ledger.check_setup_lines,
    ledger.check_monthly_lines,
    ledger.check_approvals,
    ledger.check_ledger_year,
)
"""All checks in reading order; each takes the case and returns what it found."""


def validate_tables(scenario: Scenario, tables: Mapping[str, Any]) -> list[Violation]:
    """Check a plan, and its simulated years where they are there.

    Parameters
    ----------
    scenario : Scenario
    tables : mapping of str to DataFrame
        Tables of the plan by file stem, as `Plan.tables` gives them or read from CSV as text: ``customers``,
        ``territories``, ``targets``, ``headcount``, ``visits``, ``days``, ``moves``, ``unserved``. Checked too when
        there: ``years``, ``months``, ``ledger``. Also taken when there: the contents of ``summary.json`` and
        ``verdict.json`` as mappings under ``summary`` (its ``plan`` / ``tolerance`` says what balance the plan
        promises) and ``verdict``.

    Returns
    -------
    list of Violation
        Empty for a plan that keeps every rule. Cells that cannot be read stop the check: nothing else is looked at.
    """
    reading = read_cells(scenario, tables)
    if reading.violations:
        return reading.violations
    case = Case(scenario, reading.sheets, tables.get("summary") or {}, tables.get("verdict") or {})
    return [violation for check in CHECKS for violation in check(case)]
