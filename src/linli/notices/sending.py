"""Sending what waits: one worker at a time holds a notice, tries again where it failed, gives up after five times."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from linli.notices.channels import NotSent, channels
from linli.notices.models import Notice
from linli.notices.writing import PURPOSE
from linli.org.seals import unseal

AT_ONCE = 100
MOST_ATTEMPTS = 5
AGAIN = timedelta(minutes=5)  # after the first failure; doubled after each
log = logging.getLogger("linli.notices")


def send_due(now: datetime | None = None) -> int:
    """Send the notices whose time has come; return how many went out."""
    moment, sent = now or timezone.now(), 0
    waiting = Notice.objects.filter(state=Notice.State.WAITING, not_before__lte=moment).order_by("not_before")
    for notice in waiting[:AT_ONCE]:
        sent += _send(notice, moment)
    return sent


def _send(notice: Notice, now: datetime) -> bool:
    """Send one, unless another worker holds it; its time moves on first, so that a death sends it once more at most."""
    mine = Notice.objects.filter(pk=notice.pk, state=Notice.State.WAITING, attempts=notice.attempts)
    if not mine.update(attempts=F("attempts") + 1, not_before=now + AGAIN * 2**notice.attempts):
        return False
    held = Notice.objects.filter(pk=notice.pk)
    try:
        one = channels().get(notice.channel)
        if one is None or not one.ready():
            raise NotSent("渠道没有设置 / the channel is not set up")
        one.send(unseal(notice.address, PURPOSE), notice.subject, notice.text)
    except NotSent as error:
        last = notice.attempts + 1 >= MOST_ATTEMPTS
        state = Notice.State.FAILED if last else Notice.State.WAITING
        held.update(state=state, error=str(error)[:200])
        log.warning("notice not sent", extra={"notice": notice.pk, "channel": notice.channel, "error": str(error)})
        return False
    held.update(state=Notice.State.SENT, sent_at=timezone.now(), error="")
    return True
