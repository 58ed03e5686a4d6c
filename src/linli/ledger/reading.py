"""Reading the ledger page by page, by number: the newest first, at the same cost however long it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.ledger.models import Entry
from linli.ledger.things import Thing, things_of
from linli.ledger.words import references_in, told, words_for

PAGE = 50
WHO = {"system": _("系统"), "public": _("未登录的人")}


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


def on_day(entries: QuerySet[Entry], day: date) -> QuerySet[Entry]:
    """Keep the entries of one day, from midnight to midnight where the site is."""
    if not 1 < day.year < 9999:  # no moment of another time zone lies beyond the calendar
        return entries.none()
    begin = timezone.make_aware(datetime.combine(day, time.min))
    moments = [at.astimezone(UTC).isoformat(timespec="microseconds") for at in (begin, begin + timedelta(days=1))]
    return entries.filter(at__gte=moments[0], at__lt=moments[1])


def spoken(entries: list[Entry]) -> list[Entry]:
    """Put on each entry who did what to which thing, in words, and what more it says."""
    said = {entry.seq: entry.said for entry in entries}
    things = things_of(
        {one for entry in entries for one in (entry.object, entry.post)}
        | {one for each in said.values() for one in references_in(each)}
    )
    for entry in entries:
        post = things.get(entry.post)
        entry.who = str(WHO.get(entry.actor) or (post.title if post else "") or _("工作人员"))  # type: ignore[attr-defined]
        entry.words = words_for(entry.verb)  # type: ignore[attr-defined]
        entry.thing = things.get(entry.object, Thing(entry.object))  # type: ignore[attr-defined]
        entry.told = told(said[entry.seq], things)  # type: ignore[attr-defined]
    return entries
