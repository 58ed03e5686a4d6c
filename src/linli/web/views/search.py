"""找: one search for those who work here, over pages and things; each source asks what its own page may show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.matters.models import Matter
from linli.matters.search import initials, newest
from linli.org.masks import mask_name
from linli.org.policies import actor_in, signed_in
from linli.org.tree import divisions_of, matching
from linli.org.views.accounts import tended_by
from linli.planning.models import Plan, Project
from linli.territory.search import search as search_places
from linli.web.navigation import menu

MOST, MOST_WORDS = 5, 60


@dataclass(frozen=True)
class Found:
    """One thing: what it is called, what tells it from its like, where it is."""

    title: str
    words: str
    address: str


def pages(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Pages of the reader's menu, by their words or the first letters of their pinyin."""
    for entry in menu(request):
        title = str(entry["title"])
        if asked.lower() in title.lower() or (asked.isascii() and asked.lower() in initials(title)):
            yield Found(title, str(entry["group"]), str(entry["url"]))


def matters(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Matters that the reader may see, the newest first."""
    actor = actor_in(request)
    if actor.may("matters.view"):
        for one in newest(asked, Matter.objects.seen_by(actor).select_related("category"), MOST):
            words = f"{one.number} · {one.place} · {one.get_state_display()}"
            yield Found(one.title, words, reverse("matters:matter", args=[one.number]))


def places(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Compounds and buildings, whose community everybody may know."""
    for one in search_places(asked):
        page = "territory:compound" if one.whole else "territory:building"
        words = " ".join(part for part in (one.street_title, one.road, one.also_called) if part)
        yield Found(one.title, words, reverse(page, args=[one.street, one.code]))


def projects(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Projects that the reader works on; to others the plans that were published."""
    areas = actor_in(request).areas("planning.plan")
    mine = Project.objects.seen_by(areas).filter(title__icontains=asked) if areas else Project.objects.none()
    for one in mine.select_related("street").defer("present").order_by("-pk")[:MOST]:
        yield Found(one.title, one.street.title, reverse("planning:project", args=[one.pk]))
    shown = Plan.objects.exclude(published_at=None).filter(project__title__icontains=asked)
    for plan in shown.defer("labels", "locked").select_related("project").order_by("-published_at")[:MOST]:
        yield Found(
            f"{plan.project.title} V{plan.number}", str(_("公示")), reverse("planning:public-plan", args=[plan.pk])
        )


def divisions(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Streets, communities and grids of today where the reader may see them."""
    areas = actor_in(request).areas("org.view")
    if areas:
        rows = divisions_of(areas, timezone.localdate()).filter(matching(asked)).distinct()
        for one in rows.select_related("parent")[:MOST]:
            yield Found(one.title, one.parent.title if one.parent else "", reverse("org:division", args=[one.code]))


def accounts(request: HttpRequest, asked: str) -> Iterable[Found]:
    """Accounts that the reader tends."""
    actor = actor_in(request)
    if actor.may("security.accounts"):
        rows = tended_by(actor).filter(Q(username__icontains=asked) | Q(name=asked))
        for one in rows.order_by("username")[:MOST]:
            yield Found(one.username, mask_name(one.name), reverse("org:account", args=[one.pk]))


SOURCES: tuple[tuple[str | Promise, Callable[[HttpRequest, str], Iterable[Found]]], ...] = (
    (_("页面"), pages),
    (_("事项"), matters),
    (_("地址"), places),
    (_("划分项目与公示"), projects),
    (_("区划"), divisions),
    (_("账号"), accounts),
)


@never_cache
@require_safe
@signed_in
def search(request: HttpRequest) -> HttpResponse:
    """Find pages and things by one question."""
    asked = " ".join(request.GET.get("q", "").split())[:MOST_WORDS]
    found = [(title, list(source(request, asked))) for title, source in SOURCES] if asked else []
    context = {"asked": asked, "found": [(title, rows[:MOST]) for title, rows in found if rows]}
    return render(request, "web/search.html", context)
