"""Rename a division from a day on."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division, DivisionName
from linli.org.names import name_on
from linli.org.policies import permit
from linli.written import one_line


def rename_division(
    actor: Actor, *, division: Division, name: str, from_day: date, name_en: str = "", basis: str = ""
) -> DivisionName:
    """Give a division a new name from a day on, midnight in Asia/Shanghai; the old one stays in its history.

    Raises
    ------
    django.core.exceptions.ValidationError
        The name is empty, unchanged or taken, or the day lies outside the division's life or before its newest name.
    """
    permit(actor, "org.edit", division)
    name = one_line(name)
    if not name:
        raise ValidationError(_("请填写新名称。"), code="name")
    with transaction.atomic():
        last = DivisionName.objects.filter(division=division).order_by("-valid_from").first()
        if (division.valid_to and from_day >= division.valid_to) or from_day <= (last or division).valid_from:
            raise ValidationError(_("改名日期须晚于上一次定名、早于撤销之日。"), code="day")
        if name == (last.name if last else division.name):
            raise ValidationError(_("新名称与原名称相同。"), code="same_name")
        siblings = Division.objects.on(from_day).filter(parent=division.parent_id).exclude(pk=division.pk)
        if any(name_on(sibling, from_day) == name for sibling in siblings.prefetch_related("names")):
            raise ValidationError(_("同一上级之下已有“%(name)s”。") % {"name": name}, code="name_taken")
        before = division.name
        if last:
            last.valid_to = from_day
            last.save(update_fields=["valid_to"])
        else:
            DivisionName.objects.create(
                division=division, name=before, valid_from=division.valid_from, valid_to=from_day
            )
        named = DivisionName.objects.create(
            division=division, name=name, name_en=name_en, valid_from=from_day, basis=basis
        )
        if from_day <= timezone.localdate():
            division.name, division.name_en = name, name_en
            division.save(update_fields=["name", "name_en"])
        actor.record(
            "org.rename_division",
            object=division.reference,
            permission="org.edit",
            before={"name": before},
            after={"name": name},
            public=True,
            content={"before": before, "after": name, "from": str(from_day), "basis": basis},
        )
    return named


def take_back_name(actor: Actor, *, division: Division, from_day: date, basis: str = "") -> None:
    """Take a new name back before its day: the one before it goes on.

    Raises
    ------
    django.core.exceptions.ValidationError
        No name begins on that day, or the day has come.
    """
    permit(actor, "org.edit", division)
    with transaction.atomic():
        named = DivisionName.objects.select_for_update().filter(division=division, valid_from=from_day).first()
        if named is None or from_day <= timezone.localdate():
            raise ValidationError(
                _("%(name)s没有从这一天起的新名称，不能收回。") % {"name": division.title}, code="day"
            )
        name, ends = named.name, named.valid_to
        named.delete()
        DivisionName.objects.filter(division=division, valid_to=from_day).update(valid_to=ends)
        actor.record(
            "org.take_back_name", object=division.reference, permission="org.edit",
            before={"name": name}, after={"name": division.name}, public=True,
            content={"before": name, "after": division.name, "from": str(from_day), "basis": basis},
        )  # fmt: skip
