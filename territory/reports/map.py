"""The map of the territories: one inline SVG with hover titles and a scale bar, without any library or request."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

from territory.domain.customers import Floats, Ints
from territory.domain.plan import Plan
from territory.domain.settings import TIERS
from territory.domain.trip_book import trip_book
from territory.reports.map_labels import place_labels

KM_PER_DEGREE = 111.19492664
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#332288", "#882255", "#999933", "#6B7280")
"""Distinct for colour-blind readers; beyond ten reps the mark's shape changes too."""
TIER_SIZE = (5.6, 4.6, 3.6, 2.8)
MOST_CUSTOMERS = 20_000
BINS = 80
WIDTH, HEIGHT, MARGIN = 960.0, 560.0, 26.0
SHAPES = 3
LEAST_SPAN_KM = 0.5


@dataclass(frozen=True)
class Projection:
    """Equirectangular, true to scale in the middle: degrees to units of the drawing."""

    lat0: float
    lon0: float
    km_per_unit: float
    left: float
    top: float

    def x(self, lon: Floats) -> Floats:
        """Return horizontal positions."""
        east = _wrapped(lon - self.lon0) * KM_PER_DEGREE * math.cos(math.radians(self.lat0))
        return np.asarray(east / self.km_per_unit + self.left)

    def y(self, lat: Floats) -> Floats:
        """Return vertical positions, north up."""
        return np.asarray(self.top - (lat - self.lat0) * KM_PER_DEGREE / self.km_per_unit)


def projection(lat: Floats, lon: Floats) -> Projection:
    """Return the projection that fits all points into the drawing."""
    lat0, lon0 = float(np.median(lat)), float(lon[0])
    lon0 = float(np.median(_wrapped(lon - lon0))) + lon0
    north = (lat - lat0) * KM_PER_DEGREE
    east = _wrapped(lon - lon0) * KM_PER_DEGREE * math.cos(math.radians(lat0))
    wide, tall = max(np.ptp(east), LEAST_SPAN_KM), max(np.ptp(north), LEAST_SPAN_KM)
    scale = max(wide / (WIDTH - 2 * MARGIN), tall / (HEIGHT - 2 * MARGIN))
    left = WIDTH / 2 - (east.max() + east.min()) / 2 / scale
    top = HEIGHT / 2 + (north.max() + north.min()) / 2 / scale
    return Projection(lat0, lon0, float(scale), float(left), float(top))


def map_svg(plan: Plan) -> Markup:
    """Return the map: customers in the colour of their rep, sized by tier, start places, and names of places."""
    scenario, rep = plan.scenario, plan.territories.rep
    who = scenario.customers
    view = projection(np.r_[who.lat, scenario.start_lat], np.r_[who.lon, scenario.start_lon])
    x, y = view.x(who.lon), view.y(who.lat)
    parts = [
        Markup('<svg id="map" class="map" role="img" viewBox="0 0 {:.0f} {:.0f}">').format(WIDTH, HEIGHT),
        Markup('<rect width="{:.0f}" height="{:.0f}" class="sea"></rect>').format(WIDTH, HEIGHT),
    ]
    rounds = _rounds(plan)
    far = np.zeros(len(who), dtype=bool)
    far[[i for ways in rounds.values() for way in ways for i in way]] = True
    home = np.c_[view.x(scenario.start_lon), view.y(scenario.start_lat)]
    draw = _points if len(who) <= MOST_CUSTOMERS else _bins
    for r in range(len(scenario.reps)):
        mine = np.flatnonzero(rep == r)
        parts.append(Markup('<g data-rep="{}" fill="{}" stroke="{}">').format(r, colour(r), colour(r)))
        near = mine[~far[mine]]
        parts.append(_hull(x[near], y[near]))
        parts.append(_ways(rounds.get(r, []), x, y, home[r]))
        parts.append(draw(plan, mine, x, y))
        parts.append(_home(plan, r, view))
        parts.append(Markup("</g>"))
    parts += [place_labels(who, x, y), _scale_bar(view), Markup("</svg>")]
    return Markup("").join(parts)


def _rounds(plan: Plan) -> dict[int, list[tuple[int, ...]]]:
    """Return the customers of each different trip of every rep, in the order of the way."""
    book = trip_book(plan)
    found: dict[int, dict[tuple[int, ...], None]] = {}
    for rep, customers in zip(book.rep.tolist(), book.customers, strict=True):
        found.setdefault(rep, {})[customers] = None
    return {rep: list(ways) for rep, ways in found.items()}


def _ways(rounds: list[tuple[int, ...]], x: Floats, y: Floats, home: Floats) -> Markup:
    """Draw the way of each round, from the start place over its customers and back."""
    ways = (np.vstack([home, np.c_[x, y][list(way)], home]) for way in rounds)
    return Markup("").join(
        Markup('<path class="trip" d="M{}"></path>').format("L".join(f"{a:.1f} {b:.1f}" for a, b in way))
        for way in ways
    )


def colour(rep: int) -> str:
    """Return the colour of a rep."""
    return COLOURS[rep % len(COLOURS)]


def _points(plan: Plan, mine: Ints, x: Floats, y: Floats) -> Markup:
    who, reps, tier = plan.scenario.customers, plan.scenario.reps, plan.segments.tier
    out = []
    for i in mine[np.argsort(-tier[mine], kind="stable")].tolist():
        r = int(plan.territories.rep[i])
        name = f"{who.customer_id[i]} {who.name[i]} · {TIERS[tier[i]]} · {reps.rep_id[r]} {reps.name[r]}"
        out.append(_mark(r // len(COLOURS) % SHAPES, x[i], y[i], TIER_SIZE[tier[i]], name))
    return Markup("").join(out)


def _mark(shape: int, x: float, y: float, size: float, title: str) -> Markup:
    inner = f"<title>{escape(title)}</title>"
    if shape == 0:
        return Markup(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}">{inner}</circle>')  # noqa: S704 - numbers and escaped text
    if shape == 1:
        place = f'x="{x - size:.1f}" y="{y - size:.1f}" width="{2 * size:.1f}" height="{2 * size:.1f}"'
        return Markup(f"<rect {place}>{inner}</rect>")  # noqa: S704 - numbers and escaped text
    corners = f"{x:.1f},{y - 1.3 * size:.1f} {x - 1.2 * size:.1f},{y + size:.1f} {x + 1.2 * size:.1f},{y + size:.1f}"
    return Markup(f'<polygon points="{corners}">{inner}</polygon>')  # noqa: S704 - numbers and escaped text


def _bins(plan: Plan, mine: Ints, x: Floats, y: Floats) -> Markup:
    size = WIDTH / BINS
    cell = (y[mine] // size).astype(np.int64) * BINS + (x[mine] // size).astype(np.int64)
    found, count = np.unique(cell, return_counts=True)
    most = max(int(count.max(initial=1)), 1)
    reps, out = plan.scenario.reps, []
    r = int(plan.territories.rep[mine[0]]) if len(mine) else 0
    for where, many in zip(found.tolist(), count.tolist(), strict=True):
        radius = size / 2 * math.sqrt(many / most)
        title = f"{many:,} × {reps.rep_id[r]} {reps.name[r]}"
        out.append(
            _mark(0, (where % BINS + 0.5) * size, (where // BINS + 0.5) * size, round(max(radius, 1.2), 1), title)
        )
    return Markup("").join(out)


def _hull(x: NDArray[np.float64], y: NDArray[np.float64]) -> Markup:
    points = np.unique(np.c_[x, y].round(2), axis=0)
    if len(points) < 3:
        return Markup("")
    try:
        corners = points[ConvexHull(points).vertices]
    except QhullError:  # all on one line: there is no area to show
        return Markup("")
    return Markup('<polygon class="hull" points="{}"></polygon>').format(
        " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
    )


def _home(plan: Plan, r: int, view: Projection) -> Markup:
    reps = plan.scenario.reps
    x = float(view.x(plan.scenario.start_lon[r : r + 1])[0])
    y = float(view.y(plan.scenario.start_lat[r : r + 1])[0])
    roof = f"M{x:.1f} {y - 9:.1f}l8.5 7.5h-2.2v8h-12.6v-8h-2.2z"
    return Markup('<path class="home" d="{}"><title>⌂ {} {}</title></path>').format(roof, reps.rep_id[r], reps.name[r])


def _scale_bar(view: Projection) -> Markup:
    room_km = WIDTH / 5 * view.km_per_unit
    power = 10.0 ** math.floor(math.log10(room_km))
    km = max(step * power for step in (1, 2, 5) if step * power <= room_km)
    length, base = km / view.km_per_unit, HEIGHT - 14
    line = f"M{MARGIN:.1f} {base - 5:.1f}v5h{length:.1f}v-5"
    return Markup('<g class="scale"><path d="{}"></path><text x="{:.1f}" y="{:.1f}">{:g} km</text></g>').format(
        line, MARGIN + length + 6, base, km
    )


def _wrapped(degrees: Floats) -> Floats:
    return np.asarray((degrees + 180.0) % 360.0 - 180.0)
