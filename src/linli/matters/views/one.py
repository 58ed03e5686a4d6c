"""One matter: its history, what the one who asks may do now, and doing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.matters import clocks
from linli.matters.actions import dispatching, handling, judging, reporting
from linli.matters.actions.moving import may
from linli.matters.actions.once import each_once, key_of, was_sent
from linli.matters.duties import duty_of
from linli.matters.forms import (
    CategoriseForm,
    ContactForm,
    DispatchForm,
    ExtendForm,
    JudgeForm,
    MergeForm,
    PartsForm,
    PerhapsForm,
    PublishForm,
    ResolveForm,
    ToForm,
    WordsForm,
)  # fmt: skip
from linli.matters.models import Matter, MatterQuerySet, StandardText
from linli.matters.offering import offer, whereabouts
from linli.matters.releasing import proposed
from linli.matters.similar import similar_to
from linli.matters.states import OPEN, STEPS, VERBS
from linli.matters.texts import filled
from linli.matters.views.pictures import picture
from linli.org.actors import Actor
from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.org.views.acting import act_page, answer_again

EVENTS, MOST_TEXTS = 200, 12
Do = Callable[..., object]
# verb: its form, and the action; forms that need to know more are made in `form_of`
ACTS: dict[str, tuple[type[forms.Form], Do]] = {
    "accept": (PerhapsForm, handling.accept),
    "dispatch": (DispatchForm, dispatching.dispatch),
    "decide": (ToForm, dispatching.decide),
    "resolve": (ResolveForm, handling.resolve),
    "resume": (PerhapsForm, handling.resume),
    "verify": (PerhapsForm, dispatching.verify),
    "send_back": (WordsForm, dispatching.send_back),
    "call_back": (JudgeForm, judging.call_back),
    "hand_over": (ToForm, dispatching.hand_over),
    "return": (WordsForm, handling.return_matter),
    "ask": (WordsForm, handling.ask),
    "pause": (WordsForm, handling.pause),
    "extend": (ExtendForm, dispatching.extend),
    "categorise": (CategoriseForm, dispatching.categorise),
    "mark": (WordsForm, dispatching.mark),
    "split": (PartsForm, dispatching.split),
    "merge": (MergeForm, dispatching.merge),
    "escalate": (WordsForm, handling.escalate),
    "publish": (PublishForm, dispatching.publish),
    "comment": (WordsForm, reporting.comment),
}
DANGER = ("return", "send_back", "merge")
READ_OUTSIDE = ("resolve", "verify", "pause", "extend", "ask")  # what is written there is looked at first
# behind a fold, so that what is usually done stands out
MORE = ("categorise", "mark", "split", "merge", "escalate", "publish", "comment", "extend", "pause", "ask")


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
    try:
        seen = reporting.see_contact(actor, matter=one, why=form.cleaned_data["why"])
    except ValidationError as error:
        if error.code != "factor":
            raise
        messages.warning(request, error.messages[0])
        return redirect("mfa_activate_totp")
    return _page(request, one, contact=seen)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires("matters.view")
def act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Do something to a matter; what its state or the reader's post does not allow does not exist."""
    one, actor = find(request, number), actor_in(request)
    title = str(VERBS[verb].title)
    if request.method == "POST" and was_sent(key_of(request)):
        return answer_again(request, _done(one, title), reverse("matters:matter", args=[one.number]))
    place = one.division()
    if not can_now(actor, one, verb, place):
        done = one.events.filter(verb=verb, post__in=[post.pk for post in actor.posts]).exists()
        if request.method != "POST" or not (done or may(actor, one, verb, place)):
            raise Http404(verb)
        # a double click, or a colleague was quicker
        messages.warning(request, _("这件事已到“%(state)s”。") % {"state": one.get_state_display()})
        return redirect("matters:matter", one.number)
    return act_page(
        request, form_of(request, [one], [place], verb),
        each_once(partial(ACTS[verb][1], actor, matter=one)), title=title,
        submit=title, done=_done(one, title),
        back=reverse("matters:matter", args=[one.number]), trail=_trail(one), words=one.title, danger=verb in DANGER,
        initial=_initial(request, one, verb), texts=_texts(one, verb) if "text" in ACTS[verb][0].base_fields else [],
        preview=_("反映人会看到：") if verb in READ_OUTSIDE else _("所有人会看到：") if verb == "publish" else "",
    )  # fmt: skip


def _done(one: Matter, title: str) -> str:
    return _("%(number)s：已%(act)s。") % {"number": one.number, "act": title}


def _initial(request: HttpRequest, one: Matter, verb: str) -> dict[str, Any]:
    """What a form begins with."""
    if verb == "merge":
        return {"into": request.GET.get("into", "")[:16]}
    if verb == "categorise":
        return {"category": one.category}
    return {"text": one.published or proposed(one.text)} if verb == "publish" else {}


@never_cache
@require_safe
@requires("matters.view")
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Show a photograph to who may see its matter."""
    return picture(find(request, number), pk)


def find(request: HttpRequest, number: str) -> Matter:
    """Return the matter of a number where the one who asks may see it; otherwise 404."""
    rows = _seen(request).select_related(
        "block__street", "building", "holder__division", "merged_into", "dispatcher", "category", "parent"
    )
    one = rows.filter(number=number).first()
    if one is None:
        raise Http404(number)
    return one


def allowed(actor: Actor, matter: Matter, place: Division | None) -> list[str]:
    """Return the verbs that the matter's state and the actor's posts allow now; `place` is where it lies."""
    return [verb for verb in ACTS if can_now(actor, matter, verb, place)]


def can_now(actor: Actor, matter: Matter, verb: str, place: Division | None) -> bool:
    """Whether the matter's state and the actor's posts allow a verb now; `place` is where it lies."""
    return matter.state in VERBS[verb].before and may(actor, matter, verb, place)


def _seen(request: HttpRequest) -> MatterQuerySet:
    return Matter.objects.seen_by(actor_in(request))


def form_of(
    request: HttpRequest, matters: Sequence[Matter], places: Sequence[Division | None], verb: str
) -> Callable[..., forms.Form]:
    """Return the form of a verb for matters, knowing where they lie, the posts or matters that it may name."""
    base: Callable[..., forms.Form] = ACTS[verb][0]
    if verb in ("dispatch", "hand_over", "decide"):
        return partial(base, offer(whereabouts(matters, places), verb, actor_in(request).posts[0].division))
    if verb == "publish":
        return partial(base, matters[0])
    return partial(base, _seen(request)) if verb == "merge" else base


def _page(
    request: HttpRequest, one: Matter, *, contact: str = "", form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_in(request)
    place = one.division()
    can = allowed(actor, one, place)
    # neighbours second what they can read: while a suggestion is not released, that stands in front
    more = [verb for verb in MORE if verb != "publish" or one.kind != Matter.Kind.SUGGESTION or one.published]
    events = one.events.select_related("post__division", "to__division").prefetch_related("photos")[:EVENTS]
    context = {
        "matter": one, "division": place, "events": events, "step": STEPS[one.state],
        "acts": [_button(verb) for verb in can if verb not in more],
        "more": [_button(verb) for verb in can if verb in more],
        "trail": _trail(), "duty": duty_of(one, place), "followers": one.followers.all()[:EVENTS],
        "ratings": one.ratings.all(),
        "parts": one.parts.all(), "photos": one.photos.filter(event=None),
        "sure": clocks.surely_known(one.answer_by or one.due_at, clocks.calendar()),
        "contact": contact, "form": form or ContactForm(),
        "similar": similar_to(one, _seen(request)) if one.state in OPEN else [],
        "may_merge": "merge" in can, "may_categorise": "categorise" in can,
        "may_contact": bool(one.contact) and may(actor, one, "accept", place), "now": timezone.now(),
    }  # fmt: skip
    return render(request, "matters/matter.html", context, status=status)


def _button(verb: str) -> tuple[str, object, bool]:
    return verb.replace("_", "-"), VERBS[verb].title, verb in DANGER


def _texts(one: Matter, verb: str) -> list[tuple[str, str]]:
    """The usual answers that fit, with number and place filled in; one that is chosen stands in the form."""
    rows = StandardText.objects.filter(verb=verb, active=True, category__in=[one.category_id]) | (
        StandardText.objects.filter(verb=verb, active=True, category=None)
    )
    place = one.place or str(one.building or "")
    return [(row.title, filled(row.text, number=str(one.number), place=place)) for row in rows[:MOST_TEXTS]]


def _trail(one: Matter | None = None) -> list[tuple[str, str]]:
    steps = [(_("事项"), reverse("matters:matters"))]
    return [*steps, (one.number or "", reverse("matters:matter", args=[one.number]))] if one else steps
