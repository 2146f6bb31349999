"""The team of a year: who is there, how productive, who goes and who takes over (R-N1..N4, MODEL section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import expm1, log1p
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.domain.outcome import StaffEvent
from territory.domain.settings import StaffingRules
from territory.simulation.field import divide_customers
from territory.simulation.records import ABSENT, BOOK, PRESENT, TRAINING, WORK, Records
from territory.simulation.streams import Streams, child_keys
from territory.simulation.tables import YearTables

QUARTER_DAYS = 91
MONTH_DAYS = 30
DISMISSAL_MONTHS = 3
"""Months whose cumulative attainment decides on dismissal (R-N2)."""
WEEKS = 53
EXITS = ("resigned", "dismissed", "cut")
WHOLE_MONTH_DAYS = 15
"""A month in which a new rep was there for fewer days is not one of its probation."""


@dataclass
class Person:
    """One rep slot: who fills it, since when, with what record.

    `first_day` is the first day of work, `field_day` the first day with customers (after training), `left_day` the day
    of leaving or -1. Records are by closed month; sums are cents.
    """

    slot: int
    book: int
    first_day: int
    field_day: int
    new_hire: bool
    manager: bool
    salary: int
    key: np.uint64
    absent: NDArray[np.bool_]
    resignation: list[float]
    left_day: int = -1
    carried: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    promised: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    bookings: int = 0
    target: int = 0
    above_plan: int = 0
    appraisals: list[float] = field(default_factory=list)
    advance: int = 0
    probation_closes: int = 0
    on_probation: bool = False
    extended: bool = False

    def here(self, day: int) -> bool:
        """Whether the person is on the team on a day."""
        return self.first_day <= day and (self.left_day < 0 or self.left_day > day)

    def days_employed(self, first: int, last: int) -> int:
        """Days of employment in first..last; the day of leaving is the first one without."""
        end = last + 1 if self.left_day < 0 else min(self.left_day, last + 1)
        return max(end - max(self.first_day, first), 0)

    @property
    def attainment(self) -> float:
        """Bookings over target of the closed months; 1 before there is a target."""
        return self.bookings / self.target if self.target > 0 else 1.0

    @property
    def appraisal(self) -> float:
        """Mean monthly appraisal, in whole points as it is handed in (R-E1)."""
        return round(sum(self.appraisals) / len(self.appraisals)) if self.appraisals else 0.0


@dataclass
class Vacancy:
    """A position to fill, with the customers that wait for the successor."""

    person: Person
    customers: Ints
    cancelled: bool = False


@dataclass
class Team:
    """Everybody who is or was on the team, in slot order, and what changed hands."""

    people: list[Person]
    books: Records
    customers: Records
    work: Records
    events: list[StaffEvent] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    orphans: bool = False
    handovers: int = 0

    def present(self, day: int) -> list[Person]:
        """Return who is on the team on a day."""
        return [person for person in self.people if person.here(day)]

    def note(self, day: int, person: Person, kind: str) -> None:
        """Write down a change of the team."""
        self.events.append(StaffEvent(day, person.slot, kind))


def make_team(tables: YearTables, streams: Streams, customers: Records, starts: Ints, counts: Ints) -> Team:
    """Return the team of the first morning; reps hired later are in it with their first day."""
    books = np.zeros(tables.books, dtype=BOOK)
    books["owner"] = np.arange(tables.books)
    books["start"], books["count"] = starts, counts
    books["leg_minutes"], books["leg_km"] = tables.leg_minutes, tables.leg_km
    team = Team([], books, customers, np.zeros(2 * tables.books + 8, dtype=WORK))
    reps = tables.reps
    for r in range(len(reps)):
        first = max(int(reps.hired_day[r]), 0)
        new = bool(reps.new_hire[r])
        person = _person(tables, streams, team, r, tables.rep_keys[r], first, new and reps.hired_day[r] >= 0)
        person.new_hire = new
        person.first_day = int(reps.hired_day[r]) if new else first
        person.manager = bool(reps.is_manager[r])
        person.probation_closes = max(-person.first_day // MONTH_DAYS, 0)
        person.on_probation = new and person.probation_closes < tables.settings.staffing.probation_months
        if first < tables.days:
            team.events.append(StaffEvent(first, r, "start" if first == 0 else "hired"))
    return team


def hire(tables: YearTables, streams: Streams, team: Team, book: int, day: int, predecessor: Person) -> Person:
    """Add a successor on `day` (R-N4); its luck hangs on its predecessor's key, not on how many were hired before."""
    key = child_keys(np.array([predecessor.key]), 1)[0]
    person = _person(tables, streams, team, book, key, day, training=True)
    person.new_hire = person.on_probation = True
    person.salary = predecessor.salary
    team.events.append(StaffEvent(day, person.slot, "hired"))
    return person


def _person(
    tables: YearTables, streams: Streams, team: Team, book: int, key: np.uint64, first: int, training: bool
) -> Person:
    slot = len(team.people)
    if slot + 1 >= len(team.work):
        longer = np.zeros(2 * len(team.work), dtype=WORK)
        longer[: len(team.work) - 1] = team.work[:-1]
        longer[-1] = team.work[-1]
        team.work = longer
    entity = np.array([key])
    absence = streams.uniform("absence", entity, np.arange(tables.days))
    workdays = tables.working_days[np.searchsorted(tables.working_days, first) :]
    taught = tables.settings.staffing.training_days if training else 0
    person = Person(
        slot=slot,
        book=book,
        first_day=first,
        field_day=int(workdays[taught]) if taught < len(workdays) else tables.days,
        new_hire=False,
        manager=False,
        salary=_salary(tables, book),
        key=key,
        absent=absence < tables.settings.workday.absence_share,
        resignation=streams.uniform("resignation", entity, np.arange(WEEKS + 1)).tolist(),
        carried=np.array([book], dtype=np.int64),
    )
    team.people.append(person)
    return person


def _salary(tables: YearTables, rep: int) -> int:
    own = int(tables.reps.monthly_salary_cents[rep])
    return own if own >= 0 else tables.settings.budget.pay_month


def productivity(person: Person, days: Ints, rules: StaffingRules) -> Floats:
    """Return the ramp on each day, by quarters since hiring; 1 after the last and for experienced reps (R-N4)."""
    if not person.new_hire:
        return np.ones(len(days))
    ramp = np.array([*rules.ramp, 1.0])
    quarter = np.clip((days - person.first_day) // QUARTER_DAYS, 0, len(rules.ramp))
    return np.asarray(ramp[quarter], dtype=np.float64)


class Roster(NamedTuple):
    """Who is there, until somebody comes, goes or hands over: arrays as `work_team` takes them, some by day."""

    slots: Ints
    attendance: Ints
    productivity: Floats
    carried: Ints
    ends: Ints


def make_roster(tables: YearTables, there: list[Person]) -> Roster:
    """Return the roster of the people who are there."""
    days = np.arange(tables.days)
    rules = tables.settings.staffing
    absent = np.stack([person.absent for person in there], axis=1)
    learning = days[:, None] < np.array([person.field_day for person in there])
    return Roster(
        slots=np.array([person.slot for person in there]),
        attendance=np.where(learning, TRAINING, np.where(absent, ABSENT, PRESENT)),
        productivity=np.stack([productivity(person, days, rules) for person in there], axis=1),
        carried=np.concatenate([person.carried for person in there]),
        ends=np.cumsum([len(person.carried) for person in there]),
    )


def choose_leavers(team: Team, day: int, week: int, rules: StaffingRules) -> list[Person]:
    """Return who resigns at the end of a week (R-N4).

    The hazard rises with missing attainment and with the share of peers gone in the last quarter. The manager stays:
    somebody has to carry the leavers' customers.
    """
    if rules.annual_attrition <= 0:
        return []
    staff = [p for p in team.present(day) if not p.manager]
    if rules.annual_attrition >= 1:
        return staff
    lately = sum(1 for event in team.events if event.kind in EXITS and day - QUARTER_DAYS < event.day)
    gone = lately / (lately + len(staff) - 1) if lately and staff else 0.0
    base = -log1p(-rules.annual_attrition) / 52 * (1 + rules.peer_contagion * gone)
    leavers = []
    for person in staff:
        hazard = base * (1 + rules.attainment_effect * max(0.0, 1 - person.attainment))
        if person.resignation[week] < -expm1(-hazard):
            leavers.append(person)
    return leavers


def leave(team: Team, tables: YearTables, person: Person, day: int, kind: str) -> Ints:
    """Take a person off the team from the next day on and return the customers it leaves behind (R-N4).

    They go to the manager at once, or to the nearest remaining reps where there is no manager.
    """
    owned, behind = depart(team, person, day, kind)
    manager = next((p for p in team.people if p.manager and p.here(day + 1)), None)
    if manager is None:
        divide(team, tables, owned, day + 1)
    else:
        team.customers["owner"][owned] = manager.slot
        team.books["owner"][team.books["owner"] == person.slot] = manager.slot
        update_books(team, np.array([manager.slot]))
    return behind


def depart(team: Team, person: Person, day: int, kind: str) -> tuple[Ints, Ints]:
    """Note that a person goes; return the customers it owns, and those that wait for nobody else's successor."""
    person.left_day = day + 1
    team.note(day, person, kind)
    owned = np.flatnonzero(team.customers["owner"] == person.slot)
    team.customers["handed"][owned] = day + 1
    waiting = [v.customers for v in team.vacancies if not v.cancelled]
    waiting += [other.promised for other in team.present(day + 1) if len(other.promised)]
    behind = np.union1d(owned, person.promised)
    person.promised = behind[:0]
    return owned, np.setdiff1d(behind, np.concatenate(waiting)) if waiting else behind


def take_over(team: Team, person: Person, customers: Ints) -> None:
    """Give a trained successor the customers that wait."""
    holders = np.append(team.customers["owner"][customers], team.books["owner"][person.book])
    team.customers["owner"][customers] = person.slot
    team.books["owner"][person.book] = person.slot
    person.promised = person.promised[:0]
    update_books(team, np.append(holders, person.slot))


def divide(team: Team, tables: YearTables, customers: Ints, day: int) -> None:
    """Divide customers among the reps who are there: the near ones with little to do (R-A2, R-A5)."""
    takers = [p for p in team.present(day) if not p.manager] or team.present(day)
    if not takers:
        team.customers["owner"][customers] = -1
        team.orphans = True
        return
    slots = np.array([p.slot for p in takers], dtype=np.int64)
    before = team.customers["owner"][customers]
    team.customers["owner"][customers] = -1
    minutes = np.bincount(team.customers["owner"] + 1, tables.minutes, len(team.people) + 1)
    load = minutes[slots + 1].astype(np.float64)
    books = np.array([p.book for p in takers], dtype=np.int64)
    members = np.maximum(np.bincount(team.customers["book"], minlength=tables.books), 1)
    centre_x = (np.bincount(team.customers["book"], tables.x_km, tables.books) / members)[books]
    centre_y = (np.bincount(team.customers["book"], tables.y_km, tables.books) / members)[books]
    by_size = customers[np.argsort(-tables.minutes[customers], kind="stable")]
    chosen = divide_customers(by_size, tables.x_km, tables.y_km, tables.minutes, centre_x, centre_y, load)
    team.customers["owner"][by_size] = slots[chosen]
    gone = [p.slot for p in team.people if p.left_day >= 0]
    divided = np.isin(np.arange(tables.books), team.customers["book"][customers])
    orphaned = np.isin(team.books["owner"], gone) | (divided & ~np.isin(team.books["owner"], slots))
    for book in np.flatnonzero(orphaned).tolist():
        mine = team.customers["owner"][team.customers["book"] == book]
        team.books["owner"][book] = np.bincount(mine[mine >= 0]).argmax() if (mine >= 0).any() else slots[0]
    update_books(team, np.concatenate([before, slots[chosen], team.books["owner"][orphaned]]))


def update_books(team: Team, slots: Ints) -> None:
    """List for people whose customers changed the books in which they have customers or prospects, their own first."""
    team.handovers += 1
    changed = np.zeros(len(team.people) + 1, dtype=bool)
    changed[slots[slots >= 0]] = True
    mine = np.flatnonzero(changed[team.customers["owner"]])  # the last flag stays False: it is nobody's
    also = np.flatnonzero(changed[team.books["owner"]])
    width = len(team.books)
    customers_of = team.customers["owner"][mine] * width + team.customers["book"][mine]
    held = np.unique(np.concatenate([customers_of, team.books["owner"][also] * width + also]))
    for slot in np.flatnonzero(changed).tolist():
        person = team.people[slot]
        books = held[np.searchsorted(held, slot * width) : np.searchsorted(held, (slot + 1) * width)] - slot * width
        person.carried = np.concatenate([[person.book], books[books != person.book]]).astype(np.int64)


def choose_cut(team: Team, day: int, rules: StaffingRules, streams: Streams, cohort: int) -> list[Person]:
    """Return who is cut at the review (R-N1): the cohort of new hires, or everybody but the manager if none is new.

    Ranked by appraisal, ties by attainment, then by slot; or each stays with chance keep / hired.
    """
    staff = [p for p in team.present(day) if not p.manager]
    in_question = [p for p in staff if p.new_hire] or staff
    if rules.cut_mode == "none" or not in_question:
        return []
    if rules.cut_mode == "drawn":
        luck = streams.uniform("cut", np.array([p.key for p in in_question]))
        return [p for p, u in zip(in_question, luck, strict=True) if u >= rules.keep / max(cohort, 1)]
    ranked = sorted(in_question, key=lambda p: (-p.appraisal, -p.attainment, p.slot))
    return ranked[rules.keep :]


def cohort_size(tables: YearTables) -> int:
    """Return how many people stand for the cut: those hired, or all but the manager if nobody is new (R-H4)."""
    reps = tables.reps
    new = int((reps.new_hire & ~reps.is_manager).sum())
    return new or int((~reps.is_manager).sum())
