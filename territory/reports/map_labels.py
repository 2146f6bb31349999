"""Names of places on the map: the biggest first, none over another."""

from __future__ import annotations

import unicodedata

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from territory.domain.customers import Customers, Floats

MOST_LABELS = 24
LINE_HEIGHT = 15.0
WIDE, NARROW = 12.5, 6.6
"""Widths of a Chinese and a Latin letter in units of the drawing."""
ABOVE = 9.0
"""Distance of a label's foot from the middle of its place, so that marks stay visible."""


def place_labels(customers: Customers, x: Floats, y: Floats) -> Markup:
    """Return the names of cities, or of the districts of the city that has most customers, as SVG text.

    Parameters
    ----------
    customers : Customers
    x, y : array of float, shape (customers,)
        Positions in the drawing.
    """
    names = places(customers)
    found, of, count = np.unique(names, return_inverse=True, return_counts=True)
    taken: list[tuple[float, float, float]] = []
    parts = []
    for k in np.lexsort((found, -count)).tolist():
        if not found[k] or len(taken) == MOST_LABELS:
            continue
        here = of == k
        at, foot = float(np.median(x[here])), float(np.median(y[here])) - ABOVE
        half = _width(str(found[k])) / 2
        if any(abs(at - a) < half + h and abs(foot - b) < LINE_HEIGHT for a, b, h in taken):
            continue
        taken.append((at, foot, half))
        parts.append(Markup('<text x="{:.1f}" y="{:.1f}">{}</text>').format(at, foot, found[k]))
    return Markup('<g class="places">{}</g>').format(Markup("").join(parts)) if parts else Markup("")


def places(customers: Customers) -> NDArray[np.str_]:
    """Return the name that tells a customer's place from the others': the city, or the district in the main city."""
    city, district = customers.city.astype(str), customers.region.astype(str)
    found, count = np.unique(city, return_counts=True)
    main = found[count.argmax()] if 2 * count.max() > len(city) else None
    return np.where((city == main) & (district != ""), district, city)


def _width(text: str) -> float:
    return sum(WIDE if unicodedata.east_asian_width(letter) in "WF" else NARROW for letter in text)
