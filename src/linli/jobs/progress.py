"""How a task says how far it is, keeps its lease, and learns that it shall stop."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.utils import timezone

from linli.jobs.models import Job

LEASE = timedelta(seconds=9)  # a worker that says nothing for so long is taken for dead
RENEW = 2.0  # seconds between two renewals of a lease
SHOW = 0.4  # seconds between two writes of what a task says

log = logging.getLogger("linli.jobs")


class Cancelled(Exception):  # noqa: N818  no error, a turn of events
    """The one who asked for the work wants it no more; a task lets it pass, its transaction rolls back."""


class Stopped(Exception):  # noqa: N818  no error, a turn of events
    """The worker shuts down: the job waits for the next one."""


class Lost(Exception):  # noqa: N818  no error, a turn of events
    """Another worker holds the job now: this one was silent for too long."""


class Progress:
    """What a task gets as its first argument; call it often, it costs a microsecond.

    Attributes
    ----------
    job
        The job's row as it was when the task began; the actor's reference is `job.actor`.
    """

    def __init__(self, job: Job, stop: Event | None = None) -> None:
        self.job = job
        self.stop = stop
        self.shown = (job.done, job.total, job.words)
        self.beat: Beat | None = None
        self.cancelled = self.lost = False
        self._written, self._at = self.shown, time.monotonic()

    def __call__(self, done: int = 0, total: int = 0, words: str = "") -> None:
        """Say how far the work is.

        Parameters
        ----------
        done, total
            Steps done, of how many; a total of 0 is unknown.
        words
            What is being done, a Chinese msgid without figures in it: it is translated where it is shown.

        Raises
        ------
        Cancelled, Stopped, Lost
            The task shall end; let them pass.
        """
        self.shown = (max(done, 0), max(total, 0), words[:200])
        # SQLite has one writer: inside its transaction only the task itself can say that it lives
        if self.beat is None or (connection.vendor == "sqlite" and connection.in_atomic_block):
            self.write_when_due()
        if self.cancelled:
            raise Cancelled
        if self.lost:
            raise Lost
        if self.stop is not None and self.stop.is_set():
            raise Stopped

    def write_when_due(self) -> None:
        """Write what was said last, and renew the lease, where it is time to."""
        since = time.monotonic() - self._at
        if since >= RENEW or (since >= SHOW and self.shown != self._written):
            self.write()

    def write(self) -> None:
        """Write what was said last, renew the lease, and see whether the job shall go on."""
        shown = self.shown
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)
        held = mine.update(done=shown[0], total=shown[1], words=shown[2], lease_until=timezone.now() + LEASE)
        self._written, self._at = shown, time.monotonic()
        self.lost = not held
        self.cancelled = mine.filter(cancel_asked=True).exists()


class Beat(Thread):
    """Writes a task's progress and renews its lease from beside it, so that a long step is not taken for death."""

    def __init__(self, progress: Progress) -> None:
        super().__init__(name="linli-job-beat", daemon=True)
        self.progress, self.ended = progress, Event()
        progress.beat = self

    def run(self) -> None:
        """Beat until ended; a database that is busy or away is asked again."""
        try:
            while not self.ended.wait(SHOW):
                try:
                    self.progress.write_when_due()
                except DatabaseError as error:
                    log.warning("no beat", extra={"job": str(self.progress.job.pk), "error": type(error).__name__})
                    connection.close()
        finally:
            connection.close()

    def end(self) -> None:
        """Stop beating."""
        self.ended.set()
        self.join()
