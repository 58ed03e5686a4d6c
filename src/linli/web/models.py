"""The site's own noun: a token by which a program acts for an account."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.org.models import Account

# what a token may hold; rights over accounts, the system and the audit trail stay with people
SCOPES = ("org.view", "org.people", "territory.view", "territory.import")


def digest_of_token(secret: str) -> str:
    """Return what is kept of a token: the hex SHA-256 of it. A token has 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens by whether they work."""

    def working(self, moment: datetime | None = None) -> TokenQuerySet:
        """Tokens that are neither revoked nor expired, of accounts that are enabled."""
        now = moment or timezone.now()
        return self.filter(Q(expires_at__gt=now), revoked_at=None, account__is_active=True)


class Token(models.Model):
    """A token: never more than its account may at the time of use, and of that only its scopes."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=12)  # its first signs, by which its owner knows it
    scopes = models.JSONField(default=list)  # of `SCOPES`
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("到期"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)
    key = models.UUIDField(unique=True, editable=False)  # of the form: a double click is one token

    objects = TokenQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the ledger names this token."""
        return f"token:{self.pk}"

    @property
    def works(self) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > timezone.now()
