"""What every template knows: the site's name, its look, whether its data is synthetic, the menu of who looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from linli.territory.basemap import under_maps
from linli.web.look import look_of
from linli.web.navigation import menu


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's own context."""
    return {**still(request), "menu": menu(request), "under_maps": SimpleLazyObject(under_maps)}


def still(request: HttpRequest) -> dict[str, Any]:
    """Return the part of the site's context that asks no database."""
    return {
        "site_name": settings.LINLI_NAME,
        "operator": settings.OPERATOR,
        "outside_tiles": settings.OUTSIDE_TILES,
        "demo": settings.DEMO,
        "look": look_of(request),
    }
