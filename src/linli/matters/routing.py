"""To which post a matter goes: by block and date, the nearest held seat that dispatches, from the community upwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from linli.org.brief import brief
from linli.org.days import holding
from linli.org.models import Division, Post, Tenure

DISPATCH = "matters.dispatch"


def dispatcher_for(division: Division | None) -> Post | None:
    """Return the seat that receives what lies in a division, or in the nearest level above; at last in a district."""
    for place in _upwards(division):
        found = seat_in(place, DISPATCH)
        if found is not None:
            return found
    return None


def above(post: Post, permission: str) -> Post | None:
    """Return the nearest held seat above a post's division that gives a permission."""
    for place in list(_upwards(post.division))[1:]:
        found = seat_in(place, permission)
        if found is not None:
            return found
    return None


def seat_in(division: Division, permission: str) -> Post | None:
    """Return a seat of a division that someone holds now and whose role gives a permission; the longest held first."""
    return _seat(division.pk, permission, timezone.localdate())


@brief
def _seat(division: int, permission: str, day: date) -> Post | None:
    tenures = Tenure.objects.at().filter(holding(day, "post__"), post__division=division)
    for tenure in tenures.select_related("post__role", "post__division").order_by("starts_at", "pk"):
        if permission in tenure.post.role.permissions:
            return tenure.post
    return None


def seats_below(division: Division, permission: str) -> list[Post]:
    """Return the held seats of a division and everything below it whose role gives a permission."""
    tenures = Tenure.objects.at().filter(post__division__path__startswith=division.path)
    posts = [tenure.post for tenure in tenures.select_related("post__role", "post__division")]
    return sorted(
        {post.pk: post for post in posts if permission in post.role.permissions}.values(),
        key=lambda post: (post.division.code, post.title, post.pk),
    )


def _upwards(division: Division | None) -> Iterable[Division]:
    if division is None:
        yield from Division.objects.filter(kind=Division.Kind.DISTRICT).order_by("code")
        return
    place: Division | None = division
    while place is not None:
        yield place
        place = place.parent
