"""The first page: whose it is, my community, report, progress, what is asked of residents now; staff go to 今日."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.cases.shown import lately, newest_shown, pins_of
from linli.org.models import Division
from linli.org.policies import actor_in
from linli.planning.under_discussion import under_discussion
from linli.territory.outlines import community_outlines


@require_safe
@cache_control(public=True, max_age=60)
def home(request: HttpRequest) -> HttpResponse:
    """Say what can be done here, and do it here."""
    if actor_in(request).account is not None:
        return redirect("matters:today")
    outlines, told = community_outlines(), newest_shown()
    context = {
        "plans": under_discussion(), "empty": not outlines and not Division.objects.exists(),
        "told": list(enumerate(told, start=1)), "lately": lately() if told else None,
        "map": {"type": "FeatureCollection", "features": [*outlines.values(), *pins_of(told)]},
    }  # fmt: skip
    return render(request, "web/home.html", context)
