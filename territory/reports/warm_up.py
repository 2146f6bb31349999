"""What the writing of a first result prepares for itself, done ahead: an interrupt leaves little time to write."""

from __future__ import annotations

from functools import cache

from matplotlib.figure import Figure

from territory.reports.charts import Labels, draw
from territory.reports.html import PAGES, page_templates


@cache
def warm_up() -> None:
    """Compile the templates of the page and load the fonts of its charts."""
    for page in PAGES:
        page_templates().get_template(page)
    draw("warm_up", (1.0, 1.0), _a_title)


def _a_title(figure: Figure, labels: Labels) -> None:
    figure.add_subplot().set_title(labels.add("计划", "plan"))
