"""Correct the day that a division was founded on, where a wrong one was written."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.hanging import hanging_on, ties_to
from linli.org.models import Division, DivisionCode, DivisionName
from linli.org.policies import permit
from linli.written import one_line

BORN_WITH: tuple[type[DivisionName] | type[DivisionCode], ...] = (DivisionName, DivisionCode)


def correct_founding(actor: Actor, *, division: Division, day: date, reason: str) -> Division:
    """Let a division exist from another day; its first name and code move with it.

    Raises
    ------
    django.core.exceptions.ValidationError
        No reason, the same day, a day on which its parent does not exist or another bore its name, a day at or after
        its end or its next name or code, or one before which something of it begins. What is still to come and has
        something scheduled is not moved: that is taken back where it was decided.
    """
    permit(actor, "org.edit", division)
    reason = one_line(reason)
    if not reason:
        raise ValidationError(_("请写明更正的原因。"), code="reason")
    with transaction.atomic():
        held = (
            Division.objects.select_for_update(of=("self",), no_key=True).select_related("parent").get(pk=division.pk)
        )
        was = held.valid_from
        _check(held, day)
        held.valid_from = division.valid_from = day
        held.save(update_fields=["valid_from"])
        for model in BORN_WITH:
            rows = model.objects.filter(division=held, valid_from=was)
            rows.filter(valid_to=was).update(valid_to=day)  # given and replaced on the same day
            rows.update(valid_from=day)
        forget_brief()
        actor.record(
            "org.correct_founding", object=held.reference, permission="org.edit",
            before={"from": str(was)}, after={"from": str(day)}, public=True,
            content={"name": held.name, "code": held.code, "before": str(was), "from": str(day), "reason": reason},
        )  # fmt: skip
    return division


def _check(held: Division, day: date) -> None:
    was, parent = held.valid_from, held.parent
    if day == was:
        raise ValidationError(_("与现在的设立日期相同。"), code="day")
    if held.valid_to is not None and day >= held.valid_to:
        raise ValidationError(_("设立日期须早于撤销之日。"), code="day")
    if parent and not (parent.valid_from <= day and (parent.valid_to is None or day < parent.valid_to)):
        raise ValidationError(_("上级在这一天不存在，请核对日期。"), code="day")
    if was > timezone.localdate() and hanging_on(Division, [held.pk], besides=BORN_WITH):
        raise ValidationError(_("已有从这一天起的安排：请先在作出安排的地方撤回。"), code="day")
    for model in BORN_WITH:
        if model.objects.filter(division=held, valid_from__gt=was, valid_from__lte=day).exists():
            raise ValidationError(_("设立日期须早于它下一次改名、赋码的日期。"), code="day")
    first = _first_before(held, day)
    if first is not None:
        raise ValidationError(
            _("它名下从%(day)s起已有下级、岗位、归属等内容，设立日期不能晚于这一天。")
            % {"day": date_format(first, "DATE_FORMAT")},
            code="day",
        )
    names = set(DivisionName.objects.filter(division=held, valid_from=was).values_list("name", flat=True))
    others = DivisionName.objects.filter(division__parent=parent, name__in=names | {held.name}, valid_from__lt=was)
    if day < was and others.filter(Q(valid_to=None) | Q(valid_to__gt=day)).exclude(division=held).exists():
        raise ValidationError(_("从这一天起，同一上级之下还有同名的区划。"), code="day")


def _first_before(held: Division, day: date) -> date | None:
    """Return the first day before another on which something of a division begins; None where nothing does."""
    found = []
    for model, field, _column in ties_to(Division, BORN_WITH):
        if _is_dated(model):
            rows = model._base_manager.filter(**{field: held.pk, "valid_from__lt": day}).order_by("valid_from")
            found += list(rows.values_list("valid_from", flat=True)[:1])
    return min(found, default=None)


def _is_dated(model: type[Model]) -> bool:
    try:
        model._meta.get_field("valid_from")
    except FieldDoesNotExist:
        return False
    return True
