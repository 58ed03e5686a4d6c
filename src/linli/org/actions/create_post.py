"""Create a post."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.models import Division, Post, Role


def create_post(actor: Actor, *, division: Division, role: Role, title: str, valid_from: date) -> Post:
    """Create a seat in a division; who tends divisions may, and who grants posts.

    Raises
    ------
    django.core.exceptions.ValidationError
        The title is empty, or the division does not stand on that day.
    """
    permission = next((p for p in ("org.edit", "security.grant") if actor.may(p, division)), "")
    if not permission:
        raise PermissionDenied("org.edit")
    title = title.strip()
    if not title:
        raise ValidationError(_("请填写岗位名称。"), code="title")
    if (division.valid_to is not None and division.valid_to <= valid_from) or valid_from < division.valid_from:
        raise ValidationError(_("%(name)s在这一天不存在，请核对日期。") % {"name": division.title}, code="day")
    with transaction.atomic():
        post = Post.objects.create(division=division, role=role, title=title, valid_from=valid_from)
        actor.record(
            "org.create_post",
            object=post.reference,
            permission=permission,
            after={"title": title, "role": role.code},
            content={"division": division.reference, "title": title, "role": role.code},
        )
    return post
