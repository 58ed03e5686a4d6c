"""The newest count of each block under each counting definition (口径), with its source and day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from linli.territory.models import Block, Count


def newest_counts(blocks: Iterable[Block], day: date) -> dict[int, dict[str, Count]]:
    """Return the newest counts up to a day, by block and definition; one query."""
    found: dict[int, dict[str, Count]] = {block.pk: {} for block in blocks}
    for count in Count.objects.filter(block__in=found, as_of__lte=day).order_by("as_of", "pk"):
        found[count.block_id][count.definition] = count  # the newest comes last
    return found


def estimate_words(rule: str) -> str:
    """Return how a count was estimated, in the reader's language; '' where it was counted.

    Parameters
    ----------
    rule
        `Count.estimate`: `floor_area:90`, square metres of floor to a dwelling, or words of the source.
    """
    if not rule:
        return ""
    name, _colon, value = rule.partition(":")
    if name == "floor_area":
        return _("估算，按建筑面积每%(area)s平方米一套推算") % {"area": value}
    return _("估算，%(rule)s") % {"rule": rule}
