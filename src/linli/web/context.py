"""What every template knows: the site's name, whether its data is synthetic, the menu of who looks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from linli.web.navigation import menu


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's own context."""
    return {"site_name": settings.LINLI_NAME, "demo": settings.DEMO, "menu": menu(request)}
