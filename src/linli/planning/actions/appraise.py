"""论证: record an opinion on a version of a plan, say what became of it, take it back or put another in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.files import remove_file
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.actions.sign_step import MOST_NOTE, hold
from linli.planning.evidence import Given, keep_evidence
from linli.planning.models import Appraisal, Evidence, Mark, Plan, Project
from linli.planning.procedure.course import Step, course_of

MOST_WORDS = 1000
SAME = ("conclusion", "words", "day")


def record_appraisal(
    actor: Actor, *, project: Project, step: str, plan: Plan, body: str, person: str, conclusion: str, words: str,
    day: date, attached: Sequence[Given] = (), instead_of: Appraisal | None = None, reason: str = "",
) -> Appraisal:  # fmt: skip
    """Record an opinion with its signed file; the same form sent twice records it once.

    Parameters
    ----------
    step
        Key of a step of the project's procedure that takes opinions.
    body, person
        Whose opinion it is, and who signed it.
    conclusion
        One of `Appraisal.Conclusion`.
    day
        On which it was signed.
    instead_of, reason
        The opinion that it corrects, and why; its files go on where none are given.

    Raises
    ------
    ValidationError
        No such step or version, something left empty, a day to come, no file, an opinion of the same signatory on the
        same version, the project has ended, or what is corrected does not stand any more.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    with transaction.atomic():
        held = hold(project)
        _appraised(held, step)
        made = Appraisal(
            project=held, plan=_version(held, plan), step=step, body=body.strip(), person=person.strip(), day=day,
            conclusion=conclusion, words=words.strip(), instead_of=instead_of, by=actor.reference,
            post=actor.post_for(PERMISSION, held.street),
        )  # fmt: skip
        made.full_clean(exclude=["project", "plan", "instead_of", "post"], validate_constraints=False)
        if day > timezone.localdate():
            raise ValidationError(_("签字日期不能晚于今天。"), code="day")
        standing = held.appraisals.filter(withdrawn_at=None)
        same = standing.filter(step=step, plan=made.plan, body=made.body, person=made.person).first()
        if same is not None and same.by == made.by and all(getattr(same, name) == getattr(made, name) for name in SAME):
            return same  # the same form, sent twice
        if same is not None and (instead_of is None or same.pk != instead_of.pk):
            raise ValidationError(_("“%(body)s”对这一版已有意见，请更正那一份。") % {"body": made.body}, code="body")
        old = _taken_back(actor, held, instead_of, reason) if instead_of else None
        if not attached and old is None:
            raise ValidationError(_("请附上签字的意见。"), code="attached")
        made.save()
        kept = keep_evidence(actor, project=held, step=step, files=attached, post=made.post, appraisal=made)
        if old is not None and not attached:
            kept = _handed_on(old, made)
        said = {"reason": reason.strip()} if old else {}
        try:
            actor.record(
                "planning.record_appraisal", object=made.reference, permission=PERMISSION, public=True,
                content={**_said(made), "conclusion": conclusion, "files": [one.sha256 for one in kept], **said},
                also=[one.reference for one in kept],
            )  # fmt: skip
        except BaseException:
            for one in kept if attached else []:
                remove_file(one.path)
            raise
    return made


def answer_appraisal(actor: Actor, *, appraisal: Appraisal, answer: str) -> Appraisal:
    """Say what became of an opinion that asks for changes or refuses; what stood before stays in the ledger.

    Raises
    ------
    ValidationError
        Nothing is said, or the opinion does not stand any more.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, appraisal.project.street)
    answer = answer.strip()
    if not answer or len(answer) > MOST_NOTE:
        raise ValidationError(_("请写明采纳情况，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code="answer")
    with transaction.atomic():
        held = _standing(hold(appraisal.project), appraisal)
        held.answer = answer
        held.save(update_fields=["answer"])
        actor.record(
            "planning.answer_appraisal", object=held.reference, permission=PERMISSION, public=True,
            content={**_said(held), "answer": answer},
        )  # fmt: skip
    return held


def withdraw_appraisal(actor: Actor, *, appraisal: Appraisal, reason: str) -> Appraisal:
    """Take an opinion back: it counts no more, and stays to be read with the reason.

    Raises
    ------
    ValidationError
        No reason, it does not stand any more, or its step is signed on the strength of it.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, appraisal.project.street)
    with transaction.atomic():
        project = hold(appraisal.project)
        return _taken_back(actor, project, appraisal, reason)


def signed(project: Project, step: str) -> bool:
    """Whether a step is signed, so that what it rests on stays as it is."""
    return project.marks.filter(step=step, state=Mark.State.SIGNED, withdrawn_at=None).exists()


def _appraised(project: Project, key: str) -> Step:
    if project.closed_at is not None:
        raise ValidationError(_("这个项目已经结束，或者已经有方案生效。"), code="closed")
    step = next((one for one in course_of(project.procedure).appraised if one.key == key), None)
    if step is None:
        raise ValidationError(_("程序里没有这一项论证。"), code="step")
    return step


def _version(project: Project, plan: Plan) -> Plan:
    if plan.project_id != project.pk:
        raise ValidationError(_("项目里没有这个方案。"), code="plan")
    return plan


def _standing(project: Project, appraisal: Appraisal) -> Appraisal:
    held = project.appraisals.select_for_update(of=("self",)).select_related("plan").get(pk=appraisal.pk)
    if held.withdrawn_at is not None:
        raise ValidationError(_("这份意见已经撤回。"), code="withdrawn")
    held.project = project
    return held


def _taken_back(actor: Actor, project: Project, appraisal: Appraisal, reason: str) -> Appraisal:
    reason = reason.strip()
    if not reason or len(reason) > MOST_NOTE:
        raise ValidationError(_("请写明理由，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code="reason")
    held = _standing(project, appraisal)
    if signed(project, held.step):
        raise ValidationError(_("这一步已经签办，先撤回签办，再改意见。"), code="signed")
    held.withdrawn_at, held.withdrawn_why = timezone.now(), reason
    held.save(update_fields=["withdrawn_at", "withdrawn_why"])
    actor.record(
        "planning.withdraw_appraisal", object=held.reference, permission=PERMISSION, public=True,
        content={**_said(held), "reason": reason},
    )  # fmt: skip
    return held


def _handed_on(old: Appraisal, new: Appraisal) -> list[Evidence]:
    """Let the files of an opinion stand for the one that corrects it too."""
    rows = list(old.files.all())
    for row in rows:
        row.pk, row.appraisal = None, new
        row.save(force_insert=True)
    return rows


def _said(appraisal: Appraisal) -> dict[str, object]:
    """What the public ledger says of an opinion: never who signed it, whose name is his own."""
    course = course_of(appraisal.project.procedure)
    step = next((one.title for one in course.steps if one.key == appraisal.step), appraisal.step)
    return {
        "project": appraisal.project.title, "version": appraisal.plan.number, "step": step, "body": appraisal.body,
    }  # fmt: skip
