"""Give an account a password that works once."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account
from linli.org.passwords import give_once
from linli.org.policies import permit_account
from linli.org.signals import credentials_ended


def reset_password(actor: Actor, *, account: Account) -> str:
    """Return a new password, to be changed at the next sign-in; nothing by which the account was entered works on.

    Open sessions end, tokens are revoked, and the identity of the district's provider is bound anew at its next use.

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
        SocialAccount.objects.filter(user_id=account.pk).delete()
        credentials_ended.send(Account, account=account, actor=actor)
        actor.record("org.reset_password", object=account.reference, permission="security.accounts")
    return password
