"""今日: what waits for my posts, the most urgent first; and whether something new came meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.matters import clocks
from linli.matters.beside import waiting_for
from linli.matters.models import Matter, MatterQuerySet, overdue_at, stage_late_at
from linli.matters.states import State
from linli.org.actors import Actor
from linli.org.policies import actor_in, requires, signed_in

ROWS = 50
CALL_BACK_WITHIN = timedelta(days=7)  # after closing; later nobody remembers


@never_cache
@require_safe
@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """List what waits for the posts of the one who asks."""
    actor, now = actor_in(request), timezone.now()
    mine, groups = Matter.objects.held_by(actor), _groups()
    counts = mine.aggregate(**{name: Count("state", filter=rule) for name, (_words, rule) in groups.items()})
    calls = to_call_back(actor)
    counts["calls"] = calls.count() if actor.may("matters.verify") else 0
    chosen = request.GET.get("group", "")
    rows = mine.filter(groups[chosen][1]) if chosen in groups else calls if chosen == "calls" else mine
    page = Paginator(rows.urgent_first().values_list("pk", flat=True), ROWS).get_page(request.GET.get("page"))
    page.object_list = _shown(list(page.object_list))  # type: ignore[assignment]
    tiles = [(name, words, counts[name]) for name, (words, _rule) in groups.items()]
    tiles.append(("calls", _("待回访"), counts["calls"]))
    context: dict[str, Any] = {
        "page": page, "tiles": tiles, "chosen": chosen, "now": now, "stamp": _stamp(actor),
        "next_year": _unloaded_year(), "beside": waiting_for(actor),
    }  # fmt: skip
    return render(request, "matters/today.html", context)


@never_cache
@require_safe
@requires("matters.view")
def live(request: HttpRequest) -> HttpResponse:
    """Say in one word how the list stands: another word means that something came, went or moved."""
    return JsonResponse({"stamp": _stamp(actor_in(request))})


def to_call_back(actor: Actor) -> MatterQuerySet:
    """Return what was closed lately in the actor's areas, whose reporter left a contact and has not judged it."""
    since = timezone.now() - CALL_BACK_WITHIN
    rows = Matter.objects.filter(state=State.CLOSED, closed_at__gte=since, ratings=None).exclude(contact="")
    dispatched = Q(dispatcher__in=[post.pk for post in actor.posts])
    return rows.filter(dispatched)  # by whom it was dispatched: who answers for it asks how it went


def _groups() -> dict[str, tuple[Any, Q]]:
    now = timezone.now()
    end = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return {
        "overdue": (_("已逾期"), overdue_at(now)),
        "stage": (_("本步超时"), stage_late_at(now)),
        "due": (_("今天到期"), Q(due_at__gte=now, due_at__lt=end) | Q(answer_by__gte=now, answer_by__lt=end)),
        "urgent": (_("紧急"), Q(urgent=True)),
        "received": (State.RECEIVED.label, Q(state=State.RECEIVED)),
        "handling": (State.HANDLING.label, Q(state=State.HANDLING)),
        "resolved": (State.RESOLVED.label, Q(state=State.RESOLVED)),
        "waiting": (_("在等别人"), Q(state=State.WAITING)),
        "disputed": (State.DISPUTED.label, Q(state=State.DISPUTED)),
    }


def _shown(keys: list[int]) -> list[Matter]:
    """Return the matters of a page; which they are the index said alone, however many wait."""
    found = Matter.objects.select_related("block__street", "holder__division", "category").in_bulk(keys)
    return [found[key] for key in keys]


def _stamp(actor: Actor) -> str:
    """How the actor's list stands, in one query that reads only his open matters."""
    found = Matter.objects.held_by(actor).aggregate(
        number=Count("*"),
        received=Count("state", filter=Q(state=State.RECEIVED)),
        first=Min("due_at"),
        last=Max("due_at"),
        promised=Min("answer_by"),
    )
    return "-".join(str(found[name]) for name in ("number", "received", "first", "last", "promised"))


def _unloaded_year() -> int | None:
    """The next year, where it is near and its days off are not loaded: deadlines in it may be wrong."""
    day = timezone.localdate() + timedelta(days=45)
    return day.year if day.year not in clocks.calendar().years else None
