"""Abolish a division from a day on; take that back before the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.change_status import ABOLISHED, check_move
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.models import Division, DivisionCode, DivisionName, Post
from linli.org.policies import permit

BOUND: tuple[type[Model], ...] = (DivisionName, DivisionCode, Post)  # what ends with a division


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
        posts = [post.reference for post in Post.objects.filter(later, division=division)]
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
            also=posts,
        )
    return division


def endings(division: Division, day: date) -> dict[str, list[list[Any]]]:
    """Return what an abolition on a day would end: rows of names, codes and posts with the day they end on now."""
    later = Q(valid_to=None) | Q(valid_to__gt=day)
    own = [[division.pk, division.valid_to and division.valid_to.isoformat()]]
    return {Division.__name__: own} | {
        model.__name__: [
            [key, ends and ends.isoformat()]
            for key, ends in model._default_manager.filter(later, division=division).values_list("pk", "valid_to")
        ]
        for model in BOUND
    }


def restore(
    actor: Actor, *, division: Division, before: Mapping[str, Sequence[Sequence[Any]]], basis: str = ""
) -> None:
    """Take an abolition back before its day: what it ended goes on as it was.

    Parameters
    ----------
    before
        What `endings` said before the abolition.

    Raises
    ------
    django.core.exceptions.ValidationError
        The day has come, or nothing was abolished.
    """
    permit(actor, "org.edit", division)
    if division.valid_to is None or division.valid_to <= timezone.localdate():
        raise ValidationError(_("%(name)s没有待撤销的日期，不能恢复。") % {"name": division.title}, code="day")
    with transaction.atomic():
        day = division.valid_to
        everything: tuple[type[Model], ...] = (Division, *BOUND)
        for model in everything:
            for key, ends in before.get(model.__name__, ()):
                model._default_manager.filter(pk=key, valid_to=day).update(valid_to=ends)
        division.refresh_from_db(fields=["valid_to"])
        forget_brief()
        actor.record(
            "org.restore", object=division.reference, permission="org.edit", public=True,
            content={"name": division.name, "code": division.code, "from": str(day), "basis": basis},
            also=[f"post:{key}" for key, _ends in before.get(Post.__name__, ())],
        )  # fmt: skip
