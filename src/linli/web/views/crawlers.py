"""What machines ask of every site: which pages they may read, and its mark."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# what residents read may be found; what asks for an account, and addresses that search, may not
ROBOTS = """User-agent: *
Allow: /$
Allow: /where/$
Allow: /ledger/$
Allow: /privacy/
Allow: /accessibility/
Allow: /guide/
Allow: /.well-known/
Allow: /static/
Disallow: /
"""


@cache_control(public=True, max_age=86400)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what they may read."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@cache_control(public=True, max_age=86400)
@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Lead those who ask for the usual name to the mark."""
    return HttpResponsePermanentRedirect(static("linli.svg"))
