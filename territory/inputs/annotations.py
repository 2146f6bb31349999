"""What the annotations of the settings say about each key: type, marks, default."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from annotated_types import Ge, Gt, Le, Len, Lt

from territory.domain.marks import Doc, Money

Mark = TypeVar("Mark")


@dataclass(frozen=True)
class Key:
    """One key of a table of scenario.toml.

    Attributes
    ----------
    name : str
    hint : type
        Its type without marks; unions with None lose the None.
    marks : tuple
        Bounds, `Doc` and `Money`, of the key and of the type inside a union.
    required, optional : bool
        Whether it must be given; whether it may be absent without a default value.
    default : object
        None where required.
    """

    name: str
    hint: Any
    marks: tuple[Any, ...]
    required: bool
    optional: bool
    default: Any

    @property
    def doc(self) -> Doc:
        """Meaning, unit and rule."""
        return mark_of(self.marks, Doc) or Doc("")

    @property
    def money(self) -> bool:
        """Whether it is an amount."""
        return mark_of(self.marks, Money) is not None


@cache
def keys_of(table: type) -> dict[str, Key]:
    """Return the keys of a settings dataclass in order."""
    hints = get_type_hints(table, include_extras=True)
    keys = {}
    for spec in dataclasses.fields(table):
        hint, marks, optional = bare(hints[spec.name])
        required = spec.default is dataclasses.MISSING and spec.default_factory is dataclasses.MISSING
        default = None if required else spec.default
        if spec.default_factory is not dataclasses.MISSING:
            default = spec.default_factory()
        keys[spec.name] = Key(spec.name, hint, marks, required, optional, default)
    return keys


def bare(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Split an annotation into its type, all marks, and whether None is allowed."""
    marks: tuple[Any, ...] = ()
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            marks += tuple(more)
        elif get_origin(hint) in (Union, UnionType):
            optional = True
            (hint,) = [part for part in get_args(hint) if part is not NoneType]
        else:
            return hint, marks, optional


def mark_of(marks: tuple[Any, ...], kind: type[Mark]) -> Mark | None:
    """Return the first mark of a kind."""
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def bounds_of(marks: tuple[Any, ...]) -> str:
    """Return the bounds among marks as text, such as ``>= 0, <= 1``; amounts in yuan."""
    scale = 100 if mark_of(marks, Money) else 1
    signs = ((Ge, "ge", ">="), (Gt, "gt", ">"), (Le, "le", "<="), (Lt, "lt", "<"))
    found = [
        f"{sign} {getattr(mark, name) / scale:g}"
        for mark in marks
        for kind, name, sign in signs
        if isinstance(mark, kind)
    ]
    lengths = [mark for mark in marks if isinstance(mark, Len)]
    return ", ".join(found + [f"{length_text(mark)} entries" for mark in lengths])


def length_text(mark: Len) -> str:
    """Return the permitted number of entries as text: ``12`` or ``1..4``."""
    return f"{mark.min_length}" if mark.min_length == mark.max_length else f"{mark.min_length}..{mark.max_length}"
