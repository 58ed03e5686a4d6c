"""The newest count of each block under each counting definition (口径), with its source and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from linli.territory.models import Block, Count


def newest_counts(blocks: Iterable[Block], day: date) -> dict[int, dict[str, Count]]:
    """Return the newest counts up to a day, by block and definition; one query."""
    found: dict[int, dict[str, Count]] = {block.pk: {} for block in blocks}
    for count in Count.objects.filter(block__in=found, as_of__lte=day).order_by("as_of", "pk"):
        found[count.block_id][count.definition] = count  # the newest comes last
    return found
