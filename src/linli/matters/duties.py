"""What the duty lists say of a matter: which entry it falls under, and whether a level may be asked to do it at all."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone

from linli.matters.models import DutyItem, Matter
from linli.org.models import Division

BELOW = (Division.Kind.STREET, Division.Kind.COMMUNITY, Division.Kind.GRID)
STRICTEST = (DutyItem.List.WITHDRAWN, DutyItem.List.BASIC, DutyItem.List.ASSIST)


def duty_of(matter: Matter, place: Division | None) -> DutyItem | None:
    """Return the entry that a matter falls under by its category, where it lies; the strictest first; one query."""
    return duties_of([matter], [place])[0]


def duties_of(matters: Sequence[Matter], places: Sequence[Division | None]) -> list[DutyItem | None]:
    """Return the entry that each of some matters falls under, each where it lies; one query for all."""
    wanted = {one.category_id for one in matters if one.category_id is not None}
    if not wanted:
        return [None] * len(matters)
    today = DutyItem.objects.on(timezone.localdate()).filter(categories__in=wanted)
    rows = list(today.annotate(category=F("categories")).select_related("division"))
    found = []
    for one, place in zip(matters, places, strict=True):
        mine = (row for row in rows if vars(row)["category"] == one.category_id)
        here = (row for row in mine if place is None or place.path.startswith(row.division.path))
        found.append(min(here, key=_strict, default=None))
    return found


def is_taken_back(duty: DutyItem | None) -> bool:
    """Whether what a matter falls under was taken back: its street, communities and grids may not be asked to do it."""
    return duty is not None and duty.list == DutyItem.List.WITHDRAWN


def _strict(one: DutyItem) -> tuple[int, int]:
    return STRICTEST.index(DutyItem.List(one.list)), -len(one.division.path)
