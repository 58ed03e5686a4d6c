"""事项: every matter that one may see, by question; saved lists, a map, several at once, a workbook to take along."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import compress
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.documents.workbooks import XLSX
from linli.matters.actions import keeping
from linli.matters.actions.once import once
from linli.matters.exporting import MOST, workbook
from linli.matters.forms import ExportForm
from linli.matters.lists import Question
from linli.matters.models import Category, Matter, MatterQuerySet, SavedFilter, divisions_of, overdue_at, stage_late_at
from linli.matters.search import newest
from linli.matters.states import VERBS, State
from linli.matters.views.one import ACTS, can_now, form_of
from linli.org.paging import LongPaginator
from linli.org.policies import actor_in, requires
from linli.org.views.files import attachment
from linli.territory.models import Membership
from linli.territory.outlines import community_outlines
from linli.territory.reach import blocks_of
from linli.written import number_in

ROWS = 50
AT_ONCE = 100
TOGETHER = ("accept", "dispatch", "hand_over", "resume", "extend", "verify", "categorise", "comment")
FEW_BLOCKS = 500  # that are named in a question; of more all are counted, and the rest left out here
MOST_PLACES = 400  # marks of a map


@never_cache
@require_safe
@requires("matters.view")
def matters(request: HttpRequest) -> HttpResponse:
    """List the matters in the areas of the one who asks."""
    asked = Question.of(request.GET)
    actor = actor_in(request)
    among = Matter.objects.seen_by(actor).select_related("holder__division", "category", "block__street")
    page = _page(asked, among, request.GET.get("before" if asked.q else "page"))
    saved = list(SavedFilter.objects.filter(account=actor.account)) if actor.account else []
    categories = list(Category.objects.filter(active=True))
    context = {
        "page": page, "asked": asked, "states": State.choices, "sources": Matter.Source.choices, "saved": saved,
        "here": next((one for one in saved if one.question == asked.query), None), "now": timezone.now(),
        "groups": list(dict.fromkeys(one.group for one in categories)), "may_export": actor.may("matters.export"),
        "export": ExportForm(),
    }  # fmt: skip
    return render(request, "matters/matters.html", context)


def _page(asked: Question, among: MatterQuerySet, number: str | None) -> Any:
    """Return a page of the list; of a search the newest, or those before a key: quick however common its words are."""
    if not asked.q:
        return LongPaginator(asked.ask(among), ROWS).get_page(number)
    before = number_in(number)
    found = newest(asked.q, replace(asked, q="").ask(among), ROWS + 1, before=before)
    pages = Paginator(found[:ROWS], ROWS)
    pages.older = found[ROWS - 1].pk if len(found) > ROWS else None  # type: ignore[attr-defined]
    return pages.get_page(1)


@never_cache
@require_safe
@requires("matters.view")
def board(request: HttpRequest) -> HttpResponse:
    """Show what is open on a map: where much lies, and what of it is late."""
    return render(request, "matters/map.html", {"map": _map(request), "mine": request.GET.get("mine") == "1"})


def _map(request: HttpRequest) -> dict[str, Any]:
    actor, now = actor_in(request), timezone.now()
    mine = request.GET.get("mine") == "1"
    rows = Matter.objects.held_by(actor) if mine else Matter.objects.open()
    late, stage = Count("state", filter=overdue_at(now)), Count("state", filter=stage_late_at(now))
    # by state and block, in the order of the index: by block alone SQLite reads every matter, not those that are open
    asked = (
        rows.filter(block__isnull=False)
        .values_list("state", "block")
        .annotate(number=Count("*"), late=late, stage=stage)
    )
    asked = asked.order_by()
    seen: set[int] | None = None
    if not mine:  # which blocks one may see is asked once, not of every matter
        seen = set(blocks_of(actor, "matters.view", timezone.localdate()).values_list("pk", flat=True))
        areas = actor.areas("matters.view")
        if not all(post.division.path.startswith(areas) for post in actor.posts):  # seats that hold but do not see
            seen |= set(Matter.objects.held_by(actor).values_list("block", flat=True))
        asked = asked.filter(block__in=seen) if len(seen) <= FEW_BLOCKS else asked
    counted: dict[int, tuple[int, int, int]] = {}
    for _state, block, *numbers in asked:
        if seen is None or block in seen:
            a, b, c = counted.get(block, (0, 0, 0))
            counted[block] = (a + numbers[0], b + numbers[1], c + numbers[2])
    counts = sorted(((key, *found) for key, found in counted.items()), key=lambda row: -row[1])[:MOST_PLACES]
    places = _places([row[0] for row in counts])
    points = []
    for key, number, overdue, step in counts:
        name, longitude, latitude = places[key]
        about = _("%(number)d 件在办") % {"number": number}
        about += _("，%(late)d 件逾期") % {"late": overdue} if overdue else ""
        about += _("，%(late)d 件本步超时") % {"late": step} if step else ""
        points.append(
            {
                "type": "Feature",
                "properties": {
                    "name": f"{name} · {about}", "mark": bool(overdue), "size": number,
                    "href": f"{reverse('matters:matters')}?block={key}&state=open",
                },
                "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            }
        )  # fmt: skip
    home = Membership.objects.on(timezone.localdate()).filter(block__in=places)
    homes = set(home.values_list("community", flat=True))
    grounds = [outline for key, outline in community_outlines().items() if key in homes]
    return {"type": "FeatureCollection", "features": [*grounds, *points]}


def _places(keys: list[int]) -> dict[int, tuple[str, float, float]]:
    from linli.territory.models import Block

    rows = Block.objects.filter(pk__in=keys).select_related("compound").defer("wkb")
    return {
        row.pk: (
            row.compound.name if row.compound else row.code, round((row.west + row.east) / 2, 6),
            round((row.south + row.north) / 2, 6),
        )
        for row in rows
    }  # fmt: skip


@never_cache
@require_POST
@requires("matters.view")
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the list that is shown, by a name."""
    asked = Question.of(request.POST)
    try:
        keeping.save_filter(actor_in(request), name=request.POST.get("name", "")[:40], question=asked.query)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("已存，下次一点就到。"))
    return redirect(f"{reverse('matters:matters')}?{asked.query}")


@never_cache
@require_POST
@requires("matters.view")
def forget_filter(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a list no longer."""
    actor, saved = actor_in(request), SavedFilter.objects.filter(pk=pk).first()
    if saved is not None and saved.account != actor.account:
        raise Http404(pk)
    if saved is not None:  # a second click finds it gone already
        keeping.forget_filter(actor, saved=saved)
    return redirect("matters:matters")


@never_cache
@require_POST
@requires("matters.view")
def together(request: HttpRequest, verb: str) -> HttpResponse:
    """Do the same to several matters: what could not be done is named, each with its reason, and stays as it was."""
    actor = actor_in(request)
    numbers = request.POST.getlist("number")[:AT_ONCE]
    rows = Matter.objects.seen_by(actor).filter(number__in=numbers).order_by("pk")
    chosen = list(rows.select_related("block__street", "holder__division", "category", "dispatcher"))
    if not chosen:
        messages.warning(request, _("请先选几件。"))
        return redirect(request.POST.get("back") or "matters:today") if _own(request) else redirect("matters:today")
    places = divisions_of(chosen)
    able = [can_now(actor, one, verb, place) for one, place in zip(chosen, places, strict=True)]
    asked = able if any(able) else [True] * len(chosen)
    form_class = form_of(request, list(compress(chosen, asked)), list(compress(places, asked)), verb)
    form = form_class(request.POST if "go" in request.POST else None)
    if form.is_bound and form.is_valid():
        done, refused = _do(request, verb, chosen, form.cleaned_data)
        if done:
            words = {"number": done, "act": VERBS[verb].title}
            messages.success(request, _("%(number)d 件已%(act)s。") % words)
        for number, why in refused:
            messages.error(request, f"{number}：{why}")
        return redirect(request.POST["back"]) if _own(request) else redirect("matters:today")
    context = {
        "form": form, "chosen": chosen, "verb": verb.replace("_", "-"), "title": VERBS[verb].title,
        "back": request.POST.get("back", "") if _own(request) else reverse("matters:today"),
        "cannot": [one for one, can in zip(chosen, able, strict=True) if not can],
    }  # fmt: skip
    return render(request, "matters/together.html", context, status=422 if form.errors else 200)


def _do(
    request: HttpRequest, verb: str, chosen: list[Matter], said: dict[str, Any]
) -> tuple[int, list[tuple[str, str]]]:
    done, refused = 0, []
    key = said.pop("key", None)
    for one in chosen:
        act = partial(ACTS[verb][1], actor_in(request), matter=one, **said)
        try:
            once(uuid5(key, str(one.number)) if key else None, act)
            done += 1
        except ValidationError as error:
            refused.append((str(one.number), error.messages[0]))
        except PermissionDenied:
            refused.append((str(one.number), _("不归您办")))
    return done, refused


def _own(request: HttpRequest) -> bool:
    back = request.POST.get("back", "")
    return back.startswith(("/today/", "/matters/")) and "//" not in back


@never_cache
@require_POST
@requires("matters.export")
def export(request: HttpRequest) -> HttpResponse:
    """Give the matters of the list as a workbook that says who took it; without contacts."""
    actor, asked, form = actor_in(request), Question.of(request.POST), ExportForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("请写明导出做什么用。"))
        return redirect(f"{reverse('matters:matters')}?{asked.query}")
    rows: MatterQuerySet = asked.ask(Matter.objects.seen_by(actor))
    found = list(rows.select_related("category", "holder__division")[:MOST])
    why = form.cleaned_data["why"]
    entry = keeping.record_export(actor, number=len(found), question=asked.query, why=why)
    content = workbook(found, who=actor.account.name if actor.account else "", why=why, entry=entry)
    return attachment(content, XLSX, _("事项.xlsx"), "matters.xlsx")
