"""The site as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Base pages, health, the look."""

    name = "linli.web"
    label = "web"

    def ready(self) -> None:
        """Name its acts for readers of the ledger; end tokens with the credentials of their account."""
        from linli.ledger.words import add_words
        from linli.org.signals import credentials_ended
        from linli.web.credentials import end_tokens
        from linli.web.kept import keep_all
        from linli.web.words import VERBS

        add_words(VERBS)
        keep_all()
        credentials_ended.connect(end_tokens)
