"""Usual answers with number and place filled in: two words in braces and nothing else, so that no format is obeyed."""

from __future__ import annotations


def filled(text: str, *, number: str, place: str) -> str:
    """Return a text with `{number}` and `{place}` replaced; other braces stay as they are.

    Python's own formatting would obey widths and attributes: `{place:99999999}` is a hundred million characters.
    """
    parts = text.split("{place}")
    return place.join(part.replace("{number}", number) for part in parts)
