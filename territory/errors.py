"""The errors this package raises on purpose.

Infeasible plans are answers with reasons; only unreadable or contradictory input, and
hard rules that no plan can satisfy, become exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input, with its place, the reason and what to do.

    Attributes
    ----------
    code : str
        Stable name of the kind of problem; translations are looked up by it.
    reason, remedy : str
        English sentences.
    file, row, column, value : str
        Where it is; empty where it does not apply. Rows count as a spreadsheet shows them (the header is row 1).
    details : mapping
        The values the sentences were built from, for translation.
    """

    code: str
    reason: str
    remedy: str
    file: str = ""
    row: str = ""
    column: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Where the problem is, as ``file, row 3, column lat``."""
        parts = [self.file, f"row {self.row}" if self.row else "", self.column]
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        shown = f" ({self.value!r})" if self.value else ""
        return f"{self.place}{shown}: {self.reason} -> {self.remedy}"


class TerritoryError(Exception):
    """Base of all errors raised on purpose."""


class ScenarioError(TerritoryError):
    """The input cannot be used; `problems` lists everything that is wrong with it, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in the input:\n{lines}")


@dataclass(frozen=True)
class Reason:
    """One sentence for the user, as a code and its values; `territory.reports.messages` words it in each language.

    Attributes
    ----------
    code : str
        Name of the sentence, for example ``"headcount.workload"``.
    values : mapping
        The computed values it speaks of (money in integer cents under names ending in ``_cents``).
    rule : str
        Rule id of the rulebook, empty where none applies.
    """

    code: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    rule: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return f"[{self.rule or self.code}] {self.code}: {shown}"


class PlanError(TerritoryError):
    """No plan satisfies the hard rules; `conflict` names a smallest set that cannot hold together."""

    def __init__(self, conflict: Sequence[Reason], remedies: Sequence[Reason] = ()) -> None:
        self.conflict = tuple(conflict)
        self.remedies = tuple(remedies)
        super().__init__("no plan satisfies these rules together: " + "; ".join(str(r) for r in self.conflict))


class FolderInUseError(TerritoryError):
    """Another run is writing to the same result folder."""


class Stopped(KeyboardInterrupt):
    """An interrupt of long work that can still give something.

    Parameters
    ----------
    complete : callable
        Makes the best of what there is, in about a second; called once, when `best` is asked for.
    """

    def __init__(self, complete: Callable[[], Any]) -> None:
        self._complete = complete
        super().__init__()

    @cached_property
    def best(self) -> Any:
        """The best whole answer there was by then."""
        return self._complete()
