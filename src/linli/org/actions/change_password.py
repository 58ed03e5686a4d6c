"""Change one's own password."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction

from linli.org.actors import Actor
from linli.org.models import Account
from linli.org.passwords import keep


def change_password(actor: Actor, *, account: Account, password: str) -> None:
    """Change the actor's own password.

    Raises
    ------
    django.core.exceptions.ValidationError
        The password breaks a rule: too short, common, his name, one of his last three.
    """
    if actor.account is None or actor.account.pk != account.pk:
        raise PermissionDenied("own password")
    validate_password(password, account)
    with transaction.atomic():
        keep(account)
        account.set_password(password)
        account.must_change_password = False
        account.save(update_fields=["password", "must_change_password"])
        keep(account)
        actor.record("org.change_password", object=account.reference)
