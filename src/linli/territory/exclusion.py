"""One community a block a day: the triggers by which the database itself refuses overlapping memberships."""

from __future__ import annotations

from typing import Any

MESSAGE = "一个地块同一天只能属于一个社区 / a block belongs to one community a day"

# no extension is needed: the trigger locks the block's row, so that two transactions cannot both find it free
POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION territory_one_community_a_day() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM territory_block WHERE id = NEW.block_id FOR NO KEY UPDATE;
        IF EXISTS (
            SELECT 1 FROM territory_membership AS other
            WHERE other.block_id = NEW.block_id AND other.id <> NEW.id
              AND other.valid_from < COALESCE(NEW.valid_to, 'infinity'::date)
              AND COALESCE(other.valid_to, 'infinity'::date) > NEW.valid_from
        ) THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'exclusion_violation',
                DETAIL = format('block %s from %s to %s', NEW.block_id, NEW.valid_from, NEW.valid_to);
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER territory_one_community_a_day
    BEFORE INSERT OR UPDATE OF block_id, valid_from, valid_to ON territory_membership
    FOR EACH ROW EXECUTE FUNCTION territory_one_community_a_day()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER territory_one_community_a_day_{event} BEFORE {when} ON territory_membership
    WHEN EXISTS (
        SELECT 1 FROM territory_membership AS other
        WHERE other.block_id = NEW.block_id {same}
          AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
          AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from)
    )
    BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
    """
    for event, when, same in (
        ("insert", "INSERT", ""),
        ("update", "UPDATE OF block_id, valid_from, valid_to", "AND other.id <> OLD.id"),
    )
)
DROP = {
    "postgresql": (
        "DROP TRIGGER territory_one_community_a_day ON territory_membership",
        "DROP FUNCTION territory_one_community_a_day()",
    ),
    "sqlite": (
        "DROP TRIGGER territory_one_community_a_day_insert",
        "DROP TRIGGER territory_one_community_a_day_update",
    ),
}


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers; called by a migration."""
    vendor = schema_editor.connection.vendor
    _run(schema_editor, POSTGRESQL if vendor == "postgresql" else SQLITE)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers; called when the migration is undone."""
    _run(schema_editor, DROP[schema_editor.connection.vendor])


def _run(schema_editor: Any, statements: tuple[str, ...]) -> None:
    # past the schema editor, which would read a percent sign as a place for a value
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
