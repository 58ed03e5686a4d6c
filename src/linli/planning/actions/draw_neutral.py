"""Draw neutral plans beside a version, in the background."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.jobs import running
from linli.jobs.models import Job
from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.ground import ground_of
from linli.planning.models import NeutralSample, Plan, Project
from linli.planning.neutral import key_of, sample_for

KIND = "planning.neutral"


def draw_neutral(actor: Actor, *, plan: Plan) -> NeutralSample:
    """Start the drawing; one that is comparable and under way or finished is not drawn again.

    Raises
    ------
    ValidationError
        The plan leaves blocks open or breaks a rule.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    if plan.broken:
        raise ValidationError(
            _("方案还不合规则：%(rules)s") % {"rules": "；".join(plan.broken_words[:5])}, code="broken"
        )
    blocks = ground_of(plan.project)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=plan.project_id)
        known = sample_for(plan, blocks)
        if known is not None and known.job.state not in (Job.State.FAILED, Job.State.CANCELLED):
            return known
        made = NeutralSample(project=plan.project, plan=plan, key=key_of(plan, blocks))
        made.job = running.start(KIND, actor=actor.reference, plan=plan.pk)
        made.save()
        actor.record(
            "planning.draw_neutral", object=plan.reference, permission=PERMISSION,
            content={"project": plan.project.title, "version": plan.number},
        )  # fmt: skip
    return made
