"""反映问题: a resident's own page, without an account; a clerk's page for a caller."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.report_case import report_case
from linli.cases.forms import ReportForm
from linli.cases.places import Choice, choices_of, chosen, hints_of, words_at
from linli.cases.suggesting import best
from linli.cases.views.limits import MOST_PLACES, may_point, may_send, may_try, too_many
from linli.matters.about import About, about
from linli.matters.actions.judging import join
from linli.matters.models import Matter
from linli.matters.similar import similar
from linli.org.actors import PUBLIC
from linli.org.policies import actor_in, requires
from linli.org.views.acting import refuse
from linli.territory.models import Block, Building
from linli.territory.outlines import block_near, community_outlines

WORKER = Path(__file__).resolve().parents[2] / "web" / "static" / "build" / "report-worker.js"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a report from whoever asks."""
    if request.method == "POST" and not may_try(request):
        return too_many(request)
    return _take(request, "cases/report.html", Matter.Source.WEB)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("matters.handle")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what a caller says, or what was seen on a patrol: the same form, in the name of the post."""
    seen = request.GET.get("source") == Matter.Source.PATROL
    return _take(request, "cases/enter.html", Matter.Source.PATROL if seen else Matter.Source.CALLER)


@require_safe
@cache_control(public=True, max_age=300)
def ground(request: HttpRequest) -> HttpResponse:
    """Give the outlines of today's communities, to show a place on."""
    found = {"type": "FeatureCollection", "features": list(community_outlines().values())}
    return HttpResponse(json.dumps(found, ensure_ascii=False), content_type="application/geo+json")


@never_cache
@require_safe
def place(request: HttpRequest) -> HttpResponse:
    """Say in words where a point of the map lies, before it is sent; nothing of it is kept."""
    if not may_point(request):
        return too_many(request, MOST_PLACES)
    try:
        longitude, latitude = float(request.GET["longitude"]), float(request.GET["latitude"])
    except (KeyError, ValueError):
        raise Http404 from None
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Http404
    return JsonResponse({"words": words_at(longitude, latitude)})


@require_safe
@cache_control(public=True, no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the report page at hand without a network; its address makes /report/ its realm."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")


def _take(request: HttpRequest, template: str, source: str) -> HttpResponse:
    given = _building(request.GET.get("street", ""), request.GET.get("code", ""))
    posted = request.method == "POST"
    asked = posted and given is None
    found, sure = choices_of(request.POST.get("place", "")) if asked else ([], False)
    # what was offered because of the words themselves is offered again
    hints = hints_of(request.POST.get("text", "")) if asked and not found and request.POST.get("asked") else []
    topic = about(request.GET.get("about", ""), request.GET.get("block", "")[:40])
    options: dict[str, Any] = {"found": None if sure else found or hints, "place": str(given) if given else ""}
    if topic is not None:
        here = topic.block
        options |= {"kind": Matter.Kind.SUGGESTION, "place": str(here.compound or here.code) if here else ""}
    form = ReportForm(request.POST if posted else None, request.FILES or None, **options)
    answer = _try(request, form, given, found, sure, source, topic) if posted and form.is_valid() else None
    if answer is not None:
        return answer
    if posted:
        form.shown_again()
    context = {"form": form, "given": given, "source": source, "topic": topic}
    return render(request, template, context, status=422 if form.errors or form.asks else 200)


def _try(
    request: HttpRequest,
    form: ReportForm,
    given: Building | None,
    found: list[Choice],
    sure: bool,
    source: str,
    topic: About | None,
) -> HttpResponse | None:
    """Open the case, or join another; None where the form comes back, with an error or with what is asked once."""
    said, point = form.cleaned_data, form.point
    # a place that may be several is asked about only where neither the building nor a point says which
    choice = found[0][0] if sure else said.get("building", "")
    if found and not choice and point is None and topic is None:
        form.add_error("building", _("地点像是下面几处，请选一处。"))
        return None
    building, block = (given, None) if given is not None else chosen(choice)
    if building is None and block is None and point is not None:
        block = block_near(*point)
        if block is None:
            form.add_error("place", _("地图上的位置不在本区范围内，请重新点，或只写地点。"))
            return None
    if building is None and block is None and topic is not None:
        block = topic.block
    known = Matter.objects.filter(key=said["key"]).exists()  # sent before: what is asked was answered then
    nowhere = building is None and block is None and topic is None and choice != "none"
    if nowhere and not said["asked"] and not known:
        form.ask_where(hints_of(said["text"]))
        return None
    if source == Matter.Source.WEB and not may_send(request):
        return too_many(request)
    if request.POST.get("same", "") == "":
        neighbours = [] if known else _neighbours(said["text"], building, block)
        if neighbours:
            form.ask_whether_same(neighbours)
            return None
    return _send(request, form, building, block, source, topic)


def _send(
    request: HttpRequest,
    form: ReportForm,
    building: Building | None,
    block: Block | None,
    source: str,
    topic: About | None,
) -> HttpResponse | None:
    said, same = form.cleaned_data, request.POST.get("same", "")
    public = source == Matter.Source.WEB
    try:
        if same.isdigit() and public:
            other = Matter.objects.of_public_kind().filter(number=same).first()
            if other is None:
                raise ValidationError(_("没有这件事。"))
            follower = join(matter=other, key=said["key"], text=said["text"], contact=said["contact"])
            form.sent()
            return redirect("cases:progress", follower.matter.number, follower.secret)
        one = report_case(
            PUBLIC if public else actor_in(request), key=said["key"], text=said["text"], kind=said["kind"],
            source=source, place=said["place"], building=building, block=block, point=form.point,
            contact=said["contact"], photos=said["photos"], about=topic.reference if topic and not topic.over else "",
        )  # fmt: skip
    except ValidationError as error:
        refuse(form, error)
        return None
    form.sent()
    if topic is not None and topic.over:
        messages.info(request, topic.over)
    if public:
        return redirect("cases:progress", one.number, one.secret)
    return redirect("matters:matter", one.number)


def _neighbours(text: str, building: Building | None, block: Block | None) -> list[tuple[str, str]]:
    """The open cases that it may be, in words that tell nothing of who reported them; private ones are never named."""
    home = building.block if building is not None else block
    if home is None:
        return []
    found = similar(text, home, Matter.objects.of_public_kind(), building=building, category=best(text)[0])
    return [(str(one.matter.number), _named(one.matter)) for one in found]


def _named(matter: Matter) -> str:
    words = {
        "about": matter.published or str(matter.category), "at": str(matter.building or matter.block),
        "number": matter.number, "state": matter.get_state_display(),
    }  # fmt: skip
    return _("是：%(about)s（%(at)s，%(number)s，%(state)s），我加入关注") % words


def _building(street: str, code: str) -> Building | None:
    rows = Building.objects.select_related("block__street", "compound")
    return rows.filter(block__street__code=street, code=code).first() if street and code else None
