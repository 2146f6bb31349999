"""The last evening of a month: run-rate orders, appraisal, pay and claims, probation and the cut (R-E1, R-N1..N3)."""

from __future__ import annotations

import numpy as np

from territory.simulation import budget, forecasting, handover, pipeline, policies, reviews, staffing
from territory.simulation.receivables import sign
from territory.simulation.records import Worked
from territory.simulation.reorders import Month, channel_orders, lose_customers, reorder
from territory.simulation.world import World, divide_for_good, part


def book_month(world: World, month: int, rows: list[Worked]) -> tuple[list[int], list[int]]:
    """Book the month's run-rate orders; return bookings, deals included, and targets by rep slot."""
    tables, team, terms = world.tables, world.team, world.terms
    slots, day = len(team.people), int(tables.pay_last[month])
    world.receivables = money = world.receivables.widened(slots)
    cents, by_slot = np.empty(len(team.customers), dtype=np.int64), np.zeros((2, slots + 1), dtype=np.int64)
    first, last = int(tables.month_first[month]), int(tables.month_last[month])
    reorder(
        Month(first, last + 1 - first, day),
        world.habits,
        terms,
        team.customers,
        tables.run_rate[month] * tables.advertised[month],
        tables.steered,
        tables.target[month],
        world.delays[month],
        cents,
        by_slot,
        money,
    )
    if tables.settings.budget.advertising:
        world.customer_reorders.append(cents)
    for sold in channel_orders(tables, world.streams, month):
        seller = _channel_slot(world, last)
        by_slot[0, seller + 1] += sold
        sign(day, seller, sold, terms.payment_days, world.habits.bad, terms, money)
    total = int(by_slot[0].sum())
    world.add("run_rate_cents", month, total)
    won = [row.bookings for row in rows]
    world.add("bookings_cents", month, total + sum(won))
    world.review("lost_customers", month, lose_customers(tables, world.streams, month, team.customers))
    return [a + b for a, b in zip(by_slot[0, 1:].tolist(), won, strict=False)], by_slot[1, 1:].tolist()


def _channel_slot(world: World, day: int) -> int:
    """Return who answers for dealers and shops: the manager who is there, else nobody (R-T6)."""
    return next((p.slot for p in world.team.people if p.manager and p.here(day)), -1)


def settle_people(world: World, month: int, rows: list[Worked], bookings: list[int], targets: list[int]) -> None:
    """Appraise, pay and refund everybody who was there this month (R-E1, R-B3, R-B5, R-N3)."""
    tables, team, journal = world.tables, world.team, world.journal
    rules, review_rules = tables.settings.budget, tables.settings.reviews
    first, day = int(tables.month_first[month]), int(tables.month_last[month])
    length = day + 1 - first
    pay_day, refund_day = int(tables.pay_last[month]), int(tables.refund_day[month])
    team_completion = sum(bookings) / sum(targets) if sum(targets) else 1.0
    silent = missing_reports(world, month)
    if any(silent):
        missing = sum(silent[p.slot] for p in team.people if p.days_employed(first, day))
        world.review("reports_missing", month, missing)
    reached: list[tuple[float, int]] = []
    appraisals: list[float] = []
    for person, work, sold, target in zip(team.people, rows, bookings, targets, strict=False):
        slot = person.slot
        world.slot_bookings[slot] = world.slot_bookings.get(slot, 0) + sold
        employed_days = person.days_employed(first, day)
        if not employed_days:
            continue
        employed, reported = employed_days / length, not silent[slot]
        points = reviews.appraise(review_rules, work.planned, work.done, work.days, work.absent, reported=reported)
        person.close_month(sold, target, points, whole=employed_days >= staffing.WHOLE_MONTH_DAYS)
        appraisals.append(points)
        own = sold / target if target else team_completion
        wage = budget.monthly_pay(rules, person.salary, team_completion if person.manager else own, points, employed)
        journal.pay(pay_day, "pay", wage, rep=slot)
        journal.pay(pay_day, "bonus", budget.bonus(rules, person, sold, target), rep=slot)
        due = work.nights * rules.lodging_night
        world.lodging["due"] += due
        if not reported:
            world.lodging["unreported"] += due
        elif refund_day >= tables.days:
            world.lodging["later"] += due
        else:
            cap = budget.travel_cap(rules, month, sold, employed)
            claims = budget.Claims(work.km, work.nights, employed)
            world.lodging["paid"] += budget.refund_travel(
                journal, rules, person, day=refund_day, cap=cap, claims=claims
            )
        if target > 0 and sold >= target and not person.manager:
            reached.append((-own, slot))
    world.add("appraisal_points", month, round(100 * sum(appraisals) / len(appraisals)) if appraisals else 0)
    if reached and not world.quota_reached:
        world.quota_reached = True
        first_slot = min(reached)[1]
        journal.pay(
            pay_day, "bonus", rules.first_quota_bonus, rep=first_slot, approved_by=journal.approver, item="first quota"
        )


def missing_reports(world: World, month: int) -> list[bool]:
    """Return for every rep slot whether it owes the month's report; no report, no refund (R-B3)."""
    share, people = world.tables.settings.staffing.report_missing, world.team.people
    if share <= 0:
        return [False] * len(people)
    draws = world.streams.uniform("report", np.array([person.key for person in people]), month)
    missing: list[bool] = (draws < share).tolist()
    return missing


def review_outlook(world: World, month: int, figures: list[int]) -> float:
    """Hold the month's review: pipeline, rolling forecasts and what to do about them (R-E4, R-E5, R-E7).

    Returns
    -------
    float
        Coverage of the target of the next three months.
    """
    tables, breaches, rules = world.tables, world.breaches, world.tables.settings.reviews
    booked = sum(world.months["bookings_cents"])
    reordered = sum(world.months["run_rate_cents"])
    met = int(world.met[: int(tables.month_last[month]) + 1].sum())
    expected, upside = forecasting.look_ahead(tables, month, reordered, world.ahead, met)
    covered = reviews.coverage(tables.team_targets, month, figures[pipeline.PIPELINE])
    breaches.coverage += covered < rules.coverage
    breaches.growth += reviews.growth_missed(rules, world.pipeline, figures[pipeline.PIPELINE])
    rolling, three, raised = sum(expected), sum(expected[:3]), tables.raised_targets
    breaches.rolling_forecast += rolling < tables.stretch
    if month < len(raised) - 1:
        breaches.month_outlook += expected[0] + upside[0] < raised[month + 1]
    if month % 3 == 2 and month < len(raised) - 1:
        breaches.quarter_outlook += three + sum(upside[:3]) < sum(raised[month + 1 : month + 4])
    world.review("three_months_cents", month, three)
    world.review("rolling_cents", month, rolling)
    world.review("landing_cents", month, booked + sum(expected[: 11 - month]))
    world.review("upside_cents", month, upside[0])
    world.review("coverage_permille", month, min(1000 * covered, 10**9))
    grown = 1000 * figures[pipeline.PIPELINE] / world.pipeline - 1000 if world.pipeline else 0.0
    world.review("growth_permille", month, min(grown, 10**9))
    world.review("requests_waiting", month, world.office.waiting)
    world.pipeline = figures[pipeline.PIPELINE]
    return covered


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
    divide_for_good(world, np.unique(np.concatenate(behind)), day + 1)


def note_month(world: World, month: int, figures: list[int], rows: list[Worked]) -> None:
    """Write down the month's counts and the state of the pipeline."""
    world.review("made_up", month, sum(row.made_up for row in rows))
    world.review("nights", month, sum(row.nights for row in rows))
    world.add("visits_planned", month, int(world.tables.visits_planned[month]))
    world.add("visits_done", month, sum(row.done for row in rows))
    world.add("calls_done", month, sum(row.calls for row in rows))
    world.add("open_deals", month, figures[pipeline.OPEN_DEALS])
    world.add("pipeline_cents", month, figures[pipeline.PIPELINE])
    world.add("forecast_cents", month, figures[pipeline.FORECAST])
    world.add("target_cents", month, world.tables.team_targets[month])
