"""Sending what waits: one worker at a time holds a notice, tries again where it failed, gives up after five times.

A notice fails alone: whatever its channel meets, the next one is sent all the same.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from cryptography.fernet import InvalidToken
from django.db.models import F, Q
from django.utils import timezone

from linli.notices.channels import NotSent, channels
from linli.notices.models import Notice
from linli.notices.writing import PURPOSE
from linli.org.seals import unseal

AT_ONCE = 100
MOST_ATTEMPTS = 5
AGAIN = timedelta(minutes=5)  # after the first failure; doubled after each
LONGEST = AGAIN * 2**MOST_ATTEMPTS  # a try that waits longer was put off by a clock that went wrong
AT_MOST = 20.0  # seconds for one round: other work of the same worker waits meanwhile
log = logging.getLogger("linli.notices")


def send_due(now: datetime | None = None) -> int:
    """Send the notices whose time has come; return how many went out."""
    moment, sent = now or timezone.now(), 0
    until = time.monotonic() + AT_MOST
    due = Q(not_before__lte=moment) | Q(attempts__gt=0, not_before__gt=moment + LONGEST)
    for notice in Notice.objects.filter(due, state=Notice.State.WAITING).order_by("not_before")[:AT_ONCE]:
        if time.monotonic() > until:
            break
        sent += _send(notice, moment)
    return sent


def latest() -> datetime | None:
    """Return since when the notice that has waited longest could have been sent; None where none waits."""
    waiting = Notice.objects.filter(state=Notice.State.WAITING).order_by("not_before")
    return waiting.values_list("not_before", flat=True).first()


def _send(notice: Notice, now: datetime) -> bool:
    """Send one, unless another worker holds it; its time moves on first, so that a death sends it once more at most."""
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.WAITING, attempts=notice.attempts)
    if not mine.update(attempts=F("attempts") + 1, not_before=now + AGAIN * 2**notice.attempts):
        return False
    held = Notice.objects.filter(pk=notice.pk)
    failed = _failure(notice)
    if failed:
        last = notice.attempts + 1 >= MOST_ATTEMPTS
        held.update(state=Notice.State.FAILED if last else Notice.State.WAITING, error=failed[:200])
        log.warning("notice not sent", extra={"notice": notice.pk, "channel": notice.channel, "error": failed})
        return False
    held.update(state=Notice.State.SENT, sent_at=timezone.now(), error="")
    return True


def _failure(notice: Notice) -> str:
    """Hand a notice to its channel; return why it could not be sent, '' where it was."""
    try:
        one = channels().get(notice.channel)
        if one is None or not one.ready():
            raise NotSent("unset")
        one.send(unseal(notice.address, PURPOSE), notice.subject, notice.text)
    except NotSent as error:
        return str(error)
    except InvalidToken:
        return "sealed"
    except Exception:  # a district's own channel may raise anything
        log.exception("a channel failed", extra={"notice": notice.pk, "channel": notice.channel})
        return "program"
    return ""
