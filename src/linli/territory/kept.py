"""What the ledger vouches for of relabellings and imports, and of a street's ground, which belongs to its division."""

from __future__ import annotations

from linli.ledger.states import Kept, Part

KEPT = (
    Kept(
        "assignment", "territory_assignment",
        ("community_id", "from_day", "enactment", "before", "after", "by", "made_at", "undone_at"),
    ),
    Kept(
        "import", "territory_importbatch",
        ("street_id", "kind", "state", "name", "size", "sha256", "layer", "crs", "columns", "source", "as_of",
         "complete", "members_from", "leave_out", "summary", "by", "applied_at"),
        always=False,
    ),
)  # fmt: skip
BLOCK = ("territory_block", "block_id")
GROUND = (
    Part("territory_compound", "street_id", ("code", "name", "also_called", "use")),
    Part(
        "territory_block", "street_id",
        ("wkb", "west", "south", "east", "north", "code", "compound_id", "police_area", "school_area", "columns"),
    ),
    Part(
        "territory_line", "street_id", ("a_id", "b_id", "length_m", "kind", "name", "wkb", "affinity"),
        through=("territory_block", "a_id"),
    ),
    Part(
        "territory_building", "street_id",
        ("block_id", "compound_id", "code", "number", "road", "gate", "units", "floors", "longitude", "latitude"),
        through=BLOCK,
    ),
    Part(
        "territory_facility", "street_id", ("block_id", "code", "kind", "name", "area_m2", "longitude", "latitude")
    ),
    Part(
        "territory_count", "street_id", ("block_id", "definition", "value", "source", "as_of", "estimate"),
        through=BLOCK,
    ),
    Part("territory_belonging", "street_id", ("block_id", "community_id", "asked", "agreed"), through=BLOCK),
    Part(
        "territory_membership", "street_id", ("block_id", "community_id", "valid_from", "valid_to", "enactment"),
        through=BLOCK,
    ),
)  # fmt: skip
PARTS = tuple(("division", part) for part in GROUND)
