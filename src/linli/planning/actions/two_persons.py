"""Acts that need two persons: whether one does, whether the second may, and the proposal of the first."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Post
from linli.planning.models import Project, Proposal
from linli.planning.procedure.course import Course, course_of

Act = Proposal.Act


def needs_second(actor: Actor, project: Project, act: str, step: str = "", course: Course | None = None) -> bool:
    """Whether another person has to confirm an act; a step's signature where the step says so."""
    if actor.system:  # a command on the machine, the demo
        return False
    found = course or course_of(project.procedure)
    if act == Act.SIGN:
        return any(one.second for one in found.steps if one.key == step)
    return act in found.second


def check_second(actor: Actor, project: Project, act: str, first: Proposal | None, step: str = "") -> None:
    """Refuse an act that needs two persons where there is only one; called under the project's lock.

    Raises
    ------
    ValidationError
        Nobody proposed it, or the same person did.
    """
    if not needs_second(actor, project, act, step):
        return
    if first is None:
        raise ValidationError(_("这件事要另一人复核：先提出，再由第二人确认。"), code="second")
    if first.by == actor.reference:
        raise ValidationError(_("提出和复核须是两个人。"), code="same_person")


def propose(
    actor: Actor, *, project: Project, act: str, subject: str, said: dict[str, Any], permission: str, post: Post | None
) -> Proposal:
    """Write down what one person proposes; in the caller's transaction, after everything else was checked.

    Raises
    ------
    ValidationError
        The same waits already.
    """
    made = Proposal(
        project=project, act=act, subject=subject, said=said, by=actor.reference, post=post,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError:
        raise ValidationError(_("同一件事已经提出，正等复核。"), code="waiting") from None
    actor.record(
        "planning.propose", object=made.reference, permission=permission,
        content={"project": project.title, "act": act, "subject": subject, "said": said},
    )  # fmt: skip
    return made


def pair(actor: Actor, first: Proposal | None) -> dict[str, str]:
    """What the ledger's entry of an act says of the two persons; nothing where one did it alone."""
    return {"proposed_by": first.by, "confirmed_by": actor.reference} if first is not None else {}
