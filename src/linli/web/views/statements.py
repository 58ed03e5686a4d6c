"""What everybody may ask of the site itself: what it keeps of people, who can use it, whom to tell of a weakness."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.matters.photos import SIDE
from linli.matters.retention import table

VALID_FOR = timedelta(days=180)  # a text that nobody looked at for longer is no promise


@require_safe
@cache_control(public=True, max_age=3600)
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what is kept of whom, what for, how long, and what one may ask."""
    rules = {rule: table()[rule]["after"] for rule in ("contact", "photos", "text")}
    context = {
        "days": rules, "basis": table()["source"], "side": SIDE, "idle": settings.IDLE_MINUTES,
        "window": settings.SIGN_IN_WINDOW,
    }  # fmt: skip
    return render(request, "web/privacy.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say who can use the site, what does not work yet, and whom to tell."""
    return render(request, "web/accessibility.html")


@require_safe
@cache_control(public=True, max_age=86400)
def security(request: HttpRequest) -> HttpResponse:
    """Tell whoever found a weakness whom to tell (RFC 9116); it always ends in the future."""
    tomorrow = timezone.now().astimezone(UTC).date() + timedelta(days=1)
    ends = datetime.combine(tomorrow, time(), UTC) + VALID_FOR
    contact = settings.LINLI_SECURITY_CONTACT or request.build_absolute_uri(reverse("privacy"))
    lines = (
        f"Contact: {contact}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: zh, en",
        f"Canonical: {request.build_absolute_uri(reverse('security'))}",
        f"Policy: {request.build_absolute_uri(reverse('privacy'))}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
