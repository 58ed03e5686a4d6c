"""Whom the maps of the site must name: what the files that were written into the base ask for."""

from __future__ import annotations

from linli.geodata.credits import SEPARATOR, line, together
from linli.org.models import Division
from linli.territory.models import ImportBatch


def credits_of(street: Division | None = None) -> tuple[str, ...]:
    """Return the credits that a street's files ask for; without a street those of the whole site."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.APPLIED).exclude(credit="")
    if street is not None:
        rows = rows.filter(street=street)
    asked = rows.order_by("credit").values_list("credit", flat=True).distinct()
    return together(one for words in asked for one in words.split(SEPARATOR))


def map_credit() -> str:
    """Return the line that stands beneath every map of the site, '' where nobody asks for one."""
    return line(credits_of())
