"""See a person's full name; whoever looks says what for, and the person can read it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.ledger.recording import record_sight
from linli.org.actors import Actor
from linli.org.models import Account
from linli.org.policies import permit_account


def see_name(actor: Actor, *, account: Account, why: str) -> str:
    """Return the name in full, after recording who looked and what for.

    Raises
    ------
    django.core.exceptions.ValidationError
        No reason is given.
    """
    permit_account(actor, account)
    why = why.strip()
    if not why:
        raise ValidationError(_("请写明为什么要看全名。"), code="why")
    post = actor.post_for("security.accounts")
    with transaction.atomic():
        record_sight(
            actor=actor.reference, object=account.reference, fields=["name"], why=why[:120],
            post=post.reference if post else "",
        )  # fmt: skip
    return account.name
