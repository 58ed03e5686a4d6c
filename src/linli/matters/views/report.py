"""反映问题: a resident's own page, without an account; the progress by number and code; a clerk's page for a caller."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.matters.actions import reporting
from linli.matters.actions.open_matter import open_matter
from linli.matters.forms import PerhapsForm, ReportForm, WordsForm
from linli.matters.models import Matter
from linli.matters.photos import forget, stash, stashed
from linli.matters.states import STEPS, VERBS, State
from linli.org.actors import PUBLIC
from linli.org.limits import address_of, allow
from linli.org.policies import actor_in, requires
from linli.org.views.acting import act_page
from linli.territory.models import Building
from linli.territory.search import search

MOST_REPORTS, MOST_LOOKS, SECONDS = 10, 60, 600.0
CHOICES = 6
DO: dict[str, Callable[..., object]] = {
    "withdraw": reporting.withdraw, "reopen": reporting.reopen, "urge": reporting.urge,
}  # fmt: skip
SURE = 1  # a single answer of the address search is taken as it is


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Take a report from whoever asks."""
    return _take(request, "matters/report.html", MOST_REPORTS, Matter.Source.WEB)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("matters.handle")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter what a caller says: the same form, in the name of the post."""
    return _take(request, "matters/enter.html", 0, Matter.Source.CALLER)


@never_cache
@require_safe
def progress(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Tell the one who holds number and code how it stands."""
    if not _may_look(request):
        return _too_many(request)
    one = find(number, secret)
    events = one.events.filter(public=True).select_related("post__division")
    mine = [verb for verb in ("withdraw", "reopen", "urge") if one.state in VERBS[verb].before]
    context = {
        "matter": one, "events": events, "division": one.division(), "acts": [(v, VERBS[v].title) for v in mine],
        "steps": list(dict.fromkeys(STEPS.values())), "closed": one.state == State.CLOSED, "secret": secret,
    }  # fmt: skip
    return render(request, "matters/progress.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Lead to a matter by number and code."""
    wrong = False
    if request.method == "POST":
        if not _may_look(request):
            return _too_many(request)
        number, secret = (request.POST.get(name, "").strip()[:20] for name in ("number", "secret"))
        one = Matter.objects.filter(number=number).first()
        if one is not None and constant_time_compare(one.secret, secret.lower()):
            return redirect("matters:progress", one.number, one.secret)
        wrong = True
    return render(request, "matters/look_up.html", {"wrong": wrong}, status=422 if wrong else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, number: str, secret: str, verb: str) -> HttpResponse:
    """Withdraw, reopen or urge: what the reporter may do himself."""
    if not _may_look(request):
        return _too_many(request)
    one = find(number, secret)
    if one.state not in VERBS[verb].before:
        raise Http404(verb)
    do = DO[verb]
    title = str(VERBS[verb].title)
    return act_page(
        request, WordsForm if verb == "reopen" else PerhapsForm, lambda **said: do(matter=one, **said), title=title,
        submit=title, done=_("已收到。"), back=reverse("matters:progress", args=[number, secret]), words=one.title,
    )  # fmt: skip


@never_cache
@require_safe
def photo(request: HttpRequest, number: str, secret: str, pk: int) -> HttpResponse:
    """Show a photograph to the one who sent it."""
    if not _may_look(request):
        return _too_many(request)
    return picture(find(number, secret), pk)


def picture(matter: Matter, pk: int) -> HttpResponse:
    """Return a photograph of a matter as an answer."""
    one = matter.photos.filter(pk=pk).first()
    path = Path(settings.MEDIA_ROOT) / one.path if one else None
    if path is None or not path.is_file():
        raise Http404(pk)
    return HttpResponse(path.read_bytes(), content_type="image/jpeg")


def find(number: str, secret: str) -> Matter:
    """Return a matter where number and code belong together; otherwise 404."""
    one = (
        Matter.objects.select_related("block__street", "holder__division", "merged_into").filter(number=number).first()
    )
    if one is None or not constant_time_compare(one.secret, secret):
        raise Http404(number)
    return one


def _take(request: HttpRequest, template: str, most: int, source: str) -> HttpResponse:
    actor = PUBLIC if source == Matter.Source.WEB else actor_in(request)
    given = _building(request.GET.get("street", ""), request.GET.get("code", ""))
    found = _choices(request.POST.get("place", "")) if request.method == "POST" and given is None else []
    form = ReportForm(
        request.POST if request.method == "POST" else None, request.FILES or None,
        found=found if len(found) > SURE else None, place=str(given) if given else "",
    )  # fmt: skip
    waiting = Path(settings.MEDIA_ROOT) / "photos" / "waiting"
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        photos = said["photos"] or stashed(waiting, said["key"])
        answer = said.get("building", "")
        if len(found) > SURE and not answer:
            form.add_error("building", _("地点像是下面几处，请选一处。"))
            stash(waiting, said["key"], said["photos"])
        else:
            chosen = found[0][0] if len(found) == SURE else answer
            building = given or (Building.objects.filter(pk=chosen).first() if chosen not in ("", "none") else None)
            if most and not allow(f"report:{address_of(request)}", most=most, seconds=SECONDS).allowed:
                return _too_many(request)
            try:
                one = open_matter(
                    actor, key=said["key"], text=said["text"], kind=said["kind"], source=source, place=said["place"],
                    building=building, contact=said["contact"], photos=photos,
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                forget(waiting, said["key"])
                if source == Matter.Source.WEB:
                    return redirect("matters:progress", one.number, one.secret)
                return redirect("matters:matter", one.number)
    return render(request, template, {"form": form, "given": given}, status=422 if form.errors else 200)


def _choices(place: str) -> list[tuple[str, str]]:
    """The buildings that a place in a reporter's words may mean."""
    answers = search(place.strip()[:80])[:CHOICES] if place.strip() else []
    return [(str(one.building), f"{one.title} {one.road}".strip()) for one in answers]


def _building(street: str, code: str) -> Building | None:
    rows = Building.objects.select_related("block__street", "compound")
    return rows.filter(block__street__code=street, code=code).first() if street and code else None


def _may_look(request: HttpRequest) -> bool:
    return allow(f"matter:{address_of(request)}", most=MOST_LOOKS, seconds=SECONDS).allowed


def _too_many(request: HttpRequest) -> HttpResponse:
    answer = render(request, "429.html", status=429)
    answer["Retry-After"] = str(math.ceil(SECONDS / MOST_LOOKS))
    return answer
