"""One simulated year: SimPy keeps the calendar, kernels do the days (MODEL sections 5-8).

Within a day: people come in the morning, deals arise and reps work, weeks close, months close.
"""

from __future__ import annotations

from bisect import bisect_left

from territory.domain.outcome import Year
from territory.domain.plan import Plan
from territory.simulation import approvals, budget, pipeline, policies, reviews, staffing
from territory.simulation.closing import close_books
from territory.simulation.month_end import (
    book_month,
    cut_team,
    note_month,
    review_outlook,
    review_probation,
    settle_people,
)
from territory.simulation.tables import YearTables, make_tables
from territory.simulation.world import (
    COMPILED,
    FIELD,
    LEAVING,
    MONTH_CLOSE,
    WEEK_CLOSE,
    Kernels,
    Process,
    World,
    open_world,
    part,
)


def simulate_year(
    plan: Plan,
    replication: int = 0,
    *,
    seed: int | None = None,
    tables: YearTables | None = None,
    ledger: bool = False,
) -> Year:
    """Live one year of a plan.

    Parameters
    ----------
    plan : Plan
    replication : int
        Which of the years; the same number meets the same customers, deals and people under every plan.
    seed : int, optional
        The plan's seed by default.
    tables : YearTables, optional
        From `make_tables`, to save making them again.
    ledger : bool
        Keep the ledger; everything else is the same with and without.

    Returns
    -------
    Year
    """
    return run_year(tables or make_tables(plan), plan.seed if seed is None else seed, replication, ledger=ledger)


def run_year(
    tables: YearTables, seed: int, replication: int, *, ledger: bool = False, kernels: Kernels = COMPILED
) -> Year:
    """Live one year from prepared tables; see `simulate_year`."""
    world = open_world(tables, seed, replication, kernels, ledger=ledger)
    run_world(world)
    return close_books(world, replication)


def run_world(world: World) -> None:
    """Let the year go by."""
    tables, env = world.tables, world.env
    env.process(working_days(world))
    env.process(weeks(world))
    env.process(months(world))
    for person in list(world.team.people):
        if tables.reps.new_hire[person.slot] and 0 <= person.first_day < tables.days:
            budget.pay_hire(world.journal, tables.settings.budget, person, person.first_day)
        if tables.reps.left_day[person.slot] < tables.days - 1:
            env.process(leaving(world, person, max(int(tables.reps.left_day[person.slot]), 0)))
    env.run(until=tables.days)
    for hiring in world.hiring:  # those who would start after the year hold on to the whole world
        hiring.close()


def leaving(world: World, person: staffing.Person, day: int) -> Process:
    """Let a person go on the evening of its stated last day, if it is still there by then."""
    yield world.env.timeout(day + LEAVING - world.env.now)
    if person.here(day):
        part(world, person, day, "left")


def working_days(world: World) -> Process:
    """On working days new deals arise and everybody who is there works, in the order of the slots.

    SimPy knows when the team or its orders can change next; all days until then are worked in one go.
    """
    days, env = world.tables.working_days, world.env
    trips = first_trips(world)
    begins = (days + FIELD).tolist()
    done = 0
    while done < len(days):
        yield env.timeout(begins[done] - env.now)
        until = max(bisect_left(begins, env.peek()), done + 1)
        for day in days[done:until].tolist() if trips else ():
            pay_advances(world, day, trips.get(day, []))
        world.work(days[done:until])
        done = until


def first_trips(world: World) -> dict[int, list[int]]:
    """Return the books whose first trip starts on a day, where advances are paid (R-B3)."""
    trips: dict[int, list[int]] = {}
    if world.tables.settings.budget.travel_advance:
        for book, day in enumerate(world.tables.first_trip.tolist()):
            trips.setdefault(day, []).append(book)
    return trips


def pay_advances(world: World, day: int, books: list[int]) -> None:
    """Pay the advance to everybody whose first trip starts today (R-B3)."""
    amount = world.tables.settings.budget.travel_advance
    for person in world.team.people if books else ():
        if person.book in books and person.here(day):
            person.advance = amount
            world.journal.pay(day, "advance", amount, rep=person.slot, approved_by=world.journal.approver)


def weeks(world: World) -> Process:
    """Each Sunday: stale deals, last week's commit against what came, next week's commit, resignations (R-E4, R-N4)."""
    tables, env, team = world.tables, world.env, world.team
    rules = tables.settings
    targets, chance = tables.week_target.tolist(), staffing.greatest_chance(rules.staffing)
    for week, day in enumerate(tables.week_last.tolist()):
        yield env.timeout(day + WEEK_CLOSE - env.now)
        figures = world.scan(day, 7, rules.pipeline.stale_days)
        won = int(world.won[max(day - 6, 0) : day + 1].sum())
        if reviews.commit_missed(rules.reviews, world.commit, won):
            world.breaches.commit_accuracy += 1
        world.week_rows.append((world.commit, world.upside, won, targets[week]))
        world.commit, world.upside = figures[pipeline.COMMIT], figures[pipeline.UPSIDE]
        hand_in_commit(world, week + 1)
        approvals.apply_for_projects(
            world.office, world.journal, tables, world.deals, world.applied, world.streams, day
        )
        if team.least_luck[week] < chance:
            for person in staffing.choose_leavers(team, day, week, rules.staffing):
                part(world, person, day, "resigned")


def hand_in_commit(world: World, week: int) -> None:
    """Count a week whose commit and upside, with the re-orders of the season, do not reach its target (R-E4)."""
    if week < len(world.week_needs):
        world.breaches.week_outlook += world.commit + world.upside < world.week_needs[week]


def months(world: World) -> Process:
    """Each month's last evening: run-rate orders, pay and claims, reviews, probation and the cut."""
    tables, env = world.tables, world.env
    rules = tables.settings
    for month in range(12):
        day = int(tables.month_last[month])
        yield env.timeout(day + MONTH_CLOSE - env.now)
        world.office.work_until(day + approvals.NIGHT)
        world.entertaining.close_month(month)
        rows = world.team.close_month()
        bookings, targets = book_month(world, month, rows)
        settle_people(world, month, rows, bookings, targets)
        figures = world.scan(day, 0, -1, tables.ends_ahead[month])
        note_month(world, month, figures, rows)
        covered = review_outlook(world, month, figures)
        world.skip_tier = policies.drop_d_visits(rules, covered)
        world.prospecting = policies.prospecting_minutes(rules, covered)
        if month + 1 == rules.staffing.review_month:
            cut_team(world, day)
        review_probation(world, day)
