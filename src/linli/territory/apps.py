"""The ground as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    """Blocks and what stands on them."""

    name = "linli.territory"
    label = "territory"
    verbose_name = _("地块")
