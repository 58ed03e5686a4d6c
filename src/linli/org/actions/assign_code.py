"""Give a division its formal code."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.codes import check_code, check_free
from linli.org.models import Division, DivisionCode
from linli.org.policies import permit


def assign_code(actor: Actor, *, division: Division, code: str, from_day: date, basis: str = "") -> DivisionCode:
    """Replace a code, a temporary one mostly, by the one the statistics side gave; the old one stays in the mapping.

    Raises
    ------
    django.core.exceptions.ValidationError
        The code breaks the 12-digit rule, lies outside the parent, is taken, or the day precedes the code before it.
    """
    permit(actor, "org.edit", division)
    with transaction.atomic():
        check_code(code, division.kind, division.parent)
        check_free(code, division)
        last = DivisionCode.objects.filter(division=division).order_by("-valid_from", "-pk").first()
        if code == division.code:
            raise ValidationError(_("新代码与原代码相同。"), code="same_code")
        if from_day < (last or division).valid_from:
            raise ValidationError(_("启用日期不能早于上一个代码的启用日期。"), code="day")
        before = division.code
        if last:
            last.valid_to = from_day
            last.save(update_fields=["valid_to"])
        else:
            DivisionCode.objects.create(
                division=division, code=before, temporary=division.temporary, valid_from=division.valid_from,
                valid_to=from_day,
            )  # fmt: skip
        given = DivisionCode.objects.create(division=division, code=code, valid_from=from_day, basis=basis)
        division.code, division.temporary = code, False
        division.save(update_fields=["code", "temporary"])
        actor.record(
            "org.assign_code",
            object=division.reference,
            permission="org.edit",
            before={"code": before},
            after={"code": code},
            public=True,
            content={"before": before, "after": code, "from": str(from_day), "basis": basis},
        )
    return given
