"""Who owns whom: every customer exactly once, locks, lines, home city, groups and balance (R-A1..A7)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from territory.assessment.validate.case import Case
from territory.assessment.validate.violation import Violation, listed, single
from territory.domain.customers import NONE, Floats
from territory.domain.scenario import Scenario

BALANCE_SLACK = 2e-3
"""Part of the fair share lost to rounding in tables and summaries."""


def check_one_owner(case: Case) -> list[Violation]:
    """Check that every customer of the scenario has exactly one known rep, and nobody else is listed (R-A5)."""
    sheet = case.sheets["customers"]
    known = sheet["customer_id_index"] >= 0
    again = known & sheet.duplicated("customer_id_index")
    missing = case.customers[case.customers["row"] < 0].assign(row=0)
    return [
        *listed("R-A5", "customers", "customer.stranger", sheet, ["customer_id"], where=~known),
        *listed("R-A5", "customers", "customer.twice", sheet, ["customer_id", "rep_id"], where=again),
        *listed("R-A5", "customers", "customer.missing", missing, ["customer_id"]),
        *listed("R-A5", "customers", "rep.stranger", sheet, ["customer_id", "rep_id"], where=sheet["rep_id_index"] < 0),
    ]


def check_locks(case: Case) -> list[Violation]:
    """Check that a locked customer stays with the rep it names (R-A7)."""
    lock = case.scenario.customers.locked_rep
    moved = (lock != NONE) & (case.owner >= 0) & (case.owner != lock)
    names = {"locked_rep": case.rep_ids(lock), "rep_id": case.rep_ids(case.owner)}
    return listed("R-A7", "customers", "lock.moved", case.customers, ["customer_id"], where=moved, **names)


def check_product_lines(case: Case) -> list[Violation]:
    """Check that a rep who sells only some lines owns customers of these lines alone (R-A6)."""
    reps, line = case.scenario.reps, case.scenario.customers.product_line
    wrong = np.zeros(len(line), dtype=bool)
    for rep, lines in enumerate(reps.product_lines):
        if lines:
            wrong |= (case.owner == rep) & (line != "") & ~np.isin(line.astype(str), sorted(lines))
    names = {"rep_id": case.rep_ids(case.owner), "product_line": line}
    return listed("R-A6", "customers", "line.not_sold", case.customers, ["customer_id"], where=wrong, **names)


def check_home_city(case: Case) -> list[Violation]:
    """Check that the home city belongs to the manager, save customers locked to somebody else (R-A1)."""
    city, manager = case.scenario.settings.territories.home_city, np.flatnonzero(case.scenario.reps.is_manager)
    if not city or not len(manager):
        return []
    who = case.scenario.customers
    bound = (who.city == city) & ((who.locked_rep == NONE) | np.isin(who.locked_rep, manager)) & (case.owner >= 0)
    strays = bound & ~np.isin(case.owner, manager)
    names = {"rep_id": case.rep_ids(case.owner), "city": who.city}
    return listed("R-A1", "customers", "home_city.not_manager", case.customers, ["customer_id"], where=strays, **names)


def check_groups(case: Case) -> list[Violation]:
    """Check that customers to keep together share a rep, customers to keep apart do not (R-A7)."""
    rules = case.scenario.settings.territories
    owner = dict(zip(case.customers["customer_id"], case.owner.tolist(), strict=True))
    found: list[Violation] = []
    for group in rules.together:
        if len({owner[name] for name in group if owner.get(name, NONE) >= 0}) > 1:
            found += single("R-A7", "customers", "together.split", customers=", ".join(group))
    for first, second in rules.apart:
        if owner.get(first, NONE) >= 0 and owner.get(first) == owner.get(second):
            found += single("R-A7", "customers", "apart.joined", first=first, second=second)
    return found


def check_balance(case: Case) -> list[Violation]:
    """Check that every balanced measure stays within its tolerance of the fair share (R-A2).

    A plan that says in its summary that it had to give up more is held to what it says. A measure with a customer
    larger than a whole territory has no lower bound, and that customer's rep no upper one.
    """
    allowed = case.scenario.settings.territories.balance
    said = (case.summary.get("plan") or {}).get("tolerance") or {}
    found: list[Violation] = []
    for measure, tolerance in allowed.items():
        limit = max(float(tolerance), float(said.get(measure, 0.0))) + BALANCE_SLACK
        size = customer_measure(case, measure)
        load = rep_measure(case, measure, size)
        share = fair_share(case.scenario, measure)
        fair = load.sum() * share / max(share.sum(), 1e-12)
        huge = size > (1 + limit) * fair.max(initial=0.0)
        holds_huge = np.bincount(case.owner[huge & (case.owner >= 0)], minlength=len(share)) > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            deviation = np.where(fair > 0, load / fair - 1, 0.0)
        off = (deviation > limit) & ~holds_huge
        if not huge.any():
            off |= deviation < -limit
        rows = pd.DataFrame({"row": 0, "rep_id": case.rep_ids(np.arange(len(share))), "deviation": deviation})
        rows = rows.assign(measure=measure, tolerance=limit - BALANCE_SLACK)
        columns = ["rep_id", "measure", "deviation", "tolerance"]
        found += listed("R-A2", "territories", "balance.off", rows, columns, where=off)
    return found


def fair_share(scenario: Scenario, measure: str) -> Floats:
    """Return the share of every rep in a measure: its own column or `share`, for the part of the year that counts."""
    reps, rule = scenario.reps, scenario.settings.territories.new_hires
    own = reps.shares.get(measure, np.full(len(reps), np.nan))
    share = np.where(np.isnan(own), reps.share, own)
    if rule == "full":
        return np.asarray(share, dtype=np.float64)
    worked = np.cumsum(scenario.calendar.working[::-1])[::-1]
    curve = (*scenario.settings.staffing.ramp, 1.0)
    for rep, hired in enumerate(reps.hired_day.tolist()):
        if rule == "productive" and reps.new_hire[rep]:
            days = np.flatnonzero(scenario.calendar.working[max(hired, 0) :]) + max(hired, 0)
            done = sum(curve[min((day - hired) // 91, len(curve) - 1)] for day in days.tolist())
        else:
            done = float(worked[min(max(hired, 0), len(worked) - 1)])
        share[rep] *= done / max(int(worked[0]), 1)
    return np.asarray(share, dtype=np.float64)


def customer_measure(case: Case, measure: str) -> Floats:
    """Return a balanced measure of every customer; face minutes a week for the workload."""
    who = case.scenario.customers
    if measure == "workload":
        visits, per_weeks, minutes = case.frequency
        return np.asarray(visits * minutes / per_weeks, dtype=np.float64)
    if measure == "target":
        sheet = case.sheets["customers"]
        known = sheet[sheet["customer_id_index"] >= 0]
        out = np.zeros(len(who))
        out[known["customer_id_index"]] = known["target_cents"]
        return out
    columns = {"potential": who.potential_cents, "annual_sales": who.annual_sales_cents, "customers": np.ones(len(who))}
    return np.asarray({**who.measures, **columns}[measure], dtype=np.float64)


def rep_measure(case: Case, measure: str, size: Floats) -> Floats:
    """Return a balanced measure of every rep; the workload holds the travel that the territories table states."""
    owned, reps = case.owner >= 0, len(case.scenario.reps)
    load: Floats = np.bincount(case.owner[owned], size[owned], minlength=reps).astype(np.float64)
    if measure == "workload":
        sheet = case.sheets["territories"]
        known = sheet[sheet["rep_id_index"] >= 0]
        np.add.at(load, known["rep_id_index"].to_numpy(), known["travel_minutes_per_week"].to_numpy())
    return load


def check_territory_sums(case: Case) -> list[Violation]:
    """Check that every rep is listed once with figures that are sums over customers and visits (R-T1)."""
    sheet, reps = case.sheets["territories"], len(case.scenario.reps)
    missing = sorted(set(range(reps)) - set(sheet["rep_id_index"].tolist()))
    found = listed("R-D2", "territories", "rep.stranger", sheet, ["rep_id"], where=sheet["rep_id_index"] < 0)
    found += listed("R-D2", "territories", "rep.twice", sheet, ["rep_id"], where=sheet.duplicated("rep_id"))
    for rep in missing:
        found += single("R-D2", "territories", "rep.missing", rep_id=str(case.scenario.reps.rep_id[rep]))
    known = sheet[sheet["rep_id_index"] >= 0]
    index = known["rep_id_index"].to_numpy()
    for column, (rule, sums, slack) in _sums(case).items():
        off = np.abs(known[column].to_numpy() - sums[index]) > slack
        unit = 100 if column.endswith("_cents") else 1
        found += listed(
            rule,
            "territories",
            "territory.sum",
            known,
            ["rep_id"],
            where=off,
            column=column.removesuffix("_cents"),
            stated=known[column] / unit,
            recomputed=sums[index] / unit,
        )
    return found


def _sums(case: Case) -> dict[str, tuple[str, Floats, float]]:
    """Return rule, figure by rep and allowed rounding of every column that is a sum."""
    who, reps, owned = case.scenario.customers, len(case.scenario.reps), case.owner >= 0
    visits, per_weeks, minutes = case.frequency

    def by_owner(values: np.ndarray) -> np.ndarray:
        out = np.zeros(reps, dtype=values.dtype)
        np.add.at(out, case.owner[owned], values[owned])
        return out

    def by_rep(rep: pd.Series[int]) -> np.ndarray:
        return np.bincount(rep.to_numpy(), minlength=reps)

    return {
        "customers": ("R-A5", by_owner(np.ones(len(who), dtype=np.int64)), 0),
        **{f"tier_{name}": ("R-S1", by_owner((case.tier == k).astype(np.int64)), 0) for k, name in enumerate("abcd")},
        "visits_per_week": ("R-H1", by_owner(visits / per_weeks), 0.0051),
        "face_minutes_per_week": ("R-H1", by_owner(visits * minutes / per_weeks), 0.051),
        "planned_visits": ("R-V5", by_rep(case.visits["rep"]), 0),
        "unserved_visits": ("R-V5", by_rep(case.unserved["rep"]), 0),
        "potential_cents": ("R-T3", by_owner(who.potential_cents), 0),
        "annual_sales_cents": ("R-T3", by_owner(who.annual_sales_cents), 0),
        "target_cents": ("R-T1", by_owner(customer_measure(case, "target").astype(np.int64)), 0),
    }
