"""Which posts matters are offered to first, and how much each has on its desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.matters.duties import duties_of, is_taken_back
from linli.matters.models import DutyItem, Matter, overdue_at
from linli.matters.routing import seats_below
from linli.org.models import Division, Post

FAR = 3


@dataclass(frozen=True)
class Whereabouts:
    """Where a matter lies, and the entry of the duty lists that it falls under: asked once for all that is offered."""

    matter: Matter
    place: Division | None
    duty: DutyItem | None

    @property
    def taken_back(self) -> bool:
        """Whether only the levels above the street may be asked to do it."""
        return is_taken_back(self.duty)


@dataclass(frozen=True)
class Offer:
    """Posts in the order in which they are offered, each in words; how many of the first are near; what to know."""

    posts: tuple[Post, ...]
    words: tuple[str, ...]
    near: int
    note: str


def whereabouts(matters: Sequence[Matter], places: Sequence[Division | None]) -> list[Whereabouts]:
    """Return what matters, of which one knows where they lie, fall under; one query, however many they are."""
    return [Whereabouts(*one) for one in zip(matters, places, duties_of(matters, places), strict=True)]


def offer(found: Sequence[Whereabouts], verb: str, home: Division) -> Offer:
    """Say to whom matters may be given by one act, the right post first: near most of them, by rank, the least loaded.

    Parameters
    ----------
    verb
        dispatch stays in the place of a matter; other verbs ask the level above it too.
    home
        Division of the one who asks, for a matter that lies nowhere.
    """
    above = (Division.Kind.DISTRICT,) if all(one.taken_back for one in found) else Division.Kind.values
    posts = seats_below(_common([_reach(one, verb, home) for one in found]), "matters.handle")
    posts = [post for post in posts if post.division.kind in above]
    desk, rank = loads(post.pk for post in posts), ranks(posts, found)
    near = {post.pk: sum(one < FAR for one in rank[post.pk]) for post in posts}
    posts.sort(key=lambda post: (-near[post.pk], sum(rank[post.pk]), desk.get(post.pk, (0, 0))[0]))
    words = []
    for post in posts:
        told = said(post, desk.get(post.pk, (0, 0)))
        if 0 < near[post.pk] < len(found):
            told = _("%(post)s；就近 %(near)d 件") % {"post": told, "near": near[post.pk]}
        words.append(told)
    return Offer(tuple(posts), tuple(words), sum(map(bool, near.values())), _note(found, set(near.values())))


def ranks(posts: Iterable[Post], found: Sequence[Whereabouts]) -> dict[int, tuple[int, ...]]:
    """Return how near each post is to each matter.

    Returns
    -------
    0 a grid of the place, 1 named by the duty list, 2 its office, 3 any other.
    """
    return {post.pk: tuple(_rank(post, one) for one in found) for post in posts}


def loads(posts: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return how many open matters each post holds, and how many of them are overdue; one query."""
    rows = Matter.objects.open().filter(holder__in=list(posts)).order_by().values("holder")
    counted = rows.annotate(open=Count("pk"), late=Count("pk", filter=overdue_at(timezone.now())))
    return {row["holder"]: (row["open"], row["late"]) for row in counted}


def said(post: Post, load: tuple[int, int]) -> str:
    """Say a post with its place and load."""
    words = {"post": str(post), "open": load[0], "late": load[1]}
    return _("%(post)s：在办 %(open)d 件，逾期 %(late)d 件") % words


def _rank(post: Post, one: Whereabouts) -> int:
    if one.place is None:
        return FAR
    if post.division.kind == Division.Kind.GRID and post.division.path.startswith(one.place.path):
        return 0
    if one.duty is not None and one.duty.owner and one.duty.owner in (post.title, post.division.name):
        return 1
    return 2 if post.division_id == one.place.pk else FAR


def _note(found: Sequence[Whereabouts], near: set[int]) -> str:
    """Say where matters that are given away together differ: for how many a post is near, and what few may be given."""
    told = []
    if near - {0, len(found)}:
        told.append(
            _("所选 %(number)d 件不在一处，对其中几件就近写在岗位后面；也可以分开办。") % {"number": len(found)}
        )
    back = [str(one.matter.number) for one in found if one.taken_back]
    if back and len(back) < len(found):
        words = _("%(numbers)s 属上级部门收回的事项，只能交给区级岗位，交给别的岗位时跳过并说明。")
        told.append(words % {"numbers": "、".join(back)})
    return "".join(told)


def _reach(one: Whereabouts, verb: str, home: Division) -> Division:
    """Return the division within which a matter may be given away."""
    place = one.place or home
    if verb != "dispatch" or place.kind == Division.Kind.STREET:
        place = place.parent or place
    return _top(place) if one.taken_back else place


def _top(place: Division) -> Division:
    while place.parent is not None:
        place = place.parent
    return place


def _common(places: Sequence[Division]) -> Division:
    """Return the narrowest division that holds all of some."""
    wide = places[0]
    while wide.parent is not None and not all(one.path.startswith(wide.path) for one in places):
        wide = wide.parent
    return wide
