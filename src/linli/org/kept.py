"""What the ledger vouches for of accounts and posts: names never, for they change by date."""

from __future__ import annotations

from linli.ledger.states import Kept, Part

KEPT = (
    Kept("account", "org_account", ("username", "is_active")),
    Kept(
        "post", "org_post", ("division_id", "role_id", "title"),
        (Part("org_tenure", "post_id", ("account_id", "starts_at", "ends_at")),),
    ),
)  # fmt: skip
