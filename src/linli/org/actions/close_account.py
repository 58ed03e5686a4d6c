"""Close an account."""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account, Tenure
from linli.org.policies import permit_account
from linli.org.signals import credentials_ended


def close_account(actor: Actor, *, account: Account) -> Account:
    """Close an account and end its tenures now; whoever is signed in with it is out at the next click.

    Raises
    ------
    django.core.exceptions.ValidationError
        It is the actor's own, or closed already.
    """
    permit_account(actor, account)
    if actor.account is not None and actor.account.pk == account.pk:
        raise ValidationError(_("不能停用自己的账号。"), code="self")
    if not account.is_active:
        raise ValidationError(_("账号已停用。"), code="closed")
    now = timezone.now()
    with transaction.atomic():
        running = Tenure.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), account=account)
        left = [tenure.post for tenure in running.select_related("post")]
        posts = [post.reference for post in left]
        running.filter(starts_at__gt=now).delete()  # never begun
        running.update(ends_at=now)
        account.is_active = False
        account.save(update_fields=["is_active"])
        SocialAccount.objects.filter(user_id=account.pk).delete()
        credentials_ended.send(Account, account=account, actor=actor)
        actor.record(
            "org.close_account",
            object=account.reference,
            permission="security.accounts",
            before={"active": True},
            after={"active": False},
            content={"posts": posts},
        )
        for post in left:  # what a post's last entry says of its holders stays so
            actor.record(
                "org.leave_post", object=post.reference, permission="security.accounts",
                content={"account": account.reference, "to": now.isoformat()},
            )  # fmt: skip
    return account
