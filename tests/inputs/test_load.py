"""Whole folders: clean ones load, spoilt ones get one report with everything in it."""

from __future__ import annotations

import time as clock
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from territory.domain.customers import NONE
from territory.errors import ScenarioError
from territory.inputs.load import load_scenario
from tests.inputs.folders import (
    CUSTOMERS,
    HOLIDAYS,
    OPPORTUNITIES,
    REPS,
    TOML,
    TRAVEL,
    codes_of,
    problems_of,
    write_scenario,
)


def test_the_tiny_scenario_loads_as_written(tmp_path: Path) -> None:
    scenario = load_scenario(write_scenario(tmp_path))
    customers, reps = scenario.customers, scenario.reps
    assert scenario.settings.targets.annual == 12_000_000_000
    assert scenario.settings.targets.stretch == 15_000_000_000
    assert customers.annual_sales_cents.tolist() == [123_450, 50_000, 0, 0]
    assert customers.potential_cents.tolist() == [12_000_000, 500_000, 300_000, 200_000]
    assert (customers.visits.tolist(), customers.per_weeks.tolist()) == ([NONE, 2, NONE, NONE], [NONE, 3, NONE, NONE])
    assert (customers.window_open[2], customers.window_close[2]) == (570, 960)
    assert customers.current_rep.tolist() == [0, 0, 1, NONE]
    assert customers.since.tolist()[2:] == [date(2020, 5, 1).toordinal(), NONE]
    assert reps.product_lines == (frozenset({"paint", "glue"}),) * 2
    assert (reps.hired_day.tolist(), reps.new_hire.tolist()) == ([-2557, 31], [False, True])
    assert (reps.manager, reps.monthly_salary_cents.tolist()) == (0, [1_000_000, 800_000])
    assert scenario.opportunities.stage_percent.tolist() == [50, 90]
    assert scenario.opportunities.opened_day.tolist() == [-61, -31]
    assert scenario.calendar.holiday[60] == "Founders' day"
    assert scenario.travel is not None
    assert scenario.travel.minutes[0].tolist() == [0, 11, -1, -1, -1, -1]
    assert [source.name for source in scenario.sources][:2] == ["scenario.toml", "customers.csv"]


def test_folder_and_file_name_the_same_scenario(tmp_path: Path) -> None:
    folder = write_scenario(tmp_path)
    assert load_scenario(str(folder)).settings == load_scenario(folder / "scenario.toml").settings


def test_rows_are_sorted_by_id_and_indices_follow(tmp_path: Path) -> None:
    heading, *rows = CUSTOMERS.splitlines()
    turned = "\n".join([heading, *reversed(rows)])
    one = load_scenario(write_scenario(tmp_path / "a"))
    other = load_scenario(write_scenario(tmp_path / "b", customers=turned))
    assert one.customers.table().equals(other.customers.table())
    assert np.array_equal(one.opportunities.customer, other.opportunities.customer)


def test_a_potential_left_blank_is_last_years_sales(tmp_path: Path) -> None:
    customers = load_scenario(write_scenario(tmp_path, customers=CUSTOMERS.replace("12万", ""))).customers
    assert customers.potential_cents[0] == 123_450


def test_a_rep_may_be_called_na(tmp_path: Path) -> None:
    reps = REPS.replace("R2,Bo", "NA,None")
    renamed = {"customers": CUSTOMERS.replace("R2", "NA"), "travel": TRAVEL.replace("R2", "NA")}
    scenario = load_scenario(write_scenario(tmp_path, reps=reps, **renamed))
    assert scenario.reps.rep_id.tolist() == ["NA", "R1"]


def test_extra_columns_are_welcome(tmp_path: Path) -> None:
    customers = "\n".join(f"{line},x" for line in CUSTOMERS.splitlines())
    assert not problems_of(write_scenario(tmp_path, customers=customers.replace("since,x", "since,phone", 1)))


def test_twelve_mistakes_give_one_report_with_all_twelve(tmp_path: Path) -> None:
    toml = TOML.replace("stretch = 150_000_000", "stretch = 100").replace('"ranked"', '"rankd"')
    toml += "\n[visits]\nshift_dayz = 3\nspacing_tolerance = 1.5\n"
    customers = (
        CUSTOMERS.replace("C4,Fourth", "C3,Fourth")
        .replace("34.30,109.00", "109.00,34.30")
        .replace("¥500", '"1.234,56"')
        .replace("9:30,16:00", "16:00,9:30")
        .replace("R2,2020年5月1日", "R22,2020年5月1日")
    )
    travel = TRAVEL.replace("C2,C1,12,5.5", "C2,C1,12,5,5").replace("C4", "C3")
    deals = OPPORTUNITIES.replace("90%", "95%")
    holidays = HOLIDAYS.replace("2026-03-07", "07/03/2026")
    folder = write_scenario(
        tmp_path, toml=toml, customers=customers, travel=travel, opportunities=deals, holidays=holidays
    )
    found = {(one.file, one.row, one.column, one.code) for one in problems_of(folder)}
    assert found == {
        ("scenario.toml", "16", "targets.stretch", "stretch_low"),
        ("scenario.toml", "23", "staffing.cut_mode", "key_choice_near"),
        ("scenario.toml", "27", "visits.shift_dayz", "key_unknown_near"),
        ("scenario.toml", "28", "visits.spacing_tolerance", "key_bounds"),
        ("customers.csv", "5", "customer_id", "id_twice"),
        ("customers.csv", "4", "lat", "swapped_coordinates"),
        ("customers.csv", "3", "annual_sales", "amount_ambiguous"),
        ("customers.csv", "4", "window_close", "window_order"),
        ("customers.csv", "4", "current_rep", "unknown_rep_near"),
        ("travel.csv", "3", "", "row_length"),
        ("opportunities.csv", "3", "stage", "stage_unknown"),
        ("holidays.csv", "3", "date", "date_ambiguous"),
    }
    swapped = next(one for one in problems_of(folder) if one.code == "swapped_coordinates")
    assert "swapped" in swapped.reason
    twice = next(one for one in problems_of(folder) if one.code == "id_twice")
    assert twice.details["other_row"] == "4"


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


SETTINGS_MISTAKES = [
    ("annual =", "anual =", "targets.anual", ["key_unknown_near"]),
    ('annual = "1.2亿"', 'annual = "1.2 billion"', "targets.annual", ["amount_invalid"]),
    ('annual = "1.2亿"', "annual = true", "targets.annual", ["amount_invalid"]),
    ('annual = "1.2亿"', "annual = 1.234", "targets.annual", ["amount_fraction"]),
    ('annual = "1.2亿"', "annual = -1", "targets.annual", ["key_bounds"]),
    ('annual = "1.2亿"', "", "targets.annual", ["target_missing"]),
    ("start = 2026-01-01", "", "scenario.start", ["key_missing"]),
    ("start = 2026-01-01", "start = 20260101", "scenario.start", ["key_type"]),
    ("start = 2026-01-01", 'start = "1/2/2026"', "scenario.start", ["date_ambiguous"]),
    ('annual = "1.2亿"', "annual = 1.5E1000003", "targets.annual", ["amount_too_large"]),
    ('annual = "1.2亿"', f"annual = 1.{'0' * 40}1", "targets.annual", ["amount_fraction"]),
    ("keep = 1", f"keep = {10**40}", "staffing.keep", ["key_type"]),
    ("keep = 1", "keep = 1\nattainment_effect = 1e400", "staffing.attainment_effect", ["key_type"]),
    ('name = "tiny"', 'name = "a/b"', "scenario.name", ["name_invalid"]),
    ('name = "tiny"', "name = 5", "scenario.name", ["key_type"]),
    ("keep = 1", "keep = 2", "staffing.keep", ["keep_too_many"]),
    ("keep = 1", "keep = 0", "staffing.keep", ["keep_nobody"]),
    ("keep = 1", "keep = true", "staffing.keep", ["key_type"]),
    ("keep = 1", "keep = 1\nramp = []", "staffing.ramp", ["key_length"]),
    ("keep = 1", "keep = 1\nramp = [0.5, 2]", "staffing.ramp.2", ["key_bounds"]),
    ("per_weeks = 1", "per_weeks = 5", "tiers.a.per_weeks", ["cycle_too_long"]),
    ('["C1", "C2"]', '["C1", "C9"]', "territories.together.1", ["unknown_customer_near"]),
    ('["C1", "C2"]', '["C1"]', "territories.together.1", ["group_too_small"]),
    ('["C1", "C2"]', '["C1", "C1"]', "territories.together.1", ["twice_in_list"]),
    ("together", "apart", "", []),
    ("Xi'an", "Xian", "territories.home_city", ["unknown_city_near"]),
    ('"travel.csv"', '"trvel.csv"', "", ["file_missing"]),
    ('travel = "travel.csv"', 'customers = ""', "files.customers", ["file_not_named"]),
    ("[staffing]", "[staffng]", "staffng", ["key_unknown_near"]),
    ("[staffing]", "[[staffing]]", "staffing", ["key_type"]),
]


@pytest.mark.parametrize(("old", "new", "column", "codes"), SETTINGS_MISTAKES)
def test_mistakes_in_the_settings_are_named(tmp_path: Path, old: str, new: str, column: str, codes: list[str]) -> None:
    found = problems_of(write_scenario(tmp_path, toml=changed(TOML, old, new)))
    assert [one.code for one in found] == codes
    if column:
        assert found[0].column == column


ADDED_SETTINGS = [
    ('[workday]\nwindows = [["12:30", "09:30"]]', "time_order"),
    ('[workday]\nwindows = [["09:30", "12:30"], ["12:00", "17:00"]]', "windows_overlap"),
    ('[workday]\nwindows = [["09:30"]]', "key_length"),
    ('[workday]\nwindows = [["09:30", 17]]', "key_type"),
    ('[workday]\nwindows = [["09:30", "half five"]]', "time_invalid"),
    ("[workday]\nwindows = [[09:30:00, 24:00:00]]", "toml_syntax"),
    ('[workday]\nearliest_departure = "19:00"', "time_order"),
    ('[workday]\nweekdays = ["mon", "mon"]', "twice_in_list"),
    ('[workday]\nweekdays = ["monday"]', "key_choice_near"),
    ('[workday]\nstart_from = "office"', "office_missing"),
    ("[workday]\noffice_lat = 34.2", "office_half"),
    ("[workday]\noffice_lat = 134.2\noffice_lon = 34.2", "key_bounds"),
    ('[workday]\nmeetings = [{name = "m", when = "daily", start = "10:00", end = "09:00"}]', "time_order"),
    (
        '[[pipeline.stages]]\nname = "x"\nprobability = 50\n[[pipeline.stages]]\nname = "y"\nprobability = 50',
        "stages_order",
    ),
    ('[[pipeline.stages]]\nname = "x"\nprobability = 100', "stage_bounds"),
    ('[[pipeline.stages]]\nname = "x"\nprobability = 101', "key_bounds"),
    ("[budget]\nbase_share = 0.6", "pay_shares"),
    ("[budget]\nadvertising = [{month = 1, amount = 5, region = 'nort'}]", "unknown_region_near"),
    ("[reviews]\ncommit_low = 1.2", "low_above_high"),
    ("[verdict]\nfeasible_from = 0.4", "low_above_high"),
    ("[verdict]\nfeasible_from = nan", "key_type"),
    ("[territories.balance]\nworkload = 0", "key_bounds"),
    ("[territories.balance]\nworklod = 1", "measure_unknown_near"),
    ("[nonsense]\nx = 1", "key_unknown"),
    ("verdict = 5 = 6", "toml_syntax"),
]


@pytest.mark.parametrize(("added", "code"), ADDED_SETTINGS)
def test_added_settings_that_contradict_are_named(tmp_path: Path, added: str, code: str) -> None:
    assert code in codes_of(write_scenario(tmp_path, toml=f"{TOML}\n{added}\n"))


PHASES = """
[[targets.phases]]
name = "spring"
first_month = 1
last_month = 6
per_rep_month = "37.5万"
[[targets.phases]]
name = "autumn"
first_month = 7
last_month = 12
per_rep_month = 1
"""


def test_phases_replace_the_annual_target(tmp_path: Path) -> None:
    toml = changed(changed(TOML, 'annual = "1.2亿"', ""), "stretch = 150_000_000", "") + PHASES
    scenario = load_scenario(write_scenario(tmp_path, toml=toml))
    assert [phase.per_rep_month for phase in scenario.settings.targets.phases] == [37_500_000, 100]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("first_month = 7", "first_month = 6", "phase_overlap"), ("last_month = 6", "last_month = 0", "key_bounds")],
)
def test_phases_that_do_not_fit_are_named(tmp_path: Path, old: str, new: str, code: str) -> None:
    toml = changed(TOML, 'annual = "1.2亿"', "") + changed(PHASES, old, new)
    assert code in codes_of(write_scenario(tmp_path, toml=toml))


def test_annual_and_phases_together_are_refused(tmp_path: Path) -> None:
    assert codes_of(write_scenario(tmp_path, toml=TOML + PHASES)) == ["target_both"]


TABLE_MISTAKES = [
    ("customers", "customer_id", "customer_no", []),
    ("customers", "potential", "potental", ["column_unknown"]),
    ("customers", "lat", "breadth", ["column_missing"]),
    ("customers", "region", "城市", ["column_twice", "unknown_region", "unknown_region"]),
    ("customers", "tier", "rank", ["column_tier_missing"]),
    ("customers", "C1,First Shop,34.20", "C1,,34.20", ["cell_blank"]),
    ("customers", "C1,First Shop,34.20,", "C1,First Shop,", ["row_length"]),
    ("customers", "34.20,108.90", "0,0", ["zero_coordinates"]),
    ("customers", "34.20,108.90", "34.20,190", ["value_bounds"]),
    ("customers", "paint,A", "paint,E", ["choice_invalid"]),
    ("customers", "paint,A", "paint,", ["tier_missing"]),
    ("customers", "paint,A", "varnish,A", ["product_line_uncarried"]),
    ("customers", ",2,3,", ",2,,", ["half_frequency"]),
    ("customers", ",2,3,", ",2,13,", ["value_bounds"]),
    ("customers", ",2,3,", ",2,5,", ["cycle_too_long"]),
    ("customers", "9:30,16:00", "9:30,", ["half_window"]),
    ("customers", "9:30,16:00", "25:30,16:00", ["time_invalid"]),
    ("reps", "R2,Bo,34.30,108.98,no", "R2,Bo,34.30,108.98,yes", ["keep_too_many", "managers_many"]),
    ("reps", "yes", "no", ["manager_missing"]),
    ("reps", "2026-02-01", "2027-02-01", ["hired_too_late"]),
    ("reps", ",south", ",suth", ["unknown_region_near"]),
    ("reps", "0.5", "5", ["value_bounds"]),
    ("opportunities", "2025-11-01", "2026-11-01", ["opened_too_late"]),
    ("opportunities", "O1,C1", "O1,Z9", ["unknown_customer"]),
    ("opportunities", "O2", "O1", ["id_twice"]),
    ("travel", "C1,C2,10.2,5", "C1,C2,10.2,", ["travel_half"]),
    ("travel", "R1,C1", "R9,C1", ["unknown_place_near"]),
    ("travel", "C1,C3", "C1,C2", ["id_twice"]),
    ("holidays", "workday", "working", ["choice_invalid"]),
    ("holidays", "03-07", "03-02", ["id_twice"]),
]


@pytest.mark.parametrize(("table", "old", "new", "codes"), TABLE_MISTAKES)
def test_mistakes_in_the_tables_are_named(tmp_path: Path, table: str, old: str, new: str, codes: list[str]) -> None:
    tables = {
        "customers": CUSTOMERS,
        "reps": REPS,
        "opportunities": OPPORTUNITIES,
        "travel": TRAVEL,
        "holidays": HOLIDAYS,
    }
    assert codes_of(write_scenario(tmp_path, **{table: changed(tables[table], old, new)})) == codes


def test_an_id_used_by_a_rep_and_a_customer_is_refused_with_a_matrix_only(tmp_path: Path) -> None:
    reps = REPS.replace("R2,", "C4,")
    customers, travel = CUSTOMERS.replace("R2", "C4"), TRAVEL.replace("R2", "C4").replace("C4,C4", "C3,C4", 1)
    travel = travel.replace("C4,C4", "C4,C3")
    assert codes_of(write_scenario(tmp_path / "a", reps=reps, customers=customers, travel=travel)) == ["id_shared"]
    toml = changed(TOML, 'travel = "travel.csv"', "")
    assert codes_of(write_scenario(tmp_path / "b", reps=reps, customers=customers, toml=toml)) == []


def test_a_place_the_matrix_never_names_is_a_problem_and_a_pair_without_a_row_has_no_way(tmp_path: Path) -> None:
    travel = "\n".join(line for line in TRAVEL.splitlines() if "C4" not in line)
    found = problems_of(write_scenario(tmp_path / "a", travel=travel))
    assert [(one.code, one.file, one.value) for one in found] == [
        ("travel_place_missing", "customers.csv", "C4"),
        ("travel_place_missing", "reps.csv", "R2"),
    ]
    matrix = load_scenario(write_scenario(tmp_path / "b")).travel
    assert matrix is not None
    assert (matrix.minutes[1, 3], matrix.minutes[3, 1]) == (-1, -1)
    assert (matrix.minutes[0, 1], matrix.minutes[1, 0]) == (11, 12), "the way there and the way back differ"


ZONE = """
[[travel.zones]]
name = "centre"
lat = 34.2
lon = 108.9
radius_km = 3
speed_kmh = 15
"""


def test_a_speed_zone_is_read_and_moves_with_the_datum(tmp_path: Path) -> None:
    (zone,) = load_scenario(write_scenario(tmp_path / "a", toml=TOML + ZONE)).settings.travel.zones
    assert (zone.name, zone.lat, zone.speed_kmh) == ("centre", 34.2, 15)
    gcj = TOML.replace("[files]", '[files]\ncoordinate_system = "gcj02"')
    scenario = load_scenario(write_scenario(tmp_path / "b", toml=gcj + ZONE))
    (moved,) = scenario.settings.travel.zones
    assert (moved.lat, moved.lon) == (scenario.customers.lat[0], scenario.customers.lon[0])


def test_zones_without_a_place_or_with_a_name_twice_are_problems(tmp_path: Path) -> None:
    swapped = ZONE.replace("lat = 34.2\nlon = 108.9", "lat = 10.9\nlon = 34.2")
    assert codes_of(write_scenario(tmp_path / "a", toml=TOML + swapped)) == ["zone_empty"]
    assert codes_of(write_scenario(tmp_path / "b", toml=TOML + ZONE + ZONE)) == ["twice_in_list"]
    assert codes_of(write_scenario(tmp_path / "c", toml=TOML + ZONE.replace("= 15", "= 0"))) == ["key_bounds"]


def test_a_folder_without_scenario_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone", tmp_path / "scenario.toml"):
        assert codes_of(path) == ["scenario_missing"]


def test_bad_toml_names_its_line(tmp_path: Path) -> None:
    (found,) = problems_of(write_scenario(tmp_path, toml='[scenario]\nname = "x"\nstart = = 3\n'))
    assert (found.code, found.row) == ("toml_syntax", "3")


def test_settings_that_are_not_utf8_are_a_problem(tmp_path: Path) -> None:
    assert codes_of(write_scenario(tmp_path, toml="[scenario]\nname = '西安'\n".encode("gb18030"))) == ["toml_encoding"]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    toml = b"\xef\xbb\xbf" + TOML.replace("\n", "\r\n").encode()
    customers = b"\xef\xbb\xbf" + CUSTOMERS.replace("\n", "\r\n").encode()
    assert codes_of(write_scenario(tmp_path, toml=toml, customers=customers)) == []


def test_missing_tables_do_not_hide_other_problems(tmp_path: Path) -> None:
    folder = write_scenario(tmp_path, toml=changed(TOML, "stretch = 150_000_000", "stretch = 1"))
    (folder / "customers.csv").unlink()
    assert codes_of(folder) == ["stretch_low", "file_missing"]


def test_many_alike_cells_are_counted_not_listed(tmp_path: Path) -> None:
    heading = CUSTOMERS.splitlines()[0]
    rows = [f"K{i},Shop,34.2,x,Xi'an,north,paint,A" + "," * 8 for i in range(200)]
    toml = changed(TOML, 'together = [["C1", "C2"]]', "").replace("opportunities =", "# ").replace("travel =", "# ")
    toml = toml.replace("home_city", "# ")
    reps = REPS.replace(",south", ",")
    found = problems_of(write_scenario(tmp_path, customers="\n".join([heading, *rows]), toml=toml, reps=reps))
    assert [one.code for one in found].count("number_invalid") == 50
    assert next(one for one in found if one.code == "more_alike").details["count"] == "150"


def test_the_error_prints_every_place_reason_and_remedy(tmp_path: Path) -> None:
    folder = write_scenario(tmp_path, customers=CUSTOMERS.replace("34.20,108.90", "108.90,34.20"))
    with pytest.raises(ScenarioError, match=r"customers.csv, row 2, lat \('108.9'\): .* -> "):
        load_scenario(folder)


@pytest.mark.campaign
def test_a_hundred_thousand_customers_load_in_seconds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(34, 35, 100_000), rng.uniform(108, 109, 100_000)
    tail = "万,,,,,R1,2020-01-01"
    rows = [
        f'K{i},Shop {i},{lat[i]:.6f},{lon[i]:.6f},Xi\'an,north,paint,A,"{i % 97_003:,}.50",{i % 9_973 + 1}{tail}'
        for i in range(100_000)
    ]
    toml = changed(TOML, 'together = [["C1", "C2"]]', "").replace("opportunities =", "# ").replace("travel =", "# ")
    reps = REPS.replace(",south", ",")
    folder = write_scenario(tmp_path, customers="\n".join([CUSTOMERS.splitlines()[0], *rows]), toml=toml, reps=reps)
    begin = clock.process_time()
    assert len(load_scenario(folder).customers) == 100_000
    assert clock.process_time() - begin < 15
