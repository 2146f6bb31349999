"""The result folder: whole or not at all, nothing foreign lost, one writer at a time, the same bytes."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from territory.errors import FolderInUseError, TerritoryError
from territory.inputs.plan_folder import read_tables
from territory.reports import folder as folder_module
from territory.reports import whole_folder
from territory.reports.folder import check_manifest, safe_names, write_result
from territory.reports.folder_lock import folder_lock


def contents(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory, plan, outcome, verdict) -> Path:
    return write_result(tmp_path_factory.mktemp("first") / "out", plan, outcome=outcome, verdict=verdict, lang="zh")


@pytest.fixture
def result(written, tmp_path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "out"))


def test_everything_that_is_promised_is_there(result, written):
    names = set(contents(result))
    promised = {"manifest.json", "summary.json", "verdict.json", "plan.xlsx", "report.html", "years.csv", "months.csv"}
    promised |= {f"{stem}.csv" for stem in ("customers", "territories", "targets", "headcount", "visits", "days")}
    promised |= {"moves.csv", "unserved.csv", "ledger.csv", "plan_arrays.npz", "calendars/R1.ics"}
    assert promised <= names
    assert check_manifest(result) == []
    assert sorted(path.name for path in written.parent.iterdir()) == ["out"]


def test_the_same_result_has_the_same_bytes(result, tmp_path, plan, outcome, verdict):
    again = write_result(tmp_path / "again", plan, outcome=outcome, verdict=verdict, lang="zh")
    assert contents(again) == contents(result)


def test_the_summary_says_what_the_plan_is(result, plan):
    summary = json.loads((result / "summary.json").read_text(encoding="utf-8"))
    assert summary["seed"] == plan.seed
    assert summary["target_cents"] == plan.targets.total_cents
    assert summary["visits"] == len(plan.visits)
    assert summary["probabilities"]["joint"]["hits"] == 12


def test_tables_come_back_as_they_were_written(result, plan):
    names = read_tables(result)["customers"]["name"].tolist()
    assert names[:4] == plan.scenario.customers.name[:4].tolist()


def test_sources_are_copied_as_they_are(tmp_path, plan):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/scenario.toml").write_bytes(b"# mine\r\n")
    (tmp_path / "in/data").mkdir()
    (tmp_path / "in/data/customers.csv").write_bytes(b"\xef\xbb\xbfcustomer_id\n")
    sources = (tmp_path / "in/scenario.toml", tmp_path / "in/data/customers.csv")
    mine = dataclasses.replace(plan, scenario=dataclasses.replace(plan.scenario, sources=sources))
    place = write_result(tmp_path / "out", mine, lang="en")
    assert (place / "scenario/scenario.toml").read_bytes() == b"# mine\r\n"
    assert (place / "scenario/data/customers.csv").read_bytes() == b"\xef\xbb\xbfcustomer_id\n"
    assert set(json.loads((place / "manifest.json").read_text())["inputs"]) == {"scenario.toml", "data/customers.csv"}


@pytest.mark.parametrize("where", ["report_page", "plan_workbook", "write_arrays", "sync_file"])
def test_a_failure_leaves_the_earlier_result_untouched(result, plan, monkeypatch, where):
    before = contents(result)

    def fail(*_args, **_kwargs):
        raise OSError("disk full")

    monkeypatch.setattr(folder_module, where, fail)
    with pytest.raises(OSError, match="disk full"):
        write_result(result, plan, lang="en")
    assert contents(result) == before
    assert sorted(path.name for path in result.parent.iterdir()) == ["out"]


def test_a_failing_exchange_falls_back_to_two_steps(result, plan, monkeypatch):
    monkeypatch.setattr(whole_folder, "_exchanged", lambda *_: False)
    write_result(result, plan, lang="en")
    assert not (result / "years.csv").exists()
    assert check_manifest(result) == []
    assert sorted(path.name for path in result.parent.iterdir()) == ["out"]


def test_a_run_killed_between_the_two_steps_is_made_good(result, plan):
    before = contents(result)
    result.rename(result.parent / ".out.old")
    with whole_folder.whole_folder(result, {}):
        assert contents(result) == before
    assert check_manifest(result) == []


def test_a_folder_that_is_no_result_is_refused(tmp_path, plan):
    place = tmp_path / "mine"
    place.mkdir()
    (place / "thesis.docx").write_text("years of work")
    with pytest.raises(TerritoryError, match=r"manifest\.json"):
        write_result(place, plan)
    assert (place / "thesis.docx").read_text() == "years of work"


def test_a_file_the_user_put_into_a_result_is_not_lost(result, plan):
    (result / "notes.txt").write_text("call Mr Li")
    with pytest.raises(TerritoryError, match=r"notes\.txt"):
        write_result(result, plan)
    assert (result / "notes.txt").read_text() == "call Mr Li"
    assert check_manifest(result) == ["notes.txt"]


def test_a_changed_and_a_missing_file_are_named(result):
    (result / "visits.csv").write_text("x")
    (result / "moves.csv").unlink()
    assert check_manifest(result) == ["moves.csv", "visits.csv"]


def test_a_folder_without_a_manifest_is_no_result(tmp_path):
    with pytest.raises(TerritoryError, match="not a result"):
        check_manifest(tmp_path)


HOLD = """
import sys, time
from pathlib import Path
from territory.reports.folder_lock import folder_lock
with folder_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_turned_away_and_a_killed_one_is_forgotten(tmp_path):
    place = tmp_path / "out"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(place)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout as pipe:
        assert pipe.readline() == b"held\n"
        with pytest.raises(FolderInUseError, match=str(holder.pid)), folder_lock(place):
            pass
        holder.kill()
        holder.wait()
    assert (tmp_path / ".out.lock").exists()
    with folder_lock(place):
        pass
    assert not (tmp_path / ".out.lock").exists()


def test_a_lock_of_another_machine_is_respected(tmp_path):
    lock = tmp_path / ".out.lock"
    lock.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname() + "-other"}))
    with pytest.raises(FolderInUseError, match="-other"), folder_lock(tmp_path / "out"):
        pass
    assert lock.exists()


def test_file_names_of_reps_are_legal_and_each_only_once():
    names = safe_names(["R1", "a/b", "a:b", "../x", "con", "r1", "", "张三"])
    assert len({name.casefold() for name in names}) == len(names)
    assert names[0] == "R1"
    assert names[-1] == "张三"
    assert all("/" not in name and not name.startswith(".") for name in names)
