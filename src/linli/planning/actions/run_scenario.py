"""Ask the engine for a plan: a scenario, its job, the version that comes of it; and calling it off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.districting.result import Progress as Step
from linli.errors import InfeasibleError, NoPlanError
from linli.geodata import KINDS, Blocks
from linli.jobs import running
from linli.org.actors import SYSTEM, Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.engine import PRESENT, drawn_plan, rules_of
from linli.planning.ground import areas_of, ground_of, sums_of
from linli.planning.models import Plan, Project, Run, Scenario, next_number
from linli.planning.versions import write_version
from linli.plans.clock import Clock
from linli.plans.goals import CENTRE_GOALS, FOLLOW, MEANINGS
from linli.plans.plan import Plan as Found
from linli.plans.task import NotWholeError, not_whole

KIND = "planning.run"
MOST_SECONDS = 3600
MOST_POINTS = 12
LEAST_SECONDS = 1.0  # for a search whose time was used up by what comes before it
MOST_TOLD = 5  # areas that cannot be kept whole, named one by one
RESERVE = 0.05  # of the time asked for: measuring and writing what was found


def run_scenario(
    actor: Actor, *, project: Project, goals: Mapping[str, float], parts: int | None = None, keep_whole: bool = True,
    whole: Sequence[str] = (), capped: Mapping[str, int] | None = None, never_cross: Sequence[str] = (),
    kept: Sequence[str] = (), fixed: Mapping[str, str] | None = None, front: bool = False, seed: int = 1,
    seconds: int = 60,
) -> Run:  # fmt: skip
    """Write a scenario and start the search for its plan in the background.

    Parameters
    ----------
    goals
        Goal to weight: how much one per cent of each counts against one per cent of the others.
    parts
        Number of communities; None leaves it free.
    whole
        Columns of areas that are not divided either, as compounds are not.
    capped
        Column to the most of it that a community may have.
    kept
        Names of present communities that go on.
    fixed
        Code of a block to the community that it must belong to.
    front
        Whether a set of plans is wanted that trade two goals for each other.

    Raises
    ------
    ValidationError
        No goal, an unknown one, not two for a front, a block that is not the project's, or a time that is not right.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    if not project.searched:
        raise ValidationError(_("更名不动界线，不用引擎。"), code="kind")
    parts, kept, fixed = _as_the_kind_says(project, parts, kept, fixed or {})
    areas = areas_of(project)
    unknown = sorted(set(goals) - set(MEANINGS) - {FOLLOW + name for name in areas})
    if unknown or not goals or any(weight <= 0 for weight in goals.values()):
        raise ValidationError(_("请至少选一个目标，权重大于零。"), code="goals")
    if front and len(goals) != 2:
        raise ValidationError(_("取舍方案要恰好两个目标。"), code="front")
    if front and not set(goals) <= set(MEANINGS):
        raise ValidationError(_("取舍方案不比较辖区目标。"), code="front")
    if not set(never_cross) <= {*KINDS, PRESENT, *areas}:
        raise ValidationError(_("地块没有这一列。"), code="never_cross")
    if not set(whole) <= set(areas):
        raise ValidationError(_("地块没有这一列。"), code="whole")
    if not set(capped or {}) <= set(sums_of(project)) or any(most < 0 for most in (capped or {}).values()):
        raise ValidationError(_("地块没有这一列。"), code="capped")
    strangers = sorted(set(fixed or {}) - set(project.present))
    if strangers:
        raise ValidationError(_("项目里没有这些地块：%(codes)s") % {"codes": "、".join(strangers[:5])}, code="fixed")
    if not 1 <= seconds <= MOST_SECONDS:
        raise ValidationError(_("用时在 1 秒到 %(most)d 秒之间。") % {"most": MOST_SECONDS}, code="seconds")
    names = {str(one.name) for one in project.scope.all()}
    if not set(kept) <= names:
        raise ValidationError(_("保留的社区须在调整范围之内。"), code="kept")
    scenario = Scenario(
        project=project, parts=parts, goals=dict(goals), keep_whole=keep_whole,
        whole=list(whole), capped=dict(capped or {}), never_cross=list(never_cross),
        kept=sorted(kept), fixed=dict(fixed or {}), front=front, seed=seed,
        seconds=seconds, by=actor.reference,
    )  # fmt: skip
    _must_fit(scenario, areas)
    with transaction.atomic():
        held = Project.objects.select_for_update().get(pk=project.pk)
        scenario.project, scenario.number = held, next_number(held.scenarios.all())
        scenario.save()
        job = running.start(KIND, actor=actor.reference, scenario=scenario.pk)
        run = Run.objects.create(scenario=scenario, job=job)
        actor.record(
            "planning.run", object=project.reference, permission=PERMISSION,
            content={"scenario": scenario.number, "goals": dict(goals), "parts": parts, "kept": sorted(kept),
                     "whole": list(whole), "capped": dict(capped or {}), "fixed": len(fixed or {}), "front": front,
                     "seed": seed},
        )  # fmt: skip
    return run


def _must_fit(asked: Scenario, areas: Mapping[str, str]) -> None:
    """Refuse to keep whole what no community can hold, or what lies in pieces that do not touch."""
    project = asked.project
    blocks = ground_of(project)
    try:
        found = not_whole(blocks, rules_of(project, asked, blocks), project.count)
    except InfeasibleError:
        return  # the search names these rules, as it does all that contradict each other
    titles = {"compound": _("小区"), **areas}
    said = [ValidationError(_in_words(one, titles), code="whole") for one in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        said.append(ValidationError(_("还有%(more)d处也这样。") % {"more": len(found) - MOST_TOLD}, code="whole"))
    if said:
        raise ValidationError(said)


def _in_words(one: NotWholeError, titles: Mapping[str, str]) -> str:
    named = [_("%(area)s“%(name)s”") % {"area": titles[column], "name": name} for column, name in one.areas]
    words = {"named": "、".join(named) or _("地块%(code)s") % {"code": one.block}}
    if not one.pieces:
        words |= {"number": str(one.households), "most": str(one.most)}
        return _("%(named)s有%(number)s户，超过上限%(most)s户，不能整个放进一个社区。") % words
    words |= {"area": titles[one.areas[0][0]], "pieces": str(len(one.pieces)), "places": one.places()}
    return _(
        "%(named)s分在互不相连的%(pieces)s处：%(places)s。请不再要求%(area)s不拆分，或在导入数据里给每处各起一个名称。"
    ) % words  # fmt: skip


def _as_the_kind_says(
    project: Project, parts: int | None, kept: Sequence[str], fixed: Mapping[str, str]
) -> tuple[int | None, Sequence[str], Mapping[str, str]]:
    """Return parts, kept and fixed as a kind leaves them: whoever takes over keeps all of its own ground."""
    if project.kind == Project.Kind.ADJUST:
        names = project.kept_at_first()
        return len(names), names, fixed
    if project.kind != Project.Kind.ABOLISH:
        return parts, kept, fixed
    takers = project.kept_at_first()
    own = {code: name for code, name in project.present.items() if name in takers}
    return len(takers), takers, {**own, **{code: name for code, name in fixed.items() if code not in own}}


def cancel_run(actor: Actor, *, run: Run) -> None:
    """Call a search off."""
    project = run.scenario.project
    permit(actor, PERMISSION, project.street)
    with transaction.atomic():
        running.cancel(run.job)
        actor.record(
            "planning.cancel_run", object=project.reference, permission=PERMISSION,
            content={"scenario": run.scenario.number},
        )  # fmt: skip


def search(progress: running.Progress, scenario: Scenario) -> dict[str, object]:
    """Search for a scenario's plan, or its front, and write versions; done again after a kill it leaves them once."""
    # from the first moment to the last version written
    clock = Clock(scenario.seconds * (1 - RESERVE), LEAST_SECONDS)
    run, project = scenario.runs.get(job=progress.job), scenario.project
    if run.plan is not None:
        return {"plan": run.plan.number}
    progress(words=gettext_noop("正在读取地块"))
    how = _front if scenario.front else _nearby if project.kind == Project.Kind.ADJUST else _best
    try:
        found = how(scenario, ground_of(project), progress, clock)
    except InfeasibleError as error:
        found = _Found([], 0, "infeasible", error.clash)
    if not found.plans:
        Run.objects.filter(pk=run.pk).update(clash=list(found.clash))
        return {"plan": None, "status": found.status}
    progress(words=gettext_noop("正在写入方案"))
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        if held.plan is None:  # a twin of this job may have been quicker
            made = [
                write_version(
                    SYSTEM, project, plan, source=Plan.Source.ENGINE, parent=None, scenario=scenario,
                    branch=f"s{scenario.number}" + (f"-{k}" if scenario.front else ""),
                )
                for k, plan in enumerate(found.plans, 1)
            ]  # fmt: skip
            held.plan = made[found.first]
            held.save(update_fields=["plan"])
    assert held.plan is not None
    return {"plan": held.plan.number, "status": found.status}


@dataclass(frozen=True)
class _Found:
    """Plans, which one to look at first; or the rules that clash."""

    plans: list[Found]
    first: int
    status: str
    clash: Sequence[str] = ()


def _best(scenario: Scenario, blocks: Blocks, progress: running.Progress, clock: Clock) -> _Found:
    from linli.plans.preparing import prepared
    from linli.plans.splitting import split

    rules = rules_of(scenario.project, scenario, blocks)
    options: dict[str, Any] = {
        "parts": scenario.parts, "count": scenario.project.count, "seed": scenario.seed, "progress": _teller(progress),
        "pieces": True,
    }  # fmt: skip
    prepared(_teller(progress), centres=bool({*CENTRE_GOALS} & {*scenario.goals}))
    weights, start = dict(scenario.goals), None
    if len(weights) > 1:
        # goals have units of their own: a first plan says how much one per cent of each is
        first = split(
            blocks, rules, minimize=max(weights, key=weights.__getitem__), time_limit=clock.left(0.25), **options
        )
        if first.best is None:
            return _Found([], 0, first.status, first.clash)
        start = [str(name) for name in first.best.community]
        weights = {goal: weight / _scale(first.best, goal) for goal, weight in weights.items()}
    else:
        weights = dict.fromkeys(weights, 1.0)
    found = split(blocks, rules, minimize=weights, time_limit=clock.left(), start=start, **options)
    if found.best is None:
        return _Found([], 0, found.status, found.clash)
    best = replace(found.best, status=found.status, bound=found.bound)
    return _Found([best], 0, found.status)


def _nearby(scenario: Scenario, blocks: Blocks, progress: running.Progress, clock: Clock) -> _Found:
    """Better today's line by few moves."""
    from linli.plans.nearby import adjust

    project = scenario.project
    start = [scenario.fixed.get(code, project.present[code]) for code in blocks.ids]
    today = drawn_plan(project, scenario, blocks, start, [False] * len(blocks), {name: name for name in set(start)})
    weights = {goal: float(weight) for goal, weight in scenario.goals.items()}
    if len(weights) > 1:
        weights = {goal: weight / _scale(today, goal) for goal, weight in weights.items()}
    most = int(project.asked["most_blocks"])
    best = adjust(today, minimize=weights, most_blocks=most, time_limit=clock.left(), progress=_teller(progress))
    return _Found([best], 0, "feasible")


def _front(scenario: Scenario, blocks: Blocks, progress: running.Progress, clock: Clock) -> _Found:
    from linli.plans.pareto import front

    rules = rules_of(scenario.project, scenario, blocks)
    try:
        found = front(
            blocks, rules, goals=list(scenario.goals), time_limit=clock.left(), most_points=MOST_POINTS,
            progress=_teller(progress), parts=scenario.parts, count=scenario.project.count, seed=scenario.seed,
            pieces=True,
        )  # fmt: skip
    except NoPlanError:
        return _Found([], 0, "unknown")
    return _Found([one.plan for one in found.points], found.knee, "proven" if found.complete else "feasible")


def _scale(plan: Found, goal: str) -> float:
    """What one goal measures on a plan; 1 where it is nothing."""
    from linli.plans.change import remeasured

    return remeasured(replace(plan, goal=goal)).objective or 1.0


def _teller(progress: running.Progress) -> Callable[[Step], None]:
    def tell(step: Step) -> None:
        progress(int(step.done), int(step.total or 0), gettext_noop("正在搜索方案"))

    return tell
