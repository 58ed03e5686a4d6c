"""The first page: whose it is, my community, report, progress, what is asked of residents now; staff go to 今日."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

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
    outlines = community_outlines()
    context = {
        "plans": under_discussion(), "empty": not outlines and not Division.objects.exists(),
        "map": {"type": "FeatureCollection", "features": list(outlines.values())},
    }  # fmt: skip
    return render(request, "web/home.html", context)
