"""What the look-up and the search need of the database itself: a stamp that every change moves, full-text indexes."""

from __future__ import annotations

from typing import Any

WATCHED = {  # table → columns of which a change moves a border
    "territory_membership": ("block_id", "community_id", "valid_from", "valid_to"),
    "territory_block": ("wkb",),
}
# drawn anew, not counted up: a count comes back when a transaction is rolled back, and an index kept for it would be
# taken for that of the next change; 53 bits, so that a script in a page keeps it whole
MOST = 2**53 - 1
MOVE = "UPDATE territory_groundstamp SET value = {draw}"
MOVE_SQLITE = MOVE.format(draw=f"random() & {MOST}")
MOVE_POSTGRESQL = MOVE.format(draw=f"floor(random() * {MOST})")
NAME = "territory_stamp_{table}_{event}"


def _events(table: str) -> tuple[tuple[str, str], ...]:
    return (("insert", "INSERT"), ("delete", "DELETE"), ("update", f"UPDATE OF {', '.join(WATCHED[table])}"))


SQLITE = (
    "INSERT INTO territory_groundstamp (id, value) VALUES (1, 1)",
    *(
        f"CREATE TRIGGER {NAME.format(table=table, event=event)} AFTER {when} ON {table} BEGIN {MOVE_SQLITE}; END"
        for table in WATCHED
        for event, when in _events(table)
    ),
    "CREATE VIRTUAL TABLE territory_building_words USING fts5("
    "grams, content='territory_building', content_rowid='id', detail='none', tokenize='unicode61')",
    "CREATE TRIGGER territory_words_insert AFTER INSERT ON territory_building BEGIN "
    "INSERT INTO territory_building_words (rowid, grams) VALUES (NEW.id, NEW.grams); END",
    "CREATE TRIGGER territory_words_delete AFTER DELETE ON territory_building BEGIN "
    "INSERT INTO territory_building_words (territory_building_words, rowid, grams) "
    "VALUES ('delete', OLD.id, OLD.grams); END",
    "CREATE TRIGGER territory_words_update AFTER UPDATE OF grams ON territory_building BEGIN "
    "INSERT INTO territory_building_words (territory_building_words, rowid, grams) "
    "VALUES ('delete', OLD.id, OLD.grams); "
    "INSERT INTO territory_building_words (rowid, grams) VALUES (NEW.id, NEW.grams); END",
    "INSERT INTO territory_building_words (territory_building_words) VALUES ('rebuild')",
)
# a statement moves the stamp once, however many rows it writes
POSTGRESQL = (
    "INSERT INTO territory_groundstamp (id, value) VALUES (1, 1)",
    "CREATE FUNCTION territory_move_stamp() RETURNS trigger LANGUAGE plpgsql "
    f"AS $$ BEGIN {MOVE_POSTGRESQL}; RETURN NULL; END $$",
    *(
        f"CREATE TRIGGER {NAME.format(table=table, event=event)} AFTER {when} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION territory_move_stamp()"
        for table in WATCHED
        for event, when in _events(table)
    ),
    "CREATE INDEX territory_building_words ON territory_building USING gin (to_tsvector('simple', grams))",
)
DROP_STAMP = tuple((table, NAME.format(table=table, event=event)) for table in WATCHED for event, _ in _events(table))


def install(apps: Any, schema_editor: Any) -> None:
    """Create triggers and indexes; called by a migration."""
    _run(schema_editor, POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop them; called when the migration is undone."""
    if schema_editor.connection.vendor == "postgresql":
        dropped = [f"DROP TRIGGER {name} ON {table}" for table, name in DROP_STAMP]
        dropped += ["DROP FUNCTION territory_move_stamp()", "DROP INDEX territory_building_words"]
    else:
        dropped = [f"DROP TRIGGER {name}" for _, name in DROP_STAMP]
        dropped += [f"DROP TRIGGER territory_words_{event}" for event in ("insert", "delete", "update")]
        dropped.append("DROP TABLE territory_building_words")
    _run(schema_editor, dropped)


def _run(schema_editor: Any, statements: Any) -> None:
    # past the schema editor, which would read a percent sign as a place for a value
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
