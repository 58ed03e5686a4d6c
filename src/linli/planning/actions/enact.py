"""Put a plan in force from a midnight on, in one transaction; and take it back before it has become history."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actions.found_division import found_division
from linli.org.actions.withdraw_division import withdraw_division
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Enactment, Plan
from linli.plans.checks import broken_rules
from linli.territory.actions.assign_blocks import assign_blocks
from linli.territory.actions.undo_assignment import undo_assignment
from linli.territory.models import Block

PERMISSION = "planning.enact"


def enact(actor: Actor, *, plan: Plan, from_day: date, paper: str) -> Enactment:
    """Let every block of a plan belong to its community from midnight (Asia/Shanghai) of a day on.

    Communities that the plan keeps go on with code and identity; the others are founded with a temporary code and
    the status 筹备. A day to come is scheduled. After it took effect another enactment corrects it from a later day.

    Raises
    ------
    ValidationError
        No paper, a day that is past, a plan that leaves blocks open or breaks a rule, or one that changes nothing.
    PermissionDenied
        The actor may not.
    """
    project = plan.project
    permit(actor, PERMISSION, project.street)
    paper = paper.strip()
    if not paper:
        raise ValidationError(_("请填写批复文号。"), code="paper")
    if from_day < timezone.localdate():
        raise ValidationError(_("生效日期不能早于今天。"), code="from_day")
    blocks = ground_of(project)
    missing = [code for code in blocks.ids if not plan.community_of(code)]
    if missing or len(plan.labels) != len(blocks):
        said = "、".join(missing[:5]) or _("地块已变动")
        raise ValidationError(_("方案与现有地块对不上，请先补全方案：%(codes)s") % {"codes": said}, code="open")
    broken = [one.text for one in broken_rules(found_of(plan, blocks))]
    if broken:
        raise ValidationError(_("方案还不合规则：%(rules)s") % {"rules": "；".join(broken[:5])}, code="broken")
    rows = {row.code: row for row in Block.objects.filter(street=project.street).defer("wkb", "columns")}
    with transaction.atomic():
        made = Enactment.objects.create(plan=plan, from_day=from_day, paper=paper, by=actor.reference)
        standing = {
            str(one.name): one
            for one in Division.objects.on(from_day).filter(parent=project.street, kind=Division.Kind.COMMUNITY)
        }
        founded = []
        for name in plan.names:
            if name not in standing:
                standing[name] = found_division(
                    actor, name=name, kind=Division.Kind.COMMUNITY, parent=project.street, valid_from=from_day,
                    basis=paper,
                )  # fmt: skip
                founded.append(standing[name])
        assignments = []
        for name in plan.names:
            here = [rows[code] for code, place in plan.labels.items() if plan.names[place] == name]
            done = assign_blocks(actor, community=standing[name], blocks=here, from_day=from_day, enactment=paper)
            if done is not None:
                assignments.append(done)
        if not assignments:
            raise ValidationError(_("这个方案与现状相同，没有可以生效的。"), code="same")
        made.assignments.set(assignments)
        made.founded.set(founded)
        actor.record(
            "planning.enact", object=made.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "version": plan.number, "from": from_day.isoformat(), "paper": paper,
                     "blocks": sum(len(one.after) for one in assignments),
                     "founded": [one.code for one in founded]},
        )  # fmt: skip
    return made


def undo_enactment(actor: Actor, *, enactment: Enactment) -> None:
    """Take an enactment back before its day: labels go back, the communities that it would have founded never were.

    Raises
    ------
    ValidationError
        It is undone already, or in force: a correcting enactment from a later day takes its place.
    PermissionDenied
        The actor may not.
    """
    project = enactment.plan.project
    permit(actor, PERMISSION, project.street)
    with transaction.atomic():
        held = Enactment.objects.select_for_update().get(pk=enactment.pk)
        if held.undone_at is not None:
            raise ValidationError(_("这次生效已经撤回。"), code="undone")
        if timezone.localdate() >= held.from_day:
            raise ValidationError(_("边界已经生效，不能撤回；请用另一个方案从今后某日起更正。"), code="history")
        for assignment in held.assignments.order_by("-pk"):
            undo_assignment(actor, assignment=assignment)
        for division in held.founded.all():
            withdraw_division(actor, division=division, basis=held.paper)
        held.undone_at = timezone.now()
        held.save(update_fields=["undone_at"])
        actor.record(
            "planning.undo_enactment", object=held.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "version": held.plan.number, "from": held.from_day.isoformat()},
        )  # fmt: skip
    enactment.undone_at = held.undone_at
