"""The reps of a scenario, as columns."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints, Strings

STAYS = 1 << 30
"""A last day after every year."""


@dataclass(frozen=True)
class Reps:
    """The sales team, one entry a rep in every column, sorted by `rep_id`.

    Attributes
    ----------
    rep_id, name : array of str, shape (reps,)
    home_lat, home_lon : array of float
        WGS-84 degrees.
    is_manager : array of bool
        The regional manager, who owns the home city (R-A1) and carries the customers of leavers (R-N4).
    share : array of float
        Fair share of territory relative to a full rep (1.0); a ramping rep or a manager may carry less (R-A2).
    hours_per_week : array of float
        Contract hours; field time is cut down in proportion to the 42 h of R-H2. NaN for the full week.
    product_lines, preferred_regions : tuple of frozenset of str
        Empty sets mean every line, no preference (R-A3, R-A6).
    hired_day : array of int
        Day index of the first working day; negative or 0 for reps already there.
    new_hire : array of bool
        On probation and ramping from `hired_day` (R-N2, R-N4).
    monthly_salary_cents : array of int
        Pay at 100 %.
    shares : mapping of str to array of float
        Shares of single measures where they differ from `share`; NaN where they do not.
    left_day : array of int
        Day index of the last working day, `STAYS` for who does not leave.
    shared_area : array of str
        Name of the area a rep serves together with others; empty for who has a territory alone.
    """

    rep_id: Strings
    name: Strings
    home_lat: Floats
    home_lon: Floats
    is_manager: NDArray[np.bool_]
    share: Floats
    hours_per_week: Floats
    product_lines: tuple[frozenset[str], ...]
    preferred_regions: tuple[frozenset[str], ...]
    hired_day: Ints
    new_hire: NDArray[np.bool_]
    monthly_salary_cents: Ints
    shares: Mapping[str, Floats] = field(default_factory=dict)
    left_day: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    shared_area: Strings = field(default_factory=lambda: np.zeros(0, dtype=object))

    def __post_init__(self) -> None:
        if len(self.left_day) != len(self):
            object.__setattr__(self, "left_day", np.full(len(self), STAYS, dtype=np.int64))
        if len(self.shared_area) != len(self):
            object.__setattr__(self, "shared_area", np.full(len(self), "", dtype=object))

    def __len__(self) -> int:
        return len(self.rep_id)

    def take(self, rows: Ints) -> Reps:
        """Return the given reps in the given order; a row may be taken twice."""
        columns: dict[str, Any] = {}
        for spec in dataclasses.fields(self):
            column = getattr(self, spec.name)
            if isinstance(column, tuple):
                columns[spec.name] = tuple(column[row] for row in rows.tolist())
            elif isinstance(column, Mapping):
                columns[spec.name] = {name: values[rows] for name, values in column.items()}
            else:
                columns[spec.name] = column[rows]
        return Reps(**columns)

    @property
    def pools(self) -> dict[str, Ints]:
        """Reps of each shared area, by its name; the only rep of an area is there too."""
        names = self.shared_area.astype(str)
        return {str(name): np.flatnonzero(names == name) for name in np.unique(names) if name}

    @property
    def manager(self) -> int:
        """Index of the manager, or -1 for a team without."""
        found = np.flatnonzero(self.is_manager)
        return int(found[0]) if len(found) else -1

    def table(self) -> pd.DataFrame:
        """One row a rep; amounts in yuan."""
        return pd.DataFrame(
            {
                "rep_id": self.rep_id,
                "name": self.name,
                "home_lat": self.home_lat,
                "home_lon": self.home_lon,
                "is_manager": self.is_manager,
                "share": self.share,
                "hours_per_week": self.hours_per_week,
                "product_lines": [";".join(sorted(lines)) for lines in self.product_lines],
                "preferred_regions": [";".join(sorted(regions)) for regions in self.preferred_regions],
                "hired_day": self.hired_day,
                "new_hire": self.new_hire,
                "monthly_salary": self.monthly_salary_cents / 100,
                "shared_area": self.shared_area,
            }
        )
