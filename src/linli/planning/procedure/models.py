"""The nouns of the procedure: its versions, and what was signed or waived in a project."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.models import Post


class Procedure(models.Model):
    """One version of the procedure of an adjustment: never changed once published, so that projects keep theirs."""

    code = models.SlugField(_("代号"), max_length=60)
    version = models.PositiveIntegerField(_("版本"), default=1)
    title = models.CharField(_("名称"), max_length=100)
    title_en = models.CharField(max_length=100, blank=True)
    source = models.CharField(_("依据"), max_length=300, blank=True)
    phases = models.JSONField(default=list)  # keys and titles of `course.Phase`, in order
    steps = models.JSONField(default=list)  # fields of `course.Step`, in order
    enact_after = models.CharField(max_length=40, blank=True)  # phase after which a plan may be put in force
    by = models.CharField(max_length=80)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_procedure_a_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def reference(self) -> str:
        """How the ledger names this version."""
        return f"procedure:{self.pk}"


class Mark(models.Model):
    """One step of a project done or waived: who, for which post, by which paper or for which reason."""

    class State(models.TextChoices):
        """How the step ended."""

        SIGNED = "signed", _("已签办")
        WAIVED = "waived", _("已豁免")

    project = models.ForeignKey("planning.Project", models.CASCADE, related_name="marks")
    step = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices)
    paper = models.CharField(_("文号或材料"), max_length=120, blank=True)
    note = models.CharField(_("说明"), max_length=500, blank=True)  # of a waiver: why
    by = models.CharField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "step"], condition=models.Q(withdrawn_at=None), name="one_mark_a_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.step}"
