"""Let the database itself refuse overlapping memberships."""

from __future__ import annotations

from django.db import migrations

from linli.territory.exclusion import install, remove


class Migration(migrations.Migration):
    """Triggers on both databases."""

    dependencies = [("territory", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
