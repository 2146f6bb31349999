"""How many people the work needs, how many to hire for them, and what a given team can carry (R-H1..H4)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from territory.domain.customers import Floats, Ints
from territory.domain.plan import UNSERVED_CAUSES, Headcount, Routes, Unserved
from territory.domain.scenario import CallPlan, Scenario
from territory.domain.settings import TIERS
from territory.errors import Reason
from territory.planning.segmentation import grade_customers
from territory.planning.travel_estimate import (
    TravelEstimate,
    estimate_travel,
    field_days_per_week,
    refit,
)
from territory.planning.workload import Workload, year_of

FULL_WEEK_HOURS = 42.0
ROUNDING_SHARE = 0.01
"""Capacity gaps below this share of the visits come from whole days and visits, not from missing people."""
SPARE_TEAM, FEW_SHARE = 0.2, 0.05
"""A team with so much time to spare lacks no people where a single territory leaves out no more than so few visits."""


def rep_capacity_minutes(scenario: Scenario) -> Floats:
    """Return each rep's field minutes in an average week of the real calendar (R-H2).

    Field windows less meetings, month ends and holidays, less the absence allowance, cut down for part-time reps. A
    rep's share of the territory is not in it.
    """
    full = year_of(scenario).minutes * (1 - scenario.settings.workday.absence_share)
    hours = np.nan_to_num(scenario.reps.hours_per_week, nan=FULL_WEEK_HOURS)
    return full * np.minimum(hours / FULL_WEEK_HOURS, 1.0)


def size_team(scenario: Scenario, calls: CallPlan, *, travel: TravelEstimate | None = None) -> Headcount:
    """Say how many full reps the calls need, with a proven lower bound, and how many to hire for them.

    Parameters
    ----------
    scenario : Scenario
    calls : CallPlan
    travel : TravelEstimate, optional
        A fitted one, where routes are known already.
    """
    work = Workload(scenario, calls, travel or estimate_travel(scenario, calls))
    lower_bound = work.lower_bound()
    needed = max(lower_bound, work.least_reps())
    available = _available(scenario)
    answer = Headcount(
        visits_per_week=work.visits,
        face_minutes_per_week=work.face,
        travel_minutes_per_week=work.least_travel,
        capacity_minutes_per_week=work.capacity,
        lower_bound=lower_bound,
        needed=needed,
        available=available,
        to_hire=0,
        carried_share=work.carried_share(available),
    )
    return _with_hires(scenario, answer, work)


def confirm_headcount(
    scenario: Scenario, calls: CallPlan, headcount: Headcount, routes: Routes, unserved: Unserved
) -> Headcount:
    """Return the headcount after the visits were planned: re-fitted to routed travel and to what was left out.

    A team whose plan serves everything proves that its number is enough; visits left out for lack of time show that
    it is not, unless the team as a whole has much time to spare: then a single territory lacks time, and a few visits
    more or less must not change the number of people. Visits lost to holidays and the like say nothing about people.
    """
    active = np.unique(routes.rep)
    if not len(active):
        return headcount
    weeks = scenario.calendar.days / 7
    estimate = estimate_travel(scenario, calls)
    rep_days = len(active) * field_days_per_week(scenario)
    estimated = np.array([estimate.per_week(calls, rep_days).sum()])
    routed = np.array([routes.travel_minutes.sum() / weeks])
    left_out = int((unserved.cause == UNSERVED_CAUSES.index("capacity")).sum())
    carried = 1 - left_out / max(headcount.visits_per_week * weeks, 1.0)
    fits = left_out <= ROUNDING_SHARE * headcount.visits_per_week * weeks
    team = _available(scenario, active)
    minutes = headcount.face_minutes_per_week + float(routed[0]) / max(carried, 0.01)
    spare = 1 - minutes / max(headcount.capacity_minutes_per_week * team, 1.0)
    uneven = not fits and carried >= 1 - FEW_SHARE and spare >= SPARE_TEAM
    work = Workload(scenario, calls, refit(estimate, estimated, routed) if fits or uneven else estimate)
    needed = max(headcount.lower_bound, work.least_reps())
    size = ceil(team - 1e-9)
    needed = min(needed, max(size, headcount.lower_bound)) if fits or uneven else max(needed, size + 1)
    answer = dataclasses.replace(headcount, needed=needed, carried_share=float(np.clip(carried, 0, 1)), reasons=())
    serves = "headcount.plan_nearly_serves" if left_out else "headcount.plan_serves"
    code = serves if fits else "headcount.plan_uneven" if uneven else "headcount.plan_leaves_out"
    lacking = np.unique(unserved.rep[unserved.cause == UNSERVED_CAUSES.index("capacity")])
    values = {"reps": size, "visits": left_out, "travel_minutes": round(float(routed[0]), 1)}
    if uneven:
        values |= {"spare_share": round(spare, 4), "territories": len(lacking)}
    return _with_hires(scenario, answer, work, Reason(code, values, "R-H1"))


def carry(scenario: Scenario, calls: CallPlan, reps: float, *, tier: Ints | None = None) -> pd.DataFrame:
    """Return what `reps` full reps can carry, the reverse of R-H1: tier D gives way first, then C, then B.

    Returns
    -------
    DataFrame
        Columns: tier, visits_per_week (demanded), carried_visits_per_week, carried_share.
    """
    tier = grade_customers(scenario).tier if tier is None else tier
    demanded = np.bincount(tier, calls.visits_per_week, len(TIERS)).astype(np.float64)
    work = Workload(scenario, calls, estimate_travel(scenario, calls))
    kept = np.ones(len(TIERS))
    for grade in reversed(range(len(TIERS))):
        kept[grade] = _most_kept(work, tier, kept, grade, reps)
        if kept[grade] > 0:
            break
    carried = kept * demanded
    share = np.divide(carried, demanded, out=np.ones(len(TIERS)), where=demanded > 0)
    return pd.DataFrame(
        {
            "tier": TIERS,
            "visits_per_week": demanded,
            "carried_visits_per_week": carried,
            "carried_share": share,
        }
    )


def _most_kept(work: Workload, tier: Ints, kept: Floats, grade: int, reps: float) -> float:
    """Return the largest share of a tier's visits that still fits, the tiers below dropped already (bisection)."""
    share = kept.copy()
    low, high = 0.0, 1.0
    for step in range(21):
        share[grade] = high if step == 0 else (low + high) / 2
        if work.thinned(share[tier]).fits(reps):
            low = float(share[grade])
            if low >= 1.0:
                break
        else:
            high = float(share[grade])
    return low if low > 1e-5 else 0.0


def _available(scenario: Scenario, only: Ints | None = None) -> float:
    """Return full-rep equivalents of the reps who work in the year at all."""
    reps = scenario.reps
    full = reps.share * np.minimum(np.nan_to_num(reps.hours_per_week, nan=FULL_WEEK_HOURS) / FULL_WEEK_HOURS, 1.0)
    works = reps.hired_day < scenario.calendar.days
    if only is not None:
        works = works & np.isin(np.arange(len(reps)), only)
    return float(full[works].sum())


def _with_hires(scenario: Scenario, answer: Headcount, work: Workload, *first: Reason) -> Headcount:
    """Add the number to hire and the reasons."""
    hires = _hires(scenario, answer.needed, work)
    reasons = (*_work_reasons(answer, work), *first, _balance_reason(answer), *_people_reasons(scenario, answer, hires))
    return dataclasses.replace(answer, to_hire=hires.to_hire, reasons=reasons)


@dataclass(frozen=True)
class _Hires:
    """From people needed to people hired."""

    to_hire: int
    cut_from: int
    vacant_days: float
    lost_share: float


def _hires(scenario: Scenario, needed: int, work: Workload) -> _Hires:
    """Return how many to hire (R-H4).

    After the cut `needed` must be left, and the work of an average day must be covered although leavers leave gaps.
    The ramp lowers what new people sell, not the visits they can make, so it is told but does not add people.
    """
    staffing, reps = scenario.settings.staffing, scenario.reps
    works = reps.hired_day < scenario.calendar.days
    in_cut = (reps.new_hire if reps.new_hire.any() else ~reps.is_manager) & works
    hired = int(in_cut.sum())
    cuts = staffing.cut_mode != "none" and hired > 0
    keep_share = min(1.0, staffing.keep / hired) if cuts else 1.0
    stays = works & ~in_cut if cuts else works & ~reps.new_hire
    confirmed = _available(scenario, np.flatnonzero(stays))
    vacant_days = staffing.hiring_lead_days + staffing.training_days * 7 / max(work.year.days, 1.0)
    lost = staffing.annual_attrition * (min(vacant_days / 365, 1.0) if staffing.replace_leavers else 0.5)
    busy = (work.face + work.travel(needed)) / max(work.year.road_minutes * work.present, 1e-9)
    remain = max(needed, busy / max(1 - lost, 1e-9)) - confirmed
    to_hire = max(0, ceil(remain / keep_share - 1e-9)) if keep_share > 0 else 0
    return _Hires(to_hire, hired if cuts else 0, vacant_days, lost)


def _work_reasons(answer: Headcount, work: Workload) -> list[Reason]:
    demand = {
        "visits": round(answer.visits_per_week, 2),
        "face_minutes": round(answer.face_minutes_per_week, 1),
        "least_travel_minutes": round(answer.travel_minutes_per_week, 1),
        "capacity_minutes": round(answer.capacity_minutes_per_week, 1),
        "lower_bound": answer.lower_bound,
    }
    travel = {"needed": answer.needed, "travel_minutes": round(work.travel(answer.needed), 1)}
    return [Reason("headcount.workload", demand, "R-H1"), Reason("headcount.travel", travel, "R-H1")]


def _balance_reason(answer: Headcount) -> Reason:
    values = {
        "available": round(answer.available, 2),
        "needed": answer.needed,
        "carried_share": round(answer.carried_share, 4),
    }
    if answer.available < answer.needed:
        return Reason("headcount.short", values, "R-H1")
    return Reason("headcount.enough" if answer.carried_share >= 1 else "headcount.enough_people", values, "R-H1")


def _people_reasons(scenario: Scenario, answer: Headcount, hires: _Hires) -> list[Reason]:
    staffing = scenario.settings.staffing
    reasons = []
    if hires.cut_from:
        cut = {
            "hired": hires.cut_from,
            "keep": staffing.keep,
            "needed": answer.needed,
            "to_hire": hires.to_hire,
        }
        reasons.append(Reason("headcount.cut", cut, "R-H4"))
    if staffing.annual_attrition > 0:
        left = {
            "attrition": staffing.annual_attrition,
            "vacant_days": round(hires.vacant_days, 1),
            "lost_share": round(hires.lost_share, 4),
        }
        reasons.append(Reason("headcount.attrition", left, "R-N4"))
    if scenario.reps.new_hire.any() or hires.to_hire > 0:
        first_year = staffing.ramp[:4]
        reasons.append(
            Reason("headcount.ramp", {"first_year_share": round(sum(first_year) / len(first_year), 4)}, "R-N4")
        )
    return reasons
