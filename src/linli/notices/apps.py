"""Notices as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Messages that leave the site."""

    name = "linli.notices"
    label = "notices"
    verbose_name = _("通知")

    def ready(self) -> None:
        """Name its acts for readers of the ledger."""
        from linli.ledger.words import add_words

        add_words(
            {
                "notices.resend": _("重发了通知"),
                "notices.add_destination": _("增加了通知去向"),
                "notices.remove_destination": _("移除了通知去向"),
            }
        )
