"""Two persons: propose an act as it would be done, confirm it, refuse it, take the proposal back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Post
from linli.planning.actions.enact import PERMISSION as ENACT
from linli.planning.actions.enact import enact, undo_enactment
from linli.planning.actions.open_project import PERMISSION as PLAN
from linli.planning.actions.publish_plan import publish_plan, withdraw_notice
from linli.planning.actions.sign_step import MOST_NOTE, WAIVE, hold, sign_step, waive_steps
from linli.planning.actions.two_persons import needs_second, propose
from linli.planning.models import Enactment, Plan, Project, Proposal
from linli.planning.procedure.course import course_of
from linli.planning.procedure.standing import PERMISSION as SIGN
from linli.planning.procedure.standing import signing_post

Act = Proposal.Act
Told = TypeVar("Told")
PERMISSIONS = {
    Act.WAIVE: WAIVE, Act.SIGN: SIGN, Act.PUBLISH: PLAN, Act.WITHDRAW: PLAN, Act.ENACT: ENACT, Act.UNDO: ENACT,
}  # fmt: skip


def begin(actor: Actor, *, project: Project, act: str, subject: str = "", said: Mapping[str, Any]) -> object:
    """Do an act, or propose it where the procedure asks for a second person.

    A proposal has passed everything that the act itself asks: it is done once and rolled back, so that the second
    person is never asked for what cannot be done.

    Parameters
    ----------
    subject
        Of what: a step's key, a version's number, an enactment; '' where `said` tells.
    said
        What was filled in, by the names of the act's arguments.

    Returns
    -------
    The `Proposal`, or whatever the act returns.
    """
    if not needs_second(actor, project, act, subject):
        return perform(actor, project=project, act=act, subject=subject, said=said)
    with transaction.atomic():
        held = hold(project)
        rehearse(actor, project=held, act=act, subject=subject, said=said, tell=lambda _done: None)
        return propose(
            actor, project=held, act=act, subject=subject, said=_stored(said), permission=PERMISSIONS[Act(act)],
            post=post_for(actor, held, act, subject),
        )  # fmt: skip


def rehearse(
    actor: Actor, *, project: Project, act: str, subject: str, said: Mapping[str, Any],
    tell: Callable[[Any], Told],
) -> Told:  # fmt: skip
    """Do an act and roll it back: what it refuses is raised; `tell` reads what it did before that is gone again."""
    with transaction.atomic():
        done = perform(actor, project=project, act=act, subject=subject, said=said, first=Proposal(project=project))
        told = tell(done)
        transaction.set_rollback(True)
    return told


def confirm(actor: Actor, *, proposal: Proposal) -> object:
    """Do what another person proposed.

    Raises
    ------
    ValidationError
        It does not wait any more, the same person proposed it, or what the act itself refuses.
    PermissionDenied
        The actor may not do the act.
    """
    with transaction.atomic():
        project = hold(proposal.project)
        held = _waiting(proposal)
        if held.by == actor.reference:
            raise ValidationError(_("提出和复核须是两个人。"), code="same_person")
        done = perform(actor, project=project, act=held.act, subject=held.subject, said=said_in(held), first=held)
        _settle(actor, held, Proposal.State.CONFIRMED)
    return done


def refuse(actor: Actor, *, proposal: Proposal, words: str) -> None:
    """Refuse what another person proposed, or take back one's own; the reason stays.

    Raises
    ------
    ValidationError
        It does not wait any more, or no reason is given.
    PermissionDenied
        The actor neither proposed it nor may confirm it.
    """
    words = words.strip()
    if not words or len(words) > MOST_NOTE:
        raise ValidationError(_("请写明理由，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code="words")
    with transaction.atomic():
        project = hold(proposal.project)
        held = _waiting(proposal)
        own = held.by == actor.reference
        if not own and not may_settle(actor, project, held):
            raise PermissionDenied(PERMISSIONS[Act(held.act)])
        held.words = words
        _settle(actor, held, Proposal.State.WITHDRAWN if own else Proposal.State.REFUSED)


def may_settle(actor: Actor, project: Project, proposal: Proposal) -> bool:
    """Whether an actor may do what is proposed, by his posts."""
    return actor.system or post_for(actor, project, proposal.act, proposal.subject) is not None


def post_for(actor: Actor, project: Project, act: str, subject: str) -> Post | None:
    """The post by which an actor may do an act in a project."""
    if act == Act.SIGN:
        step = next((one for one in course_of(project.procedure).steps if one.key == subject), None)
        return signing_post(actor, project, step) if step else None
    return actor.post_for(PERMISSIONS[Act(act)], project.street)


def perform(
    actor: Actor, *, project: Project, act: str, subject: str, said: Mapping[str, Any], first: Proposal | None = None
) -> object:
    """Do an act of a project by its name."""
    if act == Act.SIGN:
        return sign_step(actor, project=project, step=subject, first=first, **said)
    if act == Act.WAIVE:
        return waive_steps(actor, project=project, first=first, **said)
    if act == Act.UNDO:
        enactment = Enactment.objects.select_related("plan__project__street").get(
            pk=int(subject), plan__project=project
        )
        undo_enactment(actor, enactment=enactment, first=first)
        return enactment
    plan = Plan.objects.select_related("project__street", "scenario").get(project=project, number=int(subject))
    if act == Act.PUBLISH:
        return publish_plan(actor, plan=plan, first=first, **said)
    if act == Act.WITHDRAW:
        return withdraw_notice(actor, plan=plan, first=first, **said)
    return enact(actor, plan=plan, first=first, **said)


def _waiting(proposal: Proposal) -> Proposal:
    held = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if held.state != Proposal.State.WAITING:
        raise ValidationError(_("这件事已经%(state)s。") % {"state": held.get_state_display()}, code="settled")
    return held


def _settle(actor: Actor, held: Proposal, state: str) -> None:
    held.state, held.decided_by, held.decided_at = state, actor.reference, timezone.now()
    held.decided_post = post_for(actor, held.project, held.act, held.subject)
    held.save(update_fields=["state", "decided_by", "decided_at", "decided_post", "words"])
    actor.record(
        "planning.settle_proposal", object=held.reference, permission=PERMISSIONS[Act(held.act)],
        content={"project": held.project.title, "act": held.act, "state": state, "words": held.words},
    )  # fmt: skip


def _stored(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, as JSON keeps it: days become words."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}


def said_in(proposal: Proposal) -> dict[str, Any]:
    """What was filled in, as the act takes it."""
    said = dict(proposal.said)
    if "from_day" in said:
        said["from_day"] = date.fromisoformat(said["from_day"])
    return said
