import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("matters", "0005_search"),
        ("org", "0004_roster"),
    ]

    operations = [
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=60, verbose_name="名称")),
                ("group", models.CharField(blank=True, max_length=20, verbose_name="大类")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("report", "反映问题"), ("suggestion", "建议")],
                        max_length=12,
                        verbose_name="性质",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("web", "网页"),
                            ("caller", "来电来访"),
                            ("patrol", "巡查"),
                            ("hotline", "12345 转办"),
                            ("sensor", "设备告警"),
                        ],
                        max_length=12,
                        verbose_name="来源",
                    ),
                ),
                ("urgent", models.BooleanField(default=False, verbose_name="只管紧急事项")),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("community", "所在社区"), ("street", "所在街道"), ("district", "区")],
                        max_length=10,
                        verbose_name="交给",
                    ),
                ),
                ("basis", models.CharField(max_length=120, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="matters.category",
                        verbose_name="类别",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.post",
                        verbose_name="指定岗位",
                    ),
                ),
                (
                    "within",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.division",
                        verbose_name="范围",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Suggester",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("texts", models.PositiveIntegerField()),
                ("corrected", models.PositiveIntegerField()),
                ("weights", models.BinaryField()),
                ("accuracy", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("active",), name="cases_one_suggester"
                    )
                ],
            },
        ),
    ]
