"""The command line, as stories call it."""

from typer.testing import CliRunner

from territory.cli import app


def territory(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
