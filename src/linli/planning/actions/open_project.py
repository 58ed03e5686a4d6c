"""Open a split project: a street's communities, how they are counted, within which bounds."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.planning.models import Project, Standard
from linli.planning.procedure.course import newest
from linli.territory.models import Membership

PERMISSION = "planning.plan"


def open_project(
    actor: Actor, *, street: Division, title: str, scope: Sequence[Division], standard: Standard, count: str,
    households_least: int, households_most: int,
) -> Project:  # fmt: skip
    """Open a project.

    Raises
    ------
    ValidationError
        Bounds the wrong way round, no community, one of another street, or a title that another project bears.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, street)
    if not scope:
        raise ValidationError(_("请至少选一个社区。"), code="scope")
    if any(one.parent_id != street.pk or one.kind != Division.Kind.COMMUNITY for one in scope):
        raise ValidationError(_("社区须在同一街道。"), code="scope")
    if not 0 < households_least <= households_most:
        raise ValidationError(_("户数上限须不低于下限，且不少于1户"), code="households_most")
    made = Project(
        street=street, title=title.strip(), standard=standard, procedure=newest(), count=count,
        households_least=households_least, households_most=households_most, by=actor.reference,
    )  # fmt: skip
    homes = Membership.objects.on(timezone.localdate()).filter(community__in=scope, block__street=street)
    made.present = dict(homes.values_list("block__code", "community__name"))
    if not made.present:
        raise ValidationError(_("这些社区还没有地块，请先导入。"), code="scope")
    made.full_clean(validate_constraints=False)
    with transaction.atomic():
        Division.objects.select_for_update().get(pk=street.pk)
        same = Project.objects.filter(street=street, title=made.title).first()
        if same is not None and _repeats(made, same, scope):
            return same  # the same form, sent twice
        if same is not None:
            raise ValidationError(_("本街道已有叫这个名称的项目，请换一个名称。"), code="title")
        made.save()
        made.scope.set(scope)
        actor.record(
            "planning.open_project", object=made.reference, permission=PERMISSION,
            content={"title": made.title, "street": street.code, "scope": sorted(one.code for one in scope),
                     "procedure": str(made.procedure), "count": count,
                     "households": [households_least, households_most]},
        )  # fmt: skip
    return made


def _repeats(made: Project, same: Project, scope: Sequence[Division]) -> bool:
    """Whether somebody asked for what he has opened already."""
    fields = ("by", "standard_id", "count", "households_least", "households_most")
    alike = all(getattr(made, name) == getattr(same, name) for name in fields)
    return alike and set(same.scope.all()) == set(scope)
