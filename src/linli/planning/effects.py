"""What an act would do, in sentences: it is done, asked what it did, and rolled back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from linli.matters.succession import to_follow
from linli.org.actors import Actor
from linli.planning.actions.confirm import rehearse
from linli.planning.beside import changes, households_of
from linli.planning.counted import counted_in, counted_of
from linli.planning.evidence import files_of
from linli.planning.ground import ground_of
from linli.planning.models import Enactment, Mark, Plan, Project, Proposal
from linli.planning.procedure.standing import Standing

Act = Proposal.Act


def effects(actor: Actor, *, project: Project, act: str, subject: str, said: Mapping[str, Any]) -> list[str]:
    """Return what an act would do, as sentences with figures from the data.

    Raises
    ------
    ValidationError
        The act would be refused.
    """
    tell = partial(TOLD[Act(act)], Standing(project))
    return rehearse(actor, project=project, act=act, subject=subject, said=said, tell=tell)


def _steps(before: Standing, made: list[Mark] | Mark) -> list[str]:
    """A signature or waivers: which steps, which gates they pass, what opens."""
    marks = made if isinstance(made, list) else [made]
    words = {one.step.key: one.step.words for one in before.stages}
    names = "、".join(words[mark.step] for mark in marks)
    if marks[0].state == Mark.State.WAIVED:
        said = [_("不做也往下走：%(steps)s。理由：%(reason)s") % {"steps": names, "reason": marks[0].note}]
    else:
        said = [_("签办“%(step)s”。") % {"step": names}]
        if marks[0].paper:
            said[0] += _("文号或材料：%(paper)s") % {"paper": marks[0].paper}
        files = [one.name for one in files_of(before.project, marks[0].step)]
        if files:
            said.append(_("凭这些材料：%(files)s。签办后不能撤换。") % {"files": "、".join(files)})
    after = Standing(before.project, before.now)
    was = {gate.phase.key: gate.passed for gate in before.gates}
    passed = [gate.phase.words for gate in after.gates if gate.passed and not was[gate.phase.key]]
    if passed:
        said.append(_("过关口：%(phases)s。") % {"phases": "、".join(passed)})
    shut = {one.step.key for one in before.stages if not one.open}
    opened = [one.step.words for one in after.stages if one.open and one.mark is None and one.step.key in shut]
    if opened:
        said.append(_("接着可以办：%(steps)s。") % {"steps": "、".join(opened)})
    return said


def _published(before: Standing, plan: Plan) -> list[str]:
    assert plan.published_to is not None
    if plan.withdrawn_at is not None:
        return [
            _("公示页写明已撤回和理由：%(reason)s") % {"reason": plan.withdrawn_why},
            _("查自己家时不再看到这份公示；“公示”一步要重新公示才能签办。"),
        ]
    return [
        _("作为征求意见稿公开，不算正式公示，名称标明暂名。") if plan.for_comments else _("作为正式公示公开。"),
        _("公示到%(day)s，不用登录就能看。") % {"day": date_format(plan.published_to)},
        _("范围内 %(blocks)d 个地块、%(households)s 户，查自己家时会看到这份公示。")
        % {"blocks": len(plan.labels), "households": f"{sum(plan.households.values()):,}"},
        _("将来换社区的有 %(households)s 户。") % {"households": f"{leaving(plan):,}"},
        counted_of(plan).words,
    ]


def _in_force(_before: Standing, made: Enactment) -> list[str]:
    plan, day = made.plan, date_format(made.from_day)
    moved = {key for one in made.assignments.all() for key in one.after}
    said = [
        _("%(day)s零点起，%(blocks)d 个地块、%(households)s 户换社区。")
        % {"day": day, "blocks": len(moved), "households": f"{leaving(plan, made.held):,}"},
        counted_in(plan.project).words,
    ]
    founded = [one.title for one in made.founded.all()]
    if founded:
        said.append(_("新设（先用临时代码，状态为筹备）：%(names)s。") % {"names": "、".join(founded)})
    ended = [row for _key, row in made.abolished]
    if ended:
        posts = sum(len(row["Post"]) for row in ended)
        said.append(
            _("撤销 %(divisions)d 个社区和网格，%(posts)d 个岗位同时结束。") % {"divisions": len(ended), "posts": posts}
        )
    said.append(
        _("没办完的事有 %(number)d 件转给新社区，其余由原经办人办完。")
        % {"number": to_follow(plan.project.street, made.from_day)}
    )
    if made.held:
        said.append(_("暂归原社区：%(codes)s。") % {"codes": "、".join(made.held)})
    return said


def _undone(_before: Standing, _made: Enactment) -> list[str]:
    return [_("边界照旧，要新设的社区不再设立，要撤销的社区、网格和岗位照常。")]


def leaving(plan: Plan, held: Collection[str] = ()) -> int:
    """Households whose community would have another name than today, without those of blocks that are held."""
    project = plan.project
    counts = households_of(ground_of(project), project)
    codes = [code for code in counts if code in plan.labels and code not in held]
    moves = changes(codes, lambda code: project.present.get(code, ""), plan.community_of)
    return sum(counts[code] for code, _before, _after in moves)


TOLD: dict[str, Callable[[Standing, Any], list[str]]] = {
    Act.WAIVE: _steps, Act.SIGN: _steps, Act.PUBLISH: _published, Act.WITHDRAW: _published, Act.ENACT: _in_force,
    Act.UNDO: _undone,
}  # fmt: skip
