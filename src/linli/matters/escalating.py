"""Escalation by time: when nobody moves a matter, the ladder of `limits.toml` says who is told, in working hours."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from linli.matters import clocks
from linli.matters.actions.moving import Act, lock
from linli.matters.models import Matter
from linli.matters.routing import DISPATCH, above
from linli.matters.states import OPEN
from linli.matters.telling import LANGUAGE
from linli.org.actors import SYSTEM
from linli.org.models import Post
from linli.workdays import Clock, Unit

AT_ONCE = 200


def remind(now: datetime | None = None) -> int:
    """Take the steps of the ladder that are due; return how many. Idempotent: a step is taken once a limit.

    Outside working hours only urgent matters are looked at.
    """
    moment, taken = now or timezone.now(), 0
    ladder = clocks.table()["reminders"]
    office = clocks.office_clock()
    late = Matter.objects.filter(state__in=OPEN, due_at__lt=moment, reminded__lt=len(ladder))
    if not office.is_open(moment):
        late = late.filter(urgent=True)
    with override(LANGUAGE):
        for matter in late.select_related("holder__division", "category").order_by("due_at")[:AT_ONCE]:
            if _step(matter, ladder, office, moment) is not None:
                taken += _remind(matter, ladder, office, moment)
    return taken


def _step(matter: Matter, ladder: list[dict[str, object]], office: Clock, now: datetime) -> tuple[str, float] | None:
    """Return whom the next step of a matter tells and after how many hours, where its time has come."""
    if matter.state not in OPEN or matter.due_at is None or matter.reminded >= len(ladder):
        return None
    unit = Unit.NATURAL_HOURS if matter.urgent else Unit.WORKING_HOURS
    late, step = office.used(matter.due_at, now, unit), ladder[matter.reminded]
    return (str(step["to"]), late) if late >= float(str(step["after"])) else None


def _remind(matter: Matter, ladder: list[dict[str, object]], office: Clock, now: datetime) -> bool:
    """Take the next step of one matter, unless somebody moved it, or another process took the step, meanwhile."""
    with transaction.atomic():
        held = lock([matter.pk])[matter.pk]
        step = _step(held, ladder, office, now)
        if step is None:
            return False
        told = _post(held.holder, step[0])
        words = {"hours": round(step[1]), "post": told or _("无人在岗")}
        Act(SYSTEM, "remind", held).move(
            text=_("已超期 %(hours)d 小时，已提醒%(post)s。") % words, reminded=held.reminded + 1,
            content={"told": told.reference if told else None}, told=told,
        )  # fmt: skip
    return True


def _post(holder: Post | None, to: str) -> Post | None:
    """Return whom a step tells."""
    if holder is None or to == "holder":
        return holder
    upper = above(holder, DISPATCH)
    if to == "above twice" and upper is not None:
        return above(upper, DISPATCH) or upper
    return upper
