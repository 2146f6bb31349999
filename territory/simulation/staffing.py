"""The team of a year: who is there, how productive, who goes and who takes over (R-N1..N4, MODEL section 6)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import expm1, inf, log1p

import numpy as np
from numpy.typing import NDArray

from territory.domain.customers import Floats, Ints
from territory.domain.outcome import StaffEvent
from territory.domain.staffing_rules import StaffingRules
from territory.simulation.records import ABSENT, AWAY, BOOK, OWED, PRESENT, TRAINING, WORK, Records, Worked
from territory.simulation.streams import Keys, Streams, child_keys
from territory.simulation.tables import YearTables

QUARTER_DAYS = 91
MONTH_DAYS = 30
DISMISSAL_MONTHS = 3
"""Months whose cumulative attainment decides on dismissal (R-N2)."""
WEEKS = 53
EXITS = ("resigned", "dismissed", "cut", "left")
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

    def close_month(self, sold: int, target: int, appraisal: float, *, whole: bool) -> None:
        """Add a month to the record; only whole ones count for the probation."""
        self.bookings += sold
        self.target += target
        self.probation_closes += whole
        self.appraisals.append(appraisal)

    def days_employed(self, first: int, last: int) -> int:
        """Days of employment in first..last; the day of leaving is the first one without."""
        if self.left_day < 0 and self.first_day <= first:
            return last + 1 - first
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
    """Everybody who is or was on the team, in slot order, and what changed hands.

    Arrays by slot have room for successors: `attendance` and `productivity` with a row a slot and a column a day (one
    more than the year has), `resignation` with the draws of the weeks, `held` with the customers and prospects by book,
    `load` with weekly minutes, `work` with one more row for work nobody owns.
    """

    people: list[Person]
    books: Records
    customers: Records
    work: Records
    attendance: NDArray[np.int8]
    productivity: Floats
    resignation: Floats
    held: NDArray[np.int32]
    load: Floats
    owed_lists: Records
    owed: Ints
    events: list[StaffEvent] = field(default_factory=list)
    vacancies: list[Vacancy] = field(default_factory=list)
    orphans: bool = False
    handovers: int = 0
    least_luck: list[float] = field(default_factory=lambda: [1.0] * (WEEKS + 1))

    def carried(self) -> tuple[Ints, Ints]:
        """Return the books of all slots, one slot after the other, and where those of each slot end."""
        books = np.concatenate([person.carried for person in self.people])
        return books, np.cumsum([len(person.carried) for person in self.people])

    def close_month(self) -> list[Worked]:
        """Return what each slot did in the month, then what nobody's customers saw; a new month begins."""
        rows = [*self.work[: len(self.people)].tolist(), self.work[-1].tolist()]
        self.work.fill(0)
        return [Worked._make(row) for row in rows]

    def present(self, day: int) -> list[Person]:
        """Return who is on the team on a day."""
        here = np.flatnonzero(self.attendance[: len(self.people), day] != AWAY)
        return [self.people[slot] for slot in here.tolist()]

    def note(self, day: int, person: Person, kind: str) -> None:
        """Write down a change of the team."""
        self.events.append(StaffEvent(day, person.slot, kind))


def make_team(tables: YearTables, streams: Streams, customers: Records, starts: Ints, counts: Ints) -> Team:
    """Return the team of the first morning; reps hired later are in it with their first day."""
    books = np.zeros(tables.books, dtype=BOOK)
    books["owner"] = np.arange(tables.books)
    books["start"], books["count"] = starts, counts
    books["leg_minutes"], books["leg_km"] = tables.leg_minutes, tables.leg_km
    room = 2 * tables.books + 8
    owed_lists = np.zeros(len(tables.owed_start), dtype=OWED)
    owed_lists["start"] = tables.owed_start
    team = Team(
        people=[],
        books=books,
        customers=customers,
        work=np.zeros(room, dtype=WORK),
        attendance=np.full((room, tables.days + 1), AWAY, dtype=np.int8),
        productivity=np.ones((room, tables.days + 1)),
        resignation=np.ones((room, WEEKS + 1)),
        held=np.zeros((room, tables.books), dtype=np.int32),
        load=np.bincount(customers["owner"], tables.minutes, room).astype(np.float64),
        owed_lists=owed_lists,
        owed=np.zeros(len(customers), dtype=np.int64),
    )
    own = np.arange(tables.books)
    team.held[own, own] = np.bincount(customers["book"], minlength=tables.books) + 1
    reps = tables.reps
    luck = _draw_luck(tables, streams, tables.rep_keys)
    for r in range(len(reps)):
        first = max(int(reps.hired_day[r]), 0)
        new = bool(reps.new_hire[r])
        person = _person(tables, team, r, tables.rep_keys[r], luck[0][r], first, new and reps.hired_day[r] >= 0)
        team.resignation[r] = luck[1][r]
        person.new_hire = new
        person.first_day = int(reps.hired_day[r]) if new else first
        person.manager = bool(reps.is_manager[r])
        team.productivity[r] = productivity(person, np.arange(tables.days + 1), tables.settings.staffing)
        person.probation_closes = max(-person.first_day // MONTH_DAYS, 0)
        person.on_probation = new and person.probation_closes < tables.settings.staffing.probation_months
        if first < tables.days:
            team.events.append(StaffEvent(first, r, "start" if first == 0 else "hired"))
    team.least_luck = luck[1].min(axis=0, initial=1.0).tolist()
    return team


def hire(tables: YearTables, streams: Streams, team: Team, book: int, day: int, predecessor: Person) -> Person:
    """Add a successor on `day` (R-N4); its luck hangs on its predecessor's key, not on how many were hired before."""
    key = child_keys(np.array([predecessor.key]), 1)
    luck = _draw_luck(tables, streams, key)
    person = _person(tables, team, book, key[0], luck[0][0], day, training=True)
    team.resignation[person.slot] = luck[1][0]
    team.least_luck = np.minimum(team.least_luck, luck[1][0]).tolist()
    person.new_hire = person.on_probation = True
    person.salary = predecessor.salary
    team.productivity[person.slot] = productivity(person, np.arange(tables.days + 1), tables.settings.staffing)
    team.events.append(StaffEvent(day, person.slot, "hired"))
    return person


def _draw_luck(tables: YearTables, streams: Streams, keys: Keys) -> tuple[NDArray[np.bool_], Floats]:
    """Draw for people the days they are absent and how near each week brings them to resigning."""
    absent = streams.uniform("absence", keys[:, None], np.arange(tables.days)) < tables.settings.workday.absence_share
    return absent, streams.uniform("resignation", keys[:, None], np.arange(WEEKS + 1))


def _person(
    tables: YearTables, team: Team, book: int, key: np.uint64, absent: NDArray[np.bool_], first: int, training: bool
) -> Person:
    slot = len(team.people)
    if slot + 1 >= len(team.work):
        _make_room(team)
    workdays = tables.working_days[np.searchsorted(tables.working_days, first) :]
    taught = tables.settings.staffing.training_days if training else 0
    field_day = int(workdays[taught]) if taught < len(workdays) else tables.days
    team.attendance[slot, :-1] = np.where(absent, ABSENT, np.where(tables.courses, TRAINING, PRESENT))
    team.attendance[slot, first:field_day] = TRAINING
    team.attendance[slot, field_day:][-1:] = PRESENT
    team.attendance[slot, :first] = AWAY
    person = Person(
        slot=slot,
        book=book,
        first_day=first,
        field_day=field_day,
        new_hire=False,
        manager=False,
        salary=_salary(tables, book),
        key=key,
        carried=np.array([book], dtype=np.int64),
    )
    team.people.append(person)
    team.handovers += 1
    return person


def _make_room(team: Team) -> None:
    """Double the arrays by slot; the last row of the work stays the last."""
    more = len(team.work)
    team.work = np.concatenate([team.work[:-1], np.zeros(more, dtype=WORK), team.work[-1:]])
    team.attendance = np.concatenate([team.attendance, np.full_like(team.attendance, AWAY)])
    team.productivity = np.concatenate([team.productivity, np.ones_like(team.productivity)])
    team.resignation = np.concatenate([team.resignation, np.ones_like(team.resignation)])
    team.held = np.concatenate([team.held, np.zeros_like(team.held)])
    team.load = np.concatenate([team.load, np.zeros_like(team.load)])


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


def calm_hazard(rules: StaffingRules) -> float:
    """Return the weekly hazard of resigning of a rep on target whose peers stay."""
    return -log1p(-rules.annual_attrition) / 52 if rules.annual_attrition < 1 else inf


def greatest_chance(rules: StaffingRules) -> float:
    """Return the chance to resign in a week at worst; weeks without a draw below it need no closer look."""
    return -expm1(-calm_hazard(rules) * (1 + rules.peer_contagion) * (1 + rules.attainment_effect))


def choose_leavers(team: Team, day: int, week: int, rules: StaffingRules) -> list[Person]:
    """Return who resigns at the end of a week (R-N4).

    The hazard rises with missing attainment and with the share of peers gone in the last quarter. The manager stays:
    somebody has to carry the leavers' customers.
    """
    if rules.annual_attrition <= 0:
        return []
    here = team.attendance[: len(team.people), day] != AWAY
    if rules.annual_attrition >= 1:
        return [p for p in team.present(day) if not p.manager]
    staff = np.count_nonzero(here) - sum(1 for p in team.people if p.manager and here[p.slot])
    lately = sum(1 for event in team.events if event.kind in EXITS and day - QUARTER_DAYS < event.day)
    gone = lately / (lately + staff - 1) if lately and staff else 0.0
    base = calm_hazard(rules) * (1 + rules.peer_contagion * gone)
    luck = team.resignation[: len(here), week]
    near = np.flatnonzero(here & (luck < -expm1(-base * (1 + rules.attainment_effect))))
    leavers = []
    for person in [team.people[slot] for slot in near.tolist()]:
        hazard = base * (1 + rules.attainment_effect * max(0.0, 1 - person.attainment))
        if luck[person.slot] < -expm1(-hazard) and not person.manager:
            leavers.append(person)
    return leavers


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
