"""Marks on the fields of the settings: meaning, bounds and amounts, for reading and for the data dictionary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge, Gt, Le

FORBID_UNKNOWN_KEYS = {"extra": "forbid"}


@dataclass(frozen=True)
class Doc:
    """What a key or column means, for the data dictionary."""

    text: str
    unit: str = ""
    rule: str = ""


@dataclass(frozen=True)
class Money:
    """Marks an amount: integer cents in memory, yuan in files."""


Cents = Annotated[int, Money()]
Share = Annotated[float, Ge(0), Le(1)]
Positive = Annotated[float, Gt(0)]
NonNegative = Annotated[float, Ge(0)]
Count = Annotated[int, Ge(0)]
