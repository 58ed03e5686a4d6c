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
        from linli.ledger.words import add_words
        from linli.matters.categories import load_categories
        from linli.matters.lists import numbers_of
        from linli.matters.states import VERBS

        add_words(
            {
                "matters.save_filter": _("存清单"),
                "matters.forget_filter": _("删清单"),
                "matters.export": _("导出事项"),
                "matters.load_year": _("载入节假日安排"),
                "matters.set_hours": _("设办公时间"),
                "matters.choose_succession": _("定社区调整时未办结事项的去向"),
                "matters.delete": _("清除过期内容"),
            }
        )
        add_words({f"matters.{code}": verb.title for code, verb in VERBS.items()})
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
