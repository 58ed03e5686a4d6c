"""Leave a post."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Tenure
from linli.org.policies import permit


def leave_post(actor: Actor, *, tenure: Tenure, ends_at: datetime) -> Tenure:
    """End a tenure at a minute; the rights of the post are gone the same minute.

    Raises
    ------
    django.core.exceptions.ValidationError
        It ends before it begins, has ended already, or is the actor's own.
    """
    permit(actor, "security.grant", tenure.post.division)
    if actor.account is not None and actor.account.pk == tenure.account_id:
        raise ValidationError(_("不能变更自己的岗位，请由另一位安全管理员办理。"), code="self")
    if ends_at < tenure.starts_at:
        raise ValidationError(_("离岗不能早于到岗。"), code="period")
    if tenure.ends_at is not None and tenure.ends_at <= ends_at:
        raise ValidationError(_("此人已经离岗。"), code="left")
    with transaction.atomic():
        before = tenure.ends_at.isoformat() if tenure.ends_at else None
        tenure.ends_at = ends_at
        tenure.save(update_fields=["ends_at"])
        actor.record(
            "org.leave_post",
            object=tenure.post.reference,
            permission="security.grant",
            before={"to": before},
            after={"to": ends_at.isoformat()},
            content={"account": f"account:{tenure.account_id}", "to": ends_at.isoformat()},
        )
    return tenure
