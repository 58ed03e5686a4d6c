"""The nouns of signing in: a failure, a former password, an uploaded roster."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SignInFailure(models.Model):
    """One failed attempt to sign in, kept for a day; locks are counted from these, whichever process met them."""

    key = models.CharField(max_length=64)  # keyed digest of what was tried: people type passwords into the wrong field
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        indexes = [models.Index(fields=["key", "at"]), models.Index(fields=["address", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%F %T}"


class FormerPassword(models.Model):
    """The hash of a password that an account has had."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.account} {self.at:%F}"


class RosterImport(models.Model):
    """An uploaded roster between preview and import; its rows, which hold names, go when it is done with."""

    key = models.UUIDField(unique=True)  # of the form that sent it: sent twice it is one import
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    numbers = models.JSONField(default=dict)  # outcome to how many rows, once it is done

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How other rooms name this import."""
        return f"roster:{self.pk}"
