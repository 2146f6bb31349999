"""Somebody leaves or joins, on the command line."""

import json

import pandas as pd

from tests.stories.command import territory


def reps_of(folder):
    return set(pd.read_csv(folder / "customers.csv")["rep_id"])


def test_the_customers_of_a_leaver_are_handed_over_and_the_curve_lies_beside(plan_folder, tmp_path):
    leaver = sorted(reps_of(plan_folder))[-1]
    out = tmp_path / "after"
    options = ("--leaves", leaver, "--out", out, "--effort", "quick", "--workers", 1, "--curve")
    done = territory("reassign", plan_folder, *options)
    assert done.exit_code == 0, done.output
    assert leaver not in reps_of(out)
    before = pd.read_csv(plan_folder / "customers.csv")
    mine = set(before.loc[before["rep_id"] == leaver, "customer_id"])
    assert mine <= set(pd.read_csv(out / "handovers.csv")["customer_id"])
    assert (pd.read_csv(tmp_path / "after_curve.csv")["sales_moved_over_own"] >= 1 - 1e-3).all()
    assert "territory_gap" in json.loads((out / "summary.json").read_text(encoding="utf-8"))


def test_one_worker_and_two_write_the_same_plan_after_somebody_joins(plan_folder, tmp_path):
    scenario = pd.read_csv(plan_folder / "scenario" / "customers.csv")
    place = f"{scenario['lat'].mean():.4f},{scenario['lon'].mean():.4f}"
    for workers in (1, 2):
        options = ("--joins", f"NEW,{place}", "--out", tmp_path / str(workers), "--effort", "quick")
        done = territory("reassign", plan_folder, *options, "--workers", workers)
        assert done.exit_code == 0, done.output
    assert "NEW" in reps_of(tmp_path / "1")
    for name in ("customers.csv", "visits.csv", "handovers.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()
