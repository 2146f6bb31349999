"""An interrupt leaves the best whole plan there is by then, or nothing before there is one."""

from __future__ import annotations

import time

import pytest
from typer.testing import CliRunner

from territory.assessment.validate import validate_tables
from territory.cli import app, screen
from territory.domain.plan_archive import plan_details
from territory.errors import Stopped
from territory.examples import scenario_names, scenario_path
from territory.inputs.load import load_scenario
from territory.planning import draft, workflow
from territory.planning.visits import planner
from territory.reports import folder
from territory.reports.whole_folder import check_manifest
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


def at_once(work):
    """Stand for work that is interrupted as it begins."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", scenario_names())
def test_an_interrupt_before_anything_is_drawn_gives_a_first_plan(name):
    plan = best_of(load_scenario(scenario_path(name)), run=at_once)
    assert codes(plan).count("plan.stopped") == 1
    assert len(plan.visits.day) > 0
    assert validate_tables(plan.scenario, plan.tables() | {"summary": {"plan": plan_details(plan)}}) == []


def test_an_interrupt_of_the_search_for_territories_gives_the_best_division_found(monkeypatch):
    told = []
    scenario = small_scenario(12, 2)
    note = draft.Draft.better

    def noted(self, division):
        told.append(division())
        note(self, division)
        if len(told) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(draft.Draft, "better", noted)
    plan = best_of(scenario, effort="quick")
    assert told[1].objective < told[0].objective
    assert (plan.territories.rep == told[1].rep).all()
    assert validate_tables(plan.scenario, plan.tables()) == []


def test_an_interrupt_before_kernels_are_compiled_leaves_no_plan(monkeypatch):
    monkeypatch.setattr(workflow, "kernels_are_compiled", lambda: False)
    with pytest.raises(KeyboardInterrupt) as stop:
        workflow.make_plan(small_scenario(12, 2), effort="quick", run=at_once)
    assert not isinstance(stop.value, Stopped)


def test_given_territories_are_planned_even_when_interrupted():
    scenario = small_scenario(12, 2)
    given = workflow.make_plan(scenario, effort="quick").territories
    plan = best_of(scenario, effort="quick", territories=given, run=at_once)
    assert (plan.territories.rep == given.rep).all()


def stopped_alternatives(monkeypatch, out, *more):
    """Call for alternatives, interrupted when the first of them is to be planned."""
    monkeypatch.setattr(workflow, "_draw_and_route", stopping(workflow._draw_and_route, 0))
    how = ["--alternatives", "3", "--workers", "1", "--effort", "quick", *more]
    return CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(out), *how])


def test_an_interrupt_of_alternatives_writes_the_one_in_work(monkeypatch, tmp_path):
    done = stopped_alternatives(monkeypatch, tmp_path / "out")
    assert done.exit_code == 130
    assert "1 of 3 alternatives" in done.output
    assert check_manifest(tmp_path / "out" / "alternatives" / "1") == []
    assert len((tmp_path / "out" / "alternatives.csv").read_text("utf-8-sig").splitlines()) == 2
    assert not (tmp_path / "out" / "alternatives" / "2").exists()


def test_an_interrupt_of_the_price_of_regular_weekdays_writes_the_plan_without_it(monkeypatch, tmp_path):
    monkeypatch.setattr("territory.cli.plans.price_regularity", stopping(id, 0))
    how = ["--regularity", "--workers", "1", "--effort", "quick"]
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(tmp_path / "out"), *how])
    assert done.exit_code == 130
    assert "regularity.csv is missing" in done.output
    assert check_manifest(tmp_path / "out") == []
    assert not (tmp_path / "out" / "regularity.csv").exists()


def test_a_second_interrupt_leaves_the_earlier_result_as_it_was(monkeypatch, tmp_path):
    out = tmp_path / "out"
    plan = ["plan", "jewellery_counter", "--out", str(out), "--workers", "1", "--effort", "quick"]
    CliRunner().invoke(app, plan)
    before = (out / "manifest.json").read_bytes()
    monkeypatch.setattr(workflow, "_draw_and_route", stopping(workflow._draw_and_route, 0))
    monkeypatch.setattr(folder, "plan_workbook", stopping(folder.plan_workbook, 0))
    done = CliRunner().invoke(app, [*plan, "--seed", "5"])
    assert done.exit_code == 130
    assert (out / "manifest.json").read_bytes() == before
    assert check_manifest(out) == []
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


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


def always_stopped(*_case, **_options):
    raise KeyboardInterrupt


def test_a_command_stopped_before_kernels_are_compiled_says_that_nothing_was_written(monkeypatch, tmp_path):
    monkeypatch.setattr(workflow, "make_plan", always_stopped)
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 130
    assert "nothing was written" in done.output
    assert not (tmp_path / "out").exists()


def test_a_command_stopped_before_the_work_began_writes_a_first_plan(monkeypatch, tmp_path):
    calls = []
    weights = workflow.customer_weights

    def stopped_once(scenario):
        calls.append(scenario)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return weights(scenario)

    monkeypatch.setattr(workflow, "customer_weights", stopped_once)
    done = CliRunner().invoke(app, ["plan", "jewellery_counter", "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 130
    assert check_manifest(tmp_path / "out") == []
