"""An interrupt leaves the best whole plan there is by then, or nothing before there is one."""

from __future__ import annotations

import time

import pytest
from typer.testing import CliRunner

from territory.assessment.validate import validate_tables
from territory.cli import app, screen
from territory.errors import Stopped
from territory.planning import draft, workflow
from territory.planning.visits import planner
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


def best_of(*case, **options):
    with pytest.raises(Stopped) as stop:
        workflow.make_plan(*case, **options)
    return stop.value.best


def test_an_interrupt_before_territories_are_drawn_leaves_no_plan():
    draw = stopping(workflow.assign_territories, 0)
    with pytest.raises(KeyboardInterrupt) as stop:
        workflow.make_plan(small_scenario(12, 2), effort="quick", assign=draw)
    assert not isinstance(stop.value, Stopped)


def test_an_interrupt_of_the_first_calendars_gives_the_rest_of_the_reps_one_without_a_search(monkeypatch):
    def plan_rep(task):
        if task.iterations and task.problem.rep == 1:
            raise KeyboardInterrupt
        return planner_rep(task)

    planner_rep = planner.plan_rep
    monkeypatch.setattr(planner, "plan_rep", plan_rep)
    plan = best_of(small_scenario(12, 2), effort="quick")
    assert codes(plan).count("plan.stopped") == 1
    assert len(plan.visits.day) > 0
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_an_interrupt_while_territories_are_touched_up_gives_the_calendar_that_is_there(monkeypatch):
    draw = stopping(workflow.assign_territories, 1)
    monkeypatch.setattr(draft, "misfit", lambda *_: draft.Misfit(1.0, 1.0))
    plan = best_of(small_scenario(12, 2), effort="normal", assign=draw)
    assert codes(plan).count("plan.stopped") == 1
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_an_interrupt_of_the_proofs_gives_the_plan_without_them(monkeypatch):
    monkeypatch.setattr(workflow, "overload_notes", stopping(workflow.overload_notes, 0))
    plan = best_of(small_scenario(12, 2), effort="quick")
    assert codes(plan)[-1] == "plan.stopped"
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_a_plan_cut_short_by_its_time_limit_is_written_and_counts_as_done(monkeypatch, tmp_path):
    clocks = []

    class Clock:
        """Rings when the test says so."""

        def __init__(self, seconds, ring):
            clocks.append((seconds, ring))

        def start(self):
            self.daemon = True

        def cancel(self):
            pass

    def slow(*_, **__):
        clocks[0][1]()
        time.sleep(60)

    monkeypatch.setattr(screen, "Timer", Clock)
    monkeypatch.setattr(workflow, "overload_notes", slow)
    out = tmp_path / "out"
    how = ["--workers", "1", "--effort", "quick", "--time-limit", "8"]
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(out), *how])
    assert (done.exit_code, clocks[0][0]) == (0, 8)
    assert "time limit" in done.output
    assert (out / "manifest.json").exists()


def test_a_command_stopped_before_a_whole_plan_says_that_nothing_was_written(monkeypatch, tmp_path):
    monkeypatch.setattr(workflow, "make_plan", stopping(workflow.make_plan, 0))
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 130
    assert "nothing was written" in done.output
    assert not (tmp_path / "out").exists()
