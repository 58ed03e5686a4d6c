"""Give the roles that come with Linli their rights on matters, where a site has these roles already."""

import tomllib
from pathlib import Path

from django.db import migrations

ROLES = Path(__file__).resolve().parents[2] / "org" / "roles.toml"


def give(apps, schema_editor):
    """Add what the shipped table says of matters; what a district has changed besides stays."""
    role = apps.get_model("org", "Role")
    for code, shipped in tomllib.loads(ROLES.read_text(encoding="utf-8")).items():
        wanted = [permission for permission in shipped["permissions"] if permission.startswith("matters.")]
        for one in role.objects.filter(code=code):
            one.permissions = [*one.permissions, *(p for p in wanted if p not in one.permissions)]
            one.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial"), ("org", "0004_roster")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
