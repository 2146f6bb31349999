"""The last evening of a month: run-rate orders, appraisal, pay and claims, probation and the cut (R-E1, R-N1..N3)."""

from __future__ import annotations

import numpy as np

from territory.simulation import budget, handover, pipeline, policies, reviews, staffing
from territory.simulation.world import World, part


def book_month(world: World, month: int) -> tuple[list[int], list[int]]:
    """Book the month's run-rate orders; return bookings and targets by rep slot."""
    tables, team = world.tables, world.team
    cents = pipeline.run_rate_orders(tables, month, team.customers)
    owner = team.customers["owner"]
    world.run_rate.append((int(tables.pay_last[month]), owner.copy(), cents))
    slots = len(team.people)
    by_slot = np.bincount(owner + 1, cents, slots + 1)[1:].astype(np.int64) + team.work["bookings"][:slots]
    targets = np.bincount(owner + 1, tables.target[:, month], slots + 1)[1:].astype(np.int64)
    world.add("run_rate_cents", month, int(cents.sum()))
    world.add("bookings_cents", month, int(cents.sum()) + int(team.work["bookings"].sum()))
    return by_slot.tolist(), targets.tolist()


def settle_people(world: World, month: int, day: int, bookings: list[int], targets: list[int]) -> None:
    """Appraise, pay and refund everybody who was there this month (R-E1, R-B3, R-B5, R-N3)."""
    tables, team, journal = world.tables, world.team, world.journal
    rules = tables.settings.budget
    first, length = int(tables.month_first[month]), day + 1 - int(tables.month_first[month])
    pay_day, refund_day = int(tables.pay_last[month]), budget.refund_day(tables, month)
    team_completion = sum(bookings) / sum(targets) if sum(targets) else 1.0
    reached: list[tuple[float, int]] = []
    appraisals: list[float] = []
    for person, row in zip(team.people, team.work.tolist(), strict=False):
        work = dict(zip(team.work.dtype.names or (), row, strict=True))
        sold, target = bookings[person.slot], targets[person.slot]
        world.slot_bookings[person.slot] = world.slot_bookings.get(person.slot, 0) + sold
        employed_days = person.days_employed(first, day)
        if not employed_days:
            continue
        employed = employed_days / length
        person.bookings += sold
        person.target += target
        person.probation_closes += employed_days >= staffing.WHOLE_MONTH_DAYS
        points = reviews.appraise(tables.settings.reviews, work["planned"], work["done"], work["days"], work["absent"])
        person.appraisals.append(points)
        appraisals.append(points)
        own = sold / target if target else team_completion
        completion = team_completion if person.manager else own
        wage = budget.monthly_pay(rules, person.salary, completion, points, employed)
        journal.pay(pay_day, "pay", wage, rep=person.slot)
        journal.pay(pay_day, "bonus", budget.bonus(rules, person, sold, target), rep=person.slot)
        cap = budget.travel_cap(rules, month, sold, employed)
        budget.refund_travel(
            journal, rules, person, day=refund_day, cap=cap, km=work["km"], nights=work["nights"], employed=employed
        )
        if target > 0 and sold >= target and not person.manager:
            reached.append((-own, person.slot))
    world.add("appraisal_points", month, round(100 * sum(appraisals) / len(appraisals)) if appraisals else 0)
    if reached and not world.quota_reached:
        world.quota_reached = True
        first_slot = min(reached)[1]
        journal.pay(
            pay_day, "bonus", rules.first_quota_bonus, rep=first_slot, approved_by=journal.approver, item="first quota"
        )


def review_probation(world: World, day: int) -> None:
    """Confirm, extend or dismiss new hires by their cumulative attainment (R-N2)."""
    rules = world.tables.settings
    for person in world.team.present(day + 1):
        if not person.new_hire or person.manager:
            continue
        closes, attainment = person.probation_closes, person.attainment
        if closes == staffing.DISMISSAL_MONTHS and attainment < rules.staffing.dismiss_attainment:
            part(world, person, day, "dismissed")
        elif person.on_probation and closes >= rules.staffing.probation_months + person.extended:
            if not person.extended and policies.extend_probation(rules, attainment):
                person.extended = True
                world.team.note(day, person, "extended")
            else:
                person.on_probation = False
                world.team.note(day, person, "confirmed")


def cut_team(world: World, day: int) -> None:
    """Make the cut of the review and divide the customers among those kept (R-N1, R-A5).

    A position that is vacant at the review is not filled any more, as long as enough people stay.
    """
    tables, team = world.tables, world.team
    rules = tables.settings.staffing
    gone = staffing.choose_cut(team, day, rules, world.streams, staffing.cohort_size(tables))
    if not gone:
        return
    behind = [handover.depart(team, tables, person, day, "cut")[1] for person in gone]
    for vacancy in team.vacancies:
        if not vacancy.cancelled:
            vacancy.cancelled = True
            behind.append(vacancy.customers)
    handover.divide(team, tables, np.unique(np.concatenate(behind)), day + 1)


def note_month(world: World, month: int, figures: list[int]) -> None:
    """Write down the month's counts and the state of the pipeline."""
    work = world.team.work
    world.add("visits_planned", month, int(world.tables.visits_planned[month]))
    world.add("visits_done", month, int(work["done"].sum()))
    world.add("calls_done", month, int(work["calls"].sum()))
    world.add("open_deals", month, figures[pipeline.OPEN_DEALS])
    world.add("pipeline_cents", month, figures[pipeline.PIPELINE])
    world.add("forecast_cents", month, figures[pipeline.FORECAST])
    world.add("target_cents", month, int(world.tables.target[:, month].sum()))
