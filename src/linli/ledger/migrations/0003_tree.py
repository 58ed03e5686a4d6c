from django.db import migrations, models

from linli.ledger.guards import guard_tree
from linli.ledger.tiles import build


def plant(apps, schema_editor):
    """Build the tree of the entries that are there."""
    build(apps.get_model("ledger", "Entry").objects, apps.get_model("ledger", "Tile").objects)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.CharField(max_length=32)),
                ("note", models.TextField()),
            ],
            options={
                "ordering": ["-size"],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.RunPython(plant, migrations.RunPython.noop),
        migrations.RunPython(guard_tree, migrations.RunPython.noop),
    ]
