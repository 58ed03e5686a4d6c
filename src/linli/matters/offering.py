"""Which posts a matter is offered to first, and how much each has on its desk."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters.duties import duty_of
from linli.matters.models import Matter, overdue_at
from linli.org.models import Division, Post

FAR = 3


def ranks(posts: Iterable[Post], matter: Matter) -> dict[int, int]:
    """Return how near each post is: 0 a grid of the place, 1 named by the duty list, 2 its office, 3 any other."""
    place, duty = matter.division(), duty_of(matter)
    owner = duty.owner if duty is not None else ""
    return {post.pk: _rank(post, place, owner) for post in posts}


def loads(posts: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return how many open matters each post holds, and how many of them are overdue; one query."""
    rows = Matter.objects.open().filter(holder__in=list(posts)).order_by().values("holder")
    counted = rows.annotate(open=Count("pk"), late=Count("pk", filter=overdue_at(timezone.now())))
    return {row["holder"]: (row["open"], row["late"]) for row in counted}


def said(post: Post, load: tuple[int, int]) -> str:
    """Say a post with its place and load."""
    words = {"post": str(post), "open": load[0], "late": load[1]}
    return _("%(post)s：在办 %(open)d 件，逾期 %(late)d 件") % words


def _rank(post: Post, place: Division | None, owner: str) -> int:
    if place is None:
        return FAR
    if post.division.kind == Division.Kind.GRID and post.division.path.startswith(place.path):
        return 0
    if owner and owner in (post.title, post.division.name):
        return 1
    return 2 if post.division_id == place.pk else FAR
