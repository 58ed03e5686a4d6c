"""What the ledger vouches for of the site's own things, and of those of every room."""

from __future__ import annotations

from linli.ledger.states import Kept, keep
from linli.matters import kept as matters
from linli.org import kept as org
from linli.territory import kept as territory

KEPT = (Kept("token", "web_token", ("account_id", "digest", "scopes", "expires_at")),)


def keep_all() -> None:
    """Declare what every room's things are vouched for by; without Django too, where a backup is checked."""
    keep(*org.KEPT, *territory.KEPT, *matters.KEPT, *KEPT)
