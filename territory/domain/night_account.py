"""Nights away of one simulated year against the plan's: which were spent, which not and why, and what was paid."""

from __future__ import annotations

from dataclasses import dataclass

NOT_SPENT = ("training", "absent", "vacant", "no_visit")
"""Why a planned night is not spent, fields of `NightAccount`."""

NOT_PAID = ("later", "capped", "unreported")
"""Why lodging is not refunded in the year, fields of `NightAccount` with ``_cents``."""


@dataclass(frozen=True)
class NightAccount:
    """Planned = spent + training + absent + vacant + no_visit; due = paid + later + capped + unreported.

    Attributes
    ----------
    planned, spent : int
        Nights.
    training, absent, vacant, no_visit : int
        Planned nights on which the rep was taught or absent, nobody held the position, or no customer of the day was
        visited.
    due_cents, paid_cents : int
        Lodging of the nights spent, and what the ledger of the year has of it (R-B3).
    later_cents, capped_cents, unreported_cents : int
        Refunded after the year's end, above the cap of travel refunds, and lost for want of a report.
    """

    planned: int
    spent: int
    training: int
    absent: int
    vacant: int
    no_visit: int
    due_cents: int
    paid_cents: int
    later_cents: int
    capped_cents: int
    unreported_cents: int
