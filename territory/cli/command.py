"""What every command has: its language, how much it prints, and errors told in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextlib import closing
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from territory.cli.app import app
from territory.cli.options import JsonOption, Lang, LangOption, QuietOption
from territory.cli.screen import Screen, explained

Arguments = ParamSpec("Arguments")
Body = Callable[Concatenate[Screen, Arguments], None]


def command(body: Body[Arguments]) -> Body[Arguments]:
    """Register a command that shows itself on a `Screen`: its own options, then ``--lang``, ``--json``, ``--quiet``."""

    @wraps(body)
    def on_screen(*, lang: Lang, as_json: bool, quiet: bool, **given: Any) -> None:
        screen = Screen(lang, quiet=quiet, as_json=as_json)
        with explained(screen), closing(screen):
            body(screen, **given)  # type: ignore[call-arg]

    own = list(inspect.signature(body, eval_str=True).parameters.values())[1:]
    shown = inspect.signature(_shown, eval_str=True).parameters.values()
    together = [option.replace(kind=inspect.Parameter.KEYWORD_ONLY) for option in (*own, *shown)]
    on_screen.__signature__ = inspect.Signature(together)  # type: ignore[attr-defined]
    app.command()(on_screen)
    return body


def _shown(lang: LangOption = "en", as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Carry the options that every command has."""
