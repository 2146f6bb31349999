"""The command line: parse, call, print. One file per group of commands."""

from territory.cli import checking, plans, reassigning, rescheduling, roads, scenarios, years
from territory.cli.app import app
from territory.parallel import leave

__all__ = ["app", "checking", "main", "plans", "reassigning", "rescheduling", "roads", "scenarios", "years"]


def main() -> None:
    """Entry point of the ``territory`` command."""
    try:
        app()
    except SystemExit as end:
        leave(end.code if isinstance(end.code, int) else int(end.code is not None))
