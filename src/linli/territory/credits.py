"""Whom the maps of the site must name: what the files that were written into the base ask for."""

from __future__ import annotations

from collections.abc import Iterable

from linli.geodata.credits import SEPARATOR, together
from linli.org.models import Division
from linli.territory.models import ImportBatch


def credits_of(street: Division | None = None) -> tuple[str, ...]:
    """Return the credits that a street's files ask for; without a street those of the whole site."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.APPLIED).exclude(credit="")
    if street is not None:
        rows = rows.filter(street=street)
    return credits_in_words(rows.order_by("credit").values_list("credit", flat=True).distinct())


def credits_in_words(asked: Iterable[str]) -> tuple[str, ...]:
    """Return each of the credits once that imports ask for in their words."""
    return together(one for words in sorted(set(asked)) for one in words.split(SEPARATOR) if one)
