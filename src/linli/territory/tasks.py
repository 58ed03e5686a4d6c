"""Long work of the ground: checking a file, writing it into the base. Both may be run again after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop

from linli.jobs.models import Job
from linli.jobs.running import Progress, run_job, start, task
from linli.org.actors import Actor, actor_called
from linli.territory.models import ImportBatch

AT_ONCE = 1 << 20  # bytes: a smaller file is worked on while its sender waits, which takes about a second
CHECK, APPLY = "territory.check_import", "territory.apply_import"


def begin(actor: Actor, kind: str, batch: ImportBatch) -> Job:
    """Ask for the check or the writing of an import; a small file is done when this returns."""
    if batch.job is not None and batch.job.state in (Job.State.WAITING, Job.State.RUNNING):
        return batch.job
    job = start(kind, actor=actor.reference, batch=batch.pk)
    ImportBatch.objects.filter(pk=batch.pk).update(job=job)
    return run_job(job) if batch.size <= AT_ONCE else job


@task(CHECK, title=gettext_noop("检查导入文件"))
def check(progress: Progress, *, batch: int) -> Mapping[str, Any]:
    """Check every row of an import."""
    from linli.territory.actions.prepare_import import check_import  # the map libraries, only where they are needed

    one = ImportBatch.objects.select_related("street").get(pk=batch)
    progress(0, 1, gettext_noop("正在逐行检查"))
    check_import(actor_called(progress.job.actor), batch=one)
    return {"url": reverse("ground:import", args=[batch])}


@task(APPLY, title=gettext_noop("写入导入文件"))
def apply(progress: Progress, *, batch: int) -> Mapping[str, Any]:
    """Write a checked import, all of it in one transaction."""
    from linli.territory.actions.apply_import import apply_import

    one = ImportBatch.objects.select_related("street").get(pk=batch)
    progress(0, 1, gettext_noop("正在写入"))
    apply_import(actor_called(progress.job.actor), batch=one)  # once it is written, nobody can want it no more
    return {"url": reverse("ground:import", args=[batch])}
