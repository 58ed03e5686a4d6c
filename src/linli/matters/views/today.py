"""今日: what waits for my posts, the most urgent first; every matter that I may see; one, and what may be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.matters.actions import dispatching, handling, reporting
from linli.matters.actions.moving import may
from linli.matters.forms import ContactForm, DispatchForm, ExtendForm, MergeForm, PerhapsForm, ToForm, WordsForm
from linli.matters.models import Matter, MatterQuerySet
from linli.matters.similar import similar_to
from linli.matters.states import OPEN, STEPS, VERBS, State
from linli.matters.views.report import picture
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.views.acting import act_page

ROWS, EVENTS = 50, 200
Do = Callable[..., object]
# verb: its form, and the action; forms that need to know more are made in `_form`
ACTS: dict[str, tuple[type[forms.Form], Do]] = {
    "accept": (PerhapsForm, handling.accept),
    "dispatch": (DispatchForm, dispatching.dispatch),
    "hand_over": (ToForm, dispatching.hand_over),
    "return": (WordsForm, handling.return_matter),
    "decide": (ToForm, dispatching.decide),
    "pause": (WordsForm, handling.pause),
    "resume": (PerhapsForm, handling.resume),
    "extend": (ExtendForm, dispatching.extend),
    "resolve": (WordsForm, handling.resolve),
    "verify": (PerhapsForm, dispatching.verify),
    "send_back": (WordsForm, dispatching.send_back),
    "merge": (MergeForm, dispatching.merge),
    "escalate": (WordsForm, handling.escalate),
    "comment": (WordsForm, reporting.comment),
}
DANGER = ("return", "send_back", "merge")


@never_cache
@require_safe
@requires("matters.view")
def today(request: HttpRequest) -> HttpResponse:
    """List what waits for the posts of the one who asks."""
    actor, now = actor_in(request), timezone.now()
    end = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    mine = Matter.objects.held_by(actor)
    groups = {
        "overdue": (_("已逾期"), Q(due_at__lt=now)),
        "due": (_("今天到期"), Q(due_at__gte=now, due_at__lt=end)),
        "received": (State.RECEIVED.label, Q(state=State.RECEIVED)),
        "handling": (State.HANDLING.label, Q(state=State.HANDLING)),
        "resolved": (State.RESOLVED.label, Q(state=State.RESOLVED)),
        "waiting": (State.WAITING.label, Q(state=State.WAITING)),
        "disputed": (State.DISPUTED.label, Q(state=State.DISPUTED)),
    }
    counts = mine.aggregate(**{name: Count("pk", filter=rule) for name, (_words, rule) in groups.items()})
    chosen = request.GET.get("group", "")
    rows = mine.filter(groups[chosen][1]) if chosen in groups else mine
    page = Paginator(rows.select_related("block__street", "holder__division").urgent_first(), ROWS).get_page(
        request.GET.get("page")
    )
    tiles = [(name, words, counts[name]) for name, (words, _rule) in groups.items()]
    context = {"page": page, "tiles": tiles, "chosen": chosen, "now": now, "end": end}
    return render(request, "matters/today.html", context)


@never_cache
@require_safe
@requires("matters.view")
def matters(request: HttpRequest) -> HttpResponse:
    """List every matter in the areas of the one who asks."""
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "state")}
    rows = _seen(request)
    if asked["state"] in State.values:
        rows = rows.filter(state=asked["state"])
    if asked["q"]:
        words = asked["q"]
        rows = rows.filter(Q(number=words) | Q(text__icontains=words) | Q(place__icontains=words))
    page = Paginator(rows.select_related("holder__division").order_by("-pk"), ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "states": State.choices, "now": timezone.now()}
    return render(request, "matters/matters.html", context)


@never_cache
@require_safe
@requires("matters.view")
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """Show one matter with its history, and what the one who asks may do now."""
    return _page(request, find(request, number))


@never_cache
@require_POST
@requires("matters.view")
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to reach the reporter, once, after recording why."""
    one, form = find(request, number), ContactForm(request.POST)
    actor = actor_in(request)
    if not may(actor, one, "accept"):
        raise Http404(number)
    if not form.is_valid():
        return _page(request, one, form=form, status=422)
    return _page(request, one, contact=reporting.see_contact(actor, matter=one, why=form.cleaned_data["why"]))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("matters.view")
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a matter; what its state or the reader's post does not allow does not exist."""
    one, actor = find(request, number), actor_in(request)
    if verb not in allowed(actor, one):
        done = one.events.filter(verb=verb, post__in=[post.pk for post in actor.posts]).exists()
        if request.method != "POST" or not (done or may(actor, one, verb)):
            raise Http404(verb)
        # a double click, or a colleague was quicker
        messages.warning(request, _("这件事已到“%(state)s”。") % {"state": one.get_state_display()})
        return redirect("matters:matter", one.number)
    title = str(VERBS[verb].title)
    return act_page(
        request, _form(request, one, verb), lambda **said: ACTS[verb][1](actor, matter=one, **said), title=title,
        submit=title, done=_("%(number)s：已%(act)s。") % {"number": one.number, "act": title},
        back=reverse("matters:matter", args=[one.number]), trail=_trail(one), words=one.title, danger=verb in DANGER,
        initial={"into": request.GET.get("into", "")[:16]},
    )  # fmt: skip


@never_cache
@require_safe
@requires("matters.view")
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show a photograph to who may see its matter."""
    return picture(find(request, number), pk)


def find(request: HttpRequest, number: str) -> Matter:
    """Return the matter of a number where the one who asks may see it; otherwise 404."""
    rows = _seen(request).select_related("block__street", "building", "holder__division", "merged_into", "dispatcher")
    one = rows.filter(number=number).first()
    if one is None:
        raise Http404(number)
    return one


def allowed(actor: Actor, matter: Matter) -> list[str]:
    """Return the verbs that the matter's state and the actor's posts allow now."""
    return [verb for verb in ACTS if matter.state in VERBS[verb].before and may(actor, matter, verb)]


def _seen(request: HttpRequest) -> MatterQuerySet:
    return Matter.objects.seen_by(actor_in(request))


def _form(request: HttpRequest, one: Matter, verb: str) -> type[forms.Form]:
    """The form of a verb, knowing the posts or matters that it may name."""
    base = ACTS[verb][0]
    if verb in ("dispatch", "hand_over", "decide"):
        place = one.division() or actor_in(request).posts[0].division
        if verb != "dispatch" or place.kind == Division.Kind.STREET:
            place = place.parent or place

        class Seats(base):  # type: ignore[misc,valid-type]
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(place, *args, **options)

        return Seats
    if verb == "merge":
        seen = _seen(request)

        class Others(base):  # type: ignore[misc,valid-type]
            def __init__(self, *args: Any, **options: Any) -> None:
                super().__init__(seen, *args, **options)

        return Others
    return base


def _page(
    request: HttpRequest, one: Matter, *, contact: str = "", form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_in(request)
    events = one.events.select_related("post__division", "to__division")[:EVENTS]
    context = {
        "matter": one, "division": one.division(), "events": events, "step": STEPS[one.state],
        "acts": [(verb, VERBS[verb].title, verb in DANGER) for verb in allowed(actor, one)], "trail": _trail(),
        "contact": contact, "form": form or ContactForm(),
        "similar": similar_to(one, _seen(request)) if one.state in OPEN else [],
        "may_merge": "merge" in allowed(actor, one),
        "may_contact": bool(one.contact) and may(actor, one, "accept"), "now": timezone.now(),
    }  # fmt: skip
    return render(request, "matters/matter.html", context, status=status)


def _trail(one: Matter | None = None) -> list[tuple[str, str]]:
    steps = [(_("事项"), reverse("matters:matters"))]
    return [*steps, (one.number or "", reverse("matters:matter", args=[one.number]))] if one else steps
