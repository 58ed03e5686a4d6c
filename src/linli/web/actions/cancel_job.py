"""Cancel long work: one's own, or anybody's for who tends the machine."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from linli.jobs.models import Job
from linli.jobs.running import cancel, title_of
from linli.org.actors import Actor


def cancel_job(actor: Actor, *, job: Job) -> Job:
    """Ask that a job end; one that has ended stays as it is.

    Raises
    ------
    django.core.exceptions.PermissionDenied
        It is another's, and the actor does not tend the machine.
    """
    if job.actor != actor.reference and not actor.may("system.jobs"):
        raise PermissionDenied("system.jobs")
    if job.state not in (Job.State.WAITING, Job.State.RUNNING):
        return job
    with transaction.atomic():
        cancel(job)
        actor.record(
            "jobs.cancel", object=f"job:{job.pk}", permission="system.jobs", content={"title": title_of(job.kind)}
        )
    return job
