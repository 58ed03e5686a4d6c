import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0004_roster"),
    ]

    operations = [
        migrations.CreateModel(
            name="Destination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=16, verbose_name="渠道")),
                ("address", models.TextField()),
                ("masked", models.CharField(max_length=60, verbose_name="地址")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="destinations", to="org.division"
                    ),
                ),
            ],
            options={
                "ordering": ["division__code", "channel", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                ("object", models.CharField(max_length=80)),
                ("channel", models.CharField(max_length=16, verbose_name="渠道")),
                ("address", models.TextField()),
                ("masked", models.CharField(max_length=60, verbose_name="发给")),
                ("subject", models.CharField(max_length=80, verbose_name="标题")),
                ("text", models.TextField(verbose_name="内容")),
                ("urgent", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "待发送"), ("sent", "已发送"), ("failed", "未送达")],
                        default="waiting",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "division",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.division"),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["not_before"], name="notices_waiting"
                    ),
                    models.Index(fields=["object"], name="notices_not_object_192aee_idx"),
                ],
            },
        ),
    ]
