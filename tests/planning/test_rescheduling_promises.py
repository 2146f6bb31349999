"""Re-planning with appointments, opening hours by weekday, absences and people who leave."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.changes import KINDS
from territory.planning.workflow import make_plan
from tests.factories import small_scenario
from tests.planning.test_rescheduling import SINCE, absent, chosen, rescheduled, with_holiday
from tests.planning.test_visits_appointments import agreed, starts_of, workday
from tests.planning.test_visits_hours import by_weekday
from tests.planning.test_visits_wishes import with_columns

NOON, MORNING, EVENING = 11 * 60 + 45, (9 * 60 + 30, 11 * 60), (15 * 60, 17 * 60)
AGREED = ((3, 110, NOON, 45), (5, 111, NOON, -1), (9, 131, 15 * 60 + 20, -1), (14, 140, NOON, 30))
"""Customer, working day after the start, minute, length; long enough apart to be kept together."""


def calendar_of(scenario, *rows):
    return agreed(scenario, *((who, workday(scenario, day), start, minutes) for who, day, start, minutes in rows))


def kept(plan):
    """Return for every appointment whether a visit keeps it."""
    a = plan.scenario.appointments
    rows = zip(a.customer.tolist(), a.day.tolist(), a.start.tolist(), strict=True)
    return [start in [begin for begin, _ in starts_of(plan, customer, day)] for customer, day, start in rows]


def codes(plan):
    return [note.code for note in plan.notes if note.code.startswith("visits.appointment")]


@pytest.fixture(scope="module")
def plan():
    """Two reps with appointments; the last ten customers open late on Tuesdays and not at all on Thursdays."""
    scenario = small_scenario(40, 2)
    hours = by_weekday(40)
    hours[30:, 1], hours[30:, 3] = EVENING, (0, 0)
    return make_plan(calendar_of(with_columns(scenario, weekday_hours=hours), *AGREED), effort="quick")


def test_the_plan_keeps_the_appointments_to_begin_with(plan):
    assert kept(plan) == [True] * 4


def test_without_a_change_nothing_changes(plan):
    new, changes = rescheduled(plan)
    assert len(changes) == 0
    for part in ("visits", "routes", "unserved"):
        for name, column in vars(getattr(plan, part)).items():
            assert np.array_equal(column, getattr(getattr(new, part), name)), name


def test_appointments_stay_to_the_minute_where_the_days_around_them_break(plan):
    days = plan.scenario.appointments.day
    scenario = with_holiday(with_holiday(plan.scenario, int(days[0]) - 1), int(days[2]) + 1)
    new, changes = rescheduled(plan, scenario)
    assert kept(new) == [True] * 4
    assert changes.kept_share > 0.95
    assert codes(new) == []


def test_a_new_appointment_takes_a_visit_of_its_customer_and_the_others_stay(plan):
    before = plan.visits.day[(plan.visits.customer == 20) & (plan.visits.day > SINCE)].tolist()
    day = next(day for day in range(before[0] + 1, 365) if plan.scenario.calendar.working[day] and day not in before)
    number = int(np.flatnonzero(plan.scenario.calendar.working)[0])
    assert number == 0 or day > number
    rows = [*zip(*(getattr(plan.scenario.appointments, n).tolist() for n in ("customer", "day", "start", "minutes")),
                 strict=True), (20, day, NOON, 40)]  # fmt: skip
    new, changes = rescheduled(plan, agreed(plan.scenario, *rows))
    assert starts_of(new, 20, day) == [(NOON, NOON + 40)]
    mine = changes.customer_id == plan.scenario.customers.customer_id[20]
    assert changes.reason[mine].tolist() == ["appointment"]
    assert changes.kept_share > 0.98
    assert kept(new) == [True] * 5


def test_a_cancelled_appointment_becomes_an_ordinary_visit_at_its_time(plan):
    new, changes = rescheduled(plan, calendar_of(plan.scenario, *AGREED[1:]))
    day = workday(plan.scenario, AGREED[0][1])
    assert starts_of(new, 3, day) == [(NOON, NOON + 20)]
    assert changes.count("moved") == changes.count("cancelled") == 0


def test_an_appointment_moved_to_another_hour_is_kept_at_the_new_one(plan):
    new, changes = rescheduled(plan, calendar_of(plan.scenario, (3, 110, NOON - 60, 45), *AGREED[1:]))
    assert starts_of(new, 3, workday(plan.scenario, 110)) == [(NOON - 60, NOON - 15)]
    assert kept(new) == [True] * 4
    assert changes.count("moved") <= 1


def test_an_appointment_on_a_day_of_absence_is_named_and_its_visit_moves(plan):
    day = int(plan.scenario.appointments.day[0])
    rep = str(plan.scenario.reps.rep_id[plan.territories.rep[3]])
    new, changes = rescheduled(plan, absent(plan.scenario, rep, day, day))
    assert codes(new) == ["visits.appointment.rep_away"]
    moved = (changes.customer_id == "C004") & (changes.old_day == day)
    assert changes.reason[moved].tolist() == ["absent"]
    assert (changes.kind[moved] == KINDS.index("moved")).all()


def test_two_appointments_at_one_time_leave_the_promised_one_and_name_the_other(plan):
    day = workday(plan.scenario, 110)
    rival = int(np.flatnonzero((plan.territories.rep == plan.territories.rep[3]) & (np.arange(40) != 3))[0])
    rows = [*AGREED, (rival, 110, NOON, -1)]
    new, _ = rescheduled(plan, calendar_of(plan.scenario, *rows))
    assert starts_of(new, 3, day) == [(NOON, NOON + 45)]
    assert codes(new) == ["visits.appointment.no_room"]


def test_a_successor_takes_over_the_appointments_of_a_rep_who_leaves_or_the_plan_names_them(plan):
    owner = int(plan.territories.rep[14])
    left = plan.scenario.reps.left_day.copy()
    left[owner] = int(plan.scenario.appointments.day[-1]) - 20
    gone = plan.scenario.replace(reps=dataclasses.replace(plan.scenario.reps, left_day=left))
    owners = np.where(np.arange(40) == 14, 1 - owner, -1)
    new, changes = rescheduled(plan, with_columns(gone, locked_rep=owners))
    assert new.territories.rep[14] == 1 - owner
    assert kept(new).count(False) == len(codes(new)) <= 1
    assert set(new.visits.rep[(new.visits.customer == 14) & (new.visits.day >= SINCE)].tolist()) == {1 - owner}
    assert set(changes.reason[changes.customer_id == "C015"].tolist()) == {"other_rep"}


def test_customers_lost_before_a_past_appointment_leave_it_its_slack(plan):
    day = int(plan.scenario.appointments.day[2])
    mine = (plan.visits.day == day) & (plan.visits.rep == plan.territories.rep[9])
    order = plan.visits.customer[mine].tolist()
    lost = np.array(order[: order.index(9)])
    assert len(lost)
    assert not np.isin(lost, plan.scenario.appointments.customer).any()
    who = chosen(plan.scenario.customers, np.delete(np.arange(40), lost))
    rows = plan.scenario.appointments
    before = (lost[None, :] < rows.customer[:, None]).sum(axis=1)
    shifted = dataclasses.replace(rows, customer=rows.customer - before)
    new, _ = rescheduled(plan, plan.scenario.replace(customers=who, appointments=shifted), since=day + 1)
    assert kept(new)[2]


def test_visits_that_move_keep_the_hours_of_their_new_weekday(plan):
    mondays = [day for day in range(SINCE, 360, 28) if plan.scenario.calendar.working[day]]
    scenario = plan.scenario
    for day in mondays:
        scenario = with_holiday(scenario, day + (7 - int(scenario.calendar.weekday[day])) % 7)
    new, changes = rescheduled(plan, scenario)
    weekday = scenario.calendar.weekday[new.visits.day]
    late = (new.visits.customer >= 30) & (weekday == 1)
    moved = np.isin(new.scenario.customers.customer_id[30:], changes.customer_id[changes.kind == 0])
    assert moved.any()
    assert new.visits.start[late].min() >= EVENING[0]
    assert not ((new.visits.customer >= 30) & (weekday == 3)).any()


def test_customers_who_close_on_a_weekday_leave_it_and_the_others_stay(plan):
    mine = (plan.visits.customer == 2) & (plan.visits.day >= SINCE)
    usual = int(np.bincount(plan.scenario.calendar.weekday[plan.visits.day[mine]]).argmax())
    hours = plan.scenario.customers.weekday_hours.copy()
    hours[2, usual] = 0, 0
    new, changes = rescheduled(plan, with_columns(plan.scenario, weekday_hours=hours))
    later = (new.visits.customer == 2) & (new.visits.day >= SINCE)
    assert usual not in new.scenario.calendar.weekday[new.visits.day[later]]
    assert later.sum() >= 0.9 * mine.sum()
    assert "closed" in changes.reason[changes.customer_id == "C003"]
    assert changes.kept_share > 0.97
