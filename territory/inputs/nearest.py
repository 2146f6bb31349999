"""The known word that a misspelt one probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

SEARCHED_WORDS = 5_000
"""Comparing with every known word is quick up to this many; longer lists are only tried one slip away."""


def nearest(word: str, known: Collection[str]) -> str:
    """Return the known word closest to `word`, or empty text if none is near.

    Parameters
    ----------
    word : str
    known : collection of str
        A set or dict when it is long.
    """
    slips = sorted(slip for slip in _one_slip_away(word, _alphabet(word)) if slip in known)
    if slips:
        return slips[0]
    if len(known) > SEARCHED_WORDS:
        return ""
    folded = {name.casefold(): name for name in sorted(known, reverse=True)}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def _alphabet(word: str) -> str:
    digits = "0123456789" if any(letter.isdigit() for letter in word) else ""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if word != word.lower() else "abcdefghijklmnopqrstuvwxyz"
    return digits + letters + "-_"


def _one_slip_away(word: str, alphabet: str) -> set[str]:
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    deleted = {left + right[1:] for left, right in splits if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in splits if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in splits if right for letter in alphabet}
    inserted = {left + letter + right for left, right in splits for letter in alphabet}
    return (deleted | swapped | replaced | inserted | {word.upper(), word.lower()}) - {word}
