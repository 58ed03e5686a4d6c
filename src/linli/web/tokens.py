"""From a token to who acts: the account now, narrowed to the token's scopes."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from django.db import OperationalError
from django.utils import timezone

from linli.org.actors import Actor, actor_of
from linli.web.models import Token, digest_of_token


def token_of(secret: str) -> Token | None:
    """Return the working token of a secret."""
    return Token.objects.working().select_related("account").filter(digest=digest_of_token(secret)).first()


def actor_of_token(token: Token) -> Actor:
    """Return who acts by a token: what its account may this minute, and of that only the scopes."""
    actor, scopes = actor_of(token.account), frozenset(token.scopes)
    return replace(
        actor, grants=tuple(replace(grant, permissions=grant.permissions & scopes) for grant in actor.grants)
    )


def note_use(token: Token) -> None:
    """Keep the day of the last use, once a day; a busy database makes no request wait or fail."""
    today = timezone.localdate()
    if token.last_used_on != today:
        with contextlib.suppress(OperationalError):
            Token.objects.filter(pk=token.pk).update(last_used_on=today)
