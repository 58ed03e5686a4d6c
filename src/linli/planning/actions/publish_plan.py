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
from linli.planning.actions.sign_step import MOST_NOTE, hold
from linli.planning.actions.two_persons import check_second, pair
from linli.planning.models import Plan, Proposal
from linli.planning.name_check import name_lacks
from linli.planning.procedure.lacks import Lack, refuse_what_lacks
from linli.planning.procedure.standing import Standing
from linli.planning.statements import reasons_lacking
from linli.planning.verifying import verified

LEAST_DAYS, MOST_DAYS = 7, 180


FINAL, COMMENTS = "final", "comments"


def publish_plan(
    actor: Actor, *, plan: Plan, days: int = 30, kind: str = FINAL, number: str = "", issuer: str = "",
    contact: str = "", telephone: str = "", place: str = "", first: Proposal | None = None,
) -> Plan:  # fmt: skip
    """Publish a plan for natural days, the day of publication not counted; published once, it stays as it is.

    Parameters
    ----------
    kind
        `final`, the notice that the procedure asks for, or `comments`, which may bear working names.
    number, issuer, contact, telephone, place
        Of the notice: document number, who issues it, whom to ask, where to object in person.
    first
        The proposal, where the procedure asks for two persons.

    Raises
    ------
    ValidationError
        What `lacks_of_publication` says, or the number of days is not right.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    if not LEAST_DAYS <= days <= MOST_DAYS:
        raise ValidationError(
            _("公示 %(least)d 到 %(most)d 个自然日。") % {"least": LEAST_DAYS, "most": MOST_DAYS}, code="days"
        )
    if kind not in (FINAL, COMMENTS):
        raise ValidationError(_("请选公示还是征求意见。"), code="kind")
    with transaction.atomic():
        project = hold(plan.project)
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        held.project = project
        refuse_what_lacks(lacks_of_publication(held) + (lacks_of_final(held) if kind == FINAL else []))
        verified(held)
        check_second(actor, project, Proposal.Act.PUBLISH, first)
        held.published_at = timezone.now()
        held.published_to = timezone.localdate() + timedelta(days=days)
        said = {"number": number, "issuer": issuer, "contact": contact, "telephone": telephone, "place": place}
        held.notice = {"kind": kind, **{name: words.strip() for name, words in said.items()}}
        held.save(update_fields=["published_at", "published_to", "notice"])
        actor.record(
            "planning.publish_plan", object=held.reference, permission=PERMISSION, public=True,
            content={"project": held.project.title, "version": held.number, "to": held.published_to.isoformat(),
                     "kind": kind, "number": held.notice["number"], **pair(actor, first)},
        )  # fmt: skip
    return held


def withdraw_notice(actor: Actor, *, plan: Plan, reason: str, first: Proposal | None = None) -> Plan:
    """Withdraw a publication: its address goes on and says so, and why.

    Raises
    ------
    ValidationError
        It is not published, withdrawn already, no reason, or the plan takes effect on the strength of it.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, plan.project.street)
    reason = reason.strip()
    if not reason or len(reason) > MOST_NOTE:
        raise ValidationError(_("请写明理由，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code="reason")
    with transaction.atomic():
        project = hold(plan.project)
        held = Plan.objects.select_for_update().get(pk=plan.pk)
        held.project = project
        refuse_what_lacks(lacks_of_withdrawal(held))
        check_second(actor, project, Proposal.Act.WITHDRAW, first)
        held.withdrawn_at, held.withdrawn_why = timezone.now(), reason
        held.save(update_fields=["withdrawn_at", "withdrawn_why"])
        actor.record(
            "planning.withdraw_notice", object=held.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "version": held.number, "reason": reason, **pair(actor, first)},
        )  # fmt: skip
    return held


def lacks_of_publication(plan: Plan) -> list[Lack]:
    """Say what a version still lacks before it can be shown at all, each with the place where it is done."""
    project = plan.project
    place = reverse("planning:plan", args=[project.pk, plan.number])
    if plan.published_at is not None:
        return [Lack(_("这个方案已经公示。"), place)]
    lacks = [Lack(_("方案还不合规则：%(rule)s") % {"rule": words}, f"{place}draw") for words in plan.broken_words[:5]]
    wanting = reasons_lacking(plan)
    return [*lacks, Lack(wanting, f"{place}reasons")] if wanting else lacks


def lacks_of_final(plan: Plan) -> list[Lack]:
    """Say what the final notice lacks besides: final names, and the phases that the procedure puts before it."""
    standing = Standing(plan.project)
    return [*name_lacks(plan), *standing.up_to(standing.course.publish_after, plan)]


def lacks_of_withdrawal(plan: Plan) -> list[Lack]:
    """Say why a publication cannot be withdrawn."""
    place = reverse("planning:plan", args=[plan.project_id, plan.number])
    if plan.published_at is None or plan.withdrawn_at is not None:
        return [Lack(_("没有可以撤回的公示。"), place)]
    done = plan.enactments.filter(undone_at=None).first()
    if done is not None:
        return [Lack(_("方案已定下生效日期，先撤回生效。"), reverse("planning:undo-enactment", args=[done.pk]))]
    return []
