"""Split projects as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Split projects."""

    name = "linli.planning"
    label = "planning"
    verbose_name = _("社区规模调整")
