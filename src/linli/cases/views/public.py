"""大家反映的事: what the public may know of cases: what kind, about where, how far; on a map, in a list, as a feed."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.public_list import FEWEST, Asked, by_community, places
from linli.cases.shown import as_shown, pins_of, shown
from linli.cases.views.limits import may_send, too_many
from linli.matters.actions.judging import join
from linli.matters.forms import SecondForm
from linli.matters.models import Category, Follower, Matter, Photo
from linli.matters.states import OPEN
from linli.matters.views.pictures import picture
from linli.org.views.acting import act_page

ROWS = 8  # as many as a map and a list show together in the first view
RELEASED = Prefetch("photos", Photo.objects.filter(released=True), to_attr="released")


@require_safe
@cache_control(public=True, max_age=60)
def public(request: HttpRequest) -> HttpResponse:
    """Show what was reported: a numbered list beside the map that bears the same numbers, over counts by community."""
    asked = Asked.of(request.GET)
    table, legend, ground = by_community(asked)
    listed = asked.ask().select_related("category").prefetch_related(RELEASED).order_by("-pk")
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    rows = as_shown(list(page))
    followers = Follower.objects.filter(matter__in=[one.matter for one in rows]).values_list("matter", flat=True)
    joined = Counter(followers)
    groups = Category.objects.filter(active=True, private=False).order_by("group").values_list("group", flat=True)
    context = {
        "page": page, "rows": [(one, joined[one.matter.pk]) for one in rows], "asked": asked, "few": FEWEST,
        "groups": list(groups.distinct()), "table": table, "legend": legend,
        "map": {**ground, "features": [*ground["features"], *pins_of(rows)]},
    }  # fmt: skip
    return render(request, "cases/public.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def public_places(request: HttpRequest) -> HttpResponse:
    """Give how many cases of the list there are at each place, for its map."""
    found = json.dumps(places(Asked.of(request.GET)), ensure_ascii=False)
    return HttpResponse(found, content_type="application/geo+json")


@require_safe
@cache_control(public=True, max_age=60)
def public_photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show a photograph that was released, for as long as its case stands on the list."""
    one = shown().filter(number=number).first()
    if one is None or not one.photos.filter(pk=pk, released=True).exists():
        raise Http404(pk)
    return picture(one, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest, number: str) -> HttpResponse:
    """Second a suggestion, or join a case of the list: no account, a code to follow it by."""
    one = shown().filter(number=number, state__in=OPEN).select_related("category").first()
    if one is None:
        raise Http404(number)
    if request.method == "POST" and not may_send(request):
        return too_many(request)
    title = _("附议") if one.kind == Matter.Kind.SUGGESTION else _("我也遇到")
    made: list[Any] = []

    def add(key: uuid.UUID | None = None, **said: Any) -> None:
        made.append(join(matter=one, key=key or uuid.uuid4(), **said))

    answer = act_page(
        request, SecondForm, add, title=title, submit=title,
        done=_("已加入。请记下编号和查询码。"), back=reverse("cases:public"),
        words=one.published or _("%(about)s（%(number)s）") % {"about": one.category, "number": one.number},
    )  # fmt: skip
    return redirect("cases:progress", number, made[0].secret) if made else answer
