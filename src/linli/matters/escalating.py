"""Escalation by time: when nobody moves a matter, the ladder of `limits.toml` says who is told, in working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
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
    promised = Q(answer_by__lt=moment, told_late__lt=len(ladder))
    late = Matter.objects.open().filter(promised | Q(due_at__lt=moment, reminded__lt=len(ladder)))
    if not office.is_open(moment):
        late = late.filter(urgent=True)
    with override(LANGUAGE):
        for matter in late.select_related("holder__division", "category").order_by("due_at")[:AT_ONCE]:
            if _step(matter, ladder, office, moment) is not None:
                taken += _remind(matter, ladder, office, moment)
    return taken


@dataclass(frozen=True)
class Step:
    """A step of the ladder whose time has come: whom it tells, how many hours it is late, by which clock."""

    to: str
    hours: float
    promised: bool


def _step(matter: Matter, ladder: list[dict[str, object]], office: Clock, now: datetime) -> Step | None:
    """Return the next step of a matter: by its promise where that is broken, which no return begins anew."""
    if matter.state not in OPEN:
        return None
    promised = matter.answer_by is not None and matter.answer_by < now
    due, taken = (matter.answer_by, matter.told_late) if promised else (matter.due_at, matter.reminded)
    if due is None or due >= now or taken >= len(ladder):
        return None
    late = office.used(due, now, Unit.NATURAL_HOURS if matter.urgent else Unit.WORKING_HOURS)
    return Step(str(ladder[taken]["to"]), late, promised) if late >= float(str(ladder[taken]["after"])) else None


def _remind(matter: Matter, ladder: list[dict[str, object]], office: Clock, now: datetime) -> bool:
    """Take the next step of one matter, unless somebody moved it, or another process took the step, meanwhile."""
    with transaction.atomic():
        held = lock([matter.pk])[matter.pk]
        step = _step(held, ladder, office, now)
        if step is None:
            return False
        told = _post(held.holder, step.to)
        words = {"hours": round(step.hours), "post": told or _("无人在岗")}
        text = (
            _("答复已逾期 %(hours)d 小时，已提醒%(post)s。")
            if step.promised
            else (_("本步已超时 %(hours)d 小时，已提醒%(post)s。"))
        )
        Act(SYSTEM, "remind", held).move(
            text=text % words, content={"told": told.reference if told else None}, told=told,
            told_late=held.told_late + step.promised, reminded=held.reminded + (not step.promised),
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
