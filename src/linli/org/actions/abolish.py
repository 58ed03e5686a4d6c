"""Abolish a division from a day on."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.change_status import ABOLISHED, check_move
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.models import Division, DivisionCode, DivisionName, Post
from linli.org.policies import permit


def abolish(actor: Actor, *, division: Division, day: date, basis: str = "") -> Division:
    """End a division at the midnight that begins a day; its posts, and the rights they give, end with it.

    Raises
    ------
    django.core.exceptions.ValidationError
        It has ended already, begins later, or something below it still stands on that day.
    """
    permit(actor, "org.edit", division)
    check_move(division, ABOLISHED)
    if day <= division.valid_from:
        raise ValidationError(_("撤销日期须晚于设立日期。"), code="day")
    if Division.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), parent=division).exists():
        raise ValidationError(
            _("%(name)s之下还有未撤销的区划，请先处理下级。") % {"name": division.title}, code="children"
        )
    with transaction.atomic():
        before = str(division.status)
        division.valid_to = day
        if day <= timezone.localdate():
            division.status = ABOLISHED
        division.save(update_fields=["valid_to", "status"])
        later = Q(valid_to=None) | Q(valid_to__gt=day)
        DivisionName.objects.filter(later, division=division).update(valid_to=day)
        DivisionCode.objects.filter(later, division=division).update(valid_to=day)
        Post.objects.filter(later, division=division).update(valid_to=day)
        forget_brief()
        actor.record(
            "org.abolish",
            object=division.reference,
            permission="org.edit",
            before={"status": before},
            after={"status": str(ABOLISHED), "from": str(day)},
            public=True,
            content={"name": division.name, "code": division.code, "from": str(day), "basis": basis},
        )
    return division
