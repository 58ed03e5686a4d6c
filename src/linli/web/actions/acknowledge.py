"""Acknowledge that a thing was changed behind the ledger's back: from now on the ledger vouches for how it stands."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from linli.ledger.kept_files import ACKNOWLEDGED, files_astray
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
        No reason is given, or the thing stands as its last entry left it, and its files as they were kept.
    """
    permit(actor, PERMISSION)
    why = why.strip()
    if not why or len(why) > MOST_WHY:
        raise ValidationError(_("请写明原因，不超过 %(most)d 个字。") % {"most": MOST_WHY}, code="why")
    with connection.cursor() as cursor:  # every file is read: nobody waits for that under a lock
        files = files_astray(cursor, connection.vendor, Path(settings.MEDIA_ROOT))
    lost = sorted(one.path for one in files if one.thing == thing)
    with transaction.atomic():
        if not lost and thing not in astray():
            raise ValidationError(_("它与台账相符，没有可确认的断点。"), code="thing")
        content = {"why": why, **({ACKNOWLEDGED: lost} if lost else {})}
        return actor.record("ledger.acknowledge", object=thing, permission=PERMISSION, content=content)
