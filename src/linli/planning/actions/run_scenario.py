"""Ask the engine for a plan: a scenario, its job, the version that comes of it; and calling it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from linli.districting.result import Progress as Step
from linli.jobs import running
from linli.org.actors import SYSTEM, Actor
from linli.org.policies import permit
from linli.planning.actions.open_project import PERMISSION
from linli.planning.engine import rules_of
from linli.planning.ground import ground_of
from linli.planning.models import Plan, Project, Run, Scenario, next_number
from linli.planning.versions import write_version
from linli.plans.goals import MEANINGS

KIND = "planning.run"
MOST_SECONDS = 3600


def run_scenario(
    actor: Actor, *, project: Project, goals: Mapping[str, float], parts: int | None = None, keep_whole: bool = True,
    never_cross: Sequence[str] = (), kept: Sequence[str] = (), fixed: Mapping[str, str] | None = None, seed: int = 1,
    seconds: int = 60,
) -> Run:  # fmt: skip
    """Write a scenario and start the search for its plan in the background.

    Parameters
    ----------
    goals
        Goal to weight.
    parts
        Number of communities; None leaves it free.
    kept
        Names of present communities that go on.
    fixed
        Code of a block to the community that it must belong to.

    Raises
    ------
    ValidationError
        No goal, an unknown one, or a time that is not right.
    PermissionDenied
        The actor may not.
    """
    permit(actor, PERMISSION, project.street)
    unknown = sorted(set(goals) - set(MEANINGS))
    if unknown or not goals or any(weight <= 0 for weight in goals.values()):
        raise ValidationError(_("请至少选一个目标，权重大于零。"), code="goals")
    if not 1 <= seconds <= MOST_SECONDS:
        raise ValidationError(_("用时在 1 秒到 %(most)d 秒之间。") % {"most": MOST_SECONDS}, code="seconds")
    names = {str(one.name) for one in project.scope.all()}
    if not set(kept) <= names:
        raise ValidationError(_("保留的社区须在调整范围之内。"), code="kept")
    with transaction.atomic():
        held = Project.objects.select_for_update().get(pk=project.pk)
        number = next_number(held.scenarios.all())
        scenario = Scenario.objects.create(
            project=held, number=number, parts=parts, goals=dict(goals), keep_whole=keep_whole,
            never_cross=list(never_cross), kept=sorted(kept), fixed=dict(fixed or {}), seed=seed, seconds=seconds,
            by=actor.reference,
        )  # fmt: skip
        job = running.start(KIND, actor=actor.reference, scenario=scenario.pk)
        run = Run.objects.create(scenario=scenario, job=job)
        actor.record(
            "planning.run", object=project.reference, permission=PERMISSION,
            content={"scenario": number, "goals": dict(goals), "parts": parts, "kept": sorted(kept), "seed": seed},
        )  # fmt: skip
    return run


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
    """Search for a scenario's plan and write it as a version; done again after a kill it leaves one version."""
    from linli.plans.splitting import split

    run, project = scenario.runs.get(job=progress.job), scenario.project
    if run.plan is not None:
        return {"plan": run.plan.number}
    blocks = ground_of(project)

    def tell(step: Step) -> None:
        progress(int(step.done), int(step.total or 0), gettext_noop("正在搜索方案"))

    progress(words=gettext_noop("正在读取地块"))
    found = split(
        blocks, rules_of(project, scenario, blocks), parts=scenario.parts, minimize=dict(scenario.goals),
        count=project.count, seed=scenario.seed, time_limit=float(scenario.seconds), progress=tell,
    )  # fmt: skip
    if found.best is None:
        Run.objects.filter(pk=run.pk).update(clash=list(found.clash))
        return {"plan": None, "status": found.status}
    progress(words=gettext_noop("正在写入方案"))
    best = replace(found.best, status=found.status, bound=found.bound)
    with transaction.atomic():
        held = Run.objects.select_for_update().get(pk=run.pk)
        if held.plan is None:  # a twin of this job may have been quicker
            held.plan = write_version(
                SYSTEM, project, best, source=Plan.Source.ENGINE, parent=None, branch=f"s{scenario.number}",
                scenario=scenario, why=_("引擎方案，情景 %(number)d") % {"number": scenario.number},
            )  # fmt: skip
            held.save(update_fields=["plan"])
    assert held.plan is not None
    return {"plan": held.plan.number, "status": found.status}
