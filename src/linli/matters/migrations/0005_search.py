"""Words to be found by, the limit that each clock began with, and rights on what is new for the shipped roles."""

import tomllib
from pathlib import Path

from django.db import migrations

from linli.matters.search_tables import install, remove
from linli.territory.indexing import grams_of

ROOM = Path(__file__).resolve().parents[1]
ROLES = ROOM.parent / "org" / "roles.toml"
NEW = ("matters.", "cases.", "notices.")


def fill(apps, schema_editor):
    """Give matters that are there already their words, and the limit of the rule that they name."""
    matter = apps.get_model("matters", "Matter")
    limits = tomllib.loads((ROOM / "limits.toml").read_text(encoding="utf-8"))
    held = []
    for one in matter.objects.iterator(500):
        one.grams = " ".join(dict.fromkeys([*grams_of(one.text), *grams_of(one.place)]))
        kind, _dot, stage = one.rule.partition("@")[0].partition(".")
        one.limit = limits.get(kind, {}).get(stage, [])
        held.append(one)
        if len(held) == 500:
            matter.objects.bulk_update(held, ["grams", "limit"])
            held.clear()
    matter.objects.bulk_update(held, ["grams", "limit"])


def give(apps, schema_editor):
    """Add what the shipped table says of matters, cases and notices; what a district has changed besides stays."""
    role = apps.get_model("org", "Role")
    for code, shipped in tomllib.loads(ROLES.read_text(encoding="utf-8")).items():
        wanted = [permission for permission in shipped["permissions"] if permission.startswith(NEW)]
        for one in role.objects.filter(code=code):
            one.permissions = [*one.permissions, *(p for p in wanted if p not in one.permissions)]
            one.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("matters", "0004_inbox"), ("org", "0004_roster")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(install, remove),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
