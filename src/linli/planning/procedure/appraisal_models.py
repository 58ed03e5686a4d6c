"""The nouns of the appraisal (论证): an opinion on a version of a plan, and the files that prove what a step says."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.models import Post


class Appraisal(models.Model):
    """One opinion (论证意见): for which step, of whom, on which version, how it concludes, what became of it."""

    class Conclusion(models.TextChoices):
        """How an opinion ends."""

        AGREE = "agree", _("同意")
        AMEND = "amend", _("修改后同意")
        REFUSE = "refuse", _("不同意")

    project = models.ForeignKey("planning.Project", models.CASCADE, related_name="appraisals")
    plan = models.ForeignKey("planning.Plan", models.PROTECT, related_name="appraisals", verbose_name=_("方案版本"))
    step = models.CharField(max_length=40)
    body = models.CharField(_("单位"), max_length=60)
    person = models.CharField(_("签字人"), max_length=40)
    conclusion = models.CharField(_("结论"), max_length=8, choices=Conclusion.choices)
    words = models.CharField(_("意见"), max_length=1000)
    day = models.DateField(_("签字日期"))
    answer = models.CharField(_("采纳情况"), max_length=500, blank=True)
    instead_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    by = models.CharField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "step", "plan", "body", "person"], condition=models.Q(withdrawn_at=None),
                name="one_opinion_a_signatory",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project} {self.step} {self.body}"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"appraisal:{self.pk}"

    @property
    def wants_answer(self) -> bool:
        """Whether nobody has said yet what became of what it asks."""
        return self.conclusion != self.Conclusion.AGREE and not self.answer


class Evidence(models.Model):
    """A file that proves what a step or an opinion says: minutes, a signed scan; kept as it came."""

    project = models.ForeignKey("planning.Project", models.CASCADE, related_name="evidence")
    step = models.CharField(max_length=40)
    appraisal = models.ForeignKey(Appraisal, models.CASCADE, null=True, blank=True, related_name="files")
    name = models.CharField(_("文件名"), max_length=120)
    path = models.CharField(max_length=120)  # under MEDIA_ROOT
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)  # media type, by content
    by = models.CharField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"evidence:{self.pk}"
