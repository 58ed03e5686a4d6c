"""Revoke a token of one's own: the next request with it is refused."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from linli.org.actors import Actor
from linli.web.models import Token


def revoke_token(actor: Actor, *, token: Token) -> None:
    """Revoke a token at once; one that is revoked already stays as it is.

    Raises
    ------
    PermissionDenied
        The token belongs to someone else.
    """
    if actor.account is None or token.account_id != actor.account.pk:
        raise PermissionDenied("token")
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            return
        actor.record("web.revoke_token", object=token.reference)
