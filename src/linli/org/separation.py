"""Three separated administrators (三员分立): nobody may hold two of system, security and audit.

Whoever grants rights must not read or tend the record of it, and whoever runs the machines must do neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.org.models import Account, Role, Tenure

SPHERES: dict[str, Any] = {
    "system": gettext_lazy("系统管理"), "security": gettext_lazy("安全管理"), "audit": gettext_lazy("审计管理"),
}  # fmt: skip


@dataclass(frozen=True)
class Span:
    """Permissions held from a moment to a moment."""

    permissions: frozenset[str]
    starts_at: datetime
    ends_at: datetime | None


def spheres(permissions: Iterable[str]) -> list[str]:
    """Return which of the three administrations the permissions reach into."""
    found = {permission.partition(".")[0] for permission in permissions}
    return [sphere for sphere in SPHERES if sphere in found]


def check_separation(spans: Iterable[Span]) -> None:
    """Refuse posts that, at any one moment, put two administrations into one hand.

    Raises
    ------
    django.core.exceptions.ValidationError
        At some moment the permissions together reach into more than one administration.
    """
    spans = list(spans)
    for moment in {span.starts_at for span in spans}:
        together: set[str] = set()
        for span in spans:
            if span.starts_at <= moment and (span.ends_at is None or span.ends_at > moment):
                together |= span.permissions
        clash = spheres(together)
        if len(clash) > 1:
            raise ValidationError(
                _("三员分立：%(spheres)s不能由同一角色或同一人兼任。请改由他人担任。")
                % {"spheres": "、".join(str(SPHERES[sphere]) for sphere in clash)},
                code="separation",
            )


def spans_of(account: Account, *, changed: Role | None = None) -> list[Span]:
    """Return what an account holds from now on, with a role's new permissions where one is being changed."""
    tenures = Tenure.objects.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()), account=account)
    return [
        Span(
            frozenset((changed if changed and changed.pk == tenure.post.role_id else tenure.post.role).permissions),
            tenure.starts_at,
            tenure.ends_at,
        )
        for tenure in tenures.select_related("post__role")
    ]
