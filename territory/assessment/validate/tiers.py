"""Grades and call frequencies of the customers table against the scenario (R-S1, R-S2, R-V1)."""

from __future__ import annotations

import numpy as np

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, listed, single
from territory.domain.customers import NONE, Ints


def check_customer_facts(case: Case) -> list[Violation]:
    """Check that the customers table repeats what the scenario says of each customer (R-D2)."""
    sheet, who = case.sheets["customers"], case.scenario.customers
    known = sheet[sheet["customer_id_index"] >= 0]
    index = known["customer_id_index"].to_numpy()
    found: list[Violation] = []
    facts = {
        "annual_sales_cents": who.annual_sales_cents,
        "potential_cents": who.potential_cents,
        "current_rep_index": who.current_rep,
        "locked_rep_index": who.locked_rep,
        "region": who.region,
        "city": who.city,
        "product_line": who.product_line,
    }
    for column, values in facts.items():
        name = column.removesuffix("_cents").removesuffix("_index")
        off = known[column].to_numpy() != values[index]
        stated = known[name].to_numpy()
        one = ["customer_id"]
        found += listed("R-D2", "customers", "customer.differs", known, one, where=off, column=name, stated=stated)
    return found


def check_frequencies_stated(case: Case) -> list[Violation]:
    """Check that stated visits, period and minutes follow from the tier or are the customer's own (R-V1)."""
    sheet = case.sheets["customers"]
    known = sheet[sheet["customer_id_index"] >= 0]
    index = known["customer_id_index"].to_numpy()
    found: list[Violation] = []
    for column, values in zip(("visits", "per_weeks", "visit_minutes"), case.frequency, strict=True):
        asked = values[index]
        stated = known[column].to_numpy()
        names = {"column": column, "stated": stated, "asked": asked}
        off = stated != asked
        found += listed("R-V1", "customers", "frequency.differs", known, ["customer_id", "tier"], where=off, **names)
    return found


def check_grades(case: Case) -> list[Violation]:
    """Check that grades follow the method of the scenario (R-S1, R-S2).

    Given grades are kept. Grades by a matrix are those of some cut: whoever counts as high on an axis lies strictly
    above whoever counts as low. Customers who are not yet customers are graded otherwise and not looked at.
    """
    who, tier = case.scenario.customers, case.tier
    method = case.scenario.settings.tiers.method
    if method == "given":
        wrong = (who.given_tier != NONE) & (tier >= 0) & (tier != who.given_tier)
        return listed("R-S1", "customers", "tier.not_given", case.customers, ["customer_id"], where=wrong)
    if method == "prospects":
        judged = (tier >= 0) & (who.monthly_demand_cents != NONE)
        return _one_cut(case, "R-S2", "monthly_demand", who.monthly_demand_cents, judged, (0, 2))
    judged = (tier >= 0) & ((who.annual_sales_cents > 0) | (who.since != NONE))
    return [
        *_one_cut(case, "R-S1", "potential", who.potential_cents, judged, (0, 1)),
        *_one_cut(case, "R-S1", "annual_sales", who.annual_sales_cents, judged, (0, 2)),
    ]


def _one_cut(
    case: Case, rule: str, axis: str, values: Ints, judged: np.ndarray, high_tiers: tuple[int, int]
) -> list[Violation]:
    high = judged & np.isin(case.tier, high_tiers)
    low = judged & ~high
    if not high.any() or not low.any() or values[high].min() > values[low].max():
        return []
    lowest, highest = (np.flatnonzero(high)[values[high].argmin()], np.flatnonzero(low)[values[low].argmax()])
    ids = case.scenario.customers.customer_id
    return single(rule, "customers", "tier.no_cut", axis=axis, high=str(ids[lowest]), low=str(ids[highest]))
