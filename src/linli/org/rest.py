"""What every part of the interface for programs shares: who may, pages by key, words without control signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from ninja import Query, Schema
from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import actor_in, holds

MOST = 200  # rows of one page
LARGEST = 2**63 - 1  # of a database's numbers

# PostgreSQL keeps no NUL in a text
Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", min_length=1, max_length=120)]
Key = Annotated[int, Field(ge=0, le=LARGEST)]


def _dashed(value: object) -> object:
    """Refuse what is no date to the eye: a number would otherwise be taken as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_form", "a date such as 2026-01-31")
    return value


def _spelled(value: object) -> object:
    """Refuse yes, on, 1 and their like: there is one way to write it."""
    if isinstance(value, str) and value not in ("true", "false"):
        raise PydanticCustomError("bool_form", "true or false")
    return value


Day = Annotated[date, BeforeValidator(_dashed)]
Flag = Annotated[bool, BeforeValidator(_spelled)]

Row = TypeVar("Row", bound=models.Model)


class MissingScope(PermissionDenied):
    """The token, or its account, does not hold a scope; `scope` names it."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(scope)


class Paged(Schema):
    """Which page of a list: what stands after a key, at most so many."""

    after: Key = Field(0, description="上一页的 next；从头读起为0 · `next` of the page before; 0 to begin")
    limit: int = Field(100, ge=1, le=MOST, description="每页条数 · rows of a page")


class Page(Schema):
    """A page of a list; `next` is null where it is the last."""

    next: int | None = Field(None, ge=0, le=LARGEST)


Pages = Query[Paged]


def need(request: HttpRequest, scope: str) -> Actor:
    """Return who asks where he holds a scope somewhere, or raise `MissingScope`."""
    actor = actor_in(request)
    if not holds(actor, scope):
        raise MissingScope(scope)
    return actor


def page_of(rows: QuerySet[Row], paged: Paged, told: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """Read one page of rows in the order of their keys, by one query and what the rows prefetch."""
    found = list(rows.filter(pk__gt=paged.after).order_by("pk")[: paged.limit + 1])
    more = len(found) > paged.limit
    return {
        "items": [told(row) for row in found[: paged.limit]],
        "next": found[paged.limit - 1].pk if more else None,
    }


def under(field: str, paths: tuple[str, ...]) -> Q:
    """Return the filter that a division's path, in a field, lies below one of some paths; none without paths."""
    wanted = Q(pk__in=())
    for path in paths:
        wanted |= Q(**{f"{field}__startswith": path})
    return wanted


def division_of(code: str, paths: tuple[str, ...] = ("/",)) -> Division:
    """Return the division of a code that lies below one of some paths; otherwise 404."""
    found = Division.objects.filter(under("path", paths), code=code).first()
    if found is None:
        raise Http404(code)
    return found
