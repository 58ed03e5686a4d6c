"""What ends with an account's credentials: the tokens by which programs acted for it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from linli.org.actors import Actor
from linli.org.models import Account
from linli.web.models import Token


def end_tokens(sender: object, *, account: Account, actor: Actor, **_: Any) -> None:
    """Revoke every token of an account, each with its line in the ledger; within the transaction of who asked."""
    for token in Token.objects.filter(account=account, revoked_at=None).select_for_update():
        Token.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
        actor.record("web.revoke_token", object=token.reference)
