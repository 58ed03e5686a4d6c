"""The nouns of the ledger: an entry, a tile of the tree beside the chain, a signed checkpoint."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _


class Entry(models.Model):
    """One act, bound to the one before it; the database refuses to change or remove it."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)  # ISO 8601, UTC, microseconds: hashed as written
    actor = models.CharField(max_length=80)  # account:7, system, public
    post = models.CharField(max_length=80, blank=True)  # post:3
    verb = models.CharField(max_length=80)  # org.rename_division
    object = models.CharField(max_length=120)  # division:12
    before = models.CharField(max_length=64, blank=True)
    after = models.CharField(max_length=64, blank=True)
    public = models.BooleanField(default=False)
    content = models.TextField(default="{}")  # canonical JSON, hashed as written
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["object", "seq"]), models.Index(fields=["actor", "seq"])]
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.object}"

    @property
    def alone(self) -> bool:
        """Whether it is about who acted, or the site as a whole: no other thing is named."""
        return self.object in (self.actor, "site")

    @property
    def begins(self) -> str:
        """Who did what, of an entry that was spoken (`linli.ledger.reading`); the thing follows where there is one."""
        frame = _("%(who)s%(did)s。") if self.alone else _("%(who)s%(did)s：")
        return capfirst(frame % {"who": self.who, "did": self.words})  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """The content as an object."""
        found: dict[str, Any] = json.loads(self.content)
        return found

    @property
    def moment(self) -> datetime:
        """When it was recorded."""
        return datetime.fromisoformat(self.at)


class Tile(models.Model):
    """The root of 256, 65 536, … entries that are all there; see `linli.ledger.tree`."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A root of the tree, signed by the site, as it left the house."""

    size = models.BigIntegerField(primary_key=True)
    at = models.CharField(max_length=32)  # ISO 8601, UTC
    note = models.TextField()  # linli.ledger.notes

    class Meta:
        ordering = ["-size"]

    def __str__(self) -> str:
        return str(self.size)

    @property
    def dated(self) -> bool:
        """Whether the signature covers the moment; not in notes of before."""
        return f"\n{self.at}\n\n" in self.note

    @property
    def moment(self) -> datetime:
        """When it was signed."""
        return datetime.fromisoformat(self.at)
