"""Proposals that wait for a second person: in the list of procedures, and in 今日."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from linli.matters.beside import Waiting
from linli.org.actors import Actor
from linli.org.rest import under
from linli.planning.actions.confirm import PERMISSIONS
from linli.planning.models import Project, Proposal
from linli.planning.procedure.standing import PERMISSION as SIGN
from linli.planning.procedure.standing import Standing, may_sign

MOST = 10


def waiting_in(actor: Actor) -> QuerySet[Proposal]:
    """Return the proposals that wait in the actor's areas, for acts that he may do himself; the oldest first."""
    mine = Q(pk__in=[])
    for act, permission in PERMISSIONS.items():
        areas = actor.areas(permission)
        if areas:
            place = Q(under("project__street__path", areas))
            if permission == SIGN:
                place |= Q(pk__in=Proposal.objects.filter(under("project__scope__path", areas)).values("pk"))
            mine |= Q(act=act) & place
    rows = Proposal.objects.filter(mine, state=Proposal.State.WAITING).select_related("project__street")
    return rows.order_by("pk")


def for_today(actor: Actor) -> Iterable[Waiting]:
    """What 今日 says: proposals of others that the actor may confirm, steps of procedures that he can sign now."""
    for one in waiting_in(actor).exclude(by=actor.reference)[:MOST]:
        words = _("“%(title)s”等您复核：%(act)s") % {"title": one.project.title, "act": one.get_act_display()}
        yield Waiting(words, reverse("planning:proposal", args=[one.pk]))
    areas = actor.areas(SIGN)
    open_ones = Project.objects.signed_in(areas).filter(closed_at=None) if areas else Project.objects.none()
    for project in open_ones.select_related("street", "procedure").prefetch_related("scope").order_by("-pk")[:MOST]:
        for stage in Standing(project).stages:
            if stage.ready and may_sign(actor, project, stage.step):
                words = _("“%(title)s”等您签办：%(step)s") % {"title": project.title, "step": stage.step.words}
                yield Waiting(words, reverse("planning:sign", args=[project.pk, stage.step.key]))
