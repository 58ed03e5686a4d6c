"""Put a plan in force from a midnight on, in one transaction; and take it back before it has become history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from linli.matters.actions.succeeding import choose_succession
from linli.org.actions.abolish import abolish, endings, restore
from linli.org.actions.found_division import found_division
from linli.org.actions.rename_division import rename_division, take_back_name
from linli.org.actions.withdraw_division import withdraw_division
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import permit
from linli.planning.actions.sign_step import hold
from linli.planning.actions.two_persons import check_second, pair
from linli.planning.engine import found_of
from linli.planning.ground import ground_of
from linli.planning.models import Enactment, Plan, Project, Proposal
from linli.planning.name_check import name_lacks
from linli.planning.procedure.lacks import Lack, refuse_what_lacks
from linli.planning.procedure.standing import Standing
from linli.plans.checks import broken_rules
from linli.territory.actions.assign_blocks import assign_blocks
from linli.territory.actions.undo_assignment import undo_assignment
from linli.territory.models import Assignment, Block

PERMISSION = "planning.enact"


def enact(
    actor: Actor, *, plan: Plan, from_day: date, paper: str, undelivered: str = Enactment.Undelivered.COUNTED,
    assets: str = Enactment.Assets.UNCHANGED, held: Sequence[str] = (), matters: Mapping[str, str] | None = None,
    first: Proposal | None = None,
) -> Enactment:  # fmt: skip
    """Let every block of a plan belong to its community from midnight (Asia/Shanghai) of a day on.

    Communities that the plan keeps go on with code and identity; the others are founded with a temporary code and
    the status 筹备; a community of the scope that it does not keep ends on that day with its grids and posts. A day to
    come is scheduled. After it took effect another enactment corrects it from a later day.

    Parameters
    ----------
    undelivered, assets
        What was decided of housing not handed over (R14) and of common property (R16).
    held
        Codes of blocks under construction or to be pulled down, which stay with their community for now (R15).
    matters
        Group of categories to `follow` or `stay`: what becomes of open matters (R17); others go by their category.
    first
        The proposal, where the procedure asks for two persons.

    Raises
    ------
    ValidationError
        No paper, a day that is past, steps of the procedure that are missing, a plan that leaves blocks open or breaks
        a rule, blocks to hold that it does not have, or nothing that would change.
    PermissionDenied
        The actor may not.
    """
    project = plan.project
    permit(actor, PERMISSION, project.street)
    paper = paper.strip()
    _check(plan, from_day, paper, held)
    rows = {row.code: row for row in Block.objects.filter(street=project.street).defer("wkb", "columns")}
    with transaction.atomic():
        # under the lock again what may have changed since: the procedure, and who is the second person
        check_gate(plan, hold(project))
        check_second(actor, project, Proposal.Act.ENACT, first)
        made = Enactment.objects.create(
            plan=plan, from_day=from_day, paper=paper, undelivered=undelivered, assets=assets, by=actor.reference,
            held={code: plan.community_of(code) for code in sorted(set(held))}, matters=dict(matters or {}),
        )  # fmt: skip
        made.clean_fields(exclude=["abolished", "held", "matters", "renamed"])
        standing = {str(one.name): one for one in _communities(project, from_day)}
        made.renamed = _rename(actor, plan, standing, from_day, paper)
        founded = [name for name in plan.names if name not in standing]
        for name in founded:
            standing[name] = found_division(
                actor, name=name, kind=Division.Kind.COMMUNITY, parent=project.street, valid_from=from_day, basis=paper
            )
        assignments = []
        for name in plan.names:
            codes = [code for code, place in plan.labels.items() if plan.names[place] == name and code not in made.held]
            assignments += _assign(actor, standing[name], [rows[code] for code in codes], from_day, paper)
        if not assignments and not made.renamed:
            raise ValidationError(_("这个方案与现状相同，没有可以生效的。"), code="same")
        made.assignments.set(assignments)
        made.founded.set([standing[name] for name in founded])
        made.abolished = _end_what_is_empty(actor, plan, made, from_day)
        made.save(update_fields=["abolished", "renamed"])
        choose_succession(actor, street=project.street, from_day=from_day, choices=made.matters, paper=paper)
        actor.record(
            "planning.enact", object=made.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "version": plan.number, "from": from_day.isoformat(), "paper": paper,
                     "blocks": sum(len(one.after) for one in assignments),
                     "founded": [standing[name].code for name in founded], "held": made.held, "assets": assets,
                     "undelivered": undelivered, "matters": made.matters, **pair(actor, first)},
        )  # fmt: skip
    return made


def hand_over(actor: Actor, *, enactment: Enactment, from_day: date, paper: str) -> Enactment:
    """Let the blocks that an enactment held back belong to their communities from a day on (建成后移交).

    Raises
    ------
    ValidationError
        Nothing is held back, the enactment was taken back, no paper, or a day before it took effect or today.
    PermissionDenied
        The actor may not.
    """
    project = enactment.plan.project
    permit(actor, PERMISSION, project.street)
    paper = paper.strip()
    if not paper:
        raise ValidationError(_("请填写批复文号。"), code="paper")
    if from_day < max(timezone.localdate(), enactment.from_day):
        raise ValidationError(_("移交日期不能早于今天和方案的生效日期。"), code="from_day")
    with transaction.atomic():
        held = Enactment.objects.select_for_update().get(pk=enactment.pk)
        if not held.held or held.undone_at is not None:
            raise ValidationError(_("没有等待移交的地块。"), code="held")
        standing = {str(one.name): one for one in _communities(project, from_day)}
        rows = {row.code: row for row in Block.objects.filter(street=project.street, code__in=list(held.held))}
        for name in sorted(set(held.held.values())):
            blocks = [rows[code] for code, to in held.held.items() if to == name]
            held.assignments.add(*_assign(actor, standing[name], blocks, from_day, paper))
        given, held.held = held.held, {}
        held.save(update_fields=["held"])
        actor.record(
            "planning.hand_over", object=held.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "from": from_day.isoformat(), "paper": paper, "blocks": given},
        )  # fmt: skip
    return held


def undo_enactment(actor: Actor, *, enactment: Enactment, first: Proposal | None = None) -> None:
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
        hold(project)
        held = Enactment.objects.select_for_update().get(pk=enactment.pk)
        refuse_what_lacks(lacks_of_undo(held))
        check_second(actor, project, Proposal.Act.UNDO, first)
        for key, _name in held.renamed:
            take_back_name(actor, division=Division.objects.get(pk=key), from_day=held.from_day, basis=held.paper)
        for key, before in held.abolished:
            restore(actor, division=Division.objects.get(pk=key), before=before, basis=held.paper)
        for assignment in held.assignments.order_by("-pk"):
            undo_assignment(actor, assignment=assignment)
        for division in held.founded.all():
            withdraw_division(actor, division=division, basis=held.paper)
        choose_succession(actor, street=project.street, from_day=held.from_day, choices={}, paper=held.paper)
        held.undone_at = timezone.now()
        held.save(update_fields=["undone_at"])
        actor.record(
            "planning.undo_enactment", object=held.reference, permission=PERMISSION, public=True,
            content={"project": project.title, "version": held.plan.number, "from": held.from_day.isoformat(),
                     **pair(actor, first)},
        )  # fmt: skip
    enactment.undone_at = held.undone_at


def lacks_of_undo(enactment: Enactment) -> list[Lack]:
    """Say why an enactment cannot be taken back any more."""
    place = reverse("planning:plan", args=[enactment.plan.project_id, enactment.plan.number])
    if enactment.undone_at is not None:
        return [Lack(_("这次生效已经撤回。"), place, "undone")]
    if timezone.localdate() >= enactment.from_day:
        return [Lack(_("边界已经生效，不能撤回；请用另一个方案从今后某日起更正。"), place, "history")]
    return []


def lacks_of_enactment(plan: Plan) -> list[Lack]:
    """Say what a version still lacks before it can take effect, each with the place where it is done."""
    bench = reverse("planning:workbench", args=[plan.project_id, plan.number])
    blocks = ground_of(plan.project)
    missing = [code for code in blocks.ids if not plan.community_of(code)]
    if missing or len(plan.labels) != len(blocks):
        said = "、".join(missing[:5]) or _("地块已变动")
        return [Lack(_("方案与现有地块对不上，请先补全方案：%(codes)s") % {"codes": said}, bench)]
    english = get_language() == "en"
    broken = [one.english if english else one.text for one in broken_rules(found_of(plan, blocks))]
    lacks = [Lack(_("方案还不合规则：%(rule)s") % {"rule": words}, bench) for words in broken[:5]]
    lacks += name_lacks(plan)
    return lacks + Standing(plan.project).before_enactment(plan)


def _check(plan: Plan, from_day: date, paper: str, held: Sequence[str]) -> None:
    """Refuse what cannot take effect."""
    if not paper:
        raise ValidationError(_("请填写批复文号。"), code="paper")
    if from_day < timezone.localdate():
        raise ValidationError(_("生效日期不能早于今天。"), code="from_day")
    refuse_what_lacks(lacks_of_enactment(plan))
    strangers = sorted(set(held) - set(plan.labels))
    if strangers:
        raise ValidationError(_("方案里没有这些地块：%(codes)s") % {"codes": "、".join(strangers[:5])}, code="held")


def check_gate(plan: Plan, project: Project) -> None:
    """Refuse a plan whose procedure is not done; asked again under the lock."""
    refuse_what_lacks(Standing(project).before_enactment(plan))


def _communities(project: Project, day: date) -> list[Division]:
    return list(Division.objects.on(day).filter(parent=project.street, kind=Division.Kind.COMMUNITY))


def _rename(
    actor: Actor, plan: Plan, standing: dict[str, Division], from_day: date, paper: str
) -> list[list[object]]:  # fmt: skip
    """Let the community of a 更名 bear its new name from the day on; it stands under it in `standing`."""
    renamed: list[list[object]] = []
    for name in plan.names if plan.project.kind == Project.Kind.RENAME else ():
        if name not in standing:
            division = standing[name] = standing.pop(str(plan.parents[name]))
            rename_division(actor, division=division, name=name, from_day=from_day, basis=paper)
            renamed.append([division.pk, name])
    return renamed


def _assign(actor: Actor, to: Division, blocks: list[Block], day: date, paper: str) -> list[Assignment]:
    done = assign_blocks(actor, community=to, blocks=blocks, from_day=day, enactment=paper) if blocks else None
    return [] if done is None else [done]


def _end_what_is_empty(actor: Actor, plan: Plan, enactment: Enactment, day: date) -> list[list[object]]:
    """Abolish the communities of the scope that the plan does not keep, their grids first; they keep what is held."""
    holding = {plan.project.present[code] for code in enactment.held}
    ended: list[list[object]] = []
    renamed = {key for key, _name in enactment.renamed}
    for community in plan.project.scope.exclude(pk__in=renamed):
        if str(community.name) in plan.names or str(community.name) in holding:
            continue
        grids = Division.objects.on(day).filter(path__startswith=community.path).order_by("-path")
        for division in grids:
            ended.append([division.pk, endings(division, day)])
            abolish(actor, division=division, day=day, basis=enactment.paper)
    ended.reverse()  # what was ended last is restored first
    return ended
