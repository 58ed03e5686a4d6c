"""Matters that may be about the same: at the same place, lately, in much the same words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from linli.matters.models import Matter, MatterQuerySet
from linli.territory.search import grams_of

WITHIN = timedelta(days=30)
LOOKED_AT = 200  # matters of one block that are compared
MOST = 5
SHARED = 0.3  # of the shorter text's pairs of characters
SHARED_HERE = 0.15  # where both name the same building


@dataclass(frozen=True)
class Similar:
    """Another matter, and how much of the words they share, 0 to 1."""

    matter: Matter
    shared: float

    @property
    def percent(self) -> int:
        """The share as people read it."""
        return round(100 * self.shared)


def similar_to(matter: Matter, among: MatterQuerySet) -> list[Similar]:
    """Return the open matters that may be about the same, the likeliest first; one query.

    Parameters
    ----------
    matter
        With a block; without one nothing is known of its place, and nothing is found.
    among
        Those that the one who asks may see.
    """
    if matter.block_id is None:
        return []
    since = timezone.now() - WITHIN
    rows = among.open().filter(block=matter.block_id, opened_at__gte=since).exclude(pk=matter.pk)
    own = set(grams_of(matter.text))
    found = []
    for other in rows.order_by("-pk")[:LOOKED_AT]:
        theirs = set(grams_of(other.text))
        shared = len(own & theirs) / max(min(len(own), len(theirs)), 1)
        here = matter.building_id is not None and other.building_id == matter.building_id
        if shared >= (SHARED_HERE if here else SHARED):
            found.append(Similar(other, shared))
    return sorted(found, key=lambda one: -one.shared)[:MOST]
