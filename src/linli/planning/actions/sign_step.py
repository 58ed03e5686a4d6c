"""Steps of a project's procedure: sign one, waive some with a reason, take a mark back."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.policies import permit
from linli.planning.actions.two_persons import check_second, pair
from linli.planning.evidence import files_of
from linli.planning.models import Mark, Project, Proposal
from linli.planning.procedure.lacks import Lack, refuse_what_lacks
from linli.planning.procedure.standing import PERMISSION, Stage, Standing, may_sign, signing_post

WAIVE = "planning.waive"
MOST_NOTE = 500
LEAST_REASON, LEAST_CHARACTERS = 10, 6  # of a waiver: characters, and different ones among them
MOST_WAIVED = 3  # steps by one reason


def sign_step(
    actor: Actor, *, project: Project, step: str, paper: str = "", note: str = "", first: Proposal | None = None
) -> Mark:
    """Record that a step is done; `first` is the proposal where the step asks for two persons.

    Raises
    ------
    ValidationError
        The step is not open, is marked already, something is missing, or its paper is.
    PermissionDenied
        The actor holds none of the posts that sign it here.
    """
    paper, note = paper.strip(), note.strip()
    with transaction.atomic():
        held = hold(project)
        stage = _stage(held, step)
        if not may_sign(actor, held, stage.step):
            raise PermissionDenied(PERMISSION)
        refuse_what_lacks(lacks_of_signing(stage, held))
        if stage.step.paper and not paper:
            raise ValidationError(_("请填写文号或材料名称。"), code="paper")
        check_second(actor, held, Proposal.Act.SIGN, first, step)
        made = Mark.objects.create(
            project=held, step=step, state=Mark.State.SIGNED, paper=paper[:120], note=note[:MOST_NOTE],
            by=actor.reference, post=signing_post(actor, held, stage.step),
        )  # fmt: skip
        actor.record(
            "planning.sign_step", object=held.reference, permission=PERMISSION, public=True,
            content={"project": held.title, "step": stage.step.title, "paper": made.paper, "note": made.note,
                     "files": [one.sha256 for one in files_of(held, step)], **pair(actor, first)},
        )  # fmt: skip
    return made


def waive_steps(
    actor: Actor, *, project: Project, steps: Sequence[str], reason: str, first: Proposal | None = None
) -> list[Mark]:
    """Let a project go on without some steps; the reason is public, and a second person confirms it.

    One reason is for a few steps at most, and no reason is used twice in a project: ten steps are not waived by a word.

    Raises
    ------
    ValidationError
        No reason or an empty one, no step or too many, one that the procedure does not have, that may not be waived,
        or that is marked already.
    PermissionDenied
        The actor may not.
    """
    permit(actor, WAIVE, project.street)
    reason = reason.strip()
    if not LEAST_REASON <= len(reason) <= MOST_NOTE or len(set(reason)) < LEAST_CHARACTERS:
        words = _("请写明豁免的理由，至少 %(least)d 个字，最多 %(most)d 个字。")
        raise ValidationError(words % {"least": LEAST_REASON, "most": MOST_NOTE}, code="reason")
    chosen_keys = list(dict.fromkeys(steps))
    if not chosen_keys:
        raise ValidationError(_("请至少选一个步骤。"), code="steps")
    if len(chosen_keys) > MOST_WAIVED:
        raise ValidationError(_("一次最多豁免 %(most)d 步，其余的请另写理由。") % {"most": MOST_WAIVED}, code="steps")
    with transaction.atomic():
        held = hold(project)
        standing = Standing(held)
        chosen = [_stage(held, key, standing) for key in chosen_keys]
        fixed = [one.step.words for one in chosen if not one.step.waivable]
        if fixed:
            raise ValidationError(_("不得豁免：%(steps)s") % {"steps": "、".join(fixed)}, code="steps")
        if held.marks.filter(state=Mark.State.WAIVED, note=reason).exists():
            raise ValidationError(_("这条理由已用来豁免别的步骤，请写明这几步各自的理由。"), code="reason")
        check_second(actor, held, Proposal.Act.WAIVE, first)
        made = Mark.objects.bulk_create(
            Mark(project=held, step=one.step.key, state=Mark.State.WAIVED, note=reason, by=actor.reference,
                 post=actor.post_for(WAIVE, held.street))
            for one in chosen
        )  # fmt: skip
        actor.record(
            "planning.waive_steps", object=held.reference, permission=WAIVE, public=True,
            content={"project": held.title, "steps": [one.step.title for one in chosen], "reason": reason,
                     **pair(actor, first)},
        )  # fmt: skip
    return made


def take_back_step(actor: Actor, *, project: Project, step: str, reason: str) -> None:
    """Take a mark back: the step is open again, and what was recorded stays in the ledger.

    Raises
    ------
    ValidationError
        The step bears no mark, no reason is given, or a plan took effect on the strength of it.
    PermissionDenied
        The actor may neither sign the step nor, where it was waived, waive it.
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("请写明撤回的理由。"), code="reason")
    with transaction.atomic():
        held = hold(project)
        standing = Standing(held)
        mark = standing.marks.get(step)
        stage = standing.stage(step)
        if mark is None or stage is None:
            raise ValidationError(_("这一步还没有签办。"), code="step")
        if mark.state == Mark.State.WAIVED:
            permit(actor, WAIVE, held.street)
        elif not may_sign(actor, held, stage.step):
            raise PermissionDenied(PERMISSION)
        refuse_what_lacks(lacks_of_taking_back(standing, stage))
        mark.withdrawn_at = timezone.now()
        mark.save(update_fields=["withdrawn_at"])
        actor.record(
            "planning.take_back_step", object=held.reference, permission=PERMISSION, public=True,
            content={"project": held.title, "step": stage.step.title, "reason": reason},
        )  # fmt: skip


def lacks_of_signing(stage: Stage, project: Project) -> list[Lack]:
    """Say what a step waits for: the steps before it, then what it misses itself."""
    if not stage.open:
        return [Lack(_("前面的步骤还没有完成。"), reverse("planning:procedure", args=[project.pk]), "gate")]
    return list(stage.missing)


def lacks_of_taking_back(standing: Standing, stage: Stage) -> list[Lack]:
    """Say why a mark cannot be taken back: a plan is put in force on the strength of it."""
    made = standing.facts.enactment
    if made is None or stage.step not in standing.course.before_enactment():
        return []
    place = reverse("planning:undo-enactment", args=[made.pk])
    return [Lack(_("方案已定下生效日期，之前的步骤不能撤回；先撤回生效。"), place, "enacted")]


def hold(project: Project) -> Project:
    """Return a project under its lock."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("street", "procedure")
    return rows.get(pk=project.pk)


def _stage(project: Project, key: str, standing: Standing | None = None) -> Stage:
    stage = (standing or Standing(project)).stage(key)
    if stage is None:
        raise ValidationError(_("程序里没有这一步。"), code="step")
    if stage.mark is not None:
        said = {"step": stage.step.words, "state": stage.mark.get_state_display()}
        raise ValidationError(_("“%(step)s”%(state)s。") % said, code="marked")
    return stage
