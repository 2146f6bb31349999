"""Texts in both languages at once, for pages that switch between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from territory.reports.messages import money, text


def pair(zh: object, en: object) -> Markup:
    """Return both texts, escaped, of which the page shows one; equal texts stand once."""
    if zh == en:
        return escape(zh)
    return Markup('<span class="zh" lang="zh">{}</span><span class="en" lang="en">{}</span>').format(zh, en)


def both(code: str, **values: Any) -> Markup:
    """Return a message in both languages."""
    return pair(text(code, "zh", **values), text(code, "en", **values))


def both_of(function: Callable[..., str], *arguments: Any) -> Markup:
    """Return what a wording function, called with the language last, says in both languages."""
    return pair(function(*arguments, "zh"), function(*arguments, "en"))


def both_money(cents: int) -> Markup:
    """Return an amount in both styles."""
    return both_of(money, int(cents))
