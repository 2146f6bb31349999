"""A command killed at a random moment of its years, started again: the campaign of the benchmark in small."""

import random

import pytest
from same_bytes import arguments_of, digests, finish, killed_and_resumed, length_of_years

from tests.inputs.folders import TOML, write_scenario

YEARS = 60


@pytest.fixture
def plan(tmp_path):
    """The folder of a plan for four customers."""
    toml = TOML.replace('home_city = "Xi\'an"\ntogether = [["C1", "C2"]]', "balance = {}")
    scenario, folder = write_scenario(tmp_path / "tiny", toml=toml), tmp_path / "made" / "plan"
    finish(["plan", str(scenario), "--out", str(folder), "--effort", "quick", "--workers", "1"])
    return folder


@pytest.mark.campaign
def test_a_command_killed_in_its_years_ends_with_the_same_bytes(plan, tmp_path):
    straight = tmp_path / "straight" / "plan"
    in_years, _ = length_of_years(arguments_of("simulate", plan, straight, YEARS, ("loky", 1)), straight)
    expected = digests(straight)
    assert {"manifest.json", "years.csv", "report.html"} <= set(expected)
    kill = killed_and_resumed(
        "simulate", plan, tmp_path / "killed" / "plan", YEARS, 1, in_years, expected, random.Random(3)
    )
    assert kill.same
