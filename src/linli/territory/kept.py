"""What the ledger vouches for of relabellings."""

from __future__ import annotations

from linli.ledger.states import Kept

KEPT = (
    Kept(
        "assignment", "territory_assignment", ("community_id", "from_day", "enactment", "before", "after", "undone_at")
    ),
)
