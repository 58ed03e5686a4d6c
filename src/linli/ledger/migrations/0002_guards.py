from django.db import migrations

from linli.ledger.guards import guard


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
