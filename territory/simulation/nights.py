"""What became of the planned nights away of a year (R-V3, R-B3)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from territory.domain.night_account import NightAccount
from territory.simulation.records import ABSENT, TRAINING
from territory.simulation.staffing import Team
from territory.simulation.tables import YearTables


def account_nights(tables: YearTables, team: Team, spent: int, lodging: Counter[str]) -> NightAccount:
    """Compare the nights spent with the plan's.

    Parameters
    ----------
    tables, team
    spent : int
        Nights the field counted.
    lodging : Counter
        Cents: ``due``, ``paid``, ``later``, ``unreported``.
    """
    cells = np.flatnonzero(tables.routes["nights"])
    found: Counter[str] = Counter()
    for cell in cells.tolist():
        day, book = divmod(cell, tables.books)
        there = [p for p in team.people if p.book == book and p.here(day)]
        if not there:
            found["vacant"] += 1
        elif team.attendance[there[0].slot, day] == TRAINING:
            found["training"] += 1
        elif team.attendance[there[0].slot, day] == ABSENT:
            found["absent"] += 1
    return NightAccount(
        planned=len(cells),
        spent=spent,
        training=found["training"],
        absent=found["absent"],
        vacant=found["vacant"],
        no_visit=len(cells) - spent - found.total(),
        due_cents=lodging["due"],
        paid_cents=lodging["paid"],
        later_cents=lodging["later"],
        capped_cents=lodging["due"] - lodging["paid"] - lodging["later"] - lodging["unreported"],
        unreported_cents=lodging["unreported"],
    )
