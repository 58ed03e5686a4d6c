"""Hand a post over to a successor."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from linli.org.actions.appoint import appoint
from linli.org.actions.leave_post import leave_post
from linli.org.actors import Actor
from linli.org.models import Account, Tenure


def hand_over(actor: Actor, *, tenure: Tenure, successor: Account, at: datetime) -> Tenure:
    """Let the holder leave and the successor begin at the same minute, or neither; see `leave_post` and `appoint`."""
    with transaction.atomic():
        leave_post(actor, tenure=tenure, ends_at=at)
        return appoint(actor, post=tenure.post, account=successor, starts_at=at)
