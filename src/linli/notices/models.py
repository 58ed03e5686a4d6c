"""The nouns of notices: a notice with how its sending went, and where an office wants to be told."""

from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.notices.channels import name_of
from linli.notices.reasons import in_words
from linli.org.models import Division

CODES = re.compile(r"(/report/\w+/|查询码 )\w+", re.ASCII)


class Notice(models.Model):
    """One message to one address: what it is about, when it may go, how it went. The log is these rows."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", _("待发送")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("未送达")

    key = models.CharField(max_length=80, unique=True)  # of what caused it and whom it goes to: caused twice, sent once
    object = models.CharField(max_length=80)  # matter:7
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")  # whose notice it is
    channel = models.CharField(_("渠道"), max_length=16)
    address = models.TextField()  # sealed, see linli.org.seals
    masked = models.CharField(_("发给"), max_length=60)
    subject = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容"))
    urgent = models.BooleanField(default=False)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("原因"), max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(state="waiting"), name="notices_waiting"),
            models.Index(fields=["object"]),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def by(self) -> str:
        """What its channel is called."""
        return name_of(self.channel)

    @property
    def said(self) -> str:
        """Its text as the log shows it: without codes by which a resident is known."""
        return CODES.sub(r"\1…", self.text)

    @property
    def why(self) -> str:
        """Why it could not be sent, in words."""
        return in_words(self.error)


class Destination(models.Model):
    """Where an office is told of new work: a group's robot, a shared mailbox, a telephone on duty."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="destinations")
    channel = models.CharField(_("渠道"), max_length=16)
    address = models.TextField()  # sealed
    masked = models.CharField(_("地址"), max_length=60)
    active = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["division__code", "channel", "pk"]

    def __str__(self) -> str:
        return f"{self.channel} {self.masked}"

    @property
    def by(self) -> str:
        """What its channel is called."""
        return name_of(self.channel)
