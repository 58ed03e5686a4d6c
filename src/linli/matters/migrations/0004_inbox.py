import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0003_photos"),
        ("org", "0004_roster"),
        ("territory", "0006_lookup"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="年份")),
                ("off", models.JSONField(default=list)),
                ("work", models.JSONField(default=list)),
                ("source", models.CharField(max_length=120, verbose_name="依据")),
                ("loaded_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "ordering": ["-year"],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=6, unique=True, verbose_name="代码")),
                ("title", models.CharField(max_length=40, verbose_name="类别")),
                ("group", models.CharField(max_length=20, verbose_name="大类")),
                ("national", models.CharField(blank=True, max_length=20, verbose_name="国标大类")),
                ("limits", models.JSONField(blank=True, default=dict)),
                ("private", models.BooleanField(default=False)),
                ("urgent", models.BooleanField(default=False)),
                (
                    "succession",
                    models.CharField(
                        choices=[("follow", "随地块转给新社区"), ("stay", "由原经办人办完")],
                        default="follow",
                        max_length=6,
                        verbose_name="社区调整时",
                    ),
                ),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Deletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("rule", models.CharField(max_length=40)),
                ("matters", models.PositiveIntegerField()),
                ("first", models.CharField(max_length=16)),
                ("last", models.CharField(max_length=16)),
                ("actor", models.CharField(max_length=80)),
            ],
            options={
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="DutyItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "list",
                    models.CharField(
                        choices=[
                            ("basic", "基本履职事项清单"),
                            ("assist", "配合履职事项清单"),
                            ("withdrawn", "上级部门收回事项清单"),
                        ],
                        max_length=10,
                        verbose_name="清单",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("text", models.CharField(max_length=200, verbose_name="事项")),
                ("owner", models.CharField(max_length=60, verbose_name="承担单位")),
                ("basis", models.CharField(max_length=120, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="起")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="止")),
            ],
            options={
                "ordering": ["list", "number", "-valid_from"],
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(unique=True)),
                ("secret", models.CharField(max_length=16)),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("contact", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("round", models.PositiveSmallIntegerField()),
                ("by", models.CharField(choices=[("page", "网上评价"), ("call", "电话回访")], max_length=4)),
                ("solved", models.BooleanField(verbose_name="解决了没有")),
                ("score", models.PositiveSmallIntegerField(null=True, verbose_name="满意程度")),
                ("text", models.TextField(blank=True, max_length=2000)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
                ("question", models.CharField(max_length=400)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Shifts",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shifts", models.JSONField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="StandardText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verb", models.CharField(max_length=16, verbose_name="动作")),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                ("text", models.TextField(max_length=1000, verbose_name="内容")),
                ("active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "ordering": ["verb", "category__code", "title"],
            },
        ),
        migrations.RemoveIndex(
            model_name="matter",
            name="matters_mat_holder__cb9b40_idx",
        ),
        migrations.AddField(
            model_name="matter",
            name="anonymised_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="confidence",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="grams",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="matter",
            name="guess",
            field=models.CharField(
                blank=True,
                choices=[("", "未分类"), ("model", "系统建议"), ("person", "人工确定")],
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="latitude",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="limit",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="matter",
            name="longitude",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="parent",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="matters.matter"
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="published",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="reminded",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="matter",
            name="urgent",
            field=models.BooleanField(default=False, verbose_name="紧急"),
        ),
        migrations.AddField(
            model_name="photo",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="matters.event"
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="block",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="territory.block",
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="dispatcher",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.post"
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="期限"),
        ),
        migrations.AlterField(
            model_name="matter",
            name="holder",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="org.post",
            ),
        ),
        migrations.AlterField(
            model_name="matter",
            name="opened_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AlterField(
            model_name="matter",
            name="source",
            field=models.CharField(
                choices=[
                    ("web", "网页"),
                    ("caller", "来电来访"),
                    ("patrol", "巡查"),
                    ("hotline", "12345 转办"),
                    ("sensor", "设备告警"),
                ],
                default="web",
                max_length=12,
                verbose_name="来源",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="category",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matters",
                to="matters.category",
                verbose_name="类别",
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                fields=["holder", "state", "due_at", "urgent", "id"], name="matters_mat_holder__2fcf1a_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["state", "block", "due_at"], name="matters_mat_state_6562c1_idx"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="matters_clock_runs"
            ),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(fields=["dispatcher", "closed_at"], name="matters_mat_dispatc_cf822f_idx"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("anonymised_at", None)), fields=["closed_at"], name="matters_kept_by_close"
            ),
        ),
        migrations.AddField(
            model_name="dutyitem",
            name="categories",
            field=models.ManyToManyField(related_name="duties", to="matters.category", verbose_name="类别"),
        ),
        migrations.AddField(
            model_name="dutyitem",
            name="division",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.division", verbose_name="适用"
            ),
        ),
        migrations.AddField(
            model_name="follower",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="followers", to="matters.matter"
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="follower",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="matters.follower"
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ratings", to="matters.matter"
            ),
        ),
        migrations.AddField(
            model_name="savedfilter",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="matter_filters", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="shifts",
            name="division",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="org.division"
            ),
        ),
        migrations.AddField(
            model_name="standardtext",
            name="category",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="matters.category",
                verbose_name="类别",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(fields=["at"], name="matters_rat_at_b85868_idx"),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(
                condition=models.Q(("follower", None)), fields=("matter", "round"), name="matters_rated_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.UniqueConstraint(fields=("follower", "round"), name="matters_follower_rated_once"),
        ),
        migrations.AddConstraint(
            model_name="savedfilter",
            constraint=models.UniqueConstraint(fields=("account", "name"), name="matters_filter_named_once"),
        ),
    ]
