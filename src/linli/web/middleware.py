"""What happens to every request: one log line and one strict Content-Security-Policy."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import resolve

from linli.web.views.errors import unable

Answer = Callable[[HttpRequest], HttpResponse]

# no inline script or style, no eval, nothing from outside but the pictures of a map that the site names
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:{tiles}",
        "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "worker-src 'self' blob:",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    )
)  # fmt: skip

log = logging.getLogger("linli.request")


class ContentSecurity:
    """Send the Content-Security-Policy with every answer."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.answer(request)
        origin = settings.OUTSIDE_TILES.origin
        response.headers.setdefault("Content-Security-Policy", POLICY.format(tiles=origin and f" {origin}"))
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say plainly that nothing can be written or the database does not answer, instead of an unexplained 500."""
        found = unable(request, error)
        if found is not None:
            log.error("database", exc_info=error)
        return found


class RequestLog:
    """Write one line a request: the route, never the path, which may hold a code that is all of a reporter's rights."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        began = time.perf_counter()
        number = uuid.uuid4().hex[:12]
        request.number = number  # type: ignore[attr-defined]
        response = self.answer(request)
        response.headers["X-Request-Id"] = number
        log.log(
            logging.INFO if response.status_code < 500 else logging.ERROR,
            "request",
            extra={
                "request": number,
                "method": request.method,
                "route": route_of(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            },
        )
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern of the address that was asked for, without what stood in its places."""
    if request.path_info.startswith(settings.STATIC_URL):
        return settings.STATIC_URL
    try:  # an answer from before the view has no match yet
        return (request.resolver_match or resolve(request.path_info)).route
    except Http404:
        return "unknown"
