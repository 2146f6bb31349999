"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Effort = Literal["quick", "normal", "thorough"]
Lang = Literal["en", "zh"]
ScenarioArg = Annotated[str, typer.Argument(help="Scenario folder, or the name of a bundled scenario.")]
FolderArg = Annotated[Path, typer.Argument(help="Result folder.")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Result folder to write.")]
SeedOption = Annotated[int | None, typer.Option("--seed", min=0, help="Seed of all random draws; the scenario's own.")]
EffortOption = Annotated[Effort, typer.Option("--effort", help="How much work; counted in iterations.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, help="Processes; results do not depend on it.")]
LangOption = Annotated[Lang, typer.Option("--lang", help="Language of messages and of the report's first page.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print a machine-readable last line.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but problems.")]
YearsOption = Annotated[int | None, typer.Option("--years", min=1, help="Simulated years; by effort when absent.")]
BackendOption = Annotated[str, typer.Option("--backend", help="dask (an extra), or a joblib backend.")]
TimeLimitOption = Annotated[
    float | None,
    typer.Option(
        "--time-limit",
        min=1.0,
        help="Seconds after which the best whole plan there is gets written; such a result is not reproducible.",
    ),
]
UntilOption = Annotated[
    float | None,
    typer.Option(
        "--until",
        min=0.002,
        max=0.25,
        help="Live years until the probability of the task is known to this half width (0.025: +-2.5 points); "
        "--years is then the most.",
    ),
]
