"""Open a project of one of five kinds: a street's communities, how they are counted, within which bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.planning.first import draw_first
from linli.planning.models import Project, Standard
from linli.planning.procedure.course import newest
from linli.territory.models import Count, Membership

PERMISSION = "planning.plan"
MOST_NAME, MOST_MOVED, MOST_HOUSEHOLDS = 60, 500, 1_000_000


def open_project(
    actor: Actor, *, street: Division, title: str, scope: Sequence[Division], standard: Standard, count: str,
    households_least: int = 1, households_most: int = MOST_HOUSEHOLDS, kind: str = Project.Kind.SPLIT,
    asked: Mapping[str, Any] | None = None,
) -> Project:  # fmt: skip
    """Open a project; where its kind leaves nothing to search for, its first version is drawn at once.

    Parameters
    ----------
    kind
        拆分、合并、边界微调、更名 or 撤销.
    asked
        What the kind asks beyond these: see `Project.Kind`.

    Raises
    ------
    ValidationError
        Bounds the wrong way round, no community, one of another street or of another open project, too few or too
        many for the kind, a name that is taken, or a title that another project bears.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, street)
    asked = dict(asked or {})
    if not scope:
        raise ValidationError(_("请至少选一个社区。"), code="scope")
    if any(one.parent_id != street.pk or one.kind != Division.Kind.COMMUNITY for one in scope):
        raise ValidationError(_("社区须在同一街道。"), code="scope")
    if not 0 < households_least <= households_most:
        raise ValidationError(_("户数上限须不低于下限，且不少于1户"), code="households_most")
    made = Project(
        street=street, title=title.strip(), standard=standard, procedure=newest(), count=count, kind=kind,
        households_least=households_least, households_most=households_most, asked=asked, by=actor.reference,
    )  # fmt: skip
    _check_kind(made, scope)
    homes = Membership.objects.on(timezone.localdate()).filter(community__in=scope, block__street=street)
    made.present = dict(homes.values_list("block__code", "community__name"))
    if not made.present:
        raise ValidationError(_("这些社区还没有地块，请先导入。"), code="scope")
    made.full_clean(validate_constraints=False)
    _must_be_counted(made)
    with transaction.atomic():
        Division.objects.select_for_update().get(pk=street.pk)
        same = Project.objects.filter(street=street, title=made.title).first()
        if same is not None and _repeats(made, same, scope):
            return same  # the same form, sent twice
        if same is not None:
            raise ValidationError(_("本街道已有叫这个名称的项目，请换一个名称。"), code="title")
        _must_be_free(scope)
        made.save()
        made.scope.set(scope)
        actor.record(
            "planning.open_project", object=made.reference, permission=PERMISSION,
            content={"title": made.title, "kind": kind, "street": street.code,
                     "scope": sorted(one.code for one in scope), "procedure": made.procedure.reference, "count": count,
                     "households": [households_least, households_most], "asked": asked},
        )  # fmt: skip
        draw_first(actor, made)
    return made


def _must_be_counted(project: Project) -> None:
    """Refuse a counting definition under which some block was never counted; a new name needs no count."""
    if project.kind == Project.Kind.RENAME:
        return
    rows = Count.objects.filter(
        block__street=project.street, definition=project.count, as_of__lte=timezone.localdate()
    )  # fmt: skip
    lacking = sorted(set(project.present) - set(rows.values_list("block__code", flat=True)))
    words = {"count": dict(Count.Definition.choices)[project.count], "n": len(lacking), "codes": "、".join(lacking[:5])}
    some = rows.filter(block__code__in=list(project.present), value__gt=0).exists()
    if not some:  # not one household in all of it: nobody counted
        raise ValidationError(
            _("这些社区没有“%(count)s”的数，不能据以划分。请先导入，或换一个口径。") % words, code="count"
        )
    if lacking:
        raise ValidationError(
            _("有%(n)d个地块没有“%(count)s”的数（%(codes)s等）。请先补齐，或换一个口径。") % words, code="count"
        )


def _repeats(made: Project, same: Project, scope: Sequence[Division]) -> bool:
    """Whether somebody asked for what he has opened already."""
    fields = ("by", "kind", "asked", "standard_id", "count", "households_least", "households_most")
    alike = all(getattr(made, name) == getattr(same, name) for name in fields)
    return alike and set(same.scope.all()) == set(scope)


def _must_be_free(scope: Sequence[Division]) -> None:
    """Refuse a community that an open project is about; asked while the street is locked."""
    for other in Project.objects.open().filter(scope__in=scope).distinct()[:1]:
        names = "、".join(one.title for one in other.scope.filter(pk__in=[one.pk for one in scope]))
        words = format_html(
            _("{}正在另一个项目里：<a href=\"{}\">{}</a>。先让它生效或结束，再开新的。"),
            names, reverse("planning:project", args=[other.pk]), other.title,
        )  # fmt: skip
        raise ValidationError(words, code="scope")


def _check_kind(project: Project, scope: Sequence[Division]) -> None:
    """Refuse what a kind cannot be asked."""
    kinds, asked, names = Project.Kind, project.asked, {str(one.name) for one in scope}
    if project.kind in (kinds.MERGE, kinds.ADJUST, kinds.ABOLISH) and len(scope) < 2:
        raise ValidationError(_("请至少选两个相邻的社区。"), code="scope")
    if project.kind == kinds.RENAME and len(scope) != 1:
        raise ValidationError(_("更名一次只改一个社区。"), code="scope")
    if project.kind in (kinds.MERGE, kinds.RENAME):
        into = asked["into"] = str(asked.get("into", "")).strip().removesuffix("社区")
        if not into or len(into) > MOST_NAME:
            raise ValidationError(_("社区须有名称，最多 %(most)d 个字。") % {"most": MOST_NAME}, code="into")
        others = Division.objects.on(timezone.localdate()).filter(parent=project.street_id)
        taken = {str(name) for name in others.values_list("name", flat=True)} - names
        if into in taken or (project.kind == kinds.RENAME and into in names):
            raise ValidationError(_("同一街道已有“%(name)s”。") % {"name": into}, code="into")
    if project.kind == kinds.ABOLISH and asked.get("ended") not in names:
        raise ValidationError(_("请选要撤销的社区。"), code="ended")
    if project.kind == kinds.ADJUST and not 1 <= int(asked.get("most_blocks", 0)) <= MOST_MOVED:
        raise ValidationError(_("改动 1 到 %(most)d 个地块。") % {"most": MOST_MOVED}, code="most_blocks")
