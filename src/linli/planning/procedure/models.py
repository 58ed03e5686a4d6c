"""The nouns of the procedure: its versions, what was signed or waived in a project, what waits for a second person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.models import Post, said_in


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
    publish_after = models.CharField(max_length=40, blank=True)  # phase after which a plan may be published as final
    pack_after = models.CharField(max_length=40, blank=True)  # phase after which the papers for approval are given
    second = models.JSONField(default=list)  # acts of `Proposal.Act` that another person confirms
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

    @property
    def words(self) -> str:
        """The title in the reader's language."""
        return said_in(self.title, self.title_en)


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


class Proposal(models.Model):
    """An act that one person proposed and another confirms, refuses, or the first takes back (双人复核)."""

    class Act(models.TextChoices):
        """What was proposed."""

        WAIVE = "waive", _("豁免步骤")
        SIGN = "sign", _("签办步骤")
        PUBLISH = "publish", _("公示方案")
        WITHDRAW = "withdraw", _("撤回公示")
        ENACT = "enact", _("使方案生效")
        UNDO = "undo", _("撤回生效")

    class State(models.TextChoices):
        """How it ended."""

        WAITING = "waiting", _("待复核")
        CONFIRMED = "confirmed", _("已复核")
        REFUSED = "refused", _("复核未通过")
        WITHDRAWN = "withdrawn", _("提出人已收回")

    project = models.ForeignKey("planning.Project", models.CASCADE, related_name="proposals")
    act = models.CharField(max_length=8, choices=Act.choices)
    subject = models.CharField(max_length=40, blank=True)  # of what: a step's key, a version's number, an enactment
    said = models.JSONField(default=dict)  # what was filled in
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    by = models.CharField(max_length=80)
    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(max_length=500, blank=True)  # why it was refused or taken back

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "act", "subject"], condition=models.Q(state="waiting"), name="one_proposal_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.get_act_display()}"

    @property
    def reference(self) -> str:
        """How the ledger names it."""
        return f"proposal:{self.pk}"
