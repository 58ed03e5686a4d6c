"""Publish a new version of the procedure; projects that were opened before keep theirs."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Role
from linli.org.policies import permit
from linli.planning.models import Procedure
from linli.planning.procedure.course import COURSE, Step, as_rows, course_of, differences, read_course

PERMISSION = "planning.waive"


def publish_procedure(actor: Actor, *, code: str, steps: Sequence[Step], source: str) -> Procedure:
    """Publish the next version with other steps; phases and gates stay.

    Returns
    -------
    The version; the newest as it stands where nothing differs, so that a double click publishes once.

    Raises
    ------
    ValidationError
        A step that is not right, or a role that there is not.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION)
    with transaction.atomic():
        last = Procedure.objects.select_for_update().filter(code=code).order_by("-version").first()
        if last is None:
            raise ValidationError(_("没有这个程序。"), code="code")
        rows = as_rows(steps)
        gates = {name: getattr(last, name) for name in COURSE if name != "steps"}
        read_course({**gates, "steps": rows})
        kept = {step.key for step in steps}
        dropped = [step.words for step in course_of(last).steps if not step.waivable and step.key not in kept]
        if dropped:
            raise ValidationError(_("“%(step)s”不得豁免，也不能从程序里去掉。") % {"step": dropped[0]}, code="steps")
        named = {role for step in steps for role in step.signs}
        unknown = sorted(named - set(Role.objects.filter(code__in=named).values_list("code", flat=True)))
        if unknown:
            raise ValidationError(_("没有这个角色：%(name)s") % {"name": unknown[0]}, code="signs")
        made = Procedure(
            code=code, version=last.version + 1, title=last.title, title_en=last.title_en, source=source.strip(),
            steps=rows, by=actor.reference, **gates,
        )  # fmt: skip
        changed = differences(last, made)
        if not changed and made.source == last.source:
            return last
        made.full_clean()
        made.save()
        actor.record(
            "planning.publish_procedure", object=made.reference, permission=PERMISSION, public=True,
            content={"code": code, "version": made.version, "changed": [name for name, _a, _b in changed]},
        )  # fmt: skip
    return made
