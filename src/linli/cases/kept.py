"""What the ledger vouches for of dispatch rules."""

from __future__ import annotations

from linli.ledger.states import Kept

KEPT = (
    Kept(
        "route", "cases_route",
        ("title", "group", "category_id", "kind", "source", "urgent", "within_id", "level", "post_id", "basis",
         "valid_from", "valid_to"),
    ),
)  # fmt: skip
