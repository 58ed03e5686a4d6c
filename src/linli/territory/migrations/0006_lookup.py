"""A stamp that moves with every change of the ground, and full-text indexes over buildings."""

from __future__ import annotations

from django.db import migrations, models

from linli.territory.lookup_tables import install, remove


class Migration(migrations.Migration):
    """Table and triggers on both databases."""

    dependencies = [("territory", "0005_lines_by_kind")]
    operations = [
        migrations.CreateModel(
            name="GroundStamp",
            fields=[
                ("id", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
            ],
        ),
        migrations.RunPython(install, remove),
    ]
