"""Health for whoever watches the service: alive, and ready."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.web.upkeep.condition import DOWN, condition, state_of


@require_safe
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 where the site can keep what it is sent, otherwise 503; say how each part fares."""
    parts = condition()
    state = state_of(parts)
    told = {part.name: {"state": part.state, **({"words": part.words} if part.words else {})} for part in parts}
    return JsonResponse(
        {"status": state, "parts": told}, status=503 if state == DOWN else 200,
        json_dumps_params={"ensure_ascii": False},
    )  # fmt: skip
