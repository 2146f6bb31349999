"""Travel over real roads: points become a `TravelMatrix`, measured once and kept by content hash.

A source is anything with a `fingerprint` and a `matrix`: `CrowFlies` applies the rules of ``[travel]``,
`ValhallaRoads` reads an OpenStreetMap extract and needs the extra ``roads``; nothing else does.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from platformdirs import user_cache_path

from territory.domain.customers import Floats
from territory.domain.plan_archive import read_arrays, write_arrays
from territory.domain.scenario import Scenario, TravelMatrix
from territory.domain.travel_rules import TravelRules
from territory.errors import Reason, TerritoryError
from territory.planning.travel import UNREACHABLE, globe_travel

Costing = Literal["auto", "truck", "motor_scooter", "bicycle", "pedestrian"]
Points = list[dict[str, float]]

BLOCK = 100
"""Origins and destinations of one question to the router."""
SNAP_METRES = 1_000
"""A place farther than this from every road cannot be reached."""
NO_LIMIT = 10**9


class RoadsError(TerritoryError):
    """Roads cannot be measured; `reason` says why in a code that is worded in each language."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(str(reason))


class TravelSource(Protocol):
    """Where minutes and kilometres between points come from."""

    @property
    def fingerprint(self) -> str:
        """Text that changes whenever an answer could: data, options, version."""
        ...

    def matrix(self, lat: Floats, lon: Floats) -> TravelMatrix:
        """Return travel from every point to every other (degrees, WGS-84); -1 where there is no way."""
        ...


@dataclass(frozen=True)
class CrowFlies:
    """Distances on the globe with the detour, the speeds and the zones of ``[travel]``."""

    rules: TravelRules

    @property
    def fingerprint(self) -> str:
        """The rules, written out."""
        return repr(self.rules)

    def matrix(self, lat: Floats, lon: Floats) -> TravelMatrix:
        """Return the matrix that a plan without a file uses."""
        found = globe_travel(lat, lon, self.rules)
        return TravelMatrix(found.minutes, found.km)


@dataclass(frozen=True)
class ValhallaRoads:
    """The roads of an OpenStreetMap extract, driven, cycled or walked as Valhalla does.

    Attributes
    ----------
    osm_file : Path
        Extract in PBF form.
    costing : str
        Valhalla's name of the means of travel.
    stop_minutes : int
        Parking and walking, added to each leg between different places.
    cache : Path
        Folder that keeps the routing tiles of each extract.
    """

    osm_file: Path
    costing: Costing = "auto"
    stop_minutes: int = 0
    cache: Path = field(default_factory=lambda: user_cache_path("territory"))

    @property
    def fingerprint(self) -> str:
        """Hash of the extract and version of Valhalla, and the options."""
        return f"{self._graph} {self.costing} {self.stop_minutes} {SNAP_METRES}"

    def matrix(self, lat: Floats, lon: Floats) -> TravelMatrix:
        """Measure all pairs; a place off the roads of the extract is unreachable.

        Raises
        ------
        RoadsError
            The extra is not installed, the extract cannot be read, or no place lies near its roads.
        """
        config = _config(self._tiles())
        actor = _valhalla().Actor(config)
        points = [{"lat": float(y), "lon": float(x)} for y, x in zip(lat, lon, strict=True)]
        near = _on_roads(actor, points, self.costing)
        if not len(near):
            raise RoadsError(Reason("roads.nowhere", {"file": self.osm_file.name, "places": len(points)}))
        seconds, km = np.full((2, len(points), len(points)), np.nan)
        _measure(actor, points, near, self.costing, seconds, km)
        known = np.isfinite(seconds)
        apart = (lat[:, None] != lat[None, :]) | (lon[:, None] != lon[None, :])
        minutes = np.ceil(np.where(known, seconds, 0) / 60) + self.stop_minutes
        return TravelMatrix(
            np.where(apart, np.where(known, minutes, UNREACHABLE), 0).astype(np.int32),
            np.where(apart, np.where(known, km, UNREACHABLE), 0).astype(np.float32),
        )

    @cached_property
    def _graph(self) -> str:
        """Which roads, as which version of Valhalla reads them."""
        version = str(_valhalla().__version__)
        digest = sha256()
        try:
            with self.osm_file.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
        except OSError as error:
            raise RoadsError(Reason("roads.no_extract", {"file": str(self.osm_file)})) from error
        return f"valhalla {version} {digest.hexdigest()}"

    def _tiles(self) -> Path:
        """Return the folder of the routing tiles, built on first use."""
        kept = self.cache / "tiles" / _short_hash(self._graph)
        if not kept.is_dir():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="building-", dir=kept.parent) as scratch:
                tiles = Path(scratch) / "tiles"
                tiles.mkdir()
                self._build(Path(scratch) / "config.json", tiles)
                try:
                    tiles.rename(kept)
                except OSError:
                    if not kept.is_dir():  # otherwise another process was quicker, with the same tiles
                        raise
        return kept

    def _build(self, config: Path, tiles: Path) -> None:
        config.write_text(json.dumps(_config(tiles)), encoding="utf-8")
        builder = Path(str(_valhalla().__file__)).parent / "bin" / "valhalla_build_tiles"
        command = [str(builder), "-c", str(config), str(self.osm_file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed program
        if done.returncode != 0 or not any(tiles.rglob("*.gph")):
            detail = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise RoadsError(Reason("roads.extract_unreadable", {"file": self.osm_file.name, "detail": detail[0]}))


def measure_travel(scenario: Scenario, source: TravelSource, *, cache: Path | None = None) -> TravelMatrix:
    """Return the travel matrix of a scenario's places, from the cache where the same was measured before.

    Parameters
    ----------
    scenario : Scenario
    source : TravelSource
    cache : Path, optional
        Folder of the cache; the user's own when absent.
    """
    lat = np.concatenate([scenario.customers.lat, scenario.start_lat])
    lon = np.concatenate([scenario.customers.lon, scenario.start_lon])
    points = sha256(np.ascontiguousarray([lat, lon]).tobytes()).hexdigest()
    name = _short_hash(f"{source.fingerprint} {points}")
    kept = (cache or user_cache_path("territory")) / "travel" / f"{name}.npz"
    if kept.is_file():
        try:
            arrays = read_arrays(kept)
            return TravelMatrix(arrays["minutes"], arrays["km"])
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            kept.unlink()  # a damaged copy is measured anew
    matrix = source.matrix(lat, lon)
    kept.parent.mkdir(parents=True, exist_ok=True)
    scratch = kept.with_suffix(f".{os.getpid()}")
    write_arrays(scratch, {"minutes": matrix.minutes, "km": matrix.km})
    scratch.replace(kept)
    return matrix


def travel_table(scenario: Scenario, matrix: TravelMatrix) -> pd.DataFrame:
    """Return a matrix as the table ``files.travel`` reads: from_id, to_id, minutes, km; no row between two reps.

    Pairs without a way have blank minutes and kilometres.
    """
    customers = len(scenario.customers)
    ids = np.concatenate([scenario.customers.customer_id, scenario.reps.rep_id])
    origin, goal = np.nonzero(~np.eye(len(ids), dtype=bool))
    asked = (origin < customers) | (goal < customers)
    origin, goal = origin[asked], goal[asked]
    minutes = pd.Series(matrix.minutes[origin, goal], dtype="Int32")
    reachable = minutes != UNREACHABLE
    km = pd.Series(np.round(matrix.km[origin, goal].astype(np.float64), 3))
    return pd.DataFrame(
        {
            "from_id": ids[origin],
            "to_id": ids[goal],
            "minutes": minutes.where(reachable),
            "km": km.where(reachable.astype(bool)),
        }
    )


def _valhalla() -> Any:
    """Return Valhalla.

    Raises
    ------
    RoadsError
        It is not installed.
    """
    try:
        return import_module("valhalla")
    except ImportError as error:
        raise RoadsError(Reason("roads.extra_missing", {"install": 'pip install "territory[roads]"'})) from error


def _config(tiles: Path) -> dict[str, Any]:
    """Return Valhalla's settings: these tiles, one thread (the same tiles every time), no limit on matrices."""
    config: dict[str, Any] = _valhalla().get_config(tile_extract="", tile_dir=str(tiles))
    config["mjolnir"]["concurrency"] = 1
    for limits in config["service_limits"].values():
        if isinstance(limits, dict) and "max_matrix_location_pairs" in limits:
            limits["max_matrix_location_pairs"] = limits["max_matrix_distance"] = NO_LIMIT
    return config


def _on_roads(actor: Any, points: Points, costing: Costing) -> NDArray[np.int64]:
    """Return the positions of the points that lie near a road."""
    near: list[int] = []
    for begin in range(0, len(points), BLOCK):
        question = {"locations": _asked(points[begin : begin + BLOCK]), "costing": costing}
        answers = actor.locate(question)
        near += [begin + k for k, answer in enumerate(answers) if answer["edges"]]
    return np.array(near, dtype=np.int64)


def _measure(
    actor: Any, points: Points, near: NDArray[np.int64], costing: Costing, seconds: Floats, km: Floats
) -> None:
    """Fill in seconds and kilometres between the points near a road, block by block."""
    blocks = [near[begin : begin + BLOCK] for begin in range(0, len(near), BLOCK)]
    for origins in blocks:
        for goals in blocks:
            question = {
                "sources": _asked([points[k] for k in origins]),
                "targets": _asked([points[k] for k in goals]),
                "costing": costing,
                "units": "kilometers",
            }
            for origin, row in zip(origins, actor.matrix(question)["sources_to_targets"], strict=True):
                for goal, cell in zip(goals, row, strict=True):
                    if cell["time"] is not None:
                        seconds[origin, goal], km[origin, goal] = cell["time"], cell["distance"]


def _asked(points: Points) -> Points:
    return [{**point, "search_cutoff": SNAP_METRES} for point in points]


def _short_hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
