"""地块: the list by community and words, and one block with everything that hangs on it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.org.models import Division
from linli.org.policies import actor_in, requires
from linli.territory.counts import newest_counts, note_on, said
from linli.territory.models import Block, Building, Count, Facility, Line, Membership
from linli.territory.reach import blocks_of
from linli.written import day_of

ROWS, BUILDINGS = 50, 50
NEIGHBOURS = 60  # lines of one block that its page lists
PLACES = 100  # facilities, counts and memberships of one block
DEFINITIONS = Count.Definition.choices


@require_safe
@requires("territory.view")
def blocks(request: HttpRequest) -> HttpResponse:
    """List the blocks that the one who asks may see, with the community and the newest counts of a day."""
    today = timezone.localdate()
    day = day_of(request.GET.get("day", "")) or today
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "community")}
    held = Membership.objects.on(day).filter(block=OuterRef("pk"))
    rows = blocks_of(actor_in(request), "territory.view", day).annotate(home=Subquery(held.values("community_id")[:1]))
    homes = Division.objects.filter(pk__in=rows.order_by().values("home").distinct()).order_by("code")
    if asked["q"]:
        words = asked["q"]
        rows = rows.filter(
            Q(code__icontains=words) | Q(compound__name__icontains=words) | Q(buildings__address__icontains=words)
        ).distinct()
    if asked["community"]:
        rows = rows.filter(home__in=Division.objects.filter(code=asked["community"]).values("pk"))
    page = Paginator(rows.select_related("compound", "street").order_by("street__code", "code"), ROWS).get_page(
        request.GET.get("page")
    )
    found, communities = list(page), {division.pk: division for division in homes}
    counts = newest_counts(found, day)
    lines = [
        {
            "block": block, "community": communities.get(vars(block)["home"]),
            "counts": [(words, counts[block.pk].get(definition)) for definition, words in DEFINITIONS],
        }
        for block in found
    ]  # fmt: skip
    context = {
        "page": page, "lines": lines, "asked": asked, "day": day, "today": today, "communities": communities.values(),
        "definitions": DEFINITIONS, "notes": _notes(counts), "map": _map(found, communities),
    }  # fmt: skip
    return render(request, "territory/blocks.html", context)


@require_safe
@requires("territory.view")
def block(request: HttpRequest, street: str, code: str) -> HttpResponse:
    """Show one block: its counts with source and day, buildings, lines and neighbours, communities by date."""
    today = timezone.localdate()
    mine = blocks_of(actor_in(request), "territory.view", today).select_related("street", "compound")
    one = get_object_or_404(mine, street__code=street, code=code)
    memberships = list(
        Membership.objects.filter(block=one).select_related("community").order_by("-valid_from")[:PLACES]
    )
    lines = Line.objects.filter(Q(a=one) | Q(b=one)).select_related("a__street", "b__street").order_by("-length_m")
    neighbours = [(line.b if line.a_id == one.pk else line.a, line) for line in lines[:NEIGHBOURS]]
    buildings = Building.objects.filter(block=one).select_related("compound").order_by("code")
    context = {
        "may_print": actor_in(request).may("territory.view", one.street),
        "ground": one,  # `block` is a word of templates
        "trail": [(_("地块"), reverse("ground:blocks"))],
        "now": next((m for m in memberships if m.valid_from <= today and (not m.valid_to or m.valid_to > today)), None),
        "memberships": memberships,
        "counts": list(Count.objects.filter(block=one).order_by("definition", "-as_of")[:PLACES]),
        "neighbours": neighbours,
        "page": Paginator(buildings, BUILDINGS).get_page(request.GET.get("page")),
        "facilities": Facility.objects.filter(block=one).order_by("kind", "code")[:PLACES],
        "map": _around(one, [block for block, _line in neighbours]),
    }
    return render(request, "territory/block.html", context)


def _notes(counts: dict[int, dict[str, Count]]) -> list[str]:
    """What the counts of a page rest on, in the order of the definitions."""
    notes = note_on(one for of_block in counts.values() for one in of_block.values())
    return [said(notes[definition]).words for definition, _words in DEFINITIONS if definition in notes]


def _map(found: Sequence[Block], communities: dict[int, Division]) -> dict[str, Any]:
    """The blocks of a page as the map of a page draws them, coloured by community."""
    order = {key: at for at, key in enumerate(communities)}
    features = []
    for block in found:
        home = communities.get(vars(block)["home"])
        at = order.get(home.pk, 0) if home else 0
        fill = f"{at % 3 + 1}-{at // 3 % 4}" if home else "0-0"
        features.append(_feature(block, fill, home.title if home else _("没有归属")))
    return {"type": "FeatureCollection", "features": features}


def _around(one: Block, others: Sequence[Block]) -> dict[str, Any]:
    unique = {block.pk: block for block in others}
    features = [_feature(block, "0-0", "") for block in unique.values()] + [_feature(one, "1-1", _("这个地块"))]
    return {"type": "FeatureCollection", "features": features}


def _feature(block: Block, fill: str, text: str) -> dict[str, Any]:
    import shapely

    drawn = shapely.set_precision(block.shape, 1e-6, mode="pointwise")
    return {
        "type": "Feature", "geometry": json.loads(shapely.to_geojson(drawn)),
        "properties": {
            "name": block.code, "text": text, "fill": fill,
            "href": reverse("ground:block", args=[block.street.code, block.code]),
        },
    }  # fmt: skip
