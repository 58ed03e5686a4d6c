"""Give an account a password that works once."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account
from linli.org.passwords import give_once
from linli.org.policies import permit_account


def reset_password(actor: Actor, *, account: Account) -> str:
    """Return a new password, to be changed at the next sign-in; open sessions of the account end.

    Raises
    ------
    django.core.exceptions.ValidationError
        The account is closed, or the actor's own.
    """
    permit_account(actor, account)
    if actor.account is not None and actor.account.pk == account.pk:
        raise ValidationError(_("自己的密码请在“我的”中修改。"), code="self")
    if not account.is_active:
        raise ValidationError(_("账号已停用。"), code="closed")
    with transaction.atomic():
        password = give_once(account)
        account.save(update_fields=["password", "must_change_password"])
        actor.record("org.reset_password", object=account.reference, permission="security.accounts")
    return password
