"""查进度: what the one who holds number and code sees and may do: withdraw, urge, answer, judge, reopen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.actions.lost_code import addresses_of, ask_for_codes
from linli.cases.forms import LostCodeForm
from linli.cases.views.limits import (
    HOUR,
    MOST_CODES,
    MOST_LOOKS,
    may_ask_codes,
    may_look,
    too_many,
    worth_sending,
)
from linli.matters.actions import reporting
from linli.matters.actions.judging import rate
from linli.matters.actions.once import each_once, key_of, was_sent
from linli.matters.forms import JudgeForm, PerhapsForm, WordsForm
from linli.matters.models import Follower, Matter
from linli.matters.states import VERBS, State
from linli.matters.views.pictures import picture
from linli.notices.channels import channels
from linli.org.views.acting import act_page, answer_again
from linli.territory.models import Membership
from linli.territory.outlines import community_outlines

DO: dict[str, Callable[..., object]] = {
    "withdraw": reporting.withdraw, "reopen": reporting.reopen, "urge": reporting.urge, "answer": reporting.answer,
}  # fmt: skip
FORMS = {"withdraw": PerhapsForm, "reopen": WordsForm, "urge": PerhapsForm, "answer": WordsForm}
MOST_KEPT = 8  # by one browser, see mine.ts
OF_FOLLOWERS = ("urge",)


@never_cache
@require_safe
def progress(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Tell the one who holds number and code how it stands."""
    if not may_look(request):
        return too_many(request, MOST_LOOKS)
    one, follower = find(number, secret)
    events = one.events.filter(public=True).select_related("post__division").prefetch_related("photos")
    mine = [verb for verb in DO if one.state in VERBS[verb].before and (follower is None or verb in OF_FOLLOWERS)]
    late = one.state == State.CLOSED and not reporting.may_reopen(one)
    mine = [verb for verb in mine if not (late and verb == "reopen")]
    rated = one.ratings.filter(follower=follower, round=one.reworks).first()
    context = {
        "matter": one, "events": events, "division": one.division(), "acts": [(v, VERBS[v].title) for v in mine],
        "secret": secret, "map": None if follower else _pinned(one),
        "follower": follower, "rated": rated, "may_rate": one.state == State.CLOSED and rated is None and not late,
        "followers": one.followers.count(), "photos": [] if follower else one.photos.filter(event=None),
    }  # fmt: skip
    return render(request, "cases/progress.html", context)


def _pinned(one: Matter) -> dict[str, Any] | None:
    """Draw where the reporter put his pin; None where he put none, or it is kept no longer."""
    if one.longitude is None or one.latitude is None:
        return None
    home = Membership.objects.on(timezone.localdate()).filter(block=one.block_id).first()
    outlines = community_outlines()
    pin = {
        "type": "Feature", "properties": {"pin": True, "name": _("您点的位置")},
        "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
    }  # fmt: skip
    areas = [outlines[home.community_id]] if home and home.community_id in outlines else []
    return {"type": "FeatureCollection", "features": [*areas, pin]}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: HttpRequest) -> HttpResponse:
    """Lead to a matter by number and code."""
    wrong = False
    if request.method == "POST":
        if not may_look(request):
            return too_many(request, MOST_LOOKS)
        number, secret = (request.POST.get(name, "").strip()[:20] for name in ("number", "secret"))
        if _found(number, secret.lower()) is not None:
            return redirect("cases:progress", number, secret.lower())
        wrong = True
    number = request.POST.get("number") or request.GET.get("number", "")
    return render(
        request, "cases/look_up.html", {"wrong": wrong, "number": number.strip()[:20]}, status=422 if wrong else 200
    )


@never_cache
@require_safe
def states(request: HttpRequest) -> HttpResponse:
    """Tell how reports stand that a browser keeps, `number-code` each; what does not belong together is left out."""
    if not may_look(request):
        return too_many(request, MOST_LOOKS)
    found = []
    for asked in request.GET.getlist("of")[:MOST_KEPT]:
        number, _dash, secret = asked.partition("-")
        if (held := _found(number[:20], secret[:20])) is not None:
            one, follower = held
            look = "due" if one.overdue else "done" if one.state == State.CLOSED else "open"
            title = one.title if follower is None else one.published or str(one.category or "")
            found.append({"number": number, "title": title, "state": one.get_state_display(), "look": look})
    return JsonResponse({"reports": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lost_code(request: HttpRequest) -> HttpResponse:
    """Let lost codes be sent to the contact that was left; the answer says nothing of whether there is any."""
    form = LostCodeForm(request.POST if request.method == "POST" else None)
    ready = any(one.to_person and one.ready() for one in channels().values())
    if form.is_bound and not may_ask_codes(request):
        return too_many(request, MOST_CODES, HOUR)
    asked = ready and form.is_bound and form.is_valid()
    if asked and worth_sending(addresses_of(form.cleaned_data["contact"])):
        ask_for_codes(form.cleaned_data["contact"])
    context = {"form": form, "asked": asked, "ready": ready, "trail": [(_("查进度"), reverse("cases:look-up"))]}
    return render(request, "cases/lost_code.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, number: str, secret: str, verb: str) -> HttpResponse:
    """Withdraw, reopen, urge or answer: what the reporter may do himself."""
    if not may_look(request):
        return too_many(request, MOST_LOOKS)
    one, follower = find(number, secret)
    back = reverse("cases:progress", args=[number, secret])
    if request.method == "POST" and was_sent(key_of(request)):
        return answer_again(request, _("已收到。"), back)
    if one.state not in VERBS[verb].before or (follower is not None and verb not in OF_FOLLOWERS):
        raise Http404(verb)
    do = DO[verb]
    title = str(VERBS[verb].title)
    return act_page(
        request, FORMS[verb], each_once(partial(do, matter=one)), title=title,
        submit=title, done=_("已收到。"), back=back, words=_asked(one) if verb == "answer" else one.title,
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Judge what was done; "not solved" opens it again."""
    if not may_look(request):
        return too_many(request, MOST_LOOKS)
    one, follower = find(number, secret)
    back = reverse("cases:progress", args=[number, secret])
    if request.method == "POST" and was_sent(key_of(request)):
        return answer_again(request, _("谢谢您的评价。"), back)
    if one.state != State.CLOSED:
        raise Http404(number)
    return act_page(
        request, JudgeForm,
        each_once(partial(rate, matter=one, follower=follower)), title=_("评价"),
        submit=_("提交评价"), done=_("谢谢您的评价。"), back=back,
        words=one.title if follower is None else "",
    )  # fmt: skip


@never_cache
@require_safe
def photo(request: HttpRequest, number: str, secret: str, pk: int) -> HttpResponse:
    """Show a photograph to the one who sent it, or one that goes with a public answer."""
    if not may_look(request):
        return too_many(request, MOST_LOOKS)
    one, follower = find(number, secret)
    if follower is not None and one.photos.filter(pk=pk, event=None).exists():
        raise Http404(pk)
    return picture(one, pk, public=True)


def find(number: str, secret: str) -> tuple[Matter, Follower | None]:
    """Return a matter where number and code belong together, and who follows it by the code; otherwise 404."""
    found = _found(number, secret)
    if found is None:
        raise Http404(number)
    return found


def _found(number: str, secret: str) -> tuple[Matter, Follower | None] | None:
    rows = Matter.objects.select_related("block__street", "holder__division", "merged_into", "category", "building")
    one = rows.filter(number=number).first()
    if one is None:
        return None
    if constant_time_compare(one.secret, secret):
        return one, None
    follower = one.followers.filter(secret=secret).first()
    return (one, follower) if follower is not None else None


def _asked(matter: Matter) -> str:
    last = matter.events.filter(verb="ask").order_by("-at", "-pk").first()
    return last.text if last else matter.title
