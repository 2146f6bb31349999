"""One page for an experiment (a comparison, a sweep): a sentence, charts and tables, in both languages, offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from territory.domain.comparison import PairedDifference
from territory.reports.html import page_templates, script_and_style


@dataclass(frozen=True)
class Block:
    """A part of the page: heading, chart, table and note, each of which may be missing.

    `rows` hold one cell a column; the first column is left-aligned, all others are figures.
    """

    heading: Markup
    chart: Markup | None = None
    columns: Sequence[Markup] = ()
    rows: Sequence[Sequence[Markup | str]] = ()
    note: Markup | None = None


def experiment_page(
    title: Markup, plain_title: str, lead: Markup, answer: Markup, blocks: Sequence[Block], lang: str
) -> str:
    """Return the page.

    Parameters
    ----------
    title, lead, answer : Markup
        In both languages; the answer stands out.
    plain_title : str
        For the window, in the language the page opens in.
    blocks : sequence of Block
    lang : str
        Language it opens in; a button switches.
    """
    rendered: str = (
        page_templates()
        .get_template("experiment.html.j2")
        .render(
            lang=lang,
            title=title,
            page_title=plain_title,
            lead=lead,
            answer=answer,
            blocks=blocks,
            **script_and_style("experiment.js"),
        )
    )
    return rendered


def yuan(cents: float) -> str:
    """Return an amount in whole yuan, as ``1,234``."""
    return f"{cents / 100:,.0f}"


def yuan_gain(gain: PairedDifference) -> str:
    """Return a difference in whole yuan with its interval, as ``+1,234 (-20 … +2,500)``."""
    return f"{gain.mean / 100:+,.0f} ({gain.low / 100:+,.0f} … {gain.high / 100:+,.0f})"


def points_gain(gain: PairedDifference) -> str:
    """Return a difference of shares in percentage points, with its interval."""
    return f"{100 * gain.mean:+.1f} ({100 * gain.low:+.1f} … {100 * gain.high:+.1f})"
