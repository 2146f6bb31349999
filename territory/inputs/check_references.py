"""Checks of what one table or scenario.toml says about another. One function a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from territory.domain.territory_rules import MEASURES
from territory.errors import Problem
from territory.inputs.columns import CUSTOMERS
from territory.inputs.draft import Draft, cell_problem, unknown
from territory.inputs.parse_table import ALIKE_SHOWN, Table
from territory.inputs.problems import problem

MATRIX_PLACES = 6_000
"""A matrix between more places would not fit into memory beside the plan."""


def check_references(draft: Draft) -> Iterator[Problem]:
    """Run every check of this file."""
    for check in CHECKS:
        yield from check(draft)


def check_reps_of_customers(draft: Draft) -> Iterator[Problem]:
    """Require known reps as owners (R-A4, R-A7)."""
    if draft.reps.readable:
        for column in ("current_rep", "locked_rep"):
            yield from _unknown_cells(draft.customers, column, "unknown_rep", draft.rep_ids, draft.reps)


def check_customers_of_deals(draft: Draft) -> Iterator[Problem]:
    """Require known customers of deals (R-P1)."""
    if draft.customers.readable:
        table = draft.tables["opportunities"]
        yield from _unknown_cells(table, "customer_id", "unknown_customer", draft.customer_ids, draft.customers)


def check_customers_of_appointments(draft: Draft) -> Iterator[Problem]:
    """Require known customers of appointments (R-H3)."""
    if draft.customers.readable:
        table = draft.tables["appointments"]
        yield from _unknown_cells(table, "customer_id", "unknown_customer", draft.customer_ids, draft.customers)


def check_reps_of_absences(draft: Draft) -> Iterator[Problem]:
    """Require known reps of absences."""
    if draft.reps.readable:
        yield from _unknown_cells(draft.tables["absences"], "rep_id", "unknown_rep", draft.rep_ids, draft.reps)


def check_places(draft: Draft) -> Iterator[Problem]:
    """Require known places in the travel matrix, each name for one place only."""
    table = draft.tables["travel"]
    if not len(table) or not draft.customers.readable or not draft.reps.readable:
        return
    known = draft.customer_ids | draft.rep_ids
    if len(known) > MATRIX_PLACES:
        details = {"places": len(known), "limit": MATRIX_PLACES}
        yield draft.document.problem("travel_too_many", "files.travel", table.file, **details)
        return
    for shared in draft.rep_ids:
        if shared in draft.customer_ids:
            position = draft.reps.values["rep_id"].index(shared)
            yield cell_problem("id_shared", draft.reps, position, "rep_id", shared, id=shared)
    for column in ("from_id", "to_id"):
        yield from _unknown_cells(table, column, "unknown_place", known, draft.customers, draft.reps)


def _unknown_cells(table: Table, column: str, code: str, known: Mapping[str, None], *homes: Table) -> Iterator[Problem]:
    torn = frozenset[str]().union(*(home.torn_cells for home in homes))
    wrong = [(i, name) for i, name in table.given(column) if name not in known and name not in torn]
    advice = {name: unknown(code, name, known) for name in dict.fromkeys(name for _, name in wrong[:ALIKE_SHOWN])}
    for i, name in wrong[:ALIKE_SHOWN]:
        found, details = advice[name]
        yield cell_problem(found, table, i, column, name, id=name, **details)
    if len(wrong) > ALIKE_SHOWN:
        yield problem("more_alike", file=table.file, column=column, count=len(wrong) - ALIKE_SHOWN)


def check_groups_known(draft: Draft) -> Iterator[Problem]:
    """Require known customers in the groups that stay together or apart, or never share a day (R-A7, R-V1)."""
    rules = draft.settings.territories
    groups_of = {
        "territories.together": rules.together,
        "territories.apart": rules.apart,
        "visits.never_same_day": draft.settings.visits.never_same_day,
    }
    if not draft.customers.readable:
        return
    for key, groups in groups_of.items():
        for i, group in enumerate(groups):
            for name in dict.fromkeys(group):
                if name not in draft.customer_ids and name not in draft.customers.torn_cells:
                    code, details = unknown("unknown_customer", name, draft.customer_ids)
                    yield draft.document.problem(code, f"{key}.{i}", name, id=name, **details)


def check_home_city(draft: Draft) -> Iterator[Problem]:
    """Require a manager and customers for the home city (R-A1)."""
    city = draft.settings.territories.home_city
    if not city:
        return
    if draft.reps.readable and not any(value for _, value in draft.reps.given("is_manager")):
        yield draft.document.problem("manager_missing", "territories.home_city", city)
    cities = draft.names("city")
    if draft.customers.readable and city not in cities:
        code, details = unknown("unknown_city", city, cities)
        yield draft.document.problem(code, "territories.home_city", city, name=city, **details)


def check_keep(draft: Draft) -> Iterator[Problem]:
    """Require a cut that keeps somebody, and not more than there are (R-N1, R-H4)."""
    staffing = draft.settings.staffing
    reps = len(draft.reps) - sum(bool(value) for _, value in draft.reps.given("is_manager"))
    if draft.document.is_broken("staffing.keep", "staffing.cut_mode"):
        return
    if draft.reps.readable and not draft.reps.torn_cells and staffing.keep > reps:
        yield draft.document.problem("keep_too_many", "staffing.keep", staffing.keep, keep=staffing.keep, reps=reps)
    if staffing.cut_mode != "none" and staffing.keep == 0:
        yield draft.document.problem("keep_nobody", "staffing.keep", 0)


def check_product_lines(draft: Draft) -> Iterator[Problem]:
    """Require a rep for every product line (R-A6)."""
    lines = draft.reps.values["product_lines"]
    if not draft.reps.readable or not len(draft.reps) or draft.reps.bad.get("product_lines") or not all(lines):
        return
    carried = frozenset[str]().union(*lines)
    reported: set[str] = set()
    for i, line in draft.customers.given("product_line"):
        if line not in carried and line not in reported:
            reported.add(line)
            yield cell_problem("product_line_uncarried", draft.customers, i, "product_line", line, line=line)


def check_regions(draft: Draft) -> Iterator[Problem]:
    """Require known regions in the wishes of reps and in campaigns (R-A3, R-B4)."""
    if not draft.customers.readable or draft.customers.torn_cells:
        return
    regions = draft.names("region")
    places = regions | draft.names("city")
    for i, wishes in draft.reps.given("preferred_regions"):
        for name in sorted(wishes):
            if name not in places:
                code, details = unknown("unknown_region", name, regions)
                yield cell_problem(code, draft.reps, i, "preferred_regions", name, name=name, **details)
    for i, campaign in enumerate(draft.settings.budget.advertising):
        if campaign.region not in regions:
            code, details = unknown("unknown_region", campaign.region, regions)
            path = f"budget.advertising.{i}.region"
            yield draft.document.problem(code, path, campaign.region, name=campaign.region, **details)


def check_neighbours(draft: Draft) -> Iterator[Problem]:
    """Require known customers as neighbours."""
    if draft.customers.readable:
        for column in ("customer_id", "neighbour_id"):
            table = draft.tables["adjacency"]
            yield from _unknown_cells(table, column, "unknown_customer", draft.customer_ids, draft.customers)


def check_measures(draft: Draft) -> Iterator[Problem]:
    """Require a numeric column for every balanced measure that is not built in (R-A2)."""
    if not draft.customers.readable:
        return
    taken = {column.name for column in CUSTOMERS.columns}
    for name in draft.settings.territories.balance:
        path = f"territories.balance.{name}"
        if name not in MEASURES and name in taken:
            yield draft.document.problem("measure_taken", path, name)
        elif name not in MEASURES and name not in draft.customers.present:
            code, details = unknown("measure_unknown", name, MEASURES)
            yield draft.document.problem(code, path, name, known=", ".join(MEASURES), **details)


CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    check_reps_of_customers,
    check_customers_of_deals,
    check_customers_of_appointments,
    check_reps_of_absences,
    check_places,
    check_groups_known,
    check_home_city,
    check_keep,
    check_product_lines,
    check_regions,
    check_neighbours,
    check_measures,
)
