"""目标: say what a project is for; the papers open with it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.models import Project

MOST_OBJECTIVE = 300


def state_objective(actor: Actor, *, project: Project, objective: str) -> Project:
    """Write the objective of a project.

    Raises
    ------
    ValidationError
        Nothing said, or too much.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    words = " ".join(objective.split())
    if not 0 < len(words) <= MOST_OBJECTIVE:
        raise ValidationError(_("请写明目标，最多 %(most)d 个字。") % {"most": MOST_OBJECTIVE}, code="objective")
    with transaction.atomic():
        held = Project.objects.select_for_update().get(pk=project.pk)
        before, held.objective = held.objective, words
        held.save(update_fields=["objective"])
        actor.record(
            "planning.state_objective", object=held.reference, permission=PERMISSION,
            before={"objective": before}, after={"objective": words},
            content={"project": held.title, "objective": words},
        )  # fmt: skip
    return held
