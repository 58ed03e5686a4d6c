"""Open an account."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account
from linli.org.passwords import give_once
from linli.org.person import clean_name, clean_username
from linli.org.policies import permit


def open_account(actor: Actor, *, username: str, name: str) -> tuple[Account, str]:
    """Open an account; return it with a password that works once, to be changed at the first sign-in.

    Raises
    ------
    django.core.exceptions.ValidationError
        The username is taken or malformed, or the name is.
    """
    permit(actor, "security.accounts")
    username, name = clean_username(username), clean_name(name)
    if Account.objects.filter(username__iexact=username).exists():
        raise ValidationError(_("账号“%(username)s”已存在。") % {"username": username}, code="username_taken")
    with transaction.atomic():
        account = Account(username=username, name=name)
        password = give_once(account)
        account.save()
        actor.record(
            "org.open_account",
            object=account.reference,
            permission="security.accounts",
            after={"username": username, "name": name},
        )
    return account, password
