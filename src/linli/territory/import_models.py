"""The nouns of an import: the batch and where it stands, its problems, remembered columns, what undoing needs."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.jobs.models import Job
from linli.org.models import Division


class ImportBatch(models.Model):
    """One file on its way into the base, from upload to the one transaction that writes it."""

    class Kind(models.TextChoices):
        """What a file holds."""

        DIVISIONS = "divisions", _("社区")
        BLOCKS = "blocks", _("地块")
        COMPOUNDS = "compounds", _("小区院落")
        BUILDINGS = "buildings", _("房屋")
        FACILITIES = "facilities", _("设施")
        COUNTS = "counts", _("户数表")
        AFFINITIES = "affinities", _("人心归属")

    class State(models.TextChoices):
        """Where an import stands."""

        UPLOADED = "uploaded", _("已上传")
        LOCATED = "located", _("已定坐标")
        MAPPED = "mapped", _("已对应列")
        CHECKED = "checked", _("已检查")
        APPLIED = "applied", _("已入库")
        DISCARDED = "discarded", _("已放弃")
        UNDONE = "undone", _("已撤销")

    # a step taken again sends the batch back, so that nothing unchecked is ever applied
    NEXT: ClassVar[dict[str, frozenset[str]]] = {
        "uploaded": frozenset({"located", "discarded"}),
        "located": frozenset({"located", "mapped", "discarded"}),
        "mapped": frozenset({"located", "mapped", "checked", "discarded"}),
        "checked": frozenset({"located", "mapped", "checked", "applied", "discarded"}),
        "applied": frozenset({"undone"}),
        "discarded": frozenset(),
        "undone": frozenset(),
    }

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # of the form: a double click is one upload
    street = models.ForeignKey(Division, models.PROTECT, related_name="imports")
    kind = models.CharField(_("内容"), max_length=12, choices=Kind.choices)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.UPLOADED)
    name = models.CharField(_("文件"), max_length=200)  # as the one who uploads calls it
    path = models.CharField(max_length=300)  # under MEDIA_ROOT
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(max_length=64)
    layer = models.CharField(max_length=120, blank=True)
    crs = models.CharField(max_length=2000, blank=True)
    columns = models.JSONField(default=dict)  # field → column
    source = models.CharField(_("来源"), max_length=120, blank=True)
    as_of = models.DateField(_("截至"), null=True, blank=True)
    credit = models.CharField(_("署名"), max_length=300, blank=True)  # whom maps of it must name
    complete = models.BooleanField(default=False)  # blocks: what the file lacks is no more
    members_from = models.DateField(null=True, blank=True)  # blocks: first membership by `community`; else: founded on
    leave_out = models.BooleanField(default=False)  # import the good rows although others have errors
    summary = models.JSONField(default=dict)
    by = models.CharField(max_length=80)  # account:7
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "import batches"
        indexes = [models.Index(fields=["street", "-id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the ledger names this import."""
        return f"import:{self.pk}"

    def may_become(self, state: str) -> bool:
        """Whether the state table allows this step."""
        return state in self.NEXT[self.state]

    @property
    def open(self) -> bool:
        """Whether something is left to do."""
        return self.state in ("uploaded", "located", "mapped", "checked")


class ImportProblem(models.Model):
    """What the check found in one row: an error stops the import, a warning only tells."""

    class Level(models.TextChoices):
        """How grave."""

        ERROR = "error", _("错误")
        WARNING = "warning", _("提醒")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems")
    level = models.CharField(max_length=8, choices=Level.choices)
    row = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=80, blank=True)
    value = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40)  # a key of linli.territory.importing.problems
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ["level", "row", "pk"]  # errors come before warnings
        indexes = [models.Index(fields=["batch", "level", "row"])]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class ImportUndo(models.Model):
    """What stood before an import, so that the last one of a street can be taken back."""

    batch = models.OneToOneField(ImportBatch, models.CASCADE, related_name="undo")
    content = models.BinaryField()  # compressed JSON, see linli.territory.importing.undoing

    def __str__(self) -> str:
        return f"undo of {self.batch_id}"


class ColumnMapping(models.Model):
    """Which column holds which field, remembered for a street's files of one kind."""

    street = models.ForeignKey(Division, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ImportBatch.Kind.choices)
    columns = models.JSONField(default=dict)  # field → column
    source = models.CharField(max_length=120, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["street", "kind"], name="one_mapping_a_kind")]

    def __str__(self) -> str:
        return f"{self.street_id} {self.kind}"
