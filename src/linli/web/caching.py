"""The one place that decides what a cache may keep of an answer; views only say what is the same for everybody.

A view that answers everybody alike says so by `cache_control(public=True, …)`. That holds for a visitor without a
session, a token or a cookie of the answer, and for nothing but 200 and a lasting redirect; then the answer varies by
language and cookies (look, language). One that is `immutable` is named by its content: it has no words and is the same
for whoever is signed in. Everything else, whatever a view says, stays in nobody's cache: pages of who is
signed in, a resident's own matter, downloads, forms, errors.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

NOBODY = "private, no-store"
LASTING = (200, 301, 304)


class Caching:
    """Put the final `Cache-Control` on every answer; outside of everything that sets a cookie or makes an error."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self.answer(request)
        if request.path_info.startswith(settings.STATIC_URL) and response.status_code in (200, 206, 304):
            return response  # a file of the program: its name tells its content, or it is asked for anew each hour
        if response.status_code in LASTING and "immutable" in response.headers.get("Cache-Control", ""):
            return response
        if _for_everybody(request, response):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        else:
            response.headers["Cache-Control"] = NOBODY
            del response.headers["Expires"]
        return response


def _for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        "public" in response.headers.get("Cache-Control", "")
        and response.status_code in LASTING
        and request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "Authorization" not in request.headers
        and not response.cookies
    )
