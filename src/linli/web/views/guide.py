"""操作指南, by role: what one does first, in the words of the pages."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.web.guide import GUIDES


@require_safe
@cache_control(public=True, max_age=3600)
def guides(request: HttpRequest) -> HttpResponse:
    """List the roles."""
    return render(request, "web/guides.html", {"guides": GUIDES})


@require_safe
@cache_control(public=True, max_age=3600)
def guide(request: HttpRequest, role: str) -> HttpResponse:
    """Show what a role does, task by task."""
    if role not in GUIDES:
        raise Http404(role)
    trail = [(_("操作指南"), reverse("guides"))]
    return render(request, "web/guide.html", {"guide": GUIDES[role], "trail": trail})
