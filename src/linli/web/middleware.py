"""What happens to every request: one log line, one strict Content-Security-Policy, no cache of what is personal."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from linli.web.views.errors import no_database

Answer = Callable[[HttpRequest], HttpResponse]

# no inline script or style, no eval, nothing from outside
POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:",
        "font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "worker-src 'self' blob:",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    )
)  # fmt: skip

log = logging.getLogger("linli.request")


class ContentSecurity:
    """Send the Content-Security-Policy with every answer, and keep personal pages out of caches."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # pages of someone signed in stay in nobody's cache
            response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say plainly that the database does not answer, instead of an unexplained 500."""
        if not isinstance(error, OperationalError):
            return None
        log.error("database", exc_info=error)
        return no_database(request)


class RequestLog:
    """Write one structured line a request: no query string, no body, no name of a person."""

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
                "path": request.path,
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            },
        )
        return response
