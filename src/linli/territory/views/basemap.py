"""Tiles of the map beneath maps: the same for everybody, named by their content."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from linli.territory.basemap import LAST, tile

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
