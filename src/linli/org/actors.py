"""Who acts: an account with the posts it holds at this moment, and what they let it do where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from linli.ledger.models import Entry
from linli.ledger.recording import record
from linli.org.models import Account, Division, Post, Tenure


@dataclass(frozen=True)
class Grant:
    """What one post gives: permissions in a division and everything below it."""

    post: Post
    permissions: frozenset[str]
    path: str


@dataclass(frozen=True)
class Actor:
    """Who acts, for one request or one job; `account` is None for the public."""

    account: Account | None
    grants: tuple[Grant, ...] = ()
    system: bool = False

    def may(self, permission: str, division: Division | None = None) -> bool:
        """Whether a post held now gives the permission, in this division where one is given."""
        return self.system or any(True for _ in self._giving(permission, division))

    def post_for(self, permission: str, division: Division | None = None) -> Post | None:
        """The post by which the actor may, the nearest to the division first."""
        found = sorted(self._giving(permission, division), key=lambda grant: -len(grant.path))
        return found[0].post if found else None

    def areas(self, permission: str) -> tuple[str, ...]:
        """Paths of the divisions in which the permission holds; filter querysets by them."""
        return ("/",) if self.system else tuple(sorted({grant.path for grant in self._giving(permission, None)}))

    def record(self, verb: str, *, object: str, permission: str = "", **details: Any) -> Entry:
        """Record an act of this actor in the ledger; see `linli.ledger.recording.record`."""
        post = self.post_for(permission) if permission else None
        return record(actor=self.reference, post=post.reference if post else "", verb=verb, object=object, **details)

    @property
    def reference(self) -> str:
        """How the ledger names this actor."""
        return "system" if self.system else self.account.reference if self.account else "public"

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts held."""
        return tuple(grant.post for grant in self.grants)

    def _giving(self, permission: str, division: Division | None) -> Iterable[Grant]:
        return (
            grant
            for grant in self.grants
            if permission in grant.permissions and (division is None or division.path.startswith(grant.path))
        )


PUBLIC = Actor(None)
SYSTEM = Actor(None, system=True)  # upgrades and the demo


def actor_of(account: Account, moment: datetime | None = None) -> Actor:
    """Return the actor that an account is at a moment, by one query."""
    if not account.is_active:
        return PUBLIC
    now = moment or timezone.now()
    today = timezone.localdate(now)
    tenures = Tenure.objects.at(now).filter(account=account).select_related("post__division", "post__role")
    return Actor(
        account,
        tuple(
            Grant(tenure.post, frozenset(tenure.post.role.permissions), tenure.post.division.path)
            for tenure in tenures
            if tenure.post.valid_to is None or tenure.post.valid_to > today
        ),
    )


def actor_called(reference: str) -> Actor:
    """Return who a reference names, `account:7` or `system`, by the posts held now; else the public."""
    if reference == SYSTEM.reference:
        return SYSTEM
    kind, _, key = reference.partition(":")
    account = Account.objects.filter(pk=key).first() if kind == "account" and key.isdigit() else None
    return PUBLIC if account is None else actor_of(account)
