"""The long work of planning."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from linli.jobs.running import Progress, task
from linli.planning.actions.run_scenario import KIND, search
from linli.planning.models import Scenario


@task(KIND, title=_("搜索划分方案"))
def run(progress: Progress, *, scenario: int) -> dict[str, Any]:
    """Search for a scenario's plan."""
    return search(progress, Scenario.objects.select_related("project__standard", "project__street").get(pk=scenario))
