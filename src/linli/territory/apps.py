"""The ground as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    """Blocks and what stands on them."""

    name = "linli.territory"
    label = "territory"
    verbose_name = _("地块")

    def ready(self) -> None:
        """Name its acts for readers of the ledger."""
        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_readers, add_values, add_words
        from linli.territory.counts import sources_of
        from linli.territory.words import VALUES, VERBS

        add_words(VERBS)
        add_values(VALUES)
        add_readers({"counted": sources_of})
        add_kinds(
            {"block": (_("地块"), None), "import": (_("数据导入"), None), "assignment": (_("地块归属调整"), None)}
        )
