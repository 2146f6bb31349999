"""The application that the commands register with."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

STORY = (
    "demo",
    "new",
    "check",
    "plan",
    "run",
    "simulate",
    "compare",
    "sweep",
    "needs",
    "reassign",
    "reschedule",
    "matrix",
    "validate",
    "schema",
)
"""Commands in the order in which a user meets them."""


class InOrder(TyperGroup):
    """Lists the commands as a story, those without a place at the end."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the form of the base class
        """Return the names in the order of the story."""
        place = {name: k for k, name in enumerate(STORY)}
        return sorted(self.commands, key=lambda name: (place.get(name, len(place)), name))


app = typer.Typer(
    cls=InOrder,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A wind tunnel for sales plans: territories, visit calendars and a simulated year.",
)
