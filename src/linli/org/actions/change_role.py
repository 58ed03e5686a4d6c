"""Change what a role lets its holders do."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Account, Role
from linli.org.policies import PERMISSIONS, permit
from linli.org.separation import Span, check_separation, spans_of


def change_role(actor: Actor, *, role: Role, permissions: Iterable[str]) -> Role:
    """Set a role's permissions, for every post that bears it.

    Raises
    ------
    django.core.exceptions.ValidationError
        A permission is unknown, the actor holds the role himself, or the role alone or together with another post of
        one of its holders would join two of the three administrations.
    """
    permit(actor, "security.grant")
    wanted = sorted(set(permissions))
    unknown = [permission for permission in wanted if permission not in PERMISSIONS]
    if unknown:
        raise ValidationError(_("没有这项权限：%(names)s。") % {"names": "、".join(unknown)}, code="unknown")
    if any(post.role_id == role.pk for post in actor.posts):
        raise ValidationError(_("不能变更自己所任岗位的角色，请由另一位安全管理员办理。"), code="self")
    now = timezone.now()
    check_separation([Span(frozenset(wanted), now, None)])
    with transaction.atomic():
        before = sorted(role.permissions)
        role.permissions = wanted
        running = Q(tenures__ends_at=None) | Q(tenures__ends_at__gt=now)
        for account in Account.objects.filter(running, tenures__post__role=role).distinct():
            check_separation(spans_of(account, changed=role))
        role.save(update_fields=["permissions"])
        actor.record(
            "org.change_role",
            object=f"role:{role.code}",
            permission="security.grant",
            before={"permissions": before},
            after={"permissions": wanted},
            content={
                "added": sorted(set(wanted) - set(before)),
                "removed": sorted(set(before) - set(wanted)),
            },
        )
    return role
