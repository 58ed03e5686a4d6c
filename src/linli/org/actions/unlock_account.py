"""Unlock an account before its time."""

from __future__ import annotations

from django.db import transaction

from linli.org.actors import Actor
from linli.org.lockout import clear
from linli.org.models import Account
from linli.org.policies import permit_account


def unlock_account(actor: Actor, *, account: Account) -> None:
    """Forget the failures of an account, so that its holder may try again."""
    permit_account(actor, account)
    with transaction.atomic():
        clear(account.username)
        clear(f"code:{account.pk}")
        actor.record("org.unlock_account", object=account.reference, permission="security.accounts", touched=False)
