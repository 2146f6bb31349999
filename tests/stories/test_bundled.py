"""What the bundled scenarios promise, seen in the files a run writes."""

import json
import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from territory.cli import app
from territory.examples import scenario_names, scenario_path
from territory.inputs.load import load_scenario
from territory.inputs.plan_folder import read_tables


def run(name, out, *options):
    arguments = ["run", name, "--out", str(out), "--effort", "quick", "--json", *options]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return json.loads(done.output.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def xian(tmp_path_factory):
    """Tables of the Xi'an office after a short run."""
    folder = tmp_path_factory.mktemp("xian") / "result"
    run("xian_office", folder, "--years", "10", "--workers", "1")
    return read_tables(folder)


def yuan(column):
    return (pd.to_numeric(column) * 100).round().astype(int)


def test_there_are_six_bundled_scenarios_and_each_has_a_readme():
    assert len(scenario_names()) == 6
    assert all((scenario_path(name) / "README.md").exists() for name in scenario_names())


def test_xian_setup_adds_to_34700_and_running_lines_to_9500_every_month(xian):
    ledger = xian["ledger"].assign(cents=yuan(xian["ledger"]["amount"]))
    scenario = load_scenario(scenario_path("xian_office"))
    planned = {line.name for line in scenario.settings.budget.setup}
    assert ledger.loc[ledger["item"].isin(planned), "cents"].sum() == -3_470_000
    running = ledger[ledger["category"].isin(["office", "vehicles", "entertainment"])]
    by_month = running.groupby(running["date"].str[:7])["cents"].sum()
    assert len(by_month) == 12
    assert set(by_month) == {-950_000}


def test_xian_target_of_80_million_adds_up_at_every_level(xian):
    targets = xian["targets"].assign(cents=yuan(xian["targets"]["target"]))
    sums = targets.groupby(["level", "period_kind"])["cents"].sum()
    assert set(sums) == {8_000_000_000}
    assert {"total", "region", "rep", "customer"} == set(targets["level"])


def test_xian_hires_8_and_keeps_4_and_the_headcount_path_shows_it(xian):
    reps = xian["months"][xian["months"]["measure"] == "reps_active"]
    middle = pd.to_numeric(reps["p50"]).tolist()
    assert middle[0] == 9, "eight hires and the manager"
    assert middle[3] <= 5, "four of them and the manager after the review of month 3"


def test_far_too_few_reps_are_a_verdict_with_reasons_not_an_error(tmp_path):
    folder = tmp_path / "crowded"
    CliRunner().invoke(app, ["new", str(folder), "--from", "outlets_100"])
    toml = (folder / "scenario.toml").read_text(encoding="utf-8")
    crowded = re.sub(r"(?m)^d = .*$", "d = { visits = 5, per_weeks = 1, minutes = 90 }", toml)
    (folder / "scenario.toml").write_text(crowded, encoding="utf-8")

    facts = run(str(folder), tmp_path / "result", "--years", "8", "--workers", "1")

    assert facts["status"] == "not_feasible"
    verdict = json.loads((tmp_path / "result" / "verdict.json").read_text(encoding="utf-8"))
    few = next(reason for reason in verdict["reasons"] if reason["code"] == "verdict.too_few_reps")
    assert few["values"]["needed"] > 2


def test_one_and_two_workers_write_the_same_bytes(tmp_path):
    manifests = []
    for workers in ("1", "2"):
        out = tmp_path / workers
        run("jewellery_counter", out, "--years", "30", "--workers", workers)
        manifests.append((out / "manifest.json").read_bytes())
    assert manifests[0] == manifests[1]
