"""What the ledger vouches for of accounts, roles, posts, divisions and rosters; today's name follows the calendar."""

from __future__ import annotations

from linli.ledger.states import Kept, Part

KEPT = (
    Kept(
        "account", "org_account", ("username", "name", "email", "is_active", "password", "must_change_password"),
        (Part("socialaccount_socialaccount", "user_id", ("provider", "uid")),),
    ),
    Kept("role", "org_role", ("name", "name_en", "permissions", "second_factor"), key="code"),
    Kept(
        "post", "org_post", ("division_id", "role_id", "title", "valid_from", "valid_to"),
        (Part("org_tenure", "post_id", ("account_id", "starts_at", "ends_at")),),
    ),
    Kept(
        "division", "org_division", ("code", "temporary", "kind", "parent_id", "path", "valid_from", "valid_to"),
        (
            Part("org_divisionname", "division_id", ("name", "name_en", "valid_from", "valid_to", "basis")),
            Part("org_divisioncode", "division_id", ("code", "temporary", "valid_from", "valid_to", "basis")),
        ),
        standing=("status",),
    ),
    Kept("roster", "org_rosterimport", ("account_id", "name", "rows", "done_at", "numbers"), always=False),
)  # fmt: skip
