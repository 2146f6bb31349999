"""What the terminal says, with and without years, and the scenario to start from."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from rich.console import Console

from territory.domain.outcome import BREACHES
from territory.errors import TerritoryError
from territory.examples import scenario_path
from territory.inputs.load import load_scenario
from territory.reports.messages import name_of
from territory.reports.starter import write_starter
from territory.reports.terminal import breach_line, print_result


def shown(*arguments) -> str:
    out = io.StringIO()
    print_result(*arguments, Console(file=out, width=160, highlight=False))
    return out.getvalue()


def test_the_verdict_comes_first_then_figures_reasons_and_levers(plan, outcome, verdict):
    said = shown(plan, outcome, verdict, "en")
    assert said.startswith("Verdict: At risk")
    places = [said.index(words) for words in ("In 12 of 20", "All at once", "Why", "What would help most")]
    assert places == sorted(places)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_threshold_of_the_reviews_is_counted(plan, outcome, verdict, lang):
    line = breach_line(outcome, lang)
    for k, name in enumerate(BREACHES):
        assert f"{name_of('breach', name, lang)} {np.mean([year.breaches[k] for year in outcome.years]):.1f}" in line
    assert line[:40] in shown(plan, outcome, verdict, lang)


def test_a_plan_alone_is_untested(plan):
    assert "尚未检验" in shown(plan, None, None, "zh")


def test_markup_in_names_is_not_obeyed(plan, outcome, verdict):
    strange = dataclasses.replace(
        verdict, reasons=(dataclasses.replace(verdict.reasons[0], values={"x": "[red]a[/red]"}),)
    )
    assert "[red]a[/red]" in shown(plan, outcome, strange, "en")


@pytest.mark.parametrize("excel", [False, True])
def test_a_scenario_to_edit_says_the_same_as_its_origin(tmp_path, excel):
    origin = scenario_path("outlets_100")
    place = write_starter(tmp_path / "mine", origin, lang="zh", excel=excel)
    mine, theirs = load_scenario(place), load_scenario(origin)
    for name in mine.customers.__dataclass_fields__:
        assert np.all(getattr(mine.customers, name) == getattr(theirs.customers, name)), name
    assert mine.reps.rep_id.tolist() == theirs.reps.rep_id.tolist()


def test_a_folder_in_use_is_not_overwritten(tmp_path):
    (tmp_path / "x").write_text("mine")
    with pytest.raises(TerritoryError, match="not empty"):
        write_starter(tmp_path, scenario_path("outlets_100"))
