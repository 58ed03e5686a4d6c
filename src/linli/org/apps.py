"""People and places as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    """Divisions, posts, people, roles."""

    name = "linli.org"
    label = "org"
    verbose_name = _("组织")

    def ready(self) -> None:
        """Load the roles that come with Linli after every upgrade; name its acts."""
        from allauth.mfa.signals import authenticator_added, authenticator_removed
        from django.contrib.auth.signals import user_logged_in

        from linli.ledger.things import add_kinds
        from linli.ledger.words import add_values, add_words
        from linli.org.roles import load_roles
        from linli.org.signals import changed, factor_changed, signed_in
        from linli.org.things import KINDS, VALUES
        from linli.org.words import VERBS

        post_migrate.connect(load_roles, sender=self)
        user_logged_in.connect(signed_in)
        authenticator_added.connect(factor_changed)
        authenticator_removed.connect(factor_changed)
        for noun in ("Tenure", "Post", "Role", "Division"):
            post_save.connect(changed, sender=self.get_model(noun))
            post_delete.connect(changed, sender=self.get_model(noun))
        add_words(VERBS)
        add_kinds(KINDS)
        add_values(VALUES)
