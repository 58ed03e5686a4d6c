"""大家反映的事: what the public may know of cases: what kind, about where, how far; on a map, in a list, as a feed."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
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
from linli.org.models import Division
from linli.org.views.acting import act_page
from linli.written import for_xml

ENTRIES = 30  # of a feed
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
        "feed": f"{reverse('cases:public-feed')}?{Asked(community=asked.community, group=asked.group).query}",
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
@cache_control(public=True, max_age=300)
def public_feed(request: HttpRequest) -> HttpResponse:
    """Give what came and what was closed lately as an Atom feed, of a community or a class where one is named."""
    asked = Asked(community=request.GET.get("community", "")[:20], group=request.GET.get("group", "")[:20], state="all")
    changed = Coalesce("closed_at", "opened_at")
    rows = as_shown(asked.ask().select_related("category").order_by(changed.desc(), "-pk")[:ENTRIES])
    home = Division.objects.filter(code=asked.community).first() if asked.community else None
    name = " · ".join([_("大家反映的事"), *([home.title] if home else []), *([asked.group] if asked.group else [])])
    here = request.build_absolute_uri(f"{reverse('cases:public')}?{asked.query}")
    feed = Atom1Feed(
        title=for_xml(name), link=here, description="", language=get_language(),
        feed_url=request.build_absolute_uri(), feed_guid=here,
    )  # fmt: skip
    for one in rows:
        matter, state = one.matter, _("已办结") if one.look == "done" else one.matter.get_state_display()
        there = request.build_absolute_uri(
            f"{reverse('cases:public')}?{urlencode({'state': 'all', 'q': matter.number})}"
        )
        feed.add_item(
            title=for_xml(_("%(about)s：%(state)s") % {"about": one.words, "state": state}), link=there,
            description=for_xml(f"{one.place} · {matter.category} · {state}"), unique_id=there,
            pubdate=matter.opened_at, updateddate=matter.closed_at or matter.opened_at,
        )  # fmt: skip
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


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
