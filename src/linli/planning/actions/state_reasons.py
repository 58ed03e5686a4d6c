"""Say why a plan's communities lie outside the statutory band: approvers ask for it, and the public reads it."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.models import Plan

MOST_REASON = 300


def state_reasons(actor: Actor, *, plan: Plan, reasons: Mapping[str, str]) -> Plan:
    """Write reasons by community's name; the division itself stays as it is.

    Raises
    ------
    ValidationError
        A community that the plan does not have, or a reason that is empty or too long.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    said = {name: words.strip().rstrip("。") for name, words in reasons.items()}
    if not set(said) <= set(plan.names):
        raise ValidationError(_("方案里没有这个社区。"), code="name")
    if any(not words or len(words) > MOST_REASON for words in said.values()):
        raise ValidationError(_("请写明理由，最多 %(most)d 个字。") % {"most": MOST_REASON}, code="reason")
    with transaction.atomic():
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        before, held.reasons = held.reasons, {**held.reasons, **said}
        held.save(update_fields=["reasons"])
        actor.record(
            "planning.state_reasons", object=held.reference, permission=PERMISSION, public=True,
            before={"reasons": before}, after={"reasons": held.reasons},
            content={"project": held.project.title, "version": held.number, "reasons": said},
        )  # fmt: skip
    return held
