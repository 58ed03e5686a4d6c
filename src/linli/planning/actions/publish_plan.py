"""公示: put a version on a public page for a number of natural days."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.sign_step import hold
from linli.planning.actions.two_persons import check_second, pair
from linli.planning.models import Plan, Proposal
from linli.planning.procedure.lacks import Lack
from linli.planning.statements import reasons_lacking
from linli.planning.verifying import verified

LEAST_DAYS, MOST_DAYS = 7, 180


def publish_plan(actor: Actor, *, plan: Plan, days: int = 30, first: Proposal | None = None) -> Plan:
    """Publish a plan for natural days, the day of publication not counted; published once, it stays as it is.

    Raises
    ------
    ValidationError
        It leaves blocks open or breaks a rule, a community outside the law's band has no reason, or the number of
        days is not right.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise ValidationError(
            _("公示 %(least)d 到 %(most)d 个自然日。") % {"least": LEAST_DAYS, "most": MOST_DAYS}, code="days"
        )
    with transaction.atomic():
        project = hold(plan.project)
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        held.project = project
        lacks = lacks_of_publication(held)
        if lacks:
            raise ValidationError([str(one) for one in lacks], code="lacks")
        verified(held)
        check_second(actor, project, Proposal.Act.PUBLISH, first)
        held.published_at = timezone.now()
        held.published_to = timezone.localdate() + timedelta(days=days)
        held.save(update_fields=["published_at", "published_to"])
        actor.record(
            "planning.publish_plan", object=held.reference, permission=PERMISSION, public=True,
            content={"project": held.project.title, "version": held.number, "to": held.published_to.isoformat(),
                     **pair(actor, first)},
        )  # fmt: skip
    return held


def lacks_of_publication(plan: Plan) -> list[Lack]:
    """Say what a version still lacks before it can be published, each with the place where it is done."""
    project = plan.project
    place = reverse("planning:plan", args=[project.pk, plan.number])
    if plan.published_at is not None:
        return [Lack(_("这个方案已经公示。"), place)]
    lacks = [Lack(_("方案还不合规则：%(rule)s") % {"rule": words}, f"{place}draw") for words in plan.broken_words[:5]]
    wanting = reasons_lacking(plan)
    return [*lacks, Lack(wanting, f"{place}reasons")] if wanting else lacks
