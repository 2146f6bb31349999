"""Rows of the simulated year: one record type for each kind of thing the kernels touch.

Records live in structured numpy arrays, which pure Python and numba read and write alike.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Records = NDArray[np.void]

WAITING, OPEN, WON, LOST, NEVER = 0, 1, 2, 3, 4
"""States of a deal; a candidate that finds no interest when it would arise becomes NEVER."""

PRESENT, ABSENT, TRAINING, AWAY = 0, 1, 2, 3
"""Attendance of a rep on a working day; AWAY is not (or no longer) on the team."""

LONG_AGO = -1_000_000
"""Day of something that has not happened."""

CUSTOMER = np.dtype(
    [
        ("memory", np.float64),  # weight of one visit in the two averages
        ("served", np.float64),  # share of planned visits done lately
        ("selling", np.float64),  # the same, a visit counting by the productivity of the rep
        ("book", np.int32),  # territory of the plan
        ("owner", np.int32),  # rep slot, -1 for nobody
        ("tier", np.int32),
        ("visited", np.int32),  # day of the last visit
        ("handed", np.int32),  # day the customer lost its rep
        ("owed", np.int32),  # the missed visit that is still to be made up, -1 for none
        ("listed", np.int8),  # 1 while it stands in a list of visits to make up
        ("gone", np.int8),  # 1 once it buys elsewhere
        ("settled", np.int8),  # 1 while it is part of the rounds of a rep who took it over for good
    ],
    align=True,
)

DEAL = np.dtype(
    [
        ("value", np.int64),  # cents
        ("effort", np.float64),  # touches in this stage that could bring a decision
        ("response", np.float64),  # least visit level at which it arises
        ("loyalty", np.float64),  # hand-over dip from which it does not arise
        ("customer", np.int32),  # -1 for a prospect who is in no table
        ("book", np.int32),
        ("owner", np.int32),  # rep slot that closed it
        ("arrives", np.int32),  # day
        ("since", np.int32),  # day it entered the stage
        ("touched", np.int32),  # day of the last visit or call
        ("closed", np.int32),
        ("stale_weeks", np.int32),
        ("patience", np.int32),  # stale weeks after which it is lost
        ("stage", np.int16),  # index into the stages, 0 is a lead
        ("state", np.int8),
        ("sought", np.int8),  # 1 for a prospect met only while the team prospects
    ],
    align=True,
)

VISIT = np.dtype([("customer", np.int32), ("minutes", np.int32), ("km", np.float64)])
"""A planned visit with the leg that leads to it; narrow, because a big team makes millions."""

ROUTE = np.dtype(
    [
        ("first", np.int64),  # its visits are first..last-1
        ("last", np.int64),
        ("minutes", np.int64),  # field minutes of the day for the rep of this book
        ("back_km", np.float64),  # way back after the last visit
        ("nights", np.int64),  # 1 where the day ends at a lodging
        ("away", np.int64),  # 1 on the days of a trip
    ]
)
"""The day of one book, at row day * books + book."""

BOOK = np.dtype(
    [
        ("owner", np.int64),  # rep slot responsible for the book's prospects
        ("start", np.int64),  # its open deals are listing[start : start + count]
        ("count", np.int64),
        ("leg_minutes", np.int64),  # mean leg, the surcharge of someone from outside
        ("leg_km", np.float64),
    ]
)

OWED = np.dtype([("start", np.int64), ("count", np.int64)])
"""Visits to make up of one book and tier, at row book * 4 + tier: its customers are owed[start : start + count]."""

STAGE = np.dtype([("label", np.int64), ("advance", np.float64), ("dwell", np.int64)])
"""Stages with the lead at 0; `advance` is the chance to move on when a decision falls."""


class Worked(NamedTuple):
    """What one rep slot did in the running month."""

    planned: int
    done: int
    made_up: int  # the part of them that was missed on its day
    calls: int
    days: int  # working days, absent ones included
    absent: int
    nights: int
    won: int
    lost: int
    bookings: int  # cents of won deals
    km: float


WORK = np.dtype([(name, np.float64 if name == "km" else np.int64) for name in Worked._fields])
"""`Worked` as a row; the last row of the array collects work nobody owns."""
