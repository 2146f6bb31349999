"""A plan changed during the year, on the command line."""

import json
import shutil

from tests.stories.command import territory


def with_leave(plan_folder, target):
    """Write a copy of the scenario in which the first rep is on leave for a week of June."""
    shutil.copytree(plan_folder / "scenario", target)
    rep = (target / "reps.csv").read_text(encoding="utf-8-sig").splitlines()[1].split(",")[0]
    (target / "absences.csv").write_text(f"rep_id,first_day,last_day,reason\n{rep},2026-06-08,2026-06-13,leave\n")
    with (target / "scenario.toml").open("a", encoding="utf-8") as toml:
        toml.write('\n[files]\nabsences = "absences.csv"\n')
    return target


def test_a_week_of_leave_is_told_in_a_table_that_outlives_the_simulation(plan_folder, tmp_path):
    out, changed = tmp_path / "after", with_leave(plan_folder, tmp_path / "changed")
    options = ("--from", "2026-06-01", "--scenario", changed, "--workers", 1, "--json")
    done = territory("reschedule", plan_folder, "--out", out, *options)
    assert done.exit_code == 0, done.output
    facts = json.loads(done.output.strip().splitlines()[-1])
    told = (out / "changes.csv").read_bytes()
    assert facts["moved"] + facts["cancelled"] > 0
    assert told.count(b"\r\n") == 1 + sum(facts[kind] for kind in ("moved", "retimed", "added", "cancelled"))

    lived = territory("simulate", out, "--years", 8, "--workers", 1)
    assert lived.exit_code == 0, lived.output
    assert (out / "changes.csv").read_bytes() == told
    assert territory("validate", out).exit_code == 0
