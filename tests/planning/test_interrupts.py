"""An interrupt leaves the best whole plan there is by then, or nothing before there is one."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from territory.assessment.validate import validate_tables
from territory.cli import app
from territory.planning import workflow
from territory.planning.visits import plan_visits
from tests.factories import small_scenario


def stopping(step, after):
    """Return a step of the plan that is interrupted once it was done some times."""
    done = []

    def interrupted(*case, **options):
        if len(done) == after:
            raise KeyboardInterrupt
        done.append(case)
        return step(*case, **options)

    return interrupted


def codes(plan):
    return [note.code for note in plan.notes]


def test_an_interrupt_before_the_first_calendar_is_there_stops_the_plan():
    with pytest.raises(KeyboardInterrupt):
        workflow.make_plan(small_scenario(12, 2), effort="quick", schedule=stopping(plan_visits, 0))


def test_an_interrupt_while_territories_are_touched_up_gives_the_calendar_that_is_there(monkeypatch):
    draw = stopping(workflow.assign_territories, 1)
    monkeypatch.setattr(workflow, "misfit", lambda *_: workflow.Misfit(1.0, 1.0))
    plan = workflow.make_plan(small_scenario(12, 2), effort="normal", assign=draw)
    assert codes(plan).count("plan.stopped") == 1
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_an_interrupt_of_the_proofs_gives_the_plan_without_them(monkeypatch):
    monkeypatch.setattr(workflow, "overload_notes", stopping(workflow.overload_notes, 0))
    plan = workflow.make_plan(small_scenario(12, 2), effort="quick")
    assert codes(plan)[-1] == "plan.stopped"
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_a_command_stopped_before_a_whole_plan_says_that_nothing_was_written(monkeypatch, tmp_path):
    monkeypatch.setattr(workflow, "make_plan", stopping(workflow.make_plan, 0))
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 130
    assert "nothing was written" in done.output
    assert not (tmp_path / "out").exists()
