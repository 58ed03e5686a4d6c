"""Divisions and posts for programs."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.db.models import Prefetch, Q
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from linli.org.days import holding
from linli.org.masks import mask_name
from linli.org.models import Division, Post, Tenure
from linli.org.policies import actor_in
from linli.org.rest import Day, Page, Pages, Word, need, page_of, under

public = Router(tags=["org", "public"])
guarded = Router(tags=["org"])

Kind = Literal["district", "street", "community", "grid"]


class DivisionOut(Schema):
    """A 区, 街道, 社区 or 网格; `parent` is a code, `valid_to` the first day on which it is no more."""

    code: str
    temporary: bool
    kind: Kind
    parent: str | None
    name: str
    name_en: str
    title: str
    status: Literal["preparing", "formal", "abolished"]
    valid_from: date
    valid_to: date | None


class NameOut(Schema):
    """A name that a division bears from a day to a day, and the paper that says so."""

    name: str
    name_en: str
    valid_from: date
    valid_to: date | None
    basis: str


class DivisionWithNames(DivisionOut):
    """A division with the history of its names."""

    names: list[NameOut]


class Divisions(Page):
    """A page of divisions."""

    items: list[DivisionOut]


class PostOut(Schema):
    """A seat in a division; `holders` holds masked names where the token has `org.people`, otherwise null."""

    id: int
    division: str
    title: str
    role: str
    valid_from: date
    valid_to: date | None
    held: bool
    holders: list[str] | None


class Posts(Page):
    """A page of posts."""

    items: list[PostOut]


class DivisionsAsked(Schema):
    """Which divisions; all that exist on the day where nothing else is said."""

    kind: Kind | None = None
    parent: Word | None = Field(None, description="上级代码 · code of the parent")
    on: Day | None = Field(None, description="哪一天；不填为今天 · the day; today where left out")


class PostsAsked(Schema):
    """Which posts."""

    division: Word | None = Field(None, description="该代码及其下级 · this code and everything below")
    on: Day | None = Field(None, description="哪一天；不填为今天 · the day; today where left out")


@public.get("/divisions", response=Divisions, summary="区划列表 · list divisions")
def list_divisions(request: HttpRequest, paged: Pages, asked: Query[DivisionsAsked]) -> dict[str, Any]:
    """Divisions that exist on a day. Those in preparation show only to a token with `org.view` there."""
    rows = Division.objects.on(asked.on or timezone.localdate()).filter(_known(request)).select_related("parent")
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.parent:
        rows = rows.filter(parent__code=asked.parent)
    return page_of(rows, paged, _division)


@public.get("/divisions/{code}", response=DivisionWithNames, summary="一个区划 · one division")
def read_division(request: HttpRequest, code: Word) -> dict[str, Any]:
    """One division by its code, with the history of its names."""
    rows = Division.objects.filter(_known(request), code=code).select_related("parent").prefetch_related("names")
    division = rows.first()
    if division is None:
        raise Http404(code)
    names = [{name: getattr(row, name) for name in NameOut.model_fields} for row in division.names.all()]
    return {**_division(division), "names": names}


@guarded.get("/posts", response=Posts, summary="岗位列表 · list posts")
def list_posts(request: HttpRequest, paged: Pages, asked: Query[PostsAsked]) -> dict[str, Any]:
    """Posts that exist on a day, in the area of the token's account; needs `org.view`."""
    actor = need(request, "org.view")
    areas, now = actor.areas("org.view"), timezone.now()
    rows = Post.objects.filter(under("division__path", areas), holding(asked.on or timezone.localdate()))
    if asked.division:
        path = Division.objects.filter(code=asked.division).values_list("path", flat=True).first()
        rows = rows.filter(division__path__startswith=path) if path else rows.none()
    tenures = Tenure.objects.at(now).select_related("account")
    people = actor.areas("org.people")

    def told(post: Post) -> dict[str, Any]:
        holders = [tenure.account.name for tenure in post.tenures.all()]
        seen = any(post.division.path.startswith(path) for path in people)
        return {
            "id": post.pk,
            "division": post.division.code,
            "title": post.title,
            "role": post.role.code,
            "valid_from": post.valid_from,
            "valid_to": post.valid_to,
            "held": bool(holders),
            "holders": [mask_name(name) for name in holders] if seen else None,
        }

    return page_of(rows.select_related("division", "role").prefetch_related(Prefetch("tenures", tenures)), paged, told)


def _known(request: HttpRequest) -> Q:
    """Which divisions one may know of: all but those in preparation outside one's area."""
    return ~Q(status=Division.Status.PREPARING) | under("path", actor_in(request).areas("org.view"))


def _division(division: Division) -> dict[str, Any]:
    same = ("code", "temporary", "kind", "name", "name_en", "title", "status", "valid_from", "valid_to")
    return {
        **{name: getattr(division, name) for name in same},
        "parent": division.parent.code if division.parent else None,
    }
