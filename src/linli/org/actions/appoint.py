"""Appoint a person to a post."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account, Post, Tenure
from linli.org.policies import permit
from linli.org.separation import Span, check_separation, spans_of


def appoint(
    actor: Actor, *, post: Post, account: Account, starts_at: datetime, ends_at: datetime | None = None
) -> Tenure:
    """Seat a person on a post from a minute on.

    Raises
    ------
    django.core.exceptions.ValidationError
        He would appoint himself, the account is closed, the seat is taken or does not stand then, or the three
        administrations would meet in one hand.
    """
    permit(actor, "security.grant", post.division)
    if actor.account is not None and actor.account.pk == account.pk:
        raise ValidationError(_("不能任命自己，请由另一位安全管理员办理。"), code="self")
    if not account.is_active:
        raise ValidationError(_("账号已停用，不能任职。"), code="closed")
    if ends_at is not None and ends_at <= starts_at:
        raise ValidationError(_("离岗须晚于到岗。"), code="period")
    day = timezone.localdate(starts_at)
    if day < post.valid_from or (post.valid_to is not None and post.valid_to <= day):
        raise ValidationError(_("岗位在这一天不存在，请核对日期。"), code="post_dates")
    with transaction.atomic():
        # two appointments of one person wait for each other; what refers to him or to the post does not (`no_key`)
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        Post.objects.select_for_update(no_key=True).get(pk=post.pk)
        meets = Q(ends_at=None) | Q(ends_at__gt=starts_at)
        if ends_at is not None:
            meets &= Q(starts_at__lt=ends_at)
        if Tenure.objects.filter(meets, post=post).exists():
            raise ValidationError(
                _("岗位“%(post)s”在此期间已有人，请先离岗或办理交接。") % {"post": post}, code="taken"
            )
        check_separation([*spans_of(account), Span(frozenset(post.role.permissions), starts_at, ends_at)])
        tenure = Tenure.objects.create(post=post, account=account, starts_at=starts_at, ends_at=ends_at)
        actor.record(
            "org.appoint",
            object=post.reference,
            permission="security.grant",
            after={"account": account.reference, "from": starts_at.isoformat()},
            content={
                "account": account.reference,
                "role": post.role.code,
                "from": starts_at.isoformat(),
                "to": ends_at.isoformat() if ends_at else None,
            },
        )
    return tenure
