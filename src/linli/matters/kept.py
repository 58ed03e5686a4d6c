"""What the ledger vouches for of matters, and of what an office writes down about doing them."""

from __future__ import annotations

from linli.ledger.states import Kept, Part

KEPT = (
    Kept(
        "matter", "matters_matter",
        ("key", "number", "secret", "kind", "source", "text", "about", "place", "block_id", "building_id", "longitude",
         "latitude", "category_id", "guess", "urgent", "contact", "state", "holder_id", "dispatcher_id", "returns",
         "reworks", "merged_into_id", "parent_id", "rule", "limit", "began_at", "pauses", "extension", "due_at",
         "promise", "answer_by", "told_late", "reminded", "opened_at", "closed_at", "published", "anonymised_at"),
        (
            Part("matters_event", "matter_id", ("verb", "at", "post_id", "to_id", "before", "after", "text", "public")),
            Part("matters_photo", "matter_id", ("event_id", "released", "path", "size", "sha256")),
            Part("matters_follower", "matter_id", ("key", "secret", "text", "contact", "at")),
            Part(
                "matters_rating", "matter_id", ("follower_id", "round", "by", "solved", "score", "text", "at")
            ),
        ),
    ),
    Kept(
        "category", "matters_category",
        ("code", "title", "group", "national", "limits", "private", "urgent", "succession", "active"),
    ),
    Kept(
        "duty", "matters_dutyitem",
        ("list", "number", "text", "owner", "basis", "division_id", "valid_from", "valid_to"),
        (Part("matters_dutyitem_categories", "dutyitem_id", ("category_id",)),),
    ),
    Kept("text", "matters_standardtext", ("verb", "category_id", "title", "text", "active")),
    Kept("filter", "matters_savedfilter", ("account_id", "name", "question")),
    Kept("year", "matters_calendaryear", ("off", "work", "source", "loaded_at"), key="year"),
)  # fmt: skip
PARTS = (
    ("division", Part("matters_shifts", "division_id", ("shifts",))),
    ("division", Part("matters_successionchoice", "street_id", ("from_day", "group", "choice", "paper"))),
)
