"""What the ledger vouches for of the site's own things, and of those of every room."""

from __future__ import annotations

from linli.cases import kept as cases
from linli.ledger.states import Kept, keep
from linli.matters import kept as matters
from linli.notices import kept as notices
from linli.org import kept as org
from linli.planning import kept as planning
from linli.territory import kept as territory

KEPT = (
    Kept(
        "token", "web_token",
        ("account_id", "name", "digest", "start", "scopes", "created_at", "expires_at", "revoked_at"),
    ),
)  # fmt: skip


def keep_all() -> None:
    """Declare what every room's things are vouched for by; without Django too, where a backup is checked."""
    keep(
        (*org.KEPT, *territory.KEPT, *matters.KEPT, *cases.KEPT, *planning.KEPT, *KEPT),
        (*territory.PARTS, *matters.PARTS, *notices.PARTS),
    )
