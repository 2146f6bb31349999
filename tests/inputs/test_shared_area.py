"""The column that joins reps in one area."""

from __future__ import annotations

from pathlib import Path

import pytest

from territory.inputs.load import load_scenario
from tests.inputs.folders import write_scenario

PLAIN = """\
[scenario]
name = "tiny"
start = 2026-01-01

[targets]
annual = 1_000_000
"""
ROWS = ("R1,Ann,34.2,108.9,east", "R2,Bob,34.2,108.9,", "R3,Cai,34.2,108.9,east")


@pytest.mark.parametrize("heading", ["shared_area", "共管区域"])
@pytest.mark.parametrize("rows", [ROWS, ROWS[::-1]])
def test_reps_with_the_same_name_form_a_pool_in_any_order_of_rows(
    tmp_path: Path, heading: str, rows: tuple[str, ...]
) -> None:
    table = "\n".join((f"rep_id,name,home_lat,home_lon,{heading}", *rows, ""))
    reps = load_scenario(write_scenario(tmp_path, toml=PLAIN, reps=table)).reps
    assert {area: members.tolist() for area, members in reps.pools.items()} == {"east": [0, 2]}


def test_nobody_shares_an_area_without_the_column(tmp_path: Path) -> None:
    assert load_scenario(write_scenario(tmp_path)).reps.pools == {}
