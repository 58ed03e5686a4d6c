"""Matters as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    """Whatever needs a person to act."""

    name = "linli.matters"
    label = "matters"
    verbose_name = _("事项")

    def ready(self) -> None:
        """Name its acts for readers of the ledger."""
        from linli.ledger.words import add_words
        from linli.matters.states import VERBS

        add_words({f"matters.{code}": verb.title for code, verb in VERBS.items()})
