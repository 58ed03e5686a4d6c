"""The names and states of divisions by date; the copy kept on the division follows the calendar, not a job.

`Division.name` and `Division.status` hold today's. The first request of a day in a process, by the calendar of
Asia/Shanghai, brings them up to date; whoever asks about another day asks `name_on`.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from linli.org.models import Division, DivisionName, titled

_fresh: date | None = None


def name_on(division: Division, day: date) -> str:
    """Return the name that a division bears on a day; its earliest one for days before that."""
    names = sorted(division.names.all(), key=lambda found: found.valid_from)
    borne = [found for found in names if found.valid_from <= day]
    return borne[-1].name if borne else names[0].name if names else division.name


def title_on(division: Division, day: date) -> str:
    """Return what the reader calls a division by the name that it bears on a day; its names must be at hand."""
    names = sorted(division.names.all(), key=lambda found: found.valid_from)
    borne = [found for found in names if found.valid_from <= day] or names[:1]
    return titled(borne[-1].name, borne[-1].name_en, division.kind) if borne else division.title


def refresh(day: date | None = None) -> int:
    """Bring every division's name and status to a day, today where none is given; return how many changed."""
    day = day or timezone.localdate()
    running = DivisionName.objects.filter(division=OuterRef("pk"), valid_from__lte=day).order_by("-valid_from")
    with transaction.atomic():
        stale = list(
            Division.objects.annotate(
                due=Subquery(running.values("name")[:1]), due_en=Subquery(running.values("name_en")[:1])
            )
            .filter(due__isnull=False)
            .exclude(name=F("due"), name_en=F("due_en"))
        )
        for division in stale:
            Division.objects.filter(pk=division.pk).update(name=vars(division)["due"], name_en=vars(division)["due_en"])
        ended = Division.objects.filter(Q(valid_to__lte=day)).exclude(status=Division.Status.ABOLISHED)
        return len(stale) + ended.update(status=Division.Status.ABOLISHED)


def keep_fresh() -> None:
    """Refresh once a day in each process."""
    global _fresh
    today = timezone.localdate()
    if _fresh != today:
        refresh(today)
        _fresh = today
