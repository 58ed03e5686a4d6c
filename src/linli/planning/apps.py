"""Split projects as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PlanningConfig(AppConfig):
    """Split projects."""

    name = "linli.planning"
    label = "planning"
    verbose_name = _("社区规模调整")

    def ready(self) -> None:
        """Load the size standards and the procedure that come with Linli after every upgrade; name its acts."""
        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_values, add_words
        from linli.matters.about import add_about
        from linli.matters.beside import add_waiting
        from linli.planning.notes import published
        from linli.planning.opinions import published_plan
        from linli.planning.procedure.course import load_procedures
        from linli.planning.standards import load_standards
        from linli.planning.things import KINDS, VALUES
        from linli.planning.waiting import for_today
        from linli.planning.words import VERBS
        from linli.territory.notes import add_notes

        post_migrate.connect(load_standards, sender=self)
        post_migrate.connect(load_procedures, sender=self)
        add_words(VERBS)
        add_kinds(KINDS)
        add_values(VALUES)
        add_notes(published)
        add_waiting(for_today)
        add_about("plan", published_plan)
