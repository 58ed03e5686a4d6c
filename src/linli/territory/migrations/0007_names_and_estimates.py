"""Room for the name that a building bears in place of a number, the mark of an estimate, and all words anew."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from linli.territory.indexing import index_buildings


def index(apps: Any, schema_editor: Any) -> None:
    """Write anew what buildings are found by: a bare name was found by nothing."""
    index_buildings(apps.get_model("territory", "Building").objects.all())


def widen(apps: Any, schema_editor: Any) -> None:
    """Give the column of numbers room for a name."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE territory_building ALTER COLUMN number TYPE varchar(60)")


class Migration(migrations.Migration):
    """See above."""

    dependencies = [("territory", "0006_lookup")]

    operations = [
        # SQLite would make the table anew and lose the triggers that keep its words; it knows no length of a text anyway
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(widen, migrations.RunPython.noop)],
            [
                migrations.AlterField(
                    model_name="building",
                    name="number",
                    field=models.CharField(blank=True, max_length=60, verbose_name="幢号"),
                )
            ],
        ),
        migrations.AddField(
            model_name="count",
            name="estimate",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="估算办法"),
            preserve_default=False,
        ),
        migrations.RunPython(index, migrations.RunPython.noop),
    ]
