"""Writing a notice: to a person who left an address, or to wherever an office wants to be told; working hours only."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from linli.notices.channels import channel_for
from linli.notices.models import Destination, Notice
from linli.org.brief import brief
from linli.org.models import Division
from linli.org.seals import seal, unseal
from linli.workdays import Clock

PURPOSE = "notices.address"


def tell_person(
    address: str, *, key: str, object: str, division: Division, subject: str, text: str, clock: Clock,
    urgent: bool = False, now: datetime | None = None,
) -> Notice | None:  # fmt: skip
    """Write a notice to who left an address, in the transaction of what it tells; None where no channel reaches it.

    Parameters
    ----------
    address
        What the person left: an e-mail address or a mobile number.
    key
        Of what caused it; caused twice, it is one notice.
    clock
        Of the office: outside its hours the notice waits for the next opening, unless it is urgent.
    """
    name = channel_for(address)
    if not name:
        return None
    return _write(name, address, f"{key}:{_short(address)}", object, division, subject, text, clock, urgent, now)


def tell_office(
    division: Division, *, key: str, object: str, subject: str, text: str, clock: Clock, urgent: bool = False,
    now: datetime | None = None,
) -> list[Notice]:  # fmt: skip
    """Write a notice to every destination of an office; none where it has named none."""
    if division.pk not in _offices():
        return []
    return [
        _write(one.channel, unseal(one.address, PURPOSE), f"{key}:d{one.pk}", object, division, subject, text, clock,
               urgent, now)
        for one in Destination.objects.filter(division=division, active=True)
    ]  # fmt: skip


@brief
def _offices() -> frozenset[int]:
    """Keys of the offices that want to be told."""
    return frozenset(Destination.objects.filter(active=True).values_list("division", flat=True))


def mask(address: str) -> str:
    """Return as much of an address as tells it from others: 138****1234, w***@…, a robot's host."""
    if "://" in address:
        return address.split("://", 1)[1].split("/", 1)[0][:60]
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"[:60]
    return f"{address[:3]}****{address[-4:]}"[:60] if len(address) > 7 else "****"


def _write(
    channel: str, address: str, key: str, object: str, division: Division, subject: str, text: str, clock: Clock,
    urgent: bool, now: datetime | None,
) -> Notice:  # fmt: skip
    moment = now or timezone.now()
    values = {
        "object": object, "division": division, "channel": channel, "address": seal(address, PURPOSE),
        "masked": mask(address), "subject": subject[:80], "text": text, "urgent": urgent,
        "not_before": moment if urgent else clock.next_open(moment),
    }  # fmt: skip
    return Notice.objects.get_or_create(key=key[:80], defaults=values)[0]


def _short(address: str) -> str:
    from hashlib import sha256

    return sha256(address.encode()).hexdigest()[:12]
