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
from linli.matters.day import Row, figures, first_words, groups, rows_of, to_call_back
from linli.matters.models import Matter
from linli.matters.states import State
from linli.org.actors import Actor
from linli.org.policies import actor_in, requires, signed_in
from linli.territory.models import Membership
from linli.territory.outlines import community_outlines

ROWS = 50
ON_MAP = 20  # rows with a number on the map


@never_cache
@require_safe
@signed_in
def today(request: HttpRequest) -> HttpResponse:
    """Tell the one who asks what his day holds: what to begin with, figures, what waits for his posts."""
    actor = actor_in(request)
    beside = waiting_for(actor)
    context: dict[str, Any] = {"beside": beside, "day": timezone.localdate(), "chosen": request.GET.get("group", "")}
    if actor.may("matters.view"):
        context |= _matters(actor, context["chosen"], request.GET.get("page"))
    counts = context.get("counts") or dict.fromkeys((*groups(), "all"), 0)
    return render(request, "matters/today.html", {**context, "first": first_words(counts, len(beside))})


def _matters(actor: Actor, chosen: str, number: str | None) -> dict[str, Any]:
    mine, rules = Matter.objects.held_by(actor), groups()
    counts = mine.aggregate(
        all=Count("state"), **{name: Count("state", filter=rule) for name, (_words, rule) in rules.items()}
    )
    calls = to_call_back(actor)
    counts["calls"] = calls.count() if actor.may("matters.verify") else 0
    rows = mine.filter(rules[chosen][1]) if chosen in rules else calls if chosen == "calls" else mine
    page = Paginator(rows.urgent_first().values_list("pk", flat=True), ROWS).get_page(number)
    shown = rows_of(actor, _shown(list(page.object_list)), ON_MAP)
    tiles = [(name, words, counts[name]) for name, (words, _rule) in rules.items()]
    tiles.append(("calls", _("待回访"), counts["calls"]))
    return {
        "page": page, "rows": shown, "tiles": tiles, "counts": counts, "figures": figures(actor, counts),
        "stamp": _stamp(actor), "next_year": _unloaded_year(), "map": _map(shown),
    }  # fmt: skip


@never_cache
@require_safe
@requires("matters.view")
def live(request: HttpRequest) -> HttpResponse:
    """Say in one word how the list stands: another word means that something came, went or moved."""
    return JsonResponse({"stamp": _stamp(actor_in(request))})


def _shown(keys: list[int]) -> list[Matter]:
    """Return the matters of a page; which they are the index said alone, however many wait."""
    found = Matter.objects.select_related("block__street", "holder__division", "category").in_bulk(keys)
    return [found[key] for key in keys]


def _map(rows: list[Row]) -> dict[str, Any]:
    """Draw where the numbered rows lie: the middle of each one's block."""
    points, places, now = [], set(), timezone.now()
    for row in rows:
        one, block = row.matter, row.matter.block
        if row.number is None or block is None:
            continue
        middle = [round((block.west + block.east) / 2, 6), round((block.south + block.north) / 2, 6)]
        late = any(moment < now for moment in (one.answer_by, one.due_at) if moment)
        look = "due" if late else "open"
        said = {"name": one.title, "number": row.number, "state": look, "href": f"#row-{row.number}"}
        points.append({"type": "Feature", "geometry": {"type": "Point", "coordinates": middle}, "properties": said})
        places.add(block.pk)
    homes = Membership.objects.on(timezone.localdate()).filter(block__in=places)
    found = set(homes.values_list("community", flat=True)) if places else set()
    grounds = [outline for key, outline in community_outlines().items() if key in found]
    return {"type": "FeatureCollection", "features": [*grounds, *points]}


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
