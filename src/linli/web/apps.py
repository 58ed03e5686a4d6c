"""The site as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Base pages, health, the look."""

    name = "linli.web"
    label = "web"

    def ready(self) -> None:
        """Name its acts for readers of the ledger; end tokens with the credentials of their account."""
        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_words
        from linli.matters.beside import add_waiting
        from linli.org.signals import credentials_ended
        from linli.web.credentials import end_tokens
        from linli.web.kept import keep_all
        from linli.web.waiting import for_administrators
        from linli.web.words import VERBS

        add_words(VERBS)
        add_kinds(
            {
                "token": (_("接口令牌"), None),
                "job": (_("后台任务"), None),
                "site": (_("站点"), None),
                "checkpoint": (_("台账检查点"), None),
            }
        )
        add_waiting(for_administrators)
        keep_all()
        credentials_ended.connect(end_tokens)
