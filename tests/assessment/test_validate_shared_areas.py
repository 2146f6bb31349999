"""The checker asks of every shared area whether it is planned together, and recounts what the plan says of it."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import pytest

from territory.assessment.validate import validate_tables
from territory.domain.plan import Plan
from territory.domain.scenario import Scenario
from territory.planning.workflow import make_plan
from tests.factories import small_scenario, texts


@cache
def plan() -> Plan:
    return make_plan(small_scenario(8, 2), effort="quick")


def scenario() -> Scenario:
    plain = plan().scenario
    return plain.replace(reps=dataclasses.replace(plain.reps, shared_area=texts(["centre", "centre"])))


def found(*notes: dict[str, Any], **more: Any) -> list[str]:
    said = {"tolerance": dict(plan().territories.tolerance), "notes": list(notes), **more}
    return [violation.code for violation in validate_tables(scenario(), {**plan().tables(), "summary": {"plan": said}})]


def together(**changes: int) -> dict[str, Any]:
    driven = int(plan().routes.travel_minutes.sum())
    values = {"area": "centre", "driven_minutes": driven, "split_minutes": driven + 1}
    values |= dict.fromkeys(("lost", "split_lost"), len(plan().unserved))
    return {"code": "visits.pool.together", "values": values | changes}


def test_an_area_whose_figures_are_right_breaks_no_rule() -> None:
    assert found(together()) == []


def test_figures_as_the_summary_of_a_folder_writes_them_are_read() -> None:
    plain = together()
    written = {name: value if name == "area" else {"number": value} for name, value in plain["values"].items()}
    assert found({**plain, "values": written}) == []


def test_an_area_without_figures_is_found() -> None:
    assert found({"code": "visits.pool.together", "values": {"area": "centre"}}) == ["area.differs"] * 2


def test_an_area_that_says_why_it_is_not_planned_together_breaks_no_rule() -> None:
    assert found({"code": "visits.pool.no_gain", "values": {"area": "centre", "reps": 2}}) == []


def test_an_area_of_which_nothing_is_said_is_found() -> None:
    assert found({"code": "visits.pool.no_gain", "values": {"area": "another", "reps": 2}}) == ["area.unsaid"]


def test_an_interrupted_plan_says_nothing_of_its_areas() -> None:
    assert found({"code": "plan.stopped", "values": {}}) == []


def test_a_calendar_planned_again_says_nothing_of_its_areas() -> None:
    assert found(rescheduled_from=0) == []


def test_fewer_visits_without_a_day_are_a_gain_too() -> None:
    driven = int(plan().routes.travel_minutes.sum())
    assert found(together(split_minutes=driven - 60, split_lost=len(plan().unserved) + 1)) == []


@pytest.mark.parametrize("item", ["driven_minutes", "lost"])
def test_a_wrong_figure_of_an_area_is_found(item: str) -> None:
    stated = int(together()["values"][item]) - 1
    assert found(together(**{item: stated})) == ["area.differs"]


def test_an_area_planned_together_for_no_gain_is_found() -> None:
    assert found(together(split_minutes=int(plan().routes.travel_minutes.sum()))) == ["area.no_gain"]
