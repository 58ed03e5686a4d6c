"""The long work of planning."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from linli.jobs.running import Progress, task
from linli.planning.actions.draw_neutral import KIND as NEUTRAL
from linli.planning.actions.run_scenario import KIND, search
from linli.planning.models import NeutralSample, Scenario
from linli.planning.neutral import draw


@task(KIND, title=_("搜索划分方案"))
def run(progress: Progress, *, scenario: int) -> dict[str, Any]:
    """Search for a scenario's plan."""
    return search(progress, Scenario.objects.select_related("project__standard", "project__street").get(pk=scenario))


@task(NEUTRAL, title=_("抽取随机方案"))
def neutral(progress: Progress, *, plan: int) -> dict[str, Any]:
    """Draw neutral plans beside a version."""
    rows = NeutralSample.objects.select_related("plan__project__standard", "plan__project__street", "plan__scenario")
    return draw(progress, rows.get(job=progress.job, plan=plan))
