"""Give a project up, so that its communities are free for another one; what was drawn stays to be read."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.models import Project

MOST_WHY = 200


def close_project(actor: Actor, *, project: Project, why: str) -> Project:
    """End a project that will put nothing in force.

    Raises
    ------
    ValidationError
        No reason, it has ended already, or a plan of it was put in force, or is still shown to the public.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    why = why.strip()
    if not why or len(why) > MOST_WHY:
        raise ValidationError(_("请写明为什么结束，最多 %(most)d 个字。") % {"most": MOST_WHY}, code="why")
    with transaction.atomic():
        held = Project.objects.select_for_update().get(pk=project.pk)
        if not Project.objects.open().filter(pk=held.pk).exists():
            raise ValidationError(_("这个项目已经结束，或者已经有方案生效。"), code="closed")
        if held.plans.filter(published_to__gte=timezone.localdate()).exists():
            raise ValidationError(_("还有方案在公示，公示期满后再结束。"), code="published")
        held.closed_at = timezone.now()
        held.save(update_fields=["closed_at"])
        actor.record(
            "planning.close_project", object=held.reference, permission=PERMISSION,
            content={"title": held.title, "why": why},
        )  # fmt: skip
    return held
