"""The long work of cases."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from linli.cases.actions import lost_code
from linli.cases.actions.teaching import KIND, teach
from linli.jobs.models import Job
from linli.jobs.running import Progress, task


@task(KIND, title=_("训练类别建议"))
def train(progress: Progress) -> dict[str, Any]:
    """Train a model of what texts are about."""
    made = teach(progress)
    return {"suggester": made.pk, "macro_f1": made.accuracy["macro_f1"], "active": made.active}


@task(lost_code.KIND, title=_("补发查询码"))
def send_codes(progress: Progress, contact: str = "") -> None:
    """Send what a contact asked for, and forget it; how many there were stands nowhere."""
    if contact:
        lost_code.send_codes(contact)
        Job.objects.filter(pk=progress.job.pk).update(arguments={})
