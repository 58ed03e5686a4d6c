"""What a request may bring, decided before a byte of it is read: how much, and how often from one address."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from linli.org.limits import address_of, allow
from linli.web.views.errors import too_large, too_many

SMALL = 256 * 1024  # bytes: every form without a file is smaller
MOST_OF_PUBLIC = 37 * 2**20  # three photographs and words
MOST_OF_STAFF = 65 * 2**20  # a file to import, see linli.territory.importing.files
OFTEN_PUBLIC, OFTEN_STAFF, SECONDS = 30, 300, 600.0  # large ones of one address; an office shares one


class Uploads:
    """Refuse what is too large or comes too often; outside of everything that reads a body."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        size = _size(request)
        if size <= SMALL:
            return self.answer(request)
        # whether the session or token is good is asked later: here it only opens the wider of two bounds
        named = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
        if size > (MOST_OF_STAFF if named else MOST_OF_PUBLIC):
            return _said(request, too_large)
        most = OFTEN_STAFF if named else OFTEN_PUBLIC
        if not allow(f"upload:{named}:{address_of(request)}", most=most, seconds=SECONDS).allowed:
            return _said(request, too_many)
        return self.answer(request)


def _said(request: HttpRequest, page: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Say it in the reader's language, which nothing has looked at yet."""
    with translation.override(translation.get_language_from_request(request)):
        return page(request)


def _size(request: HttpRequest) -> int:
    """How long the body says it is; one that does not say counts as the longest, for nobody knows where it ends."""
    said = request.META.get("CONTENT_LENGTH", "")
    if said:
        return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else MOST_OF_STAFF + 1
    return MOST_OF_STAFF + 1 if request.META.get("HTTP_TRANSFER_ENCODING") else 0
