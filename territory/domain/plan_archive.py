"""A plan without its scenario as arrays and plain values, so that a result folder brings back the very plan it shows.

The arrays go into one compressed file with fixed time stamps (the same plan gives the same bytes); everything else is
a JSON object. The tables of the folder round and translate, these do not.
"""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Strings
from territory.domain.plan import (
    Headcount,
    Lot,
    Plan,
    Routes,
    Segments,
    Targets,
    Territories,
    Unserved,
    Visits,
)
from territory.domain.scenario import CallPlan, Scenario
from territory.errors import Reason

Arrays = Mapping[str, NDArray[Any]]
Details = Mapping[str, Any]

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_PARTS: Mapping[str, type] = {
    "segments": Segments,
    "calls": CallPlan,
    "targets": Targets,
    "territories": Territories,
    "visits": Visits,
    "routes": Routes,
    "unserved": Unserved,
}
_UNSERVED_DETAIL = "unserved.detail"


def plan_arrays(plan: Plan) -> dict[str, NDArray[Any]]:
    """Return every array of a plan by name, such as ``visits.day``; texts are numbers that `plan_details` explains."""
    arrays = {
        f"{part}.{name}": value
        for part in _PARTS
        for name, value in _fields(getattr(plan, part)).items()
        if isinstance(value, np.ndarray)
    }
    arrays[_UNSERVED_DETAIL] = _coded(plan.unserved.detail)[0]
    return arrays


def plan_details(plan: Plan) -> dict[str, Any]:
    """Return everything of a plan that is no array, ready for JSON."""
    territories, headcount = plan.territories, plan.headcount
    return {
        "segments": _scalars(plan.segments),
        "calls": _scalars(plan.calls),
        "targets": _scalars(plan.targets),
        "headcount": _scalars(headcount) | {"reasons": [_reason_out(reason) for reason in headcount.reasons]},
        "territories": _scalars(territories)
        | {
            "tolerance": {name: _number_out(value) for name, value in territories.tolerance.items()},
            "lots": [_lot_out(lot) for lot in territories.lots],
            "oversized": [str(name) for name in territories.oversized],
            "notes": [_reason_out(reason) for reason in territories.notes],
        },
        "tolerance": {name: _number_out(value) for name, value in territories.tolerance.items()},
        "unserved_details": _coded(plan.unserved.detail)[1],
        "notes": [_reason_out(reason) for reason in plan.notes],
        "rescheduled_from": plan.rescheduled_from,
        "further_tables": sorted(plan.further_tables),
    }


def restore_plan(scenario: Scenario, seed: int, effort: str, arrays: Arrays, details: Details) -> Plan:
    """Return the plan that `plan_arrays` and `plan_details` took apart.

    Raises
    ------
    KeyError, TypeError, ValueError, IndexError
        The parts do not belong together.
    """
    texts = np.array([*details["unserved_details"], ""], dtype=object)[:-1]
    arrays = {**arrays, _UNSERVED_DETAIL: texts[arrays[_UNSERVED_DETAIL]]}
    parts = {part: _arrays_of(part, kind, arrays) for part, kind in _PARTS.items()}
    territories = dict(details["territories"])
    headcount = dict(details["headcount"])
    return Plan(
        scenario=scenario,
        seed=seed,
        effort=effort,
        segments=Segments(**parts["segments"], **_scalars_in(details["segments"])),
        calls=CallPlan(**parts["calls"], **_scalars_in(details["calls"])),
        targets=Targets(**parts["targets"], **_scalars_in(details["targets"])),
        headcount=Headcount(reasons=_reasons_in(headcount.pop("reasons")), **_scalars_in(headcount)),
        territories=Territories(
            **parts["territories"],
            tolerance={name: _number_in(value) for name, value in territories.pop("tolerance").items()},
            lots=tuple(_lot_in(lot) for lot in territories.pop("lots")),
            oversized=tuple(territories.pop("oversized")),
            notes=_reasons_in(territories.pop("notes")),
            **_scalars_in(territories),
        ),
        visits=Visits(**parts["visits"]),
        routes=Routes(**parts["routes"]),
        unserved=Unserved(**parts["unserved"]),
        notes=_reasons_in(details["notes"]),
        rescheduled_from=int(details["rescheduled_from"]),
    )


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write arrays into a compressed file that `numpy.load` reads; the same arrays give the same bytes."""
    with zipfile.ZipFile(path, "w") as packed:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with packed.open(entry, "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(arrays[name]), (1, 0), allow_pickle=False)


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file of `write_arrays`.

    Raises
    ------
    OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error
        There is none, or it is damaged.
    """
    arrays = {}
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            with packed.open(name) as file:
                arrays[name.removesuffix(".npy")] = np.lib.format.read_array(file, allow_pickle=False)
    return arrays


def _fields(part: Any) -> dict[str, Any]:
    return {spec.name: getattr(part, spec.name) for spec in dataclasses.fields(part)}


def _scalars(part: Any) -> dict[str, Any]:
    numbers = (int, float, np.integer, np.floating)
    return {name: _number_out(value) for name, value in _fields(part).items() if isinstance(value, numbers)}


def _arrays_of(part: str, kind: type, arrays: Arrays) -> dict[str, Any]:
    names = (spec.name for spec in dataclasses.fields(kind))
    return {name: arrays[f"{part}.{name}"] for name in names if f"{part}.{name}" in arrays}


def _coded(texts: Strings) -> tuple[NDArray[np.int64], list[str]]:
    """Return texts as positions in a list of the different ones, in order of appearance."""
    place: dict[str, int] = {}
    codes = [place.setdefault(str(text), len(place)) for text in texts.tolist()]
    return np.array(codes, dtype=np.int64), list(place)


def _number_out(value: Any) -> int | float | str:
    """Return a plain number; JSON has no infinity, so it becomes a word."""
    plain = value.item() if isinstance(value, np.generic) else value
    return str(plain) if isinstance(plain, float) and not isfinite(plain) else plain


def _number_in(value: Any) -> Any:
    return float(value) if isinstance(value, str) else value


def _scalars_in(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _number_in(value) for name, value in values.items()}


def _reason_out(reason: Reason) -> dict[str, Any]:
    values = {
        name: value if isinstance(value, str) else {"number": _number_out(value)}
        for name, value in reason.values.items()
    }
    return {"code": reason.code, "values": values, "rule": reason.rule}


def _reasons_in(reasons: Any) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            reason["code"],
            {
                name: value if isinstance(value, str) else _number_in(value["number"])
                for name, value in reason["values"].items()
            },
            reason["rule"],
        )
        for reason in reasons
    )


def _lot_out(lot: Lot) -> dict[str, Any]:
    return {
        "region": lot.region,
        "candidates": list(lot.candidates),
        "winner": lot.winner,
        "draw": _number_out(lot.draw),
    }


def _lot_in(lot: Mapping[str, Any]) -> Lot:
    return Lot(lot["region"], tuple(lot["candidates"]), lot["winner"], _number_in(lot["draw"]))
