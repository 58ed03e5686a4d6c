"""公示: put a version on a public page for a number of natural days."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.models import Plan
from linli.planning.statements import reasons_lacking
from linli.planning.verifying import verified

LEAST_DAYS, MOST_DAYS = 7, 180


def publish_plan(actor: Actor, *, plan: Plan, days: int = 30) -> Plan:
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
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        if held.published_at is not None:
            raise ValidationError(_("这个方案已经公示。"), code="published")
        if held.broken:
            raise ValidationError(
                _("方案还不合规则：%(rules)s") % {"rules": "；".join(held.broken_words[:5])}, code="broken"
            )
        if lacking := reasons_lacking(held):
            raise ValidationError(lacking, code="reasons")
        verified(held)
        held.published_at = timezone.now()
        held.published_to = timezone.localdate() + timedelta(days=days)
        held.save(update_fields=["published_at", "published_to"])
        actor.record(
            "planning.publish_plan", object=held.reference, permission=PERMISSION, public=True,
            content={"project": held.project.title, "version": held.number, "to": held.published_to.isoformat()},
        )  # fmt: skip
    return held
