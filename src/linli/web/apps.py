"""The site as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base pages, health, the look."""

    name = "linli.web"
    label = "web"

    def ready(self) -> None:
        """Name its acts for readers of the ledger."""
        from linli.ledger.words import add_words
        from linli.web.words import VERBS

        add_words(VERBS)
