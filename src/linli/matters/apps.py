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
        """Name its acts for readers of the ledger; load its categories after upgrades."""
        from django.db.models.signals import post_migrate

        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_values, add_words
        from linli.matters.categories import load_categories
        from linli.matters.lists import numbers_of
        from linli.matters.models import DutyItem, Succession
        from linli.matters.states import VERBS as TITLES
        from linli.matters.words import VERBS

        add_words(VERBS)
        add_values(
            {
                "choices": dict(Succession.choices),
                "matters": dict(Succession.choices),
                "list": dict(DutyItem.List.choices),
                "verb": {code: verb.title for code, verb in TITLES.items()},
            }
        )
        add_kinds(
            {
                "matter": (_("事项"), numbers_of),
                "matters": (_("事项"), None),
                "filter": (_("清单"), None),
                "category": (_("类别"), None),
                "year": (_("工作日历"), None),
            }
        )
        post_migrate.connect(load_categories, sender=self)
