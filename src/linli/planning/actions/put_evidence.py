"""Files of a step: put minutes or a signed scan to it, take one back, read one."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.files import read_file, remove_file
from linli.planning.actions.appraise import signed
from linli.planning.actions.sign_step import MOST_NOTE, hold
from linli.planning.evidence import Given, keep_evidence
from linli.planning.models import Evidence, Project
from linli.planning.procedure.course import Step, course_of
from linli.planning.procedure.standing import PERMISSION, may_sign, signing_post


def put_evidence(actor: Actor, *, project: Project, step: str, attached: Sequence[Given]) -> list[Evidence]:
    """Put files to a step, before or after it is signed; a file that stands there already is put once.

    Raises
    ------
    ValidationError
        No file, or one that `keep_evidence` refuses, or the project has ended.
    PermissionDenied
        The actor holds none of the posts that sign the step here.
    """
    found = _step(project, step)
    if not may_sign(actor, project, found):
        raise PermissionDenied(PERMISSION)
    if not attached:
        raise ValidationError(_("请选择文件。"), code="attached")
    with transaction.atomic():
        held = hold(project)
        if held.closed_at is not None:
            raise ValidationError(_("这个项目已经结束，或者已经有方案生效。"), code="closed")
        post = signing_post(actor, held, found)
        made = keep_evidence(actor, project=held, step=step, files=attached, post=post)
        try:
            for one in made:
                actor.record(
                    "planning.put_evidence", object=one.reference, permission=PERMISSION, public=True,
                    content={"project": held.title, "step": found.title, "files": [one.sha256]},
                )  # fmt: skip
        except BaseException:
            for one in made:
                remove_file(one.path)
            raise
    return made


def withdraw_evidence(actor: Actor, *, evidence: Evidence, reason: str) -> Evidence:
    """Take a file of a step back; it stays to be read with the reason. A file of an opinion goes with its opinion.

    Raises
    ------
    ValidationError
        No reason, it is taken back already, belongs to an opinion, or its step is signed.
    PermissionDenied
        The actor holds none of the posts that sign the step here.
    """
    found = _step(evidence.project, evidence.step)
    if not may_sign(actor, evidence.project, found):
        raise PermissionDenied(PERMISSION)
    reason = reason.strip()
    if not reason or len(reason) > MOST_NOTE:
        raise ValidationError(_("请写明理由，最多 %(most)d 个字。") % {"most": MOST_NOTE}, code="reason")
    with transaction.atomic():
        project = hold(evidence.project)
        held = Evidence.objects.select_for_update().get(pk=evidence.pk)
        if held.withdrawn_at is not None or held.appraisal_id is not None:
            raise ValidationError(_("这个文件已经撤回，或者随论证意见走。"), code="withdrawn")
        if signed(project, held.step):
            raise ValidationError(_("这一步已经签办，先撤回签办，再撤回文件。"), code="signed")
        held.withdrawn_at, held.withdrawn_why = timezone.now(), reason
        held.save(update_fields=["withdrawn_at", "withdrawn_why"])
        actor.record(
            "planning.withdraw_evidence", object=held.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "step": found.title, "files": [held.sha256], "reason": reason},
        )  # fmt: skip
    return held


def read_evidence(actor: Actor, *, evidence: Evidence) -> bytes:
    """Return a file, after recording who read it: it bears names and signatures.

    Raises
    ------
    ValidationError
        It is gone, or is not what was kept any more.
    PermissionDenied
        The actor signs nowhere in its project.
    """
    if not sees(actor, evidence.project):
        raise PermissionDenied(PERMISSION)
    content = read_file(evidence.path, evidence.sha256)
    if content is None:
        raise ValidationError(_("文件不见了，或与存入时的 SHA-256 不符，不能作为材料。"), code="altered")
    with transaction.atomic():
        actor.record(
            "planning.read_evidence", object=evidence.reference, permission=PERMISSION, touched=False,
            content={"project": evidence.project.title, "files": [evidence.sha256]},
        )  # fmt: skip
    return content


def sees(actor: Actor, project: Project) -> bool:
    """Whether an actor takes part in a project's procedure: he signs in its street or in one of its communities."""
    return Project.objects.signed_in(actor.areas(PERMISSION)).filter(pk=project.pk).exists()


def _step(project: Project, key: str) -> Step:
    step = next((one for one in course_of(project.procedure).steps if one.key == key), None)
    if step is None:
        raise ValidationError(_("程序里没有这一步。"), code="step")
    return step
