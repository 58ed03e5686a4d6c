"""Found a division."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.codes import check_code, check_free, temporary_code
from linli.org.models import Division, DivisionCode, DivisionName
from linli.org.policies import permit
from linli.written import one_line

BELOW = {"district": None, "street": "district", "community": "street", "grid": "community"}


def found_division(
    actor: Actor,
    *,
    name: str,
    kind: str,
    parent: Division | None,
    valid_from: date,
    code: str = "",
    status: str = Division.Status.PREPARING,
    name_en: str = "",
    basis: str = "",
) -> Division:
    """Found a division below another, with a temporary code where the statistics side has not given one yet.

    Only the system founds a district, which lies below nothing.

    Raises
    ------
    django.core.exceptions.ValidationError
        The level does not fit the parent, the parent has ended, the name is taken beside it, or the code is wrong.
    """
    if parent is None and not actor.system:
        raise PermissionDenied("org.edit")
    permit(actor, "org.edit", parent)
    name = one_line(name)
    with transaction.atomic():
        check_founding(name=name, kind=kind, parent=parent, valid_from=valid_from, code=code, status=status)
        temporary = not code
        code = code or temporary_code(parent)
        division = Division(
            name=name, name_en=name_en, kind=kind, parent=parent, code=code, temporary=temporary, status=status,
            valid_from=valid_from,
        )  # fmt: skip
        division.save()
        DivisionName.objects.create(division=division, name=name, name_en=name_en, valid_from=valid_from, basis=basis)
        DivisionCode.objects.create(
            division=division, code=code, temporary=temporary, valid_from=valid_from, basis=basis
        )
        actor.record(
            "org.found_division",
            object=division.reference,
            permission="org.edit",
            after={"name": name, "code": code, "status": str(status)},
            public=True,
            content={"name": name, "kind": kind, "code": code, "from": str(valid_from), "basis": basis},
        )
    return division


def check_founding(*, name: str, kind: str, parent: Division | None, valid_from: date, code: str, status: str) -> None:
    """Refuse what cannot be founded; with a code of its own to say why.

    Raises
    ------
    django.core.exceptions.ValidationError
        As `found_division` says; `code` is name, kind, parent_dates, status, name_taken, code_shape, code_parent or
        code_taken.
    """
    if not name:
        raise ValidationError(_("请填写名称。"), code="name")
    if BELOW.get(kind, "") != (parent.kind if parent else None):
        raise ValidationError(_("类别与上级不符：区下设街道，街道下设社区，社区下设网格。"), code="kind")
    if parent and ((parent.valid_to is not None and parent.valid_to <= valid_from) or valid_from < parent.valid_from):
        raise ValidationError(_("上级在这一天不存在，请核对日期。"), code="parent_dates")
    if status not in (Division.Status.PREPARING, Division.Status.FORMAL):
        raise ValidationError(_("新设的状态只能是筹备或正式。"), code="status")
    beside = Division.objects.filter(Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), parent=parent, name=name)
    if beside.filter(Q(valid_to=None) | Q(valid_to__gt=valid_from)).exists():
        raise ValidationError(_("同一上级之下已有“%(name)s”。") % {"name": name}, code="name_taken")
    if code:
        check_code(code, kind, parent)
        check_free(code)
