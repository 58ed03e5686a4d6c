"""What the duty lists say of a matter: which entry it falls under, and whether a level may be asked to do it at all."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from linli.matters.models import DutyItem, Matter
from linli.org.models import Division

BELOW = (Division.Kind.STREET, Division.Kind.COMMUNITY, Division.Kind.GRID)


def duty_of(matter: Matter, day: date | None = None) -> DutyItem | None:
    """Return the entry that a matter falls under by its category, where it lies; the strictest first; one query."""
    if matter.category_id is None:
        return None
    place = matter.division()
    rows = DutyItem.objects.on(day or timezone.localdate()).filter(categories=matter.category_id)
    here = [one for one in rows.select_related("division") if place is None or place.path.startswith(one.division.path)]
    order = (DutyItem.List.WITHDRAWN, DutyItem.List.BASIC, DutyItem.List.ASSIST)
    return min(here, key=lambda one: (order.index(DutyItem.List(one.list)), -len(one.division.path)), default=None)


def refusal(matter: Matter, division: Division) -> DutyItem | None:
    """Return the entry by which a street or community may not be asked to do a matter, because it was taken back."""
    if division.kind not in BELOW:
        return None
    found = duty_of(matter)
    return found if found is not None and found.list == DutyItem.List.WITHDRAWN else None
