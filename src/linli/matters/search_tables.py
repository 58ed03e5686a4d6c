"""What the search of matters needs of the database itself: a full-text index over `grams`."""

from __future__ import annotations

from typing import Any

FORGET = "INSERT INTO matters_matter_words (matters_matter_words, rowid, grams) VALUES ('delete', OLD.id, OLD.grams); "
KEEP = "INSERT INTO matters_matter_words (rowid, grams) VALUES (NEW.id, NEW.grams); "
ON = "CREATE TRIGGER matters_words_{} AFTER {} ON matters_matter "
TABLE = (
    "CREATE VIRTUAL TABLE matters_matter_words USING fts5("
    "grams, content='matters_matter', content_rowid='id', detail='none', tokenize='unicode61')"
)
SQLITE = (
    TABLE,
    f"{ON.format('insert', 'INSERT')} BEGIN {KEEP} END",
    f"{ON.format('delete', 'DELETE')} BEGIN {FORGET} END",
    f"{ON.format('update', 'UPDATE OF grams')} WHEN OLD.grams <> NEW.grams BEGIN {FORGET} {KEEP} END",
    "INSERT INTO matters_matter_words (matters_matter_words) VALUES ('rebuild')",
)
POSTGRESQL = ("CREATE INDEX matters_matter_words ON matters_matter USING gin (to_tsvector('simple', grams))",)
DROP_SQLITE = (
    *(f"DROP TRIGGER IF EXISTS matters_words_{event}" for event in ("insert", "delete", "update")),
    "DROP TABLE matters_matter_words",
)
DROP_POSTGRESQL = ("DROP INDEX matters_matter_words",)


def install(apps: Any, schema_editor: Any) -> None:
    """Create the index; called by a migration."""
    _run(schema_editor, POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop it; called when the migration is undone."""
    _run(schema_editor, DROP_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else DROP_SQLITE)


def renew(apps: Any, schema_editor: Any) -> None:
    """Create it anew after columns were added: SQLite writes the table anew for that, and drops its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        _run(schema_editor, (*DROP_SQLITE, *SQLITE))


def _run(schema_editor: Any, statements: Any) -> None:
    # past the schema editor, which would read a percent sign as a place for a value
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
