"""Issue a token by which a program acts for the one who asks."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.web.models import SCOPES, Token, digest_of_token

MOST_DAYS = 366
MOST_TOKENS = 20


def issue_token(
    actor: Actor, *, name: str, scopes: Collection[str], days: int, key: uuid.UUID | None = None
) -> tuple[Token, str]:
    """Issue a token of one's own.

    Parameters
    ----------
    actor
        Someone with an account; he holds each of the scopes somewhere now.
    name
        What it is for.
    scopes
        Permissions, some of `SCOPES`; none of them makes a token that reads what is public, at a token's pace.
    days
        After how many days it ends, 1 to 366.
    key
        Of the form; the same key never makes a second token.

    Returns
    -------
    The token and its secret, which is shown now and kept nowhere; empty where the key has been used before.

    Raises
    ------
    ValidationError
        No name, a scope that one does not hold, too long, or too many tokens.
    PermissionDenied
        The public has no tokens.
    """
    if actor.account is None:
        raise PermissionDenied("token")
    key = key or uuid.uuid4()
    name = name.strip()
    if not name or len(name) > 60:
        raise ValidationError({"name": _("请用1—60个字写明用途")})
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("有效期为1—%(days)d天") % {"days": MOST_DAYS}})
    foreign = sorted(scope for scope in set(scopes) if scope not in SCOPES or not actor.may(scope))
    if foreign:
        raise ValidationError({"scopes": _("您现在没有这些权限：%(scopes)s") % {"scopes": "、".join(foreign)}})
    with transaction.atomic():
        before = Token.objects.filter(key=key, account=actor.account).first()
        if before is not None:
            return before, ""
        if Token.objects.working().filter(account=actor.account).count() >= MOST_TOKENS:
            raise ValidationError(_("有效令牌已有%(most)d个，请先撤销不用的") % {"most": MOST_TOKENS})
        secret = f"linli_{secrets.token_urlsafe(32)}"
        token = Token.objects.create(
            account=actor.account,
            name=name,
            digest=digest_of_token(secret),
            start=secret[:10],
            scopes=sorted(set(scopes)),
            expires_at=timezone.now() + timedelta(days=days),
            key=key,
        )
        actor.record(
            "web.issue_token",
            object=token.reference,
            after={"scopes": token.scopes, "expires": token.expires_at.isoformat()},
            content={"scopes": token.scopes, "expires": token.expires_at.isoformat()},
        )
    return token, secret
