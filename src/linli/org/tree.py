"""Divisions as a tree in one paged list: who lies below whom, how many seats are filled, what stands on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from linli.org.days import holding
from linli.org.models import Division, Post, Tenure
from linli.org.rest import under

DEPTH = {kind: depth for depth, kind in enumerate(Division.Kind.values)}


@dataclass(frozen=True)
class Seats:
    """How many posts a division has on a day, and how many of them someone sits on now."""

    all: int
    filled: int

    @property
    def vacant(self) -> int:
        """How many nobody sits on."""
        return self.all - self.filled


def in_order(divisions: QuerySet[Division]) -> QuerySet[Division]:
    """Order divisions so that each follows its parent: by the codes from the district down."""
    above = ("parent__parent__parent__code", "parent__parent__code", "parent__code")
    steps = [Coalesce(field, Value("")) for field in above]
    return divisions.annotate(in_tree=Concat(*steps, "code")).order_by("in_tree", "pk")


def divisions_of(areas: tuple[str, ...], day: date) -> QuerySet[Division]:
    """Return the divisions below some paths that stand on a day, each after its parent, names at hand."""
    rows = Division.objects.on(day).filter(under("path", areas))
    return in_order(rows.select_related("parent").prefetch_related("names"))


def seats_of(divisions: list[Division], day: date) -> dict[int, Seats]:
    """Count the posts of each division, by two queries."""
    keys = [division.pk for division in divisions]
    posts = Post.objects.filter(holding(day), division__in=keys)
    every = dict(posts.order_by().values_list("division").annotate(Count("pk")))
    running = Tenure.objects.at(timezone.now()).filter(post=OuterRef("pk"))
    held = posts.annotate(holder=Subquery(running.values("pk")[:1])).filter(holder__isnull=False)
    filled = dict(held.order_by().values_list("division").annotate(Count("pk")))
    return {key: Seats(every.get(key, 0), filled.get(key, 0)) for key in keys}


def matching(text: str) -> Q:
    """Return the filter of divisions whose name, any former name or code holds some words."""
    return (
        Q(name__icontains=text) | Q(names__name__icontains=text) | Q(name_en__icontains=text) | Q(code__startswith=text)
    )
