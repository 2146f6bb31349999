"""Fixed appointments in files: read, and refused where no plan could keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from territory.inputs.load import load_scenario
from tests.inputs.folders import TOML, problems_of, write_scenario

FILES = TOML.replace("[files]", '[files]\nappointments = "appointments.csv"')


def folder(tmp_path: Path, *rows: str, heading: str = "customer_id,date,time,minutes") -> Path:
    made = write_scenario(tmp_path, toml=FILES)
    (made / "appointments.csv").write_text("\n".join([heading, *rows, ""]), encoding="utf-8")
    return made


@pytest.mark.parametrize("heading", ["customer_id,date,time,minutes", "客户编号,预约日期,预约时间,时长"])
def test_appointments_are_read_in_the_order_of_the_calendar(tmp_path, heading):
    made = folder(tmp_path, "C2,2026-03-10,14:30,45", "C1,2026-03-09,11:00,", heading=heading)
    found = load_scenario(made).appointments
    assert found.customer.tolist() == [0, 1]
    assert found.start.tolist() == [11 * 60, 14 * 60 + 30]
    assert found.minutes.tolist() == [-1, 45]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("C9,2026-03-10,14:30,", "unknown_customer_near"),
        ("C1,2027-03-10,14:30,", "appointment_outside"),
        ("C1,2026-03-02,14:30,", "appointment_day_off"),
        ("C1,2026-03-08,14:30,", "appointment_day_off"),
        ("C1,2026-03-10,13:00,", "appointment_off_hours"),
        ("C1,2026-03-10,16:30,45", "appointment_off_hours"),
        ("C3,2026-03-10,16:10,", "appointment_closed"),
    ],
)
def test_an_appointment_nobody_could_keep_is_refused(tmp_path, row, code):
    assert [problem.code for problem in problems_of(folder(tmp_path, row))] == [code]
