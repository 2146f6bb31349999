"""Fixed appointments: kept at their time with slack before, spacing kept, the rest of the calendar around them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.assessment.validate import validate_tables
from territory.domain.absences import Absences
from territory.domain.appointments import Appointments
from territory.domain.plan_archive import plan_details
from territory.planning.workflow import make_plan
from territory.reports.report import write_report
from tests.factories import small_scenario, texts

NOON = 11 * 60 + 45


def workday(scenario, number: int = 30) -> int:
    ordinary = scenario.calendar.working & ~scenario.calendar.month_end & (scenario.calendar.weekday < 5)
    return int(np.flatnonzero(ordinary)[number])


def agreed(scenario, *rows: tuple[int, int, int, int]):
    columns = np.array(sorted(rows, key=lambda row: row[1:3]), dtype=np.int64).reshape(-1, 4).T
    return scenario.replace(appointments=Appointments(*columns))


def planned(scenario):
    made = make_plan(scenario, effort="quick")
    assert validate_tables(scenario, made.tables() | {"summary": {"plan": plan_details(made)}}) == []
    return made


def starts_of(made, customer: int, day: int) -> list[tuple[int, int]]:
    mine = (made.visits.customer == customer) & (made.visits.day == day)
    return list(zip(made.visits.start[mine].tolist(), made.visits.end[mine].tolist(), strict=True))


def test_an_appointment_is_kept_to_the_minute_and_for_its_length():
    scenario = small_scenario(12, 1)
    day = workday(scenario)
    made = planned(agreed(scenario, (3, day, NOON, 45)))
    assert starts_of(made, 3, day) == [(NOON, NOON + 45)]
    assert made.notes == ()


def test_without_a_length_an_appointment_takes_an_ordinary_visit():
    scenario = small_scenario(12, 1)
    day = workday(scenario)
    assert starts_of(planned(agreed(scenario, (0, day, NOON, -1))), 0, day) == [(NOON, NOON + 20)]


def test_an_appointment_is_one_of_the_visits_the_frequency_asks_for():
    scenario = small_scenario(12, 1)
    plain, booked = planned(scenario), planned(agreed(scenario, (3, workday(scenario), NOON, -1)))

    def asked(made):
        return int((made.visits.customer == 3).sum() + (made.unserved.customer == 3).sum())

    assert asked(plain) == asked(booked)


def test_customers_without_appointments_on_other_days_keep_their_calendar():
    scenario = small_scenario(12, 1)
    day = workday(scenario)
    plain, booked = planned(scenario), planned(agreed(scenario, (3, day, NOON, -1)))

    def calendar(made):
        rows = zip(made.visits.customer.tolist(), made.visits.day.tolist(), strict=True)
        return {row for row in rows if row[0] != 3 and abs(row[1] - day) > 7}

    assert calendar(plain) == calendar(booked)


@pytest.mark.parametrize("start", [9 * 60 + 30, 9 * 60 + 40])
def test_an_appointment_too_early_for_its_slack_is_named_and_the_ordinary_visit_stays(start):
    scenario = small_scenario(4, 1)
    made = planned(agreed(scenario, (1, workday(scenario), start, -1)))
    assert [note.code for note in made.notes] == ["visits.appointment.no_room"]
    assert len(made.visits) == len(planned(scenario).visits)


def test_without_slack_the_rep_may_arrive_on_the_minute():
    scenario = small_scenario(4, 1, visits={"appointment_slack": 0})
    day = workday(scenario)
    made = planned(agreed(scenario, (1, day, NOON, -1)))
    assert starts_of(made, 1, day) == [(NOON, NOON + 20)]


def test_an_appointment_with_an_absent_rep_is_named():
    scenario = small_scenario(4, 1)
    day = workday(scenario)
    away = Absences(texts(["R1"]), np.array([day]), np.array([day]), texts(["leave"]))
    made = planned(agreed(scenario, (1, day, NOON, -1)).replace(absences=away))
    assert [note.code for note in made.notes] == ["visits.appointment.rep_away"]


def test_a_plan_that_names_a_missed_appointment_can_be_written(tmp_path):
    scenario = small_scenario(4, 1)
    made = planned(agreed(scenario, (1, workday(scenario), 9 * 60 + 30, -1)))
    assert (write_report(tmp_path / "out", made) / "manifest.json").exists()


def test_an_appointment_with_a_customer_for_the_phone_is_named():
    scenario = small_scenario(4, 1)
    phone = dataclasses.replace(
        scenario.customers, visits=np.array([0, -1, -1, -1]), per_weeks=np.array([1, -1, -1, -1])
    )
    made = planned(agreed(scenario.replace(customers=phone), (0, workday(scenario), NOON, -1)))
    assert [note.code for note in made.notes] == ["visits.appointment.no_visits"]


def test_two_appointments_at_one_time_give_one_that_is_named():
    scenario = small_scenario(6, 1)
    day = workday(scenario)
    made = planned(agreed(scenario, (0, day, NOON, -1), (1, day, NOON, -1)))
    assert len(starts_of(made, 0, day)) + len(starts_of(made, 1, day)) >= 1
    assert [note.code for note in made.notes] == ["visits.appointment.no_room"]


def test_the_checker_finds_a_missed_appointment_and_missing_slack():
    scenario = small_scenario(4, 1)
    day = workday(scenario)
    made = planned(scenario)
    asked = agreed(scenario, (1, day, NOON, -1))
    codes = {v.code for v in validate_tables(asked, made.tables() | {"summary": {"plan": {"notes": []}}})}
    assert codes == {"appointment.missed"}
    hurried = planned(agreed(scenario.replace(visits={"appointment_slack": 0}), (1, day, NOON, -1)))
    assert starts_of(hurried, 1, day) == [(NOON, NOON + 20)]
    assert {v.code for v in validate_tables(asked, hurried.tables())} == {"appointment.no_slack"}


@pytest.mark.parametrize("seed", range(3))
def test_any_appointments_are_kept_or_named(seed):
    scenario, rng = small_scenario(8, 1), np.random.default_rng(seed)
    rows = rng.integers([0, 0, 570], [8, 200, 1000], (12, 3)).tolist()
    days = {(customer, workday(scenario, day)): start for customer, day, start in rows}
    made = planned(agreed(scenario, *((c, d, start, -1) for (c, d), start in days.items())))
    missed = sum(start not in [s for s, _ in starts_of(made, c, d)] for (c, d), start in days.items())
    assert sum(note.code.startswith("visits.appointment.") for note in made.notes) == missed
    assert missed < len(days)
