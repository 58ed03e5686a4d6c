"""The nouns of split projects: the size standard in versions, and what `project_models` has."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from linli.org.days import holding
from linli.planning.procedure.appraisal_models import Appraisal, Evidence
from linli.planning.procedure.models import Mark, Procedure, Proposal
from linli.planning.project_models import (
    Enactment,
    NeutralSample,
    Plan,
    PlanChange,
    Project,
    Run,
    Scenario,
    next_number,
)

__all__ = [
    "Appraisal", "Enactment", "Evidence", "Mark", "NeutralSample", "Plan", "PlanChange", "Procedure", "Project",
    "Proposal", "Run", "Scenario", "Standard", "next_number",
]  # fmt: skip


class StandardQuerySet(models.QuerySet["Standard"]):
    """Standards by date."""

    def on(self, day: date) -> StandardQuerySet:
        """Versions that are in force on a day; one without a first day always was."""
        return self.filter(holding(day, always=True))


class Standard(models.Model):
    """One version of a size standard (规模标准): never changed once published, so that old diagnoses keep theirs."""

    code = models.SlugField(_("代号"), max_length=60)
    version = models.PositiveIntegerField(_("版本"), default=1)
    title = models.CharField(_("名称"), max_length=100)
    issuer = models.CharField(_("发布单位"), max_length=100, blank=True)
    document = models.CharField(_("文号"), max_length=160, blank=True)
    clause = models.TextField(_("条文"), blank=True)
    counting = models.CharField(_("口径"), max_length=40, default="户")
    households_least = models.PositiveIntegerField(_("户数下限"), null=True, blank=True)
    households_most = models.PositiveIntegerField(_("户数上限"), null=True, blank=True)
    split_above = models.PositiveIntegerField(_("超过多少户应拆分"), null=True, blank=True)
    persons_most = models.PositiveIntegerField(_("人口上限"), null=True, blank=True)
    norms = models.JSONField(_("配置标准"), default=dict)
    grades = models.JSONField(
        _("规模等级"), default=list
    )  # [["小型", 1499], …]: up to so many households; 0 is the rest
    statutory = models.BooleanField(_("法定"), default=False)
    valid_from = models.DateField(_("施行日期"), null=True, blank=True)
    valid_to = models.DateField(_("废止日期"), null=True, blank=True)
    source = models.CharField(_("出处"), max_length=300, blank=True)
    verified = models.BooleanField(_("已核对原文"), default=False)
    published_at = models.DateTimeField(auto_now_add=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_standard_a_version")]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def reference(self) -> str:
        """How the ledger names this version."""
        return f"standard:{self.pk}"

    @property
    def key(self) -> str:
        """How an address names this version: local-1500-3500@2."""
        return f"{self.code}@{self.version}"
