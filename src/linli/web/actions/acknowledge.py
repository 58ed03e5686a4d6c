"""Acknowledge that a thing was changed behind the ledger's back: from now on the ledger vouches for how it stands."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.ledger.models import Entry
from linli.ledger.vouching import astray
from linli.org.actors import Actor
from linli.org.policies import permit

PERMISSION = "system.backup"
MOST_WHY = 500


def acknowledge(actor: Actor, *, thing: str, why: str) -> Entry:
    """Record a break with its reason and how the thing stands now; the entries before and the break stay on record.

    Raises
    ------
    django.core.exceptions.ValidationError
        No reason is given, or the thing stands as its last entry left it.
    """
    permit(actor, PERMISSION)
    why = why.strip()
    if not why or len(why) > MOST_WHY:
        raise ValidationError(_("请写明原因，不超过 %(most)d 个字。") % {"most": MOST_WHY}, code="why")
    with transaction.atomic():
        if thing not in astray():
            raise ValidationError(_("它与台账相符，没有可确认的断点。"), code="thing")
        return actor.record("ledger.acknowledge", object=thing, permission=PERMISSION, content={"why": why})
