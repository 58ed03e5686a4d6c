"""What happens by itself: work that every worker's loop looks at, done by one of them when its time has come."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Min, Q
from django.utils import timezone

from linli.jobs.models import Job, Tick

Doing = Callable[[], object]
_ticks: dict[str, tuple[Doing, timedelta]] = {}
SLACK = timedelta(minutes=1)  # by which clocks of several machines may differ
log = logging.getLogger("linli.jobs")


def every(seconds: float, name: str) -> Callable[[Doing], Doing]:
    """Register a function of a room's `tasks.py` to be called about so often, by one worker of all.

    It must be idempotent and short: it is called again after a worker died in it.
    """

    def register(function: Doing) -> Doing:
        _ticks[name] = (function, timedelta(seconds=seconds))
        return function

    return register


def tick() -> list[str]:
    """Do whatever is due, and return the names of what was done here; an error is logged and tried the next time."""
    now, done = timezone.now(), []
    for name, (function, pause) in _ticks.items():
        if not _claim(name, pause):
            continue
        try:
            function()
            done.append(name)
        except Exception:  # the others shall not wait for it
            log.exception("what is done regularly failed", extra={"tick": name, "moment": now.isoformat()})
    return done


def overdue() -> timedelta | None:
    """Return how long what is done regularly has waited for a worker; None where one is at work, or none ever was."""
    now = timezone.now()
    first = Tick.objects.filter(name__in=list(_ticks)).aggregate(first=Min("next_at"))["first"]
    if first is None or first >= now or Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=now).exists():
        return None
    behind: timedelta = now - first
    return behind


def _claim(name: str, pause: timedelta) -> bool:
    """Take one's turn, unless it is not yet time or another worker took it."""
    now = timezone.now()
    # a turn further ahead than any pause was put there by a clock that went wrong
    due = Tick.objects.filter(Q(next_at__lte=now) | Q(next_at__gt=now + pause + SLACK), name=name)
    if due.update(next_at=now + pause):
        return True
    if Tick.objects.filter(name=name).exists():
        return False
    return Tick.objects.get_or_create(name=name, defaults={"next_at": now + pause})[1]
