"""大家反映的事: what the public may know of cases: what kind, which community, how far; never who."""

from __future__ import annotations

import math
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from linli.cases.shown import shown
from linli.cases.views.limits import may_send, too_many
from linli.matters.actions.judging import join
from linli.matters.forms import SecondForm
from linli.matters.models import Category, Matter
from linli.matters.states import OPEN, State
from linli.org.models import Division
from linli.org.views.acting import act_page
from linli.territory.models import Membership
from linli.territory.outlines import community_outlines

ROWS = 30
FILLS = ("0-0", "1-1", "2-1", "3-0")  # none, then by thirds of the community with most


@require_safe
@cache_control(public=True, max_age=60)
def public(request: HttpRequest) -> HttpResponse:
    """Show open cases by community on a map, and list what was reported."""
    group, state = request.GET.get("group", "")[:20], request.GET.get("state", "")
    community = request.GET.get("community", "")[:20]
    home = Membership.objects.on(timezone.localdate()).filter(block=OuterRef("block"))
    rows = shown().annotate(home=Subquery(home.values("community")[:1]))
    if group:
        rows = rows.filter(category__group=group)
    if state in ("open", "closed"):
        rows = rows.filter(state__in=OPEN) if state == "open" else rows.filter(state=State.CLOSED)
    outlines = community_outlines()
    divisions = {one.pk: one for one in Division.objects.filter(pk__in=list(outlines))}
    chosen = next((one for one in divisions.values() if one.code == community), None)
    if chosen is not None:
        rows = rows.filter(home=chosen.pk)
    counts = dict(rows.filter(state__in=OPEN).values_list("home").annotate(number=Count("pk")).order_by())
    listed = rows.select_related("category").annotate(joined=Count("followers")).order_by("-pk")
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    shown_rows = [(one, divisions.get(getattr(one, "home", 0))) for one in page]
    groups = Category.objects.filter(active=True, private=False).order_by("group").values_list("group", flat=True)
    context = {
        "page": page, "rows": shown_rows,
        "groups": list(groups.distinct()), "group": group, "state": state, "chosen": chosen,
        "communities": sorted(divisions.values(), key=lambda one: str(one.code)),
        "map": _map(outlines, counts, divisions), "open": sum(counts.values()),
    }  # fmt: skip
    return render(request, "cases/public.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest, number: str) -> HttpResponse:
    """Second a suggestion, or join a case of the list: no account, a code to follow it by."""
    one = shown().filter(number=number, state__in=OPEN).select_related("category").first()
    if one is None:
        raise Http404(number)
    if request.method == "POST" and not may_send(request):
        return too_many(request)
    title = _("附议") if one.kind == Matter.Kind.SUGGESTION else _("我也遇到")
    made: list[Any] = []

    def add(key: uuid.UUID | None = None, **said: Any) -> None:
        made.append(join(matter=one, key=key or uuid.uuid4(), **said))

    answer = act_page(
        request, SecondForm, add, title=title, submit=title,
        done=_("已加入。请记下编号和查询码。"), back=reverse("cases:public"),
        words=one.published or _("%(about)s（%(number)s）") % {"about": one.category, "number": one.number},
    )  # fmt: skip
    return redirect("cases:progress", number, made[0].secret) if made else answer


def _map(outlines: dict[int, Any], counts: dict[int, int], divisions: dict[int, Division]) -> dict[str, Any]:
    features = []
    most = max(counts.values(), default=1)
    for key, outline in outlines.items():
        number = counts.get(key, 0)
        step = math.ceil(3 * number / most) if number else 0
        where = divisions[key].code
        features.append(
            {
                **outline,
                "properties": {
                    **outline["properties"], "fill": FILLS[step],
                    "text": _("%(number)d 件在办") % {"number": number}, "href": f"?community={where}",
                },
            }
        )  # fmt: skip
    return {"type": "FeatureCollection", "features": features}
