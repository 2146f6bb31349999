"""Pages of comparisons and sweeps, and what the report says about why years fail."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from territory.domain.comparison import ChangeOver, Comparison, PairedDifference, Standing
from territory.domain.findings import Explanation, Happening, KeptGroup, Precision, Separator
from territory.domain.outcome import Outcome, Probability, Verdict
from territory.domain.plan import Plan
from territory.domain.sweep import Sweep, SweepPoint
from territory.reports.comparison import comparison_page, write_comparison
from territory.reports.folder import verdict_json
from territory.reports.html import report_page
from territory.reports.sweep import answer, sweep_page, write_sweep
from territory.reports.whole_folder import check_manifest

HOSTILE = "<img src=x onerror=alert(1)>"


def a_comparison(*, clear: bool = True) -> Comparison:
    gain, none = PairedDifference(5_000_000, 1_000_000, 9_000_000, 50), PairedDifference(0.0, 0.0, 0.0, 50)
    points = PairedDifference(0.1, 0.02, 0.18, 50)
    standings = (
        Standing("as it is", 50, 100_000_000, 0.4, 0.3, none, none, none, 0.02, 0, 0),
        Standing(HOSTILE, 50, 105_000_000, 0.5, 0.4, gain, points, points, 0.98, 7, 12_300_000),
    )
    moves = (ChangeOver("as it is", HOSTILE, 7, 80_000_000, 12_000_000),)
    return Comparison(standings, HOSTILE, clear, gain, points, 50, 200, 20, 3, 0.95, moves, {})


def a_sweep(*, best: float = 0.9) -> Sweep:
    def point(reps: int, keep: int, share: float) -> SweepPoint:
        target = Probability("target", round(100 * share), 100, share - 0.1, min(share + 0.1, 1.0))
        gain = PairedDifference(share - 0.4, share - 0.5, share - 0.3, 100)
        money = PairedDifference(1e8 * share, 9e7 * share, 1.1e8 * share, 100)
        return SweepPoint(reps, keep, target, target, gain, money, 10**9, 10**7 * reps, float(keep), 9 * 10**8)

    points = (point(8, 3, 0.2), point(8, 4, 0.4), point(10, 3, 0.6), point(10, 4, best))
    return Sweep(points, 1, (12,), 100, 3, 0.95, 0.8, 10**9)


def no_request(page: str) -> bool:
    return not re.search(r'(?:src|href)="(?!#)[^"]|@import|url\((?!#)|<link|<iframe', page)


@pytest.fixture
def full_verdict(verdict: Verdict) -> Verdict:
    explanation = Explanation(
        condition="target",
        failing_years=12,
        holding_years=8,
        separators=(
            Separator("people_at_end", 2.5, 4.25, -1.8, 3.5, 0.1, 0.9),
            Separator("visits_done_share", 0.8, 0.9, -0.9, 0.85, 0.2, 0.7),
            Separator("deal_size_cents", 12_345_600, 23_456_700, -0.7, 20_000_000.0, 0.3, 0.6),
        ),
        replication=17,
        missed=("target", "visits"),
        story=(
            Happening(30, "story.resigned", {"people": 1, "who": HOSTILE}),
            Happening(89, "story.attainment", {"booked_cents": 1, "task_cents": 4, "booked_share": 0.25, "reps": 3}),
            Happening(120, "story.overrun", {"heading": "vehicles", "excess_cents": 123_400}),
        ),
    )
    kept = (KeptGroup(3, 12, 1, 0.01, 0.35, 0, 0.0, 0.25, 800_000_000),)
    precision = Precision("target", 0.025, 0.4, 0.38, 0.42, 900, settled=True)
    return dataclasses.replace(verdict, explanation=explanation, kept=kept, precision=precision)


def test_a_comparison_is_a_page_in_both_languages_that_asks_nobody(tmp_path: Path) -> None:
    page = comparison_page(a_comparison(), "en")
    assert no_request(page)
    assert HOSTILE not in page
    assert "It beats every other plan" in page
    assert "优于其他所有方案" in page
    assert page == comparison_page(a_comparison(), "en")
    folder = write_comparison(tmp_path / "both", a_comparison(clear=False), lang="en")
    assert check_manifest(folder) == []
    said = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    assert said["sentence"].startswith("No clear winner after 50 years")
    assert said["change_overs"][0]["customers_moved"] == 7


def test_a_sweep_says_how_many_people_the_task_takes(tmp_path: Path) -> None:
    assert "from 10 reps on (kept: 4)" in answer(a_sweep(), "en")
    assert "None of these numbers" in answer(a_sweep(best=0.7), "en")
    page = sweep_page(a_sweep(), "zh")
    assert no_request(page)
    assert "12" in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
    folder = write_sweep(tmp_path / "sweep", a_sweep(), lang="zh")
    assert check_manifest(folder) == []
    assert len((folder / "sweep.csv").read_text(encoding="utf-8-sig").splitlines()) == 5


def test_the_report_tells_why_years_fail(plan: Plan, outcome: Outcome, full_verdict: Verdict) -> None:
    page = report_page(plan, outcome, full_verdict, "en")
    for words in (
        "A typical failing year: number 17",
        "People at the end of the year",
        "below 3.5: 10 % of the years hold; from there on: 90 %",
        "known to ±2.5 points after 900 years",
        "Given the number of people kept",
        "What the changes bring",
        "Vehicles exceeds its budget",
    ):
        assert words in page, words
    assert HOSTILE not in page


def test_the_verdict_file_tells_the_story_in_words(full_verdict: Verdict) -> None:
    said = json.loads(json.dumps(verdict_json(full_verdict), allow_nan=False))
    assert said["kept"][0]["kept"] == 3
    assert said["precision"]["settled"] is True
    assert "25 %" in said["explanation"]["story"][1]["en"]
    assert "25 %" in said["explanation"]["story"][1]["zh"]
