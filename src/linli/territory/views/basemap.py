"""Tiles of the map beneath maps: the same for everybody, named by their content."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.territory.basemap import LAST, tile
from linli.territory.basemap import picture as picture_of

YEAR = 365 * 86400


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def basemap(request: HttpRequest, version: str, zoom: int, x: int, y: int) -> HttpResponse:
    """Answer with one tile (Mapbox Vector Tile)."""
    found = tile(version, zoom, x, y) if zoom <= LAST and max(x, y) < 2**zoom else None
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="application/vnd.mapbox-vector-tile")
    if found:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@require_safe
@cache_control(public=True, max_age=YEAR, immutable=True)
def picture(request: HttpRequest, sha256: str, pk: int) -> HttpResponse:
    """Answer with the picture that small maps stand on (SVG)."""
    found = picture_of(sha256, pk)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="image/svg+xml")
