from __future__ import annotations

from typing import Any

from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL a table that needs no log; SQLite keeps it in the file of limits, see linli.org.shared."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE UNLOGGED TABLE linli_shared"
            " (name varchar(64) PRIMARY KEY, value text NOT NULL, ends_at double precision NOT NULL)"
        )


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TABLE linli_shared")


class Migration(migrations.Migration):
    dependencies = [("org", "0004_roster")]
    operations = [migrations.RunPython(create, drop)]
