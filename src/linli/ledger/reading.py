"""Reading the ledger page by page, by number: the newest first, at the same cost however long it is."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from linli.ledger.models import Entry
from linli.ledger.words import told, words_for

PAGE = 50


@dataclass(frozen=True)
class Leaf:
    """One page of the ledger.

    Parameters
    ----------
    entries
        The newest first.
    older, newer
        Number to give as `before` for the next page, as `after` for the page before; None where there is none.
    """

    entries: list[Entry]
    older: int | None
    newer: int | None


def leaf(entries: QuerySet[Entry], *, before: int | None = None, after: int | None = None, size: int = PAGE) -> Leaf:
    """Read the entries below the number `before`, or the first ones above `after`; the newest where both are None."""
    if after is not None:
        found = list(entries.filter(seq__gt=after).order_by("seq")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return Leaf(spoken(found), found[-1].seq if found else None, found[0].seq if more else None)
    chosen = entries if before is None else entries.filter(seq__lt=before)
    found = list(chosen.order_by("-seq")[: size + 1])
    more, found = len(found) > size, found[:size]
    return Leaf(spoken(found), found[-1].seq if more else None, found[0].seq if before is not None and found else None)


def number(text: str | None) -> int | None:
    """Read a number from an address; what is none counts as not given."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None


def spoken(entries: list[Entry]) -> list[Entry]:
    """Put on each entry what people read for its verb and content."""
    for entry in entries:
        entry.words = words_for(entry.verb)  # type: ignore[attr-defined]
        entry.told = told(entry.said)  # type: ignore[attr-defined]
    return entries
