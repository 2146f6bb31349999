"""Who takes over the customers of people who leave (R-A5, R-N4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Ints
from territory.simulation.division import divide_customers, hand_on
from territory.simulation.records import AWAY
from territory.simulation.staffing import Person, Team
from territory.simulation.tables import YearTables


def leave(team: Team, tables: YearTables, person: Person, day: int, kind: str) -> Ints:
    """Take a person off the team from the next day on and return the customers it leaves behind (R-N4).

    They go to the manager at once, or to the nearest remaining reps where there is no manager.
    """
    owned, behind = depart(team, tables, person, day, kind)
    manager = next((p for p in team.people if p.manager and p.here(day + 1)), None)
    if manager is None:
        divide(team, tables, owned, day + 1)
    else:
        move_customers(team, tables, owned, np.full(len(owned), manager.slot))
        move_books(team, np.flatnonzero(team.books["owner"] == person.slot), manager.slot)
        list_books(team, np.array([manager.slot]))
    return behind


def depart(team: Team, tables: YearTables, person: Person, day: int, kind: str) -> tuple[Ints, Ints]:
    """Note that a person goes; return the customers it owns, and those that wait for nobody else's successor."""
    person.left_day = day + 1
    team.attendance[person.slot, day + 1 :] = AWAY
    team.note(day, person, kind)
    owned = owned_by(team, tables, person.slot)
    team.customers["handed"][owned] = day + 1
    waiting = [v.customers for v in team.vacancies if not v.cancelled]
    successors = team.people[tables.books :]
    waiting += [other.promised for other in successors if other.left_day < 0 and len(other.promised)]
    behind = np.union1d(owned, person.promised) if len(person.promised) else owned
    person.promised = behind[:0]
    spoken_for = np.zeros(len(team.customers), dtype=bool)
    for customers in waiting:
        spoken_for[customers] = True
    return owned, behind[~spoken_for[behind]]


def owned_by(team: Team, tables: YearTables, slot: int) -> Ints:
    """Return the customers of a slot, in order."""
    books = np.flatnonzero(team.held[slot])
    parts = [tables.by_book[tables.book_start[b] : tables.book_start[b + 1]] for b in books.tolist()]
    found = np.sort(np.concatenate(parts)) if parts else tables.by_book[:0]
    return np.asarray(found[team.customers["owner"][found] == slot])


def take_over(team: Team, tables: YearTables, person: Person, customers: Ints) -> None:
    """Give a trained successor the customers that wait."""
    holders = np.append(team.customers["owner"][customers], team.books["owner"][person.book])
    move_customers(team, tables, customers, np.full(len(customers), person.slot))
    move_books(team, np.array([person.book]), person.slot)
    person.promised = person.promised[:0]
    list_books(team, np.append(holders, person.slot))


def divide(team: Team, tables: YearTables, customers: Ints, day: int) -> None:
    """Divide customers among the reps who are there: the near ones with little to do (R-A2, R-A5)."""
    there = team.present(day)
    takers = [p for p in there if not p.manager] or there
    before = team.customers["owner"][customers]
    move_customers(team, tables, customers, np.full(len(customers), -1))
    if not takers:
        team.orphans = True
        return
    slots = np.array([p.slot for p in takers], dtype=np.int64)
    books = np.array([p.book for p in takers], dtype=np.int64)
    by_size = customers[np.argsort(-tables.minutes[customers], kind="stable")]
    chosen = np.zeros(len(by_size), dtype=np.int64)
    divide_customers(
        by_size,
        tables.x_km,
        tables.y_km,
        tables.minutes,
        tables.line,
        tables.centre_x[books],
        tables.centre_y[books],
        team.load[slots],
        tables.room[books],
        tables.sells[:, books],
        chosen,
    )
    move_customers(team, tables, by_size, slots[chosen])
    orphaned = _orphaned_books(team, tables, customers, slots)
    for book in orphaned.tolist():
        mine = team.customers["owner"][tables.by_book[tables.book_start[book] : tables.book_start[book + 1]]]
        mine = mine[mine >= 0]
        move_books(team, np.array([book]), int(np.bincount(mine).argmax()) if len(mine) else int(slots[0]))
    list_books(team, np.concatenate([before, slots[chosen], team.books["owner"][orphaned]]))


def _orphaned_books(team: Team, tables: YearTables, customers: Ints, slots: Ints) -> Ints:
    """Return the books whose prospects nobody follows, and those divided away from who does."""
    owner = team.books["owner"]
    gone = np.array([p.left_day >= 0 for p in team.people])
    taking: NDArray[np.bool_] = np.zeros(len(team.people), dtype=bool)
    taking[slots] = True
    divided: NDArray[np.bool_] = np.zeros(tables.books, dtype=bool)
    divided[team.customers["book"][customers]] = True
    return np.flatnonzero(gone[owner] | (divided & ~taking[owner]))


def move_customers(team: Team, tables: YearTables, customers: Ints, slots: Ints) -> None:
    """Give customers to slots, -1 for nobody, and keep count of who holds what."""
    hand_on(customers, slots, tables.minutes, team.customers, team.held, team.load)


def move_books(team: Team, books: Ints, slot: int) -> None:
    """Make a slot responsible for the prospects of books."""
    team.held[team.books["owner"][books], books] -= 1
    team.held[slot, books] += 1
    team.books["owner"][books] = slot


def list_books(team: Team, slots: Ints) -> None:
    """List for people whose customers changed the books in which they have customers or prospects, their own first."""
    team.handovers += 1
    for slot in sorted(set(slots[slots >= 0].tolist())):
        person = team.people[slot]
        books = np.flatnonzero(team.held[slot])
        person.carried = np.concatenate([[person.book], books[books != person.book]]).astype(np.int64)
