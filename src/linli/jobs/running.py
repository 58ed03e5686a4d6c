"""Long work: register a task, start a job, run it here or in a worker, cancel it.

The job's row is the queue: it is written in the transaction of who asks, so a job exists if and only if that
transaction does. A worker claims a row by one conditional update and holds it by a lease; when the worker dies, the
lease lapses and the next worker runs the task again from its start. **So a task must be idempotent**: run twice, it
leaves what one run leaves. Do the long computing first and the writing last, in one short transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from linli.errors import LinliError
from linli.jobs.models import Job
from linli.jobs.progress import LEASE, Beat, Cancelled, Lost, Progress, Stopped
from linli.jobs.ticking import SLACK, tick

__all__ = ["Cancelled", "Progress", "cancel", "run_job", "start", "task", "title_of", "work"]

MAX_ATTEMPTS = 3  # a job that brings down its worker so often is not handed out again
POLL = 0.5  # seconds between two looks for work
LOOK = 5.0  # seconds between two looks at what is done regularly

Task = Callable[..., Mapping[str, Any] | None]
_tasks: dict[str, tuple[Task, str]] = {}
log = logging.getLogger("linli.jobs")


def task(kind: str, *, title: str = "") -> Callable[[Task], Task]:
    """Register a function of a room's `tasks.py` as the work of jobs of a kind.

    Parameters
    ----------
    kind
        `room.work`, such as `territory.import`.
    title
        What people call it, a Chinese msgid.
    """

    def register(function: Task) -> Task:
        known = _tasks.get(kind, (function,))[0]
        if (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"{kind} is already {known.__module__}.{known.__qualname__}")
        _tasks[kind] = (function, title or kind)
        return function

    return register


def title_of(kind: str) -> str:
    """Return what people call a kind of work, a msgid; the kind itself where no task bears it any more."""
    return _tasks[kind][1] if kind in _tasks else kind


def start(kind: str, *, actor: str, **arguments: Any) -> Job:
    """Ask for work: write its job, which a worker sees once the caller's transaction commits.

    Parameters
    ----------
    kind
        A kind that a task bears.
    actor
        Reference of who asks, `account:7`.
    arguments
        What the task gets; JSON values.

    Raises
    ------
    KeyError
        No task bears this kind.
    """
    if kind not in _tasks:
        raise KeyError(f"no task bears {kind!r}; known are {', '.join(sorted(_tasks)) or 'none'}")
    return Job.objects.create(kind=kind, actor=actor, arguments=arguments)


def cancel(job: Job) -> None:
    """Ask that a job end: one that waits ends at once, one that runs ends when its task next says how far it is."""
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.CANCELLED, cancel_asked=True, ended_at=timezone.now()
    )
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)
    job.refresh_from_db()


def run_job(job: Job) -> Job:
    """Run a waiting job here and now, as tests and commands do; how it ended stands in the job that is returned."""
    if _claim(job):
        _run(Progress(job))
    job.refresh_from_db()
    return job


def work(stop: Event, *, until_empty: bool = False) -> int:
    """Run jobs one after the other until `stop` is set, or until none waits; return how many were run.

    A job that runs when `stop` is set goes back to the queue at its next word of progress.
    """
    count, looked = 0, 0.0
    while not stop.is_set():
        try:
            close_old_connections()
            if not until_empty and time.monotonic() >= looked + LOOK:
                looked = time.monotonic()
                tick()
            job = _next()
            if job is not None:
                progress = Progress(job, stop)
                beat = Beat(progress)
                beat.start()
                try:
                    _run(progress, beat)
                finally:
                    beat.end()
                count += 1
                continue
        except DatabaseError:  # busy, or away for a moment
            log.exception("the worker could not reach its jobs")
            connection.close()
        else:
            if until_empty:
                break
        stop.wait(POLL)
    connection.close()
    return count


def _next() -> Job | None:
    """Claim the oldest job that waits or whose worker is gone; end those that shall not be handed out again."""
    lapsed = Q(state=Job.State.RUNNING) & _over(timezone.now())
    for job in Job.objects.filter(Q(state=Job.State.WAITING) | lapsed).order_by("created_at")[:20]:
        if job.state == Job.State.RUNNING and (job.cancel_asked or job.attempts >= MAX_ATTEMPTS):
            state = Job.State.CANCELLED if job.cancel_asked else Job.State.FAILED
            _end(job, state, error="" if job.cancel_asked else gettext_noop("处理时多次中断，已停止；请联系系统管理员"))
        elif _claim(job):
            return job
    return None


def _over(now: datetime) -> Q:
    """Whether a lease is over: lapsed, or written further ahead than any lease by a clock that went wrong."""
    return Q(lease_until__lt=now) | Q(lease_until__gt=now + LEASE + SLACK)


def _claim(job: Job) -> bool:
    """Take the job, unless another was quicker."""
    now = timezone.now()
    as_seen = Job.objects.filter(pk=job.pk, state=job.state, attempts=job.attempts).filter(
        Q(state=Job.State.WAITING) | _over(now)
    )
    taken = as_seen.update(
        state=Job.State.RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE, started_at=now,
        done=0, total=0, words="",
    )  # fmt: skip
    if taken:
        job.refresh_from_db()
    return bool(taken)


def _run(progress: Progress, beat: Beat | None = None) -> None:
    job, began = progress.job, time.monotonic()
    result: dict[str, Any] | None = None
    error = ""
    try:
        if job.kind not in _tasks:
            raise LookupError(f"no task bears {job.kind!r}")
        answer = _tasks[job.kind][0](progress, **job.arguments)
        result, state = None if answer is None else dict(answer), Job.State.DONE
    except Cancelled:
        state = Job.State.CANCELLED
    except Stopped:
        state = Job.State.WAITING
    except Lost:
        log.warning("job lost to another worker", extra={"job": str(job.pk), "kind": job.kind})
        return
    except Exception as problem:
        state, error = Job.State.FAILED, _explain(problem)
        log.exception("job failed", extra={"job": str(job.pk), "kind": job.kind})
    finally:
        if beat is not None:
            beat.end()
    _end(job, state, result=result, error=error, shown=progress.shown)
    log.info(
        "job",
        extra={
            "job": str(job.pk), "kind": job.kind, "state": state.value, "ms": round((time.monotonic() - began) * 1000),
        },
    )  # fmt: skip


def _end(
    job: Job, state: Job.State, *, result: Any = None, error: str = "", shown: tuple[int, int, str] | None = None
) -> None:
    """Write how an attempt ended, unless the job is another's by now; a stopped attempt does not count."""
    values: dict[str, Any] = {"state": state, "lease_until": None}
    if state == Job.State.WAITING:
        values |= {"attempts": F("attempts") - 1, "started_at": None, "done": 0, "total": 0, "words": ""}
    else:
        values |= {"ended_at": timezone.now(), "result": result, "error": error}
        if shown is not None:
            values |= dict(zip(("done", "total", "words"), shown, strict=True))
    mine = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, attempts=job.attempts)
    deadline = time.monotonic() + 300.0
    while True:
        try:
            mine.update(**values)
            return
        except DatabaseError:
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()  # busy or away: the work is done, so try again
            time.sleep(POLL)


def _explain(problem: Exception) -> str:
    if isinstance(problem, ValidationError):
        return "；".join(problem.messages)
    if isinstance(problem, LinliError):
        return str(problem)
    if isinstance(problem, PermissionDenied):
        return gettext_noop("没有权限做这件事")
    return gettext_noop("程序出错，已记入日志；请联系系统管理员")
