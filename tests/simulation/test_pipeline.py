from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from territory.domain.customers import Opportunities
from territory.domain.pipeline_rules import PRESETS, Channel, PipelineRules, Stage
from territory.simulation import pipeline
from territory.simulation.field import Duties, Ground, work_days
from territory.simulation.month_end import book_month
from territory.simulation.receivables import NEVER_PAID, open_receivables, payment_delays, sign, sign_won, terms_of
from territory.simulation.records import (
    BOOK,
    CUSTOMER,
    DEAL,
    LONG_AGO,
    LOST,
    OPEN,
    OWED,
    PRESENT,
    ROUTE,
    VISIT,
    WAITING,
    WON,
    WORK,
)
from territory.simulation.reorders import channel_orders, handover_dip, lose_customers, lost_share
from territory.simulation.streams import child_keys, entity_keys, open_streams
from territory.simulation.tables import make_stages, make_tables
from territory.simulation.world import COMPILED, open_world
from tests.factories import settings_with
from tests.simulation.plans import simple_plan

DEALS = 1_000_000


def one_rep(deals: np.ndarray, decisions: np.ndarray, stages: np.ndarray, productivity: float, days: int) -> Ground:
    """Return the ground of one rep with prospects alone, who can phone them all every day."""
    count = len(deals)
    books, routes = np.zeros(1, dtype=BOOK), np.zeros(days, dtype=ROUTE)
    books["count"], routes["minutes"] = count, 10 * count
    one = np.zeros(1, dtype=np.int64)
    return Ground(
        attendance=np.full((1, days), PRESENT, dtype=np.int8),
        productivity=np.full((1, days), productivity),
        carried=one,
        ends=one + 1,
        everything=one,
        work=np.zeros(2, dtype=WORK),
        routes=routes,
        visits=np.zeros(0, dtype=VISIT),
        customers=np.zeros(0, dtype=CUSTOMER),
        books=books,
        deals=deals,
        arrived=np.full(days + 1, count),
        listing=np.arange(count),
        decisions=decisions,
        stages=stages,
        owed_lists=np.zeros(4, dtype=OWED),
        owed=one[:0],
        pace=np.ones(days),
        met=np.zeros(days, dtype=np.int64),
        won=np.zeros(days, dtype=np.int64),
    )


@pytest.mark.parametrize(("productivity", "count"), [(1.0, DEALS), (0.3, DEALS // 5)])
def test_a_stage_label_is_the_true_chance_of_winning(productivity: float, count: int) -> None:
    """A million deals, the same number from every stage, through the kernel of the year (R-P1)."""
    stages = make_stages(settings_with())
    stages["dwell"] = 2
    first_stage = np.arange(count) % len(stages)
    deals = np.zeros(count, dtype=DEAL)
    deals["customer"], deals["state"], deals["stage"], deals["since"] = -1, OPEN, first_stage, LONG_AGO
    decisions = open_streams(1, 0).uniform(
        "decision", child_keys(entity_keys(["deal"]), np.arange(count))[:, None], np.arange(len(stages))
    )
    ground = one_rep(deals, decisions, stages, productivity, days=90)
    work_days(np.arange(90), Duties(4, count, 1, 0, 0.0, 1, 0), ground)
    assert not (deals["state"] == OPEN).any()
    work = ground.work
    assert work["won"][0] == (deals["state"] == WON).sum()
    assert work["lost"][0] == (deals["state"] == LOST).sum()
    for stage in range(len(stages)):
        here = first_stage == stage
        expected = stages["label"][stage] / 100 if stage else stages["advance"][0] * stages["label"][1] / 100
        share, trials = (deals["state"][here] == WON).mean(), here.sum()
        assert abs(share - expected) < 3 * np.sqrt(expected * (1 - expected) / trials)


@pytest.mark.parametrize(("productivity", "touches"), [(1.0, 1), (0.5, 2)])
def test_time_to_win_and_open_deals_are_those_of_the_absorbing_chain(productivity: float, touches: int) -> None:
    """Deals arrive as a Poisson stream: each stage takes its dwell time, and Little's law gives the open ones."""
    stages, rate, days = make_stages(settings_with()), 600, 260
    stays = stages["dwell"][1:] + touches - 1
    reached = np.concatenate([[1.0], np.cumprod(stages["advance"][1:-1])])
    mean_stay = float((stays * reached).sum())
    per_day = np.random.default_rng(4).poisson(rate, days)
    deals = np.zeros(per_day.sum(), dtype=DEAL)
    deals["customer"], deals["state"], deals["arrives"] = -1, WAITING, np.repeat(np.arange(days), per_day)
    keys = child_keys(entity_keys(["deal"]), np.arange(len(deals)))
    decisions = open_streams(2, 0).uniform("decision", keys[:, None], np.arange(len(stages)))
    ground = one_rep(deals, decisions, stages, productivity, days=days)
    ground.books["count"] = 0
    ground = ground._replace(arrived=np.append(0, np.cumsum(per_day)))
    still_open = []
    for day in range(days):
        work_days(np.array([day]), Duties(4, len(deals), 1, 0, 0.0, 1, 0), ground)
        still_open.append((deals["state"] == OPEN).sum())
    settled = int(stays.sum()) + 1
    early = deals["arrives"] < days - settled
    won = early & (deals["state"] == WON)
    assert (deals["closed"] - deals["arrives"])[won].mean() == stays.sum()
    assert won.sum() / early.sum() == pytest.approx(0.25, rel=0.01)
    assert (deals["closed"] - deals["arrives"])[early].mean() == pytest.approx(mean_stay, rel=0.01)
    assert np.mean(still_open[settled:]) == pytest.approx(rate * mean_stay, rel=0.01)


def test_every_preset_is_a_list_of_rising_stages_and_own_stages_win() -> None:
    for name, stages in PRESETS.items():
        assert PipelineRules(preset=name).stages == stages
        labels = [stage.probability for stage in stages]
        assert labels == sorted(set(labels))
    own = (Stage("only", 50),)
    assert PipelineRules(preset="coarse", stages=own).stages == own
    assert 180 <= sum(stage.dwell_days for stage in PRESETS["foreign_trade"]) <= 365, "R-P5: 6 to 12 months"


def test_customers_are_lost_at_the_annual_rate_and_sooner_unvisited() -> None:
    plan = simple_plan(900, 3, pipeline={"churn": 0.2, "churn_unserved": 0.0})
    tables = make_tables(plan)
    for effect, lost in ((0.0, 0.2), (3.0, 1 - 0.8**4)):
        rules = dataclasses.replace(tables.settings.pipeline, churn_unserved=effect)
        changed = dataclasses.replace(tables, settings=dataclasses.replace(tables.settings, pipeline=rules))
        customers = changed.customers.copy()
        customers["served"] = 0.0
        for month in range(12):
            lose_customers(changed, open_streams(1, 0), month, customers)
        share = customers["gone"].mean()
        assert abs(share - lost) < 3 * np.sqrt(lost * (1 - lost) / len(customers))


def test_a_channel_sells_from_its_month_on_around_its_mean() -> None:
    shop = Channel("shop", "shop", 5_000_000, first_month=2, sigma=0.3)
    tables = make_tables(simple_plan(4, 1, pipeline={"channels": (shop,)}))
    orders = [sum(channel_orders(tables, open_streams(1, r), m)) for r in range(100) for m in range(12)]
    by_month = np.array(orders).reshape(100, 12)
    assert (by_month[:, 0] == 0).all()
    assert by_month[:, 1:].mean() == pytest.approx(5_000_000, rel=0.03)


def test_small_customers_steered_to_a_dealer_order_without_visits_at_its_price() -> None:
    plan = simple_plan(20, 2, pipeline={"steered": True, "steered_discount": 0.2})
    tables = dataclasses.replace(make_tables(plan), steered=np.arange(20) < 10)
    world = open_world(tables, 1, 0, COMPILED)
    world.team.customers["served"] = 0.0
    world.team.customers["owner"] = np.arange(20) // 10
    full = np.rint(tables.run_rate[4]).reshape(2, 10).sum(axis=1)
    bookings, targets = book_month(world, 4, world.team.close_month())
    erosion = plan.scenario.settings.pipeline.missed_visit_erosion
    assert bookings == pytest.approx([full[0] * 0.8, full[1] * (1 - erosion)], abs=10)
    assert targets == tables.target[4].reshape(2, 10).sum(axis=1).tolist()


def test_a_year_after_a_handover_loses_the_given_share_of_sales() -> None:
    for loss, recovery in [(0.15, 180), (0.03, 30), (0.3, 300), (0.2, 500)]:
        dip = handover_dip(loss, recovery)
        assert lost_share(0, 365, 0, dip, recovery) == pytest.approx(loss)
        parts = [lost_share(first, 73, 0, dip, recovery) for first in range(0, 365, 73)]
        assert np.mean(parts) == pytest.approx(loss)
    assert [lost_share(0, 31, handed, 0.6, 180) for handed in (LONG_AGO, 31)] == [0.0, 0.0]


def test_orders_become_cash_in_two_parts() -> None:
    rules = PipelineRules(prepayment_share=0.3, acceptance_days=30, payment_days=40, bad_debt_share=0.1)
    terms, books = terms_of(rules), open_receivables(365, 2, ledger=True)
    on_time, late = payment_delays(np.exp([-1.0, -3.0]), rules).tolist()
    assert (on_time, late) == (40, 80)
    sign(10, 0, 1001, on_time, 0.0, terms, books)
    sign(10, -1, 1000, on_time, 0.1, terms, books)
    sign(300, 1, 1000, on_time, 0.0, terms, books)
    day, column = np.nonzero(books.receipts)
    assert day.tolist() == [10, 10, 80, 80, 300]
    assert (column - 1).tolist() == [-1, 0, -1, 0, 1]
    assert books.receipts[day, column].tolist() == [300, 300, 630, 701, 300]
    assert books.ordered[[10, 300]].tolist() == [2001, 1000]
    assert not books.late.any()


def test_what_is_paid_late_or_never_is_overdue_until_then() -> None:
    rules = PipelineRules(prepayment_share=0.3, acceptance_days=30, payment_days=40)
    deals = np.zeros(3, dtype=DEAL)
    deals["closed"], deals["value"], deals["state"] = 10, 1000, [WON, LOST, WON]
    delays = np.array([80, 80, NEVER_PAID], dtype=np.int32)
    books = open_receivables(365, 1, ledger=False)
    sign_won(deals, delays, terms_of(rules), books)
    overdue = np.cumsum(books.late)
    assert [overdue[79], overdue[80], overdue[119], overdue[120]] == [0, 1400, 1400, 700]
    assert books.receipts.sum() == 300 + 300 + 700


def test_deals_arise_at_the_rate_of_the_tier_with_the_mean_value() -> None:
    plan = simple_plan(400, 4, pipeline={"visit_response": 0.0})
    tables = make_tables(plan)
    rows = np.concatenate([open_world(tables, 1, r, COMPILED).deals.rows for r in range(20)])
    tier = tables.customers["tier"][rows["customer"]]
    rates = np.bincount(tier, minlength=4) / 20 / np.bincount(tables.customers["tier"], minlength=4)
    expected = np.array(plan.scenario.settings.pipeline.leads_per_year)
    assert (np.abs(rates - expected) < 4 * np.sqrt(expected / 20 / 100)).all()
    relative = rows["value"] / tables.deal_value[rows["customer"]]
    assert relative.mean() == pytest.approx(1.0, abs=4 * relative.std() / np.sqrt(len(rows)))
    assert (
        tables.working_days[np.searchsorted(tables.working_days, rows["arrives"])].tolist() == rows["arrives"].tolist()
    )


def test_thirty_of_two_hundred_prospects_meet_in_the_first_weeks() -> None:
    plan = simple_plan(
        10, 3, manager=True, pipeline={"prospects": 200, "prospect_meetings": 0.15, "prospect_value": 10_000_000}
    )
    tables = make_tables(plan)
    met = []
    for replication in range(30):
        rows = open_world(tables, 1, replication, COMPILED).deals.rows
        found = rows[rows["customer"] == -1]
        met.append(len(found))
        assert set(found["book"].tolist()) <= {1, 2}, "the manager does not prospect"
        assert found["arrives"].max() <= tables.working_days[pipeline.MEETINGS_UNTIL_DAY]
    assert abs(np.mean(met) - 30) < 4 * np.sqrt(200 * 0.15 * 0.85 / 30)


def test_open_deals_are_listed_in_their_book() -> None:
    plan = simple_plan(6, 2)
    ids = np.array([f"O{n}" for n in range(5)], dtype=object)
    deals = Opportunities(
        ids, np.array([5, 0, 1, 2, 4]), np.array([90, 25, 0, 60, 50]), np.full(5, 100), np.full(5, -3)
    )

    tables = make_tables(dataclasses.replace(plan, scenario=plan.scenario.replace(opportunities=deals)))
    world = open_world(tables, 1, 0, COMPILED)
    books, rows = world.team.books, world.deals.rows
    assert rows["stage"][:5].tolist() == [6, 1, 0, 3, 2]
    for b, book in enumerate(books):
        listed = world.deals.listing[book["start"] : book["start"] + book["count"]]
        assert (rows["book"][listed] == b).all()
        assert (rows["state"][listed] == OPEN).all()
    assert books["count"].sum() == 5
