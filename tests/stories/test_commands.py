"""The command line from the outside: exit codes, sentences, folders that stay intact."""

import json
import shutil

import pytest

from territory.examples import scenario_path
from tests.stories.command import territory


def last_line(result):
    return json.loads(result.output.strip().splitlines()[-1])


@pytest.fixture(scope="module")
def result_folder(tmp_path_factory):
    """Jewellery counter, planned and simulated once with little effort."""
    folder = tmp_path_factory.mktemp("result") / "jewellery"
    done = territory("run", "jewellery_counter", "--out", folder, "--effort", "quick", "--years", 12, "--workers", 1)
    assert done.exit_code == 0, done.output
    return folder


def test_check_says_ok_for_a_good_scenario():
    assert territory("check", "outlets_100").exit_code == 0


def test_a_result_folder_holds_what_the_design_promises(result_folder):
    names = {path.name for path in result_folder.iterdir()}
    assert names >= {
        "manifest.json", "summary.json", "customers.csv", "territories.csv", "targets.csv", "headcount.csv",
        "visits.csv", "moves.csv", "unserved.csv", "years.csv", "months.csv", "ledger.csv", "verdict.json", "plan.xlsx",
        "calendars", "report.html",
    }  # fmt: skip


def test_validate_is_clean_on_the_files_alone(result_folder):
    done = territory("validate", result_folder, "--json")
    assert done.exit_code == 0, done.output
    assert last_line(done)["violations"] == []


def test_validate_names_a_file_that_was_changed_by_hand(result_folder, tmp_path):
    copy = shutil.copytree(result_folder, tmp_path / "copy")
    visits = copy / "visits.csv"
    lines = visits.read_bytes().splitlines(keepends=True)
    visits.write_bytes(b"".join([*lines, lines[-1]]))
    done = territory("validate", copy, "--json")
    assert done.exit_code != 0
    assert last_line(done)["changed"] == ["visits.csv"]
    assert any("R-V1" in line for line in last_line(done)["violations"])


def test_simulating_a_loaded_plan_gives_the_same_years_as_the_run_that_made_it(result_folder, tmp_path):
    copy = shutil.copytree(result_folder, tmp_path / "copy")
    done = territory("simulate", copy, "--years", 12, "--workers", 1)
    assert done.exit_code == 0, done.output
    assert (copy / "years.csv").read_bytes() == (result_folder / "years.csv").read_bytes()


def test_compare_sets_two_results_against_each_other(result_folder, tmp_path):
    other = tmp_path / "other"
    made = territory("plan", "jewellery_counter", "--out", other, "--effort", "quick", "--seed", 5, "--workers", 1)
    assert made.exit_code == 0, made.output
    done = territory(
        "compare", result_folder, other, "--out", tmp_path / "both", "--years", 10, "--workers", 1, "--json"
    )
    assert done.exit_code == 0, done.output
    assert last_line(done)["best"] in {"jewellery", "other"}


def test_a_plan_without_years_has_a_report_too(tmp_path):
    done = territory("plan", "jewellery_counter", "--out", tmp_path / "plan", "--effort", "quick", "--lang", "zh")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "plan" / "report.html").exists()


def test_bad_input_exits_2_names_every_problem_and_leaves_the_earlier_result_alone(result_folder, tmp_path):
    bad = shutil.copytree(scenario_path("jewellery_counter"), tmp_path / "bad")
    toml = (bad / "scenario.toml").read_text(encoding="utf-8")
    (bad / "scenario.toml").write_text(toml + "\n[surprise]\nkey = 1\n", encoding="utf-8")
    customers = (bad / "customers.csv").read_text(encoding="utf-8-sig").splitlines()
    customers[1] = customers[1].replace(customers[1].split(",")[2], "north", 1)
    (bad / "customers.csv").write_text("\n".join(customers), encoding="utf-8")
    before = (result_folder / "manifest.json").read_bytes()

    done = territory("run", bad, "--out", result_folder)

    assert done.exit_code == 2
    assert "surprise" in done.output
    assert "customers.csv" in done.output
    assert "Traceback" not in done.output
    assert (result_folder / "manifest.json").read_bytes() == before


def test_an_unknown_scenario_is_a_sentence_not_a_traceback(tmp_path):
    done = territory("run", tmp_path / "nowhere", "--out", tmp_path / "out")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_contradictory_locks_exit_3_and_name_the_rules(tmp_path):
    bad = shutil.copytree(scenario_path("jewellery_counter"), tmp_path / "bad")
    toml = (bad / "scenario.toml").read_text(encoding="utf-8")
    ids = [line.split(",")[0] for line in (bad / "customers.csv").read_text(encoding="utf-8-sig").splitlines()[1:3]]
    pair = f'together = [["{ids[0]}", "{ids[1]}"]]\napart = [["{ids[0]}", "{ids[1]}"]]\n'
    assert "[territories]" in toml
    (bad / "scenario.toml").write_text(toml.replace("[territories]\n", f"[territories]\n{pair}", 1), encoding="utf-8")

    done = territory("plan", bad, "--out", tmp_path / "out", "--effort", "quick")

    assert done.exit_code == 3
    assert ids[0] in done.output
    assert ids[1] in done.output
    assert not (tmp_path / "out").exists()


def test_a_new_scenario_can_be_checked_at_once(tmp_path):
    assert territory("new", tmp_path / "mine", "--from", "outlets_100").exit_code == 0
    assert territory("check", tmp_path / "mine").exit_code == 0


def test_a_new_scenario_with_an_excel_workbook_can_be_checked_at_once(tmp_path):
    made = territory("new", tmp_path / "mine", "--from", "jewellery_counter", "--excel")
    assert made.exit_code == 0, made.output
    assert list((tmp_path / "mine").glob("*.xlsx"))
    checked = territory("check", tmp_path / "mine")
    assert checked.exit_code == 0, checked.output


def test_the_schema_lists_columns_and_keys():
    out = territory("schema").output
    assert "customer_id" in out
    assert "per_weeks" in out
