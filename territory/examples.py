"""The bundled scenarios by name."""

from __future__ import annotations

from pathlib import Path

DEMO = "xian_office"


def scenarios_folder() -> Path:
    """Return the folder of the bundled scenarios: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "_scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def scenario_names() -> list[str]:
    """Return the names of the bundled scenarios."""
    return sorted(path.parent.name for path in scenarios_folder().glob("*/scenario.toml"))


def scenario_path(name: str) -> Path:
    """Return the folder of a bundled scenario.

    Raises
    ------
    KeyError
        No such scenario.
    """
    if name not in scenario_names():
        raise KeyError(f"no bundled scenario {name!r}; there are: {', '.join(scenario_names())}")
    return scenarios_folder() / name
