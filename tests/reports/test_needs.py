"""What a task would need, in words."""

import io

from rich.console import Console

from territory.domain.needs import Need, Needs
from territory.reports.needs import needs_facts, print_needs

NEEDS = Needs(
    task_cents=8_000_000_000,
    years=32,
    seed=1,
    rep_years=5.0,
    cents_per_rep_year=1_000_000_000,
    items=(
        Need("as_is", 1.0, 5_000_000_000, reached=False),
        Need("leads", 1.85, 8_010_000_000, reached=True),
        Need("order_size", 8.0, 7_000_000_000, reached=False),
    ),
)


def printed(lang):
    console = Console(file=io.StringIO(), width=200)
    print_needs(NEEDS, lang, console)
    return console.file.getvalue()


def test_a_factor_that_is_enough_and_one_that_is_not_are_told_apart():
    shown = printed("en")
    assert "1.85 times the leads " in shown
    assert "deals 8 times as large, and still not enough" in shown
    assert "62.5 %" in shown
    assert "would take 8.0" in shown


def test_chinese_says_the_same():
    shown = printed("zh")
    assert "线索为 1.85 倍" in shown
    assert "单笔金额为 8 倍，仍然不够" in shown


def test_facts_hold_every_relief():
    facts = needs_facts(NEEDS)
    assert [row["need"] for row in facts["needs"]] == ["as_is", "leads", "order_size"]
    assert facts["cents_per_rep_year"] == 1_000_000_000
