"""Minding notices: send one again, say where an office wants to be told."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.notices.channels import channels
from linli.notices.models import Destination, Notice
from linli.notices.writing import PURPOSE, mask
from linli.org.actors import Actor
from linli.org.brief import forget_brief
from linli.org.models import Division
from linli.org.policies import permit
from linli.org.seals import seal

PERMISSION = "notices.manage"
MOST_ADDRESS = 500


def resend(actor: Actor, *, notice: Notice) -> Notice:
    """Send a notice again, now: one that failed, or that its reader says never came."""
    permit(actor, PERMISSION, notice.division)
    with transaction.atomic():
        held = Notice.objects.select_for_update().get(pk=notice.pk)
        if held.state == Notice.State.WAITING and held.attempts == 0:
            raise ValidationError(_("这条通知还没到发送时间。"), code="state")
        held.state, held.attempts, held.error, held.not_before = Notice.State.WAITING, 0, "", timezone.now()
        held.save(update_fields=["state", "attempts", "error", "not_before"])
        actor.record(
            "notices.resend", object=held.object, permission=PERMISSION, touched=False, content={"notice": held.pk}
        )
    return held


def add_destination(actor: Actor, *, division: Division, channel: str, address: str) -> Destination:
    """Say where an office wants to be told of new work; the address is kept sealed."""
    permit(actor, PERMISSION, division)
    address = address.strip()
    known = channels().get(channel)
    if known is None:
        raise ValidationError(_("没有这个渠道。"), code="channel")
    if len(address) > MOST_ADDRESS or not known.takes(address):
        raise ValidationError(_("这不是“%(channel)s”能用的地址。") % {"channel": known.title}, code="address")
    with transaction.atomic():
        forget_brief()
        made = Destination.objects.create(
            division=division, channel=channel, address=seal(address, PURPOSE), masked=mask(address)
        )
        actor.record(
            "notices.add_destination", object=division.reference, permission=PERMISSION,
            content={"channel": channel, "to": made.masked},
        )  # fmt: skip
    return made


def remove_destination(actor: Actor, *, destination: Destination) -> None:
    """Tell an office there no longer; the notices that went there stay in the log."""
    permit(actor, PERMISSION, destination.division)
    with transaction.atomic():
        forget_brief()
        destination.delete()
        actor.record(
            "notices.remove_destination", object=destination.division.reference, permission=PERMISSION,
            content={"channel": destination.channel, "to": destination.masked},
        )  # fmt: skip
