"""Withdraw a division that was to be founded on a day to come, or was founded by mistake: it never was."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.hanging import hanging_on
from linli.org.models import Division, DivisionCode, DivisionName
from linli.org.policies import permit


def withdraw_division(actor: Actor, *, division: Division, basis: str = "") -> None:
    """End a division on the day it would begin; its code is not given again.

    Raises
    ------
    django.core.exceptions.ValidationError
        It has begun, or something stands below it.
    """
    permit(actor, "org.edit", division)
    if division.valid_from <= timezone.localdate():
        raise ValidationError(_("%(name)s已经设立，请用撤销。") % {"name": division.title}, code="day")
    if division.children.exists() or division.posts.exists():
        raise ValidationError(
            _("%(name)s之下还有未撤销的区划，请先处理下级。") % {"name": division.title}, code="children"
        )
    with transaction.atomic():
        division.valid_to, division.status = division.valid_from, Division.Status.ABOLISHED
        division.save(update_fields=["valid_to", "status"])
        for rows in (DivisionName.objects.filter(division=division), DivisionCode.objects.filter(division=division)):
            rows.update(valid_to=division.valid_from)
        forget_brief()
        actor.record(
            "org.withdraw_division", object=division.reference, permission="org.edit", public=True,
            content={"name": division.name, "code": division.code, "from": str(division.valid_from), "basis": basis},
        )  # fmt: skip


def take_back_founding(actor: Actor, *, division: Division, basis: str = "") -> None:
    """Take a founding back that nothing hangs on yet, begun or not: the division never was, and its code is free.

    Raises
    ------
    django.core.exceptions.ValidationError
        Something has come to hang on it.
    """
    permit(actor, "org.edit", division)
    with transaction.atomic():
        held = Division.objects.select_for_update(no_key=True).get(pk=division.pk)
        if hanging_on(Division, [held.pk], besides=(DivisionName, DivisionCode)):
            raise ValidationError(
                _("%(name)s名下已有下级、岗位、归属等内容，不能收回设立。") % {"name": held.title}, code="depends"
            )
        said = {"name": held.name, "code": held.code, "from": str(held.valid_from), "basis": basis}
        reference = held.reference
        for rows in (DivisionName.objects.filter(division=held), DivisionCode.objects.filter(division=held)):
            rows.delete()
        Division.objects.filter(pk=held.pk).delete()
        forget_brief()
        actor.record("org.take_back_founding", object=reference, permission="org.edit", public=True, content=said)
