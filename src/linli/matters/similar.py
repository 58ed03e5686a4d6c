"""Matters that may be about the same: at the same place, lately, about the same thing, in much the same words."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from linli.matters.models import Category, Matter, MatterQuerySet
from linli.territory.indexing import grams_of
from linli.territory.models import Block, Building

WITHIN = timedelta(days=30)
LOOKED_AT = 200  # matters of one block that are compared
MOST = 5
LIKELY = 0.5
# log-odds, fitted on labelled pairs by `python -m benchmarks cases`
BASE, WORDS, SAME_BUILDING, A_WEEK_LATER = -2.5, 3.2, 5.0, -2.9
SAME_CATEGORY, OTHER_CATEGORY, NO_CATEGORY = 3.2, -5.7, -3.0  # without one the words must say it


@dataclass(frozen=True)
class Similar:
    """Another matter, and how likely it is about the same, 0 to 1."""

    matter: Matter
    likely: float

    @property
    def percent(self) -> int:
        """The likelihood as people read it."""
        return round(100 * self.likely)


def similar_to(matter: Matter, among: MatterQuerySet) -> list[Similar]:
    """Return the open matters that may be about the same, the likeliest first; one query.

    Parameters
    ----------
    matter
        With a block; without one nothing is known of its place, and nothing is found.
    among
        Those that the one who asks may see.
    """
    return similar(
        matter.text, matter.block, among, building=matter.building, category=matter.category, leaving_out=matter.pk
    )


def similar(
    text: str, block: Block | None, among: MatterQuerySet, *, building: Building | None = None,
    category: Category | None = None, leaving_out: int | None = None,
) -> list[Similar]:  # fmt: skip
    """Return the open matters that a text at a place may be about, the likeliest first; one query."""
    if block is None:
        return []
    now = timezone.now()
    rows = among.open().filter(block=block, opened_at__gte=now - WITHIN)
    if leaving_out is not None:
        rows = rows.exclude(pk=leaving_out)
    own = set(grams_of(text))
    found = []
    for other in rows.select_related("category", "building").order_by("-pk")[:LOOKED_AT]:
        likely = likeness(
            shared(own, set(grams_of(other.text))),
            None if category is None or other.category is None else category.pk == other.category_id,
            building is not None and other.building_id == building.pk, (now - other.opened_at).days,
        )  # fmt: skip
        if likely >= LIKELY:
            found.append(Similar(other, likely))
    return sorted(found, key=lambda one: -one.likely)[:MOST]


def shared(own: Iterable[str], theirs: Iterable[str]) -> float:
    """Return the share of the shorter text's pairs of characters that both have."""
    a, b = set(own), set(theirs)
    return len(a & b) / max(min(len(a), len(b)), 1)


def likeness(words: float, category: bool | None, building: bool, days: int) -> float:
    """Return how likely two reports of one block are about the same.

    Parameters
    ----------
    words
        Share of words in common, 0 to 1.
    category
        Whether the category is the same; None where one of them has none.
    building
        Whether both name the same building.
    days
        Between them.
    """
    odds = BASE + WORDS * words + SAME_BUILDING * building + A_WEEK_LATER * days / 7
    odds += NO_CATEGORY if category is None else SAME_CATEGORY if category else OTHER_CATEGORY
    return 1 / (1 + math.exp(-odds))
