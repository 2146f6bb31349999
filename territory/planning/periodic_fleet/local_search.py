"""Local search on the tours of one day: relocations, swaps, 2-opt, 2-opt* among near customers (Vidal et al., 2012)."""

from __future__ import annotations

from territory.planning.periodic_fleet.insertion import adopt, best_pattern
from territory.planning.periodic_fleet.kernels import inlined, inner, kernel, shuffle
from territory.planning.periodic_fleet.state import (
    CLOCK,
    TOLERANCE,
    WORK,
    Problem,
    State,
    begin_step,
    fine_of,
    recount,
)

MOVES_LOOKS = 25
"""What the moves of a pair count as effort."""

PRESENT_NEIGHBOURS = 15
"""Neighbours tried per customer among those visited on the same day."""


@inner
def _measure(p: Problem, s: State, day: int, vehicle: int) -> None:
    """Recount a tour and fill position, load and length along it."""
    recount(p, s, day, vehicle)
    at, depot = day * p.nodes, p.customers + vehicle
    s.i[s.position + depot], s.f[s.load_to + depot], s.f[s.length_to + depot] = 0, 0.0, 0.0
    node, k = s.i[s.after + at + depot], 1
    while node < p.customers:
        previous = s.i[s.before + at + node]
        s.i[s.position + node] = k
        s.f[s.load_to + node] = s.f[s.load_to + previous] + p.f[p.demand + node]
        s.f[s.length_to + node] = s.f[s.length_to + previous] + p.f[p.cost + previous * p.nodes + node]
        node, k = s.i[s.after + at + node], k + 1


@inlined
def _link(s: State, at: int, a: int, b: int) -> None:
    s.i[s.after + at + a] = b
    s.i[s.before + at + b] = a


@inlined
def _fines(p: Problem, s: State, day: int, ru: int, rv: int, load: float, du: float, dv: float) -> float:
    """Return the change of penalties when `load` goes from tour u to tour v and their lengths change by du, dv."""
    u, v = day * p.vehicles + ru, day * p.vehicles + rv
    if ru == rv:
        return float(fine_of(p, s, day, s.f[s.load + u], s.f[s.length + u] + du + dv) - s.f[s.fine + u])
    return float(
        fine_of(p, s, day, s.f[s.load + u] - load, s.f[s.length + u] + du)
        + fine_of(p, s, day, s.f[s.load + v] + load, s.f[s.length + v] + dv)
        - s.f[s.fine + u]
        - s.f[s.fine + v]
    )


@inlined
def _relocate(p: Problem, s: State, day: int, u: int, v: int, pair: int) -> bool:
    """Move u (pair 0), u and its follower (1), or both reversed (2), behind v if that is better."""
    at, n = day * p.nodes, p.nodes
    x = s.i[s.after + at + u]
    last = u if pair == 0 else x
    if last >= p.customers or v == last or s.i[s.after + at + v] == u:
        return False
    previous, following, y = s.i[s.before + at + u], s.i[s.after + at + last], s.i[s.after + at + v]
    head, tail = (last, u) if pair == 2 else (u, last)
    inside = 0.0 if pair == 0 else p.f[p.cost + u * n + x]
    du = (
        p.f[p.cost + previous * n + following]
        - p.f[p.cost + previous * n + u]
        - inside
        - p.f[p.cost + last * n + following]
    )
    dv = p.f[p.cost + v * n + head] + inside + p.f[p.cost + tail * n + y] - p.f[p.cost + v * n + y]
    ru, rv = s.i[s.tour_of + at + u], s.i[s.tour_of + at + v]
    fines = s.f[s.fine + day * p.vehicles + ru] + s.f[s.fine + day * p.vehicles + rv]
    if du + dv - fines > -TOLERANCE:
        return False
    load = p.f[p.demand + u] + (p.f[p.demand + x] if pair else 0.0)
    if du + dv + _fines(p, s, day, ru, rv, load, du, dv) > -TOLERANCE:
        return False
    _link(s, at, previous, following)
    _link(s, at, v, head)
    if pair == 2:
        _link(s, at, head, tail)
    _link(s, at, tail, y)
    return True


@inlined
def _swap(p: Problem, s: State, day: int, u: int, v: int, more_u: bool, more_v: bool) -> bool:
    """Exchange u with v, each with its follower or alone, if that is better."""
    at, n = day * p.nodes, p.nodes
    eu = s.i[s.after + at + u] if more_u else u
    ev = s.i[s.after + at + v] if more_v else v
    if eu >= p.customers or ev >= p.customers or eu == v or ev == u:
        return False
    pu, pv, fu, fv = s.i[s.before + at + u], s.i[s.before + at + v], s.i[s.after + at + eu], s.i[s.after + at + ev]
    if fu == v or fv == u:
        return False
    du = p.f[p.cost + pu * n + v] + p.f[p.cost + ev * n + fu] - p.f[p.cost + pu * n + u] - p.f[p.cost + eu * n + fu]
    dv = p.f[p.cost + pv * n + u] + p.f[p.cost + eu * n + fv] - p.f[p.cost + pv * n + v] - p.f[p.cost + ev * n + fv]
    ru, rv = s.i[s.tour_of + at + u], s.i[s.tour_of + at + v]
    fines = s.f[s.fine + day * p.vehicles + ru] + s.f[s.fine + day * p.vehicles + rv]
    if du + dv - fines > -TOLERANCE:
        return False
    inside_u = p.f[p.cost + u * n + eu] if more_u else 0.0
    inside_v = p.f[p.cost + v * n + ev] if more_v else 0.0
    load = (
        p.f[p.demand + u]
        - p.f[p.demand + v]
        + (p.f[p.demand + eu] if more_u else 0.0)
        - (p.f[p.demand + ev] if more_v else 0.0)
    )
    shift = inside_v - inside_u
    if du + dv + _fines(p, s, day, ru, rv, load, du + shift, dv - shift) > -TOLERANCE:
        return False
    _link(s, at, pu, v)
    _link(s, at, ev, fu)
    _link(s, at, pv, u)
    _link(s, at, eu, fv)
    return True


@inlined
def _two_opt(p: Problem, s: State, day: int, u: int, v: int) -> bool:
    """Reverse the piece from behind u up to v on the same tour if that is better."""
    at, n = day * p.nodes, p.nodes
    x, y = s.i[s.after + at + u], s.i[s.after + at + v]
    if s.i[s.position + u] >= s.i[s.position + v] or x == v:
        return False
    tour = day * p.vehicles + s.i[s.tour_of + at + u]
    change = p.f[p.cost + u * n + v] + p.f[p.cost + x * n + y] - p.f[p.cost + u * n + x] - p.f[p.cost + v * n + y]
    if change + fine_of(p, s, day, s.f[s.load + tour], s.f[s.length + tour] + change) - s.f[s.fine + tour] > -TOLERANCE:
        return False
    node = x
    while node != y:
        following = s.i[s.after + at + node]
        s.i[s.after + at + node] = s.i[s.before + at + node]
        node = following
    s.i[s.after + at + u] = v
    s.i[s.after + at + x] = y
    return True


@inlined
def _cross(p: Problem, s: State, day: int, u: int, v: int, turned: bool) -> bool:
    """Join the head of u's tour with the tail behind v and the other way round, or both heads and both tails."""
    at, n = day * p.nodes, p.nodes
    ru, rv = s.i[s.tour_of + at + u], s.i[s.tour_of + at + v]
    x, y = s.i[s.after + at + u], s.i[s.after + at + v]
    tu, tv = day * p.vehicles + ru, day * p.vehicles + rv
    if turned:
        joined, rest = p.f[p.cost + u * n + v], p.f[p.cost + x * n + y]
    else:
        joined, rest = p.f[p.cost + u * n + y], p.f[p.cost + v * n + x]
    change = joined + rest - p.f[p.cost + u * n + x] - p.f[p.cost + v * n + y]
    if change - s.f[s.fine + tu] - s.f[s.fine + tv] > -TOLERANCE:
        return False
    if turned:
        load = s.f[s.load_to + u] + s.f[s.load_to + v]
        length = s.f[s.length_to + u] + joined + s.f[s.length_to + v]
    else:
        load = s.f[s.load_to + u] + s.f[s.load + tv] - s.f[s.load_to + v]
        length = s.f[s.length_to + u] + joined + s.f[s.length + tv] - s.f[s.length_to + v] - p.f[p.cost + v * n + y]
    other = s.f[s.length + tu] + s.f[s.length + tv] + change - length
    change += fine_of(p, s, day, load, length) - s.f[s.fine + tu] - s.f[s.fine + tv]
    change += fine_of(p, s, day, s.f[s.load + tu] + s.f[s.load + tv] - load, other)
    if change > -TOLERANCE:
        return False
    du, dv = p.customers + ru, p.customers + rv
    if turned:
        _join_heads(p, s, at, u, v, x, y, du, dv)
    else:
        s.i[s.after + at + u] = y if y < p.customers else du
        s.i[s.after + at + v] = x if x < p.customers else dv
    return True


@inlined
def _join_heads(p: Problem, s: State, at: int, u: int, v: int, x: int, y: int, du: int, dv: int) -> None:
    """Tour u becomes head of u + head of v backwards; tour v becomes tail of u backwards + tail of v."""
    end = s.i[s.before + at + du]
    node = v
    s.i[s.after + at + u] = v if v < p.customers else du
    while node < p.customers:
        previous = s.i[s.before + at + node]
        s.i[s.after + at + node] = previous if previous < p.customers else du
        node = previous
    if x >= p.customers:
        s.i[s.after + at + dv] = y
        return
    s.i[s.after + at + dv] = end
    node = end
    while node != x:
        previous = s.i[s.before + at + node]
        s.i[s.after + at + node] = previous
        node = previous
    s.i[s.after + at + x] = y


@inlined
def _try_moves(p: Problem, s: State, day: int, u: int, v: int) -> bool:
    """Try every move of u next to customer v."""
    at = day * p.nodes
    for pair in range(3):
        if _relocate(p, s, day, u, v, pair):
            return True
    for more in range(3):
        if _swap(p, s, day, u, v, more >= 1, more >= 2):
            return True
    if s.i[s.tour_of + at + u] != s.i[s.tour_of + at + v]:
        return _cross(p, s, day, u, v, True) or _cross(p, s, day, u, v, False)
    return _two_opt(p, s, day, u, v)


@inner
def _try_depot(p: Problem, s: State, day: int, u: int, depot: int) -> bool:
    """Try every move of u to the beginning of a tour."""
    for pair in range(3):
        if _relocate(p, s, day, u, depot, pair):
            return True
    return s.i[s.tour_of + day * p.nodes + u] != depot - p.customers and _cross(p, s, day, u, depot, False)


@inner
def _improve_at(p: Problem, s: State, day: int, u: int, since: int) -> bool:
    """Try u with its near customers of the day, and with the depot; return whether the plan changed."""
    at, n = day * p.nodes, p.customers
    seen = 0
    for k in range(p.reach):
        v = p.i[p.near + u * p.reach + k]
        rv = s.i[s.tour_of + at + v]
        if rv < 0:
            continue
        seen += 1
        if seen > PRESENT_NEIGHBOURS:
            break
        ru = s.i[s.tour_of + at + u]
        if max(s.i[s.changed + ru], s.i[s.changed + rv]) < since:
            continue
        s.i[WORK] += MOVES_LOOKS
        if _try_moves(p, s, day, u, v) or (s.i[s.before + at + v] >= n and _try_depot(p, s, day, u, n + rv)):
            _note_change(p, s, day, ru, rv)
            return True
    for vehicle in range(p.vehicles):
        if s.i[s.after + at + n + vehicle] >= n:
            ru = s.i[s.tour_of + at + u]
            if s.i[s.changed + ru] >= since and _try_depot(p, s, day, u, n + vehicle):
                _note_change(p, s, day, ru, vehicle)
                return True
            break
    return False


@inlined
def _note_change(p: Problem, s: State, day: int, ru: int, rv: int) -> None:
    s.i[CLOCK] += 1
    s.i[s.changed + ru] = s.i[CLOCK]
    s.i[s.changed + rv] = s.i[CLOCK]
    _measure(p, s, day, ru)
    if rv != ru:
        _measure(p, s, day, rv)


@inner
def _improve_day(p: Problem, s: State, day: int) -> None:
    """Search a day until no move improves it."""
    count = 0
    for node in range(p.customers):
        s.i[s.checked + node] = 0
        if s.i[s.tour_of + day * p.nodes + node] >= 0:
            s.i[s.order + count] = node
            count += 1
    shuffle(s.random, s.i, s.order, count)
    s.i[CLOCK] = 1
    for vehicle in range(p.vehicles):
        _measure(p, s, day, vehicle)
        s.i[s.changed + vehicle] = 1
    improved = True
    while improved:
        improved = False
        for k in range(count):
            u = s.i[s.order + k]
            since = s.i[s.checked + u]
            s.i[s.checked + u] = s.i[CLOCK] + 1
            while _improve_at(p, s, day, u, since):
                improved = True
                since = 0
    s.i[s.dirty + day] = 0


@inner
def _improve_patterns(p: Problem, s: State) -> bool:
    """Give every customer its best pattern, once, in random order; return whether the plan changed."""
    for node in range(p.customers):
        s.i[s.order + node] = node
    shuffle(s.random, s.i, s.order, p.customers)
    changed = False
    for k in range(p.customers):
        node = s.i[s.order + k]
        mask, gain = best_pattern(p, s, node)
        if gain > TOLERANCE and mask != s.i[s.chosen + node]:
            begin_step(s)
            adopt(p, s, node, mask)
            changed = True
    return changed


@kernel
def educate(p: Problem, s: State) -> None:
    """Improve days and patterns in turn until neither changes (Vidal et al., 2012)."""
    changed = True
    while changed:
        for day in range(p.days):
            if s.i[s.dirty + day]:
                _improve_day(p, s, day)
        changed = _improve_patterns(p, s)
    begin_step(s)
